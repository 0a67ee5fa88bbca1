import { writeFileSync } from "node:fs";
import { setImmediate as breath } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { Prediction } from "../../scaling/simulate/prediction.ts";
import { requirePlaceOf } from "../places.ts";
import { addLoadOptions, type LoadOptions, requireRecorded, underRecordedLoad } from "../simulate/load-options.ts";
import { progress } from "../simulate/progress.ts";
import { type GivenScenario, readScenarioFile, scenarioUnder } from "../simulate/scenario-file.ts";
import { type ProgramOptions, programOptions, seedOption, wholeNumber } from "./options.ts";

interface SimulateOptions extends ProgramOptions, LoadOptions {
  readonly seed: number;
  readonly runs: number;
  readonly json?: true;
  readonly csv?: true;
  readonly html?: string;
  readonly png?: string;
  readonly markdown?: true;
}

/** Runs of each explanation, unless more are asked for. */
const courseRuns = 10;

async function given(what: string): Promise<GivenScenario> {
  if (what !== "web" && what !== "annotator") return readScenarioFile(what, "web, annotator, course");
  const { checkScenario } = await import("../../scaling/simulate/scenario/read.ts");
  const { defaultScenarios } = await import("../../scaling/simulate/scenario/defaults.ts");
  return { file: checkScenario(defaultScenarios[what], what), directory: process.cwd() };
}

async function show(scenario: Scenario, prediction: Prediction, options: SimulateOptions): Promise<void> {
  if (options.html !== undefined) {
    const { htmlReport } = await import("../../scaling/simulate/report/html.ts");
    writeFileSync(options.html, htmlReport(scenario, prediction));
  }
  if (options.png !== undefined) {
    const { htmlReport } = await import("../../scaling/simulate/report/html.ts");
    const { pictureOf, requireChromium } = await import("../chromium.ts");
    writeFileSync(options.png, await pictureOf(requireChromium(), htmlReport(scenario, prediction)));
  }
  if (options.json || options.csv) {
    const { csvReport, jsonReport } = await import("../../scaling/simulate/report/data.ts");
    process.stdout.write(options.json ? jsonReport(scenario, prediction) : csvReport(prediction));
    return;
  }
  const { textReport } = await import("../../scaling/simulate/report/text.ts");
  process.stdout.write(textReport(scenario, prediction));
  if (options.html !== undefined) process.stdout.write(`\nPlots: ${options.html}\n`);
  if (options.png !== undefined) process.stdout.write(`\nPicture: ${options.png}\n`);
}

/** The course's record beside three explanations of it, each fitted anew: some ten seconds. */
async function studyCourse(options: SimulateOptions): Promise<void> {
  if (options.load !== undefined)
    throw new Error("simulate course brings its own load; give --load with web or annotator");
  if (options.csv || options.html !== undefined || options.png !== undefined) {
    throw new Error("simulate course compares runs, so it has no --csv, --html or --png; give --json or --markdown");
  }
  const { studyCourse: study } = await import("../../scaling/simulate/course/study.ts");
  const { isTTY } = process.stderr;
  const result = await study(options.runs > 1 ? options.runs : courseRuns, async (what) => {
    if (isTTY) process.stderr.write(`\r${what} …`.padEnd(60));
    await breath();
  });
  if (isTTY) process.stderr.write(`\r${" ".repeat(60)}\r`);
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (options.markdown) {
    const { courseMarkdown } = await import("../../scaling/simulate/course/markdown.ts");
    process.stdout.write(courseMarkdown(result));
  } else {
    const { courseText } = await import("../../scaling/simulate/course/text.ts");
    process.stdout.write(courseText(result));
  }
}

async function runSimulation(what: string, options: SimulateOptions): Promise<void> {
  if (options.json && options.csv) throw new Error("--json and --csv both write to standard output; give one of them");
  requireRecorded(options.load !== undefined, options);
  if (what === "course") return studyCourse(options);
  if (options.markdown) throw new Error("--markdown is for simulate course only");
  if (options.html !== undefined) requirePlaceOf(options.html);
  if (options.png !== undefined) {
    const { requireChromium } = await import("../chromium.ts");
    requireChromium();
    requirePlaceOf(options.png);
  }
  const { readPlan } = await import("../../plan/plan.ts");
  const usual = await given(what);
  const asked = options.load === undefined ? usual : await underRecordedLoad(usual, options.load, options);
  const { scenario } = await scenarioUnder(asked, options, readPlan);
  for (const remark of scenario.plan.remarks.filter((each) => /: not (read|modelled|evaluated)/.test(each)))
    process.stderr.write(`annofarm: ${remark}\n`);
  const { predict } = await import("../../scaling/simulate/prediction.ts");
  const prediction = await predict(scenario, { seed: options.seed, runs: options.runs, onRun: progress(options.runs) });
  await show(scenario, prediction, options);
}

export function simulateCommand(): Command {
  const command = new Command("simulate")
    .summary("predict how a farm scales under load, on a virtual clock")
    .description(
      "Runs users, balancer, queue, instances and the declared alarms and policies on a virtual clock, and shows how the farm grows and shrinks. Hours take milliseconds; nothing is started and no AWS is needed.",
    )
    .argument("<what>", "web, annotator, course, or a scenario file (docs/simulate.md)")
    .addOption(seedOption("seed of the random numbers; the same seed gives the same result"))
    .option(
      "--runs <number>",
      "number of runs, with consecutive seeds, for prediction intervals",
      wholeNumber(1, 100_000),
      1,
    )
    .option("--json", "everything, as JSON")
    .option("--csv", "one row per minute, as CSV")
    .addOption(new Option("--html <file>", "also write a page with plots"))
    .addOption(new Option("--png <file>", "also write a picture of that page; needs a Chromium"))
    .option("--markdown", "for course: the document docs/course-run.md")
    .addHelpText(
      "after",
      "\nExamples:\n  annofarm simulate web\n  annofarm simulate annotator --runs 200 --html annotator.html\n  annofarm simulate my-scenario.json --csv > minutes.csv\n  annofarm simulate web -c webMax=4\n  annofarm simulate web --load 'logs/*.gz' --load-scale 2\n  annofarm simulate course",
    )
    .action(runSimulation);
  addLoadOptions(command, ["file", "a recorded load: access logs, metrics, k6's points (file, directory or pattern)"]);
  for (const option of programOptions("dev")) command.addOption(option);
  return command;
}
