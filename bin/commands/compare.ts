import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { ReadPlan } from "../../plan/plan.ts";
import type { Candidate, Comparison } from "../../scaling/simulate/compare/compare.ts";
import type { PoolChoice } from "../../scaling/simulate/compare/levers.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import { aboutLoad, type Given, given } from "../compare/given.ts";
import { addPriceOptions, type PriceOptions, poolOption } from "../compare/price-options.ts";
import { requirePlaceOf } from "../places.ts";
import { addLoadOptions, type LoadOptions } from "../simulate/load-options.ts";
import { progress } from "../simulate/progress.ts";
import { addVariant, type ProgramOptions, programOptions, seedOption, wholeNumber } from "./options.ts";

interface CompareOptions extends ProgramOptions, LoadOptions, PriceOptions {
  readonly warmPool: readonly (PoolChoice | "none")[];
  readonly variant: readonly Variant[];
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly html?: string;
}

async function variantsFor({ farm, under }: Given, options: CompareOptions): Promise<readonly Variant[]> {
  if (options.variant.length > 0) return options.variant;
  const types = Object.keys(options.capacity);
  const { bounds, warmPool: pools } = options;
  if (types.length > 0 || bounds.length > 0 || pools.length > 0) {
    const { leverVariants } = await import("../../scaling/simulate/compare/levers.ts");
    return leverVariants({ farm, types, bounds, pools });
  }
  const { usualVariants } = await import("../../scaling/simulate/compare/variants.ts");
  return usualVariants(farm, (await under(options)).scenario);
}

async function show(comparison: Comparison, { html, json }: CompareOptions): Promise<void> {
  if (html !== undefined) {
    const { compareHtml } = await import("../../scaling/simulate/compare/report/html.ts");
    writeFileSync(html, compareHtml(comparison));
  }
  if (json) {
    const { compareJson } = await import("../../scaling/simulate/compare/report/json.ts");
    process.stdout.write(`${JSON.stringify(compareJson(comparison), null, 2)}\n`);
    return;
  }
  const { compareText } = await import("../../scaling/simulate/compare/report/text.ts");
  process.stdout.write(compareText(comparison));
  if (html !== undefined) process.stdout.write(`\nPlots: ${html}\n`);
}

async function candidatesFor(what: string, options: CompareOptions, read: ReadPlan): Promise<Candidate[]> {
  const from = await given(what, options, read);
  const { candidateOf } = await import("../compare/candidates.ts");
  const candidates = [];
  for (const variant of await variantsFor(from, options)) {
    candidates.push(await candidateOf(variant, options, from.under));
  }
  return candidates;
}

async function runComparison(what: string, options: CompareOptions): Promise<void> {
  const names = options.variant.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`two variants are called ${twice}; give each a name of its own`);
  for (const [option, given] of [
    ["--bounds", options.bounds],
    ["--warm-pool", options.warmPool],
  ] as const) {
    if (options.variant.length > 0 && given.length > 0)
      throw new Error(`${option} makes variants of its own; give its settings in --variant, or no --variant`);
  }
  if (options.html !== undefined) requirePlaceOf(options.html);
  const { withPlans } = await import("../../plan/plan.ts");
  const { compare } = await import("../../scaling/simulate/compare/compare.ts");
  const candidates = await withPlans((read) => candidatesFor(what, options, read));
  const { seed, runs, slo } = options;
  const objectives = slo === undefined ? {} : { slo };
  const comparison = await compare(candidates, {
    seed,
    runs,
    ...objectives,
    onRun: progress(runs * candidates.length),
  });
  await show(comparison, options);
}

export function compareCommand(): Command {
  const command = new Command("compare")
    .summary("compare scaling policies under the same load, on a virtual clock")
    .description(
      "Simulates the course's policy, target tracking, the recommended one and each with a schedule under the same load and the same random numbers, " +
        "and shows how soon capacity is sufficient, what fails, how long answers take and what it costs. Each variant is the program " +
        "under some configuration, so you can deploy any of them.",
    )
    .argument("<what>", "web, annotator, course, or a scenario file (docs/simulate.md)")
    .addOption(
      new Option(
        "--variant <name: key=value,…>",
        "compare this configuration instead of the usual variants; may be repeated",
      )
        .default([], "the usual variants")
        .argParser(addVariant),
    )
    .addOption(seedOption("seed of the random numbers; the same seed gives the same result"))
    .option(
      "--runs <number>",
      "runs of each variant, with consecutive seeds, for prediction intervals",
      wholeNumber(1, 10_000),
      1,
    )
    .option("--json", "everything, as JSON")
    .addOption(new Option("--html <file>", "also write a page with all curves in one plot"))
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm compare web\n  annofarm compare annotator --load ramp --runs 20 --html annotator.html\n  annofarm compare course\n" +
        '  annofarm compare my-scenario.json --variant "as it is: webMin=2" \\\n    --variant "larger: webMin=4"\n\ndocs/scaling.md says which policy fits when.',
    )
    .action(runComparison);
  addPriceOptions(command);
  command.addOption(poolOption());
  addLoadOptions(command, aboutLoad);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
