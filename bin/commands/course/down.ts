import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runDown(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("down", options);
}

export function downCommand(): Command {
  const command = new Command("down")
    .summary("destroy stacks and everything in them")
    .description(
      "Destroys the stacks of the course, including those of people who have left the roster. Their data is lost for good. If " +
        "one stack fails, the others continue. If the command is interrupted, run it again to continue.",
    )
    .option(
      "--again",
      "also destroy stacks that are gone according to the ledger, after refreshing their state from the account",
    )
    .addOption(
      new Option("--parallel <number>", "maximum number of updates at a time (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for the operations under way; a second Ctrl-C stops at once.\n" +
        "\nExamples:\n  annofarm course down\n  annofarm course down --only s7k2m9x,t3f8q2w",
    )
    .action(runDown);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
