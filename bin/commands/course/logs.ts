import { Command, Option } from "commander";
import { type CourseOptions, courseOptions } from "../../course/options.ts";
import { requireDirectory } from "../../places.ts";
import { wholeNumber } from "../options.ts";

interface LogsOptions extends CourseOptions {
  readonly lines: number;
}

async function runLogs(name: string, { course, state, lines }: LogsOptions): Promise<void> {
  if (state !== undefined) requireDirectory(state);
  const { lastLines } = await import("../../../course/stacks/log-file.ts");
  const { placeCourse } = await import("../../../course/stacks/place.ts");
  const { selectStacks } = await import("../../../course/stacks/select.ts");
  const { stacks, stateDirectory } = await placeCourse({ file: course, ...(state === undefined ? {} : { state }) });
  for (const stack of selectStacks(stacks, { only: [name] })) {
    for await (const line of lastLines(stateDirectory, stack.name, lines)) process.stdout.write(`${line}\n`);
  }
}

export function logsCommand(): Command {
  const command = new Command("logs")
    .summary("show what was done to one stack")
    .description(
      "Prints the last lines of a stack's log: every operation, each resource that it changed, and how it ended.",
    )
    .argument("<stack>", "its name or pseudonym")
    .addOption(new Option("-n, --lines <number>", "number of lines").default(200).argParser(wholeNumber(1, 1_000_000)))
    .addHelpText("after", "\nExamples:\n  annofarm course logs s7k2m9x\n  annofarm course logs gas26-s7k2m9x -n 20")
    .action(runLogs);
  for (const option of courseOptions()) command.addOption(option);
  return command;
}
