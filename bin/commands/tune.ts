import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { ReadPlan } from "../../plan/plan.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import { leastRuns } from "../../scaling/simulate/tune/check.ts";
import type { Goal } from "../../scaling/simulate/tune/goal.ts";
import type { TuneReport } from "../../scaling/simulate/tune/report/report.ts";
import type { Tuning } from "../../scaling/simulate/tune/tune.ts";
import { aboutLoad, type Given, given } from "../compare/given.ts";
import { addPriceOptions } from "../compare/price-options.ts";
import { requirePlaceOf } from "../places.ts";
import { addLoadOptions, type LoadOptions } from "../simulate/load-options.ts";
import { type Budget, budgetOfRun, budgetOption, keepOption, varyOption } from "../tune/options.ts";

import { requireFitting, type SpaceOptions } from "../tune/space.ts";
import { programOptions, seedOption, wholeNumber } from "./options.ts";

interface TuneCommandOptions extends LoadOptions, SpaceOptions {
  readonly budget?: Budget;
  readonly seed: number;
  readonly settings: number;
  readonly runs: number;
  readonly threads: number;
  readonly json?: true;
  readonly html?: string;
}

/** Nine of ten runs, as `annofarm compare` counts them, and the usual confidence. */
const demanded = { share: 0.9, confidence: 0.95 } as const;

/** Exit code when no setting is shown to meet the objectives. */
const notFound = 2;

/** The program under settings, with what the whole configuration then is. */
function reader(from: Given, options: TuneCommandOptions) {
  const configs = new Map<Variant, Readonly<Record<string, string>>>();
  const candidateFor = async (variant: Variant) => {
    const { candidateOf } = await import("../compare/candidates.ts");
    return candidateOf(variant, options, async (each) => {
      const found = await from.under(each);
      configs.set(variant, found.plan.config);
      return found;
    });
  };
  return { configs, candidateFor };
}

/** What a program prints at each of its runs is told once. */
const toldOnce = (read: ReadPlan): ReadPlan => {
  const told = new Set<string>();
  const onOutput = (line: string) => {
    if (!told.has(line)) process.stderr.write(`${line}\n`);
    told.add(line);
  };
  return (options) => read({ ...options, onOutput });
};

async function tuneUnder(what: string, options: TuneCommandOptions, read: ReadPlan): Promise<TuneReport> {
  const { spaceFor } = await import("../tune/space.ts");
  const { tune } = await import("../../scaling/simulate/tune/tune.ts");
  const { openPool } = await import("../tune/pool.ts");
  const { tellProgress } = await import("../tune/progress.ts");
  const { reportOf } = await import("../tune/report.ts");
  const { seed, settings, runs, slo = [], budget } = options;
  const from = await given(what, options, toldOnce(read));
  const { space, notes } = await spaceFor(from, options);
  const { scenario } = await from.under(options);
  const goal: Goal = {
    ...demanded,
    slo,
    budget: budget === undefined ? undefined : budgetOfRun(budget, scenario.seconds),
  };
  const { configs, candidateFor } = reader(from, options);
  const progress = tellProgress();
  const pool = openPool(options.threads, progress.ran);
  try {
    const tuning: Tuning = await tune(space, {
      ...{ goal, seed, runs, run: pool.run, count: settings, onPart: progress.part },
      candidateOf: (variant) => candidateFor(variant).finally(progress.read),
    });
    return await reportOf(tuning, {
      directory: resolve(options.cwd),
      stack: options.stack,
      budget: budget?.text,
      notes,
      configs,
    });
  } finally {
    progress.end();
    await pool.close();
  }
}

async function show(report: TuneReport, { html, json }: TuneCommandOptions): Promise<void> {
  if (html !== undefined) {
    const { writeFileSync } = await import("node:fs");
    const { tuneHtml } = await import("../../scaling/simulate/tune/report/html.ts");
    writeFileSync(html, tuneHtml(report));
  }
  if (json) {
    const { tuneJson } = await import("../../scaling/simulate/tune/report/json.ts");
    process.stdout.write(`${JSON.stringify(tuneJson(report), null, 2)}\n`);
    return;
  }
  const { tuneText } = await import("../../scaling/simulate/tune/report/text.ts");
  process.stdout.write(tuneText(report));
  if (html !== undefined) process.stdout.write(`\nPlots: ${html}\n`);
}

async function runTuning(what: string, options: TuneCommandOptions): Promise<void> {
  if (options.slo === undefined) throw new Error("say what is to be met: --slo 'p95 < 300 ms, failed < 0.1 %'");
  requireFitting(options);
  if (options.html !== undefined) requirePlaceOf(options.html);
  const { withPlans } = await import("../../plan/plan.ts");
  const report = await withPlans((read) => tuneUnder(what, options, read));
  await show(report, options);
  if (report.found === undefined) process.exitCode = notFound;
}

export function tuneCommand(): Command {
  const command = new Command("tune")
    .summary("find the cheapest scaling settings that meet objectives under a load")
    .description(
      "Searches scaling policies with their figures, bounds, warm pools, schedules and instance types for the cheapest settings that meet " +
        "the objectives in nine of ten runs; all are simulated under the same load and the same random numbers. What it finds is checked with " +
        "runs and loads that the search never saw, and printed as a change of the stack's settings.",
    )
    .argument("<what>", "web, annotator, course, or a scenario file (docs/simulate.md)")
    .addOption(budgetOption())
    .addOption(keepOption())
    .addOption(varyOption())
    .addOption(seedOption("seed of the random numbers; the same seed gives the same result"))
    .option("--settings <number>", "settings that are looked at first", wholeNumber(5, 1000), 48)
    .option(
      "--runs <number>",
      "runs of the check, with seeds of its own",
      wholeNumber(leastRuns(demanded), 10_000),
      100,
    )
    .addOption(
      new Option("--threads <number>", "threads that simulate; the result is the same")
        .default(availableParallelism(), "all processors")
        .argParser(wholeNumber(1, 256)),
    )
    .option("--json", "everything, as JSON")
    .addOption(new Option("--html <file>", "also write a page with the trade-off of cost and failures"))
    .addHelpText(
      "after",
      "\nExit status: 0 found; 1 an error; 2 no setting is shown to meet the objectives.\n" +
        "\nExamples:\n  annofarm tune web --slo 'p95 < 300 ms, failed < 0.1 %' --html web.html\n" +
        "  annofarm tune web --slo 'failed < 1 %' --budget '40 USD/month' --keep schedule\n" +
        "  annofarm tune annotator --slo 'p95 < 5 minutes' --load ramp\n" +
        "  annofarm tune web --slo 'p95 < 300 ms' --load 'logs/*.gz' \\\n    --capacity t4g.small=40/s --capacity t4g.medium=55/s\n" +
        "  annofarm tune my-scenario.json --slo 'p95 < 1 s' --vary 'webMin=2|3|4'\n\ndocs/scaling.md says how sure it is.",
    )
    .action(runTuning);
  addPriceOptions(command);
  addLoadOptions(command, aboutLoad);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
