import { Command } from "commander";
import { jobArgument, openSession, printJson, requireJobId, type ServiceOptions, serviceCommand } from "./options.ts";

async function remove(id: string, options: ServiceOptions): Promise<void> {
  requireJobId(id);
  const { jobPath } = await import("../../job/api.ts");
  const { api } = await openSession(options);
  await api.call({ method: "DELETE", path: jobPath(id) });
  if (options.json) printJson({ job_id: id, deleted: true });
  else process.stdout.write(`${id}\n`);
}

export function deleteCommand(): Command {
  const command = new Command("delete")
    .summary("delete a job with everything that belongs to it")
    .description(
      "Deletes a job with its files, and cancels it first if it has not ended. It cannot be\ntaken back. Prints the id.",
    )
    .addArgument(jobArgument());
  return serviceCommand(command).action(remove);
}
