import { Command } from "commander";
import { type StackOptions, stackOptions } from "../../course/stack-options.ts";

const run = (operation: "freeze" | "unfreeze") => async (options: StackOptions) => {
  const { runOperation } = await import("../../course/operate.ts");
  await runOperation(operation, options);
};

function withOptions(command: Command): Command {
  for (const option of stackOptions().filter(({ long }) => long !== "--config")) command.addOption(option);
  return command;
}

export function freezeCommand(): Command {
  return withOptions(
    new Command("freeze")
      .summary("stop all instances of stacks, and keep the rest")
      .description(
        "Sets every Auto Scaling group of the stacks to 0 instances and keeps its scheduled actions from changing that. Data,\n" +
          "network and balancers stay and cost as before. annofarm course unfreeze restores the sizes.",
      )
      .addHelpText("after", "\nExamples:\n  annofarm course freeze\n  annofarm course freeze --section lab-2")
      .action(run("freeze")),
  );
}

export function unfreezeCommand(): Command {
  return withOptions(
    new Command("unfreeze")
      .summary("bring instances back after a freeze or a brake")
      .description("Restores the size that every Auto Scaling group had before it was frozen or braked.")
      .addHelpText("after", "\nExamples:\n  annofarm course unfreeze --only s7k2m9x")
      .action(run("unfreeze")),
  );
}
