import { Command, Option } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";
import { wholeNumber } from "../options.ts";

async function runUp(options: StackOptions): Promise<void> {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation("up", options);
}

export function upCommand(): Command {
  const command = new Command("up")
    .summary("bring stacks up, or to what the program declares now")
    .description(
      "Deploys the program for every person or team of the roster: a stack each, as many at a time as course.yaml and memory\n" +
        "allow. A stack whose program and settings have not changed is left alone. One stack's failure stops no other. Whatever\n" +
        "ends the command, the same command goes on with it. Exit code 1 when a stack failed, 130 after Ctrl-C.",
    )
    .option("--again", "also where nothing has changed; looks first at what stands")
    .addOption(
      new Option("--parallel <number>", "updates at a time at most (default: course.yaml's)").argParser(
        wholeNumber(1, 64),
      ),
    )
    .addHelpText(
      "after",
      "\nCtrl-C waits for what is under way; a second one ends it at once.\n" +
        "\nExamples:\n  annofarm course up\n  annofarm course up --section lab-2 -c webMax=4\n" +
        "  annofarm course up --local --only s7k2m9x",
    )
    .action(runUp);
  for (const option of stackOptions()) command.addOption(option);
  return command;
}
