import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { Backtest } from "../../loadtest/measure/backtest/backtest.ts";
import type { BacktestRecord } from "../../loadtest/measure/backtest/record.ts";
import type { ReadPlan } from "../../plan/plan.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { ServiceBeliefOptions } from "../backtest/service.ts";
import { requirePlaceOf } from "../places.ts";
import { addPartOptions, type PartOptions, requireOrder } from "../simulate/load-options.ts";
import { progress } from "../simulate/progress.ts";
import { type GivenScenario, scenarioUnder } from "../simulate/scenario-file.ts";
import { addVariant, type ProgramOptions, programOptions, seedOption, wholeNumber } from "./options.ts";

interface BacktestOptions extends ProgramOptions, PartOptions, ServiceBeliefOptions {
  readonly how?: true;
  readonly variant: readonly Variant[];
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly html?: string;
}

const asDeclared: Variant = { name: "as declared", config: {} };

/** The recorded load in place of the scenario's. */
async function underRecord(given: GivenScenario, { begin, levels }: BacktestRecord): Promise<GivenScenario> {
  const { recordedArrivals } = await import("../../scaling/simulate/scenario/recorded.ts");
  const duration = levels.reduce((sum, { seconds }) => sum + seconds, 0);
  const file = { ...given.file, title: "a recorded load", duration, load: [recordedArrivals(levels, 1)] };
  return { ...given, file, recorded: { begins: begin, notes: [] } };
}

async function scenariosOf(
  given: GivenScenario,
  record: BacktestRecord,
  options: BacktestOptions,
  read: ReadPlan,
): Promise<{ variant: Variant; scenario: Scenario }[]> {
  const { beganAs } = await import("../../loadtest/measure/backtest/judge.ts");
  const found = [];
  for (const variant of options.variant.length > 0 ? options.variant : [asDeclared]) {
    const config = { ...options.config, ...variant.config };
    const { scenario } = await scenarioUnder(given, { ...options, config }, read);
    found.push({ variant, scenario: beganAs(scenario, record) });
  }
  return found;
}

/** What holds for every figure below it. */
const openNote =
  "The recorded load arrives as a Poisson process at the rates of its minutes. A metric counts what arrived: users who would have sent more had " +
  "the farm been faster are not in it.";

async function backtest(directory: string, options: BacktestOptions): Promise<Backtest> {
  const { readDocuments } = await import("../../loadtest/measure/backtest/documents.ts");
  const { recordOf } = await import("../../loadtest/measure/backtest/record.ts");
  const { againstOf } = await import("../../loadtest/measure/backtest/backtest.ts");
  const { judge } = await import("../../loadtest/measure/backtest/judge.ts");
  const { checkService, serviceFor } = await import("../backtest/service.ts");
  const { withPlans } = await import("../../plan/plan.ts");
  const chosen = await checkService(options);
  const record = recordOf(await readDocuments(directory), directory, { from: options.loadFrom, to: options.loadTo });
  const { given, source } = serviceFor(record, options, chosen);
  const under = await underRecord(given, record);
  const scenarios = await withPlans((read) => scenariosOf(under, record, options, read));
  const { seed, runs } = options;
  const tell = progress(runs * scenarios.length);
  let done = 0;
  const outcomes = [];
  for (const { variant, scenario } of scenarios) {
    const judged = await judge(record, scenario, { seed, runs, onRun: () => tell(++done) });
    outcomes.push({ variant: variant.name, config: variant.config, ...judged });
  }
  return {
    directory,
    group: scenarios[0]?.scenario.group ?? "",
    record,
    seed,
    runs,
    against: againstOf(record),
    notes: [`Instances: ${source}.`, openNote, ...record.remarks],
    outcomes,
  };
}

async function runBacktest(directory: string | undefined, options: BacktestOptions): Promise<void> {
  if (options.how) {
    const { exportScript } = await import("../../loadtest/measure/backtest/how.ts");
    process.stdout.write(exportScript);
    return;
  }
  requireOrder(options);
  if (options.html !== undefined) requirePlaceOf(options.html);
  const { checkService } = await import("../backtest/service.ts");
  await checkService(options);
  if (directory === undefined) {
    throw new Error("give the directory of the exports; annofarm backtest --how prints a script that makes them");
  }
  const result = await backtest(directory, options);
  if (options.html !== undefined) {
    const { backtestHtml } = await import("../../loadtest/measure/backtest/report/html.ts");
    writeFileSync(options.html, backtestHtml(result));
  }
  if (options.json) {
    const { backtestJson } = await import("../../loadtest/measure/backtest/report/json.ts");
    process.stdout.write(`${JSON.stringify(backtestJson(result), null, 2)}\n`);
    return;
  }
  const { backtestText } = await import("../../loadtest/measure/backtest/report/text.ts");
  process.stdout.write(backtestText(result));
  if (options.html !== undefined) process.stdout.write(`\nPlots: ${options.html}\n`);
}

export function backtestCommand(): Command {
  const command = new Command("backtest")
    .summary("replay a recorded load and tell how far the prediction was from what happened")
    .description(
      "Reads metrics and scaling activities that were exported from AWS or from annofarm local, simulates the recorded load under the " +
        "declaration, and compares the predicted with the recorded sizes, minute by minute.",
    )
    .argument("[directory]", "the exports: JSON of the AWS CLI, packed by gzip or not")
    .option("--how", "print a script that makes the exports, and end")
    .option("--rate <rate>", "throughput of a web instance, such as 40/s")
    .option("--job <time>", "duration of a job, such as '60 s'")
    .option("--boot <time>", "time from an instance's launch until it answers (default: as recorded)")
    .option("--scenario <file>", "a scenario file whose service and conditions are taken (docs/simulate.md)")
    .addOption(
      new Option("--variant <name: key=value,…>", "predict under this configuration as well; may be repeated")
        .default([], "the stack's own")
        .argParser(addVariant),
    )
    .addOption(seedOption("seed of the first simulated run"))
    .option("--runs <number>", "number of simulated runs", wholeNumber(2, 10_000), 50)
    .option("--json", "everything, as JSON")
    .addOption(new Option("--html <file>", "also write a page with plots"))
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm backtest --how > export.sh\n  annofarm backtest exports --rate 40/s --html backtest.html\n" +
        '  annofarm backtest exports --rate 40/s --variant "course: webScaling=course"\n\ndocs/backtest.md says what the figures mean.',
    )
    .action(runBacktest);
  addPartOptions(command);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
