import { Command } from "commander";
import {
  jobArgument,
  openSession,
  printJob,
  reportEnding,
  requireJobId,
  type ServiceOptions,
  serviceCommand,
  type WaitingOptions,
  waitingCommand,
} from "./options.ts";

async function rerun(id: string, options: ServiceOptions & WaitingOptions): Promise<void> {
  requireJobId(id);
  const [{ jobPath }, { hasEnded, untilJob }] = await Promise.all([
    import("../../job/api.ts"),
    import("../../job/wait.ts"),
  ]);
  const { api, progress } = await openSession(options);
  let job = await api.job({ method: "POST", path: jobPath(id, "/resubmit") });
  if (!options.json) printJob(job, options);
  if (options.wait) {
    job = await untilJob(api, job.job_id, hasEnded, progress, options);
    await reportEnding(job, progress);
  }
  if (options.json) printJob(job, options);
}

export function rerunCommand(): Command {
  const command = new Command("rerun")
    .summary("run an ended job again, as another job")
    .description(
      "Makes another job of an ended job's file and prints its id. While that one runs, once more gives the same.",
    )
    .addArgument(jobArgument());
  waitingCommand(command, "wait until it has ended; exit status 1 unless it was annotated");
  return serviceCommand(command).action(rerun);
}
