import { Command } from "commander";
import { jobArgument, openSession, printJob, requireJobId, type ServiceOptions, serviceCommand } from "./options.ts";

async function cancel(id: string, options: ServiceOptions): Promise<void> {
  requireJobId(id);
  const { jobPath } = await import("../../job/api.ts");
  const { api } = await openSession(options);
  printJob(await api.job({ method: "POST", path: jobPath(id, "/cancel") }), options);
}

export function cancelCommand(): Command {
  const command = new Command("cancel")
    .summary("cancel a job that waits or runs")
    .description("Cancels a job that waits or runs. Once more changes nothing; a job that has ended is refused.")
    .addArgument(jobArgument());
  return serviceCommand(command).action(cancel);
}
