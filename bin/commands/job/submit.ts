import { Command, Option } from "commander";
import { isVcfName } from "../../../runtime/contract/file-name.ts";
import { nameSchema, noteSchema } from "../../../runtime/contract/label.ts";
import {
  openSession,
  parsedBy,
  printJob,
  reportEnding,
  type ServiceOptions,
  serviceCommand,
  type WaitingOptions,
  waitingCommand,
} from "./options.ts";

interface SubmitCommandOptions extends ServiceOptions, WaitingOptions {
  readonly fileName?: string;
  readonly name?: string;
  readonly note?: string;
  readonly key?: string;
  readonly output?: string;
}

async function submit(file: string, options: SubmitCommandOptions): Promise<void> {
  const { fileName, name, note, key, output } = options;
  const [{ openInput }, { submitFile }, { stateDirectory }, { jobPath }, { openSinkFor }, { hasEnded, untilJob }] =
    await Promise.all([
      import("../../job/input.ts"),
      import("../../job/upload.ts"),
      import("../../job/part-upload.ts"),
      import("../../job/api.ts"),
      import("../../job/output.ts"),
      import("../../job/wait.ts"),
    ]);
  const sink = output === undefined ? undefined : await openSinkFor(output, file);
  const input = await openInput(file, process.stdin, fileName);
  const { api, progress } = await openSession(options);
  let job = await submitFile(api, input, progress, { key, uploads: stateDirectory(process.env) });
  await input.handle.close();
  if (name !== undefined || note !== undefined) {
    const json = {
      ...(name === undefined ? {} : { job_name: name }),
      ...(note === undefined ? {} : { job_note: note }),
    };
    job = await api.job({ method: "PATCH", path: jobPath(job.job_id), json });
  }
  const waits = options.wait === true || sink !== undefined;
  // At once: whoever gives up waiting knows what for.
  if (waits && !options.json && output !== "-") printJob(job, options);
  if (waits) {
    job = await untilJob(api, job.job_id, hasEnded, progress, options);
    await reportEnding(job, progress);
  }
  if (sink !== undefined && job.job_status === "COMPLETED") {
    const { download } = await import("../../job/download.ts");
    await download(api, { jobId: job.job_id, file: "vcf", sha256: job.result_sha256 }, sink, progress);
  }
  if ((!waits || options.json) && output !== "-") printJob(job, options);
}

const keyForm = /^[\x21-\x7e]{1,255}$/;

export function submitCommand(): Command {
  const command = new Command("submit")
    .summary("submit a VCF file")
    .description(
      "Sends a VCF file (.vcf, .vcf.gz, .vcf.bgz) and prints the id of its job. An\n" +
        "upload that breaks off is sent again, and makes one job. Above 16 MiB it goes on\n" +
        "where it was, also when the same file is submitted again within a day.",
    )
    .argument("<file>", "the VCF file; - for standard input, with --file-name")
    .addOption(
      new Option("--file-name <name>", "name of the file for the service (default: its own)").argParser(
        parsedBy((text) => {
          if (isVcfName(text)) return text;
          throw new Error(`"${text}" does not end in .vcf, .vcf.gz or .vcf.bgz`);
        }),
      ),
    )
    .addOption(new Option("--name <text>", "what you call the job").argParser(parsedBy(textOf(nameSchema))))
    .addOption(new Option("--note <text>", "what you want to remember of it").argParser(parsedBy(textOf(noteSchema))))
    .addOption(
      new Option(
        "--key <key>",
        "yours for this submission: submitted again with it within a day, it is the same job",
      ).argParser(
        parsedBy((text) => {
          if (keyForm.test(text)) return text;
          throw new Error("A key has 1 to 255 printable ASCII characters and no blanks");
        }),
      ),
    )
    .option("-o, --output <file>", "wait, then write the result there; - for standard output");
  waitingCommand(command, "wait until the job has ended; exit status 1 unless it was annotated");
  return serviceCommand(command)
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm job submit sample.vcf.gz --wait -o sample.annot.vcf\n" +
        "  id=$(bcftools view sample.bcf | annofarm job submit - --file-name sample.vcf)",
    )
    .action(submit);
}

/** The text as the service takes it. */
function textOf(schema: typeof nameSchema | typeof noteSchema) {
  return (text: string): string => {
    const { data, error } = schema.safeParse(text);
    if (error === undefined) return data;
    throw new Error(error.issues[0]?.message ?? "This text is not taken");
  };
}
