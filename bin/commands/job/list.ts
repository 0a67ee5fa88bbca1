import { Command, Option } from "commander";
import { wholeNumber } from "../options.ts";
import { openSession, printJson, type ServiceOptions, serviceCommand } from "./options.ts";

async function list(options: ServiceOptions & { readonly limit: number }): Promise<void> {
  const { jobLine } = await import("../../job/words.ts");
  const { api } = await openSession(options);
  const jobs = [];
  for await (const job of api.jobs(options.limit)) {
    jobs.push(job);
    if (!options.json) process.stdout.write(jobLine(job));
  }
  if (options.json) printJson({ jobs });
}

export function listCommand(): Command {
  const command = new Command("list")
    .summary("list your jobs, newest first")
    .description("Lists your jobs, newest first: id, state, time of submission, name.")
    .addOption(new Option("--limit <number>", "at most so many").default(20).argParser(wholeNumber(1, 100_000)));
  return serviceCommand(command).action(list);
}
