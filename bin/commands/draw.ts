import { writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
// Types alone, and words: what draws is loaded when it is chosen.
import type { Detail } from "../../plan/draw/derive/derive.ts";
import type { Theme } from "../../plan/draw/svg/theme.ts";
import { requirePlaceOf } from "../places.ts";
import { type ProgramOptions, programOptions } from "./options.ts";

interface DrawOptions extends ProgramOptions {
  readonly output?: string;
  readonly theme: Theme;
  readonly detail: Detail;
}

const formats = [".svg", ".png"];

/** A name without an ending is taken as it is; another picture's ending would promise what is not in the file. */
function pictureFile(file: string): string {
  const ending = extname(file).toLowerCase();
  if (ending === "" || formats.includes(ending)) return file;
  throw new InvalidArgumentError(`Give a name that ends in ${formats.join(" or ")}, for example architecture.svg.`);
}

async function draw({ cwd, stack, config, output, theme, detail }: DrawOptions): Promise<void> {
  const [{ readPlan }, { drawPlan }, { pictureOf, requireChromium }] = await Promise.all([
    import("../../plan/plan.ts"),
    import("../../plan/draw/draw.ts"),
    import("../chromium.ts"),
  ]);
  if (output !== undefined && output !== "-") requirePlaceOf(output);
  const chromium = output?.toLowerCase().endsWith(".png")
    ? requireChromium(`--output ${output}`, "give a file that ends in .svg")
    : undefined;
  const plan = await readPlan({ directory: resolve(cwd), stack, config });
  const picture = drawPlan(plan, { detail, theme });
  if (output === undefined || output === "-") process.stdout.write(picture);
  else if (chromium === undefined) await writeFile(output, picture);
  else {
    const page = `<!doctype html><style>body { margin: 0 } svg { display: block; width: 100%; height: auto }</style>${picture}`;
    await writeFile(output, await pictureOf(chromium, page));
  }
}

export function drawCommand(): Command {
  const themes: readonly Theme[] = ["auto", "light", "dark"];
  const details: readonly Detail[] = ["overview", "full"];
  const command = new Command("draw")
    .summary("draw what the program declares; needs no AWS")
    .description(
      "Runs the Pulumi program without AWS and draws what it declares as SVG: groups of instances, queues, topics, " +
        "stores, and the flows between them, according to subscriptions, targets and the roles' permissions.",
    )
    .addOption(
      new Option(
        "-o, --output <file>",
        "write the picture there: .svg, or .png by the system's Chromium (default: SVG on standard output)",
      ).argParser(pictureFile),
    )
    .addOption(
      new Option("--theme <name>", "colours; auto follows the reader's system").choices(themes).default("auto"),
    )
    .addOption(
      new Option(
        "--detail <level>",
        "overview folds supporting resources into the resource they belong to; full draws every one",
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
