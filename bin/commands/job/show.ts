import { Command } from "commander";
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

async function show(id: string, options: ServiceOptions & WaitingOptions): Promise<void> {
  requireJobId(id);
  const [{ hasEnded }, { jobInWords }] = await Promise.all([import("../../job/wait.ts"), import("../../job/words.ts")]);
  const job = await lookAt(await openSession(options), id, hasEnded, options);
  if (options.json) printJson(job);
  else process.stdout.write(jobInWords(job));
}

export function showCommand(): Command {
  const command = new Command("show")
    .summary("show one job")
    .description("Shows a job: state, progress, counts of records, where its result is.")
    .addArgument(jobArgument());
  waitingCommand(command, "wait until it has ended; exit status 1 unless it was annotated");
  return serviceCommand(command).action(show);
}
