import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, Option } from "commander";
// Types alone, and words: what draws is loaded when it is chosen.
import type { Detail } from "../../plan/draw/derive/derive.ts";
import type { Theme } from "../../plan/draw/svg/theme.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface DrawOptions extends ProgramOptions {
  readonly output?: string;
  readonly theme: Theme;
  readonly detail: Detail;
}

async function draw({ cwd, stack, config, output, theme, detail }: DrawOptions): Promise<void> {
  const [{ readPlan }, { drawPlan }] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../plan/draw/draw.ts"),
  ]);
  const plan = await readPlan({ directory: resolve(cwd), stack, config });
  const picture = drawPlan(plan, { detail, theme });
  if (output === undefined || output === "-") {
    process.stdout.write(picture);
    return;
  }
  try {
    await writeFile(output, picture);
  } catch (cause) {
    throw new Error(`cannot write the picture: ${(cause as Error).message}`, { cause });
  }
}

export function drawCommand(): Command {
  const themes: readonly Theme[] = ["auto", "light", "dark"];
  const details: readonly Detail[] = ["overview", "full"];
  const command = new Command("draw")
    .summary("draw what the program declares; needs no AWS")
    .description(
      "Runs the Pulumi program without AWS and draws what it declares as SVG: groups of instances, queues, topics, " +
        "stores, and what flows between them, as subscriptions, targets and the roles' permissions have it.",
    )
    .option("-o, --output <file>", "where the picture goes (default: standard output)")
    .addOption(
      new Option("--theme <name>", "colours; auto follows the reader's system").choices(themes).default("auto"),
    )
    .addOption(
      new Option(
        "--detail <level>",
        "overview folds supporting resources into what they belong to; full draws every one",
      )
        .choices(details)
        .default("overview"),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm draw --stack dev -o architecture.svg\n  annofarm draw -c store=vault --theme dark > vault.svg",
    )
    .action(draw);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
