import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runUp(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("up", options);
}

export function upCommand(): Command {
  const command = new Command("up")
    .summary("deploy stacks, or update them to what the program declares now")
    .description(
      "Deploys one stack for every person or team of the roster, as many at a time as course.yaml and memory allow. Stacks " +
        "whose program and settings have not changed are skipped. If one stack fails, the others continue. If the command is " +
        "interrupted, run it again to continue. The exit code is 1 if a stack failed, and 130 after Ctrl-C.",
    )
    .option("--again", "also update unchanged stacks, after refreshing their state from the account")
    .addOption(
      new Option("--parallel <number>", "maximum number of updates at a time (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for the operations under way; a second Ctrl-C stops at once.\n" +
        "\nExamples:\n  annofarm course up\n  annofarm course up --section lab-2 -c webMax=4\n" +
        "  annofarm course up --local --only s7k2m9x",
    )
    .action(runUp);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
