import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runDown(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("down", options);
}

export function downCommand(): Command {
  const command = new Command("down")
    .summary("take stacks down, with all their data")
    .description(
      "Destroys the stacks of the course, including those of people who have left the roster. Their data is deleted for good. One\n" +
        "stack's failure does not stop the others. After an interruption, run the same command again to continue.",
    )
    .option("--again", "include stacks that are gone according to the ledger; reads the current state first")
    .addOption(
      new Option("--parallel <number>", "maximum number of updates at a time (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for updates that are under way; a second one ends them at once.\n" +
        "\nExamples:\n  annofarm course down\n  annofarm course down --only s7k2m9x,t3f8q2w",
    )
    .action(runDown);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
