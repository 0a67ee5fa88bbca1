import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runUp(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("up", options);
}

export function upCommand(): Command {
  const command = new Command("up")
    .summary("bring stacks up, or update them to what the program declares now")
    .description(
      "Deploys one stack for every person or team on the roster, as many at a time as course.yaml and memory\n" +
        "allow. A stack whose program and settings have not changed is left alone. One stack's failure does not stop the others.\n" +
        "After an interruption, run the same command again. Exit code 1 when a stack failed, 130 after Ctrl-C.",
    )
    .option("--again", "update stacks that have not changed, too; reads the current state first")
    .addOption(
      new Option("--parallel <number>", "maximum number of updates at a time (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for updates that are under way; a second one ends them at once.\n" +
        "\nExamples:\n  annofarm course up\n  annofarm course up --section lab-2 -c webMax=4\n" +
        "  annofarm course up --local --only s7k2m9x",
    )
    .action(runUp);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
