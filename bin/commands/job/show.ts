import { Command } from "commander";
import {
  jobArgument,
  openSession,
  printJson,
  reportEnding,
  requireJobId,
  type ServiceOptions,
  serviceCommand,
  timeoutOption,
  type WaitingOptions,
  waitOption,
} from "./options.ts";

async function show(id: string, options: ServiceOptions & WaitingOptions): Promise<void> {
  requireJobId(id);
  const [{ jobPath }, { hasEnded, untilJob }, { jobInWords }] = await Promise.all([
    import("../../job/api.ts"),
    import("../../job/wait.ts"),
    import("../../job/words.ts"),
  ]);
  const { api, progress } = await openSession(options);
  const job = options.wait
    ? await untilJob(api, id, hasEnded, progress, options)
    : await api.job({ method: "GET", path: jobPath(id) });
  if (options.wait) await reportEnding(job, progress);
  if (options.json) printJson(job);
  else process.stdout.write(jobInWords(job));
}

export function showCommand(): Command {
  const command = new Command("show")
    .summary("show one job")
    .description("Shows a job: state, progress, counts of records, where its result is.")
    .addArgument(jobArgument())
    .addOption(waitOption("wait until it has ended; exit status 1 unless it was annotated"))
    .addOption(timeoutOption());
  return serviceCommand(command).action(show);
}
