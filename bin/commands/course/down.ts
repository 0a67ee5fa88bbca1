import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runDown(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("down", options);
}

export function downCommand(): Command {
  const command = new Command("down")
    .summary("take stacks down, with all that they have")
    .description(
      "Destroys the stacks of the course, those of people who have left the roster too. What they hold is gone for good. One\n" +
        "stack's failure stops no other; whatever ends the command, the same command goes on with it.",
    )
    .option("--again", "also those that are gone by the ledger; looks first at what stands")
    .addOption(
      new Option("--parallel <number>", "updates at a time at most (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for what is under way; a second one ends it at once.\n" +
        "\nExamples:\n  annofarm course down\n  annofarm course down --only s7k2m9x,t3f8q2w",
    )
    .action(runDown);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
