import { Command } from "commander";
import { type SelectionOptions, selectionOptions } from "../../course/stack-options.ts";
import { requireDirectory } from "../../places.ts";

async function runStatus({ course, state, only, section, json }: SelectionOptions): Promise<void> {
  if (state !== undefined) requireDirectory(state);
  const [{ courseStatus }, { statusText }] = await Promise.all([
    import("../../../course/stacks/place.ts"),
    import("../../../course/stacks/status.ts"),
  ]);
  const statuses = await courseStatus({
    file: course,
    ...(state === undefined ? {} : { state }),
    ...(only === undefined ? {} : { only }),
    ...(section === undefined ? {} : { sections: section }),
  });
  process.stdout.write(json ? `${JSON.stringify(statuses, null, 2)}\n` : statusText(statuses, new Date()));
}

export function statusCommand(): Command {
  const command = new Command("status")
    .summary("show the state of every stack, and what went wrong with it")
    .description("Shows the state of every stack according to the course's ledger, without asking AWS.")
    .addHelpText("after", "\nExamples:\n  annofarm course status\n  annofarm course status --section lab-2 --json")
    .action(runStatus);
  for (const option of selectionOptions()) command.addOption(option);
  return command;
}
