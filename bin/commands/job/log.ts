import { Command } from "commander";
import { jobArgument, openSession, printJson, requireJobId, type ServiceOptions, serviceCommand } from "./options.ts";

async function log(id: string, options: ServiceOptions): Promise<void> {
  requireJobId(id);
  const [{ jobPath }, { printableLines }] = await Promise.all([
    import("../../job/api.ts"),
    import("../../job/printable.ts"),
  ]);
  const { api } = await openSession(options);
  const { text } = await api.call({ method: "GET", path: jobPath(id, "/log") });
  if (options.json) printJson({ job_id: id, log: text });
  else process.stdout.write(process.stdout.isTTY ? printableLines(text) : text);
}

export function logCommand(): Command {
  const command = new Command("log").summary("print a job's log").addArgument(jobArgument());
  return serviceCommand(command.description("Prints the log that the worker wrote when the job ended.")).action(log);
}
