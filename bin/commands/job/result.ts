import { Command, Option } from "commander";
import { JobFailure } from "../../job/failure.ts";
import {
  jobArgument,
  lookAt,
  openSession,
  printJson,
  requireJobId,
  type ServiceOptions,
  serviceCommand,
  type WaitingOptions,
  waitingCommand,
} from "./options.ts";

const files = ["vcf", "bgzip", "tabix"] as const;

interface ResultOptions extends ServiceOptions, WaitingOptions {
  readonly output: string;
  readonly file: (typeof files)[number];
}

async function result(id: string, options: ResultOptions): Promise<void> {
  requireJobId(id);
  const { output, file } = options;
  if (output === "-" && file !== "vcf" && process.stdout.isTTY) {
    throw new JobFailure("use", `--file ${file} is not text; name a file with -o, or send it to a program`);
  }
  if (output === "-" && options.json) throw new JobFailure("use", "--json needs -o: standard output is for the result");
  const [{ download }, { openSinkFor }, { resultSettled }] = await Promise.all([
    import("../../job/download.ts"),
    import("../../job/output.ts"),
    import("../../job/wait.ts"),
  ]);
  const sink = await openSinkFor(output);
  const session = await openSession(options);
  const job = await lookAt(session, id, resultSettled, options);
  const sha256 = file === "vcf" ? job.result_sha256 : undefined;
  const bytes = await download(session.api, { jobId: id, file, sha256 }, sink, session.progress);
  if (options.json) printJson({ job_id: id, file, output, bytes });
}

export function resultCommand(): Command {
  const command = new Command("result")
    .summary("download a job's result")
    .description(
      "Downloads the result. What broke off goes on where it stopped, also when the\n" +
        "command is run again with the same -o. The text is checked by its SHA-256.",
    )
    .addArgument(jobArgument())
    .option("-o, --output <file>", "write it there; a file appears only when it is complete", "-")
    .addOption(
      new Option("--file <form>", "the result as text, compressed, or the index of that").choices(files).default("vcf"),
    );
  waitingCommand(command, "wait until it is there: annotated, or back from the archive");
  return serviceCommand(command)
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm job result 4f9c… -o sample.annot.vcf\n  annofarm job result 4f9c… --file bgzip -o sample.annot.vcf.gz",
    )
    .action(result);
}
