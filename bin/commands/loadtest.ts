import { join, resolve } from "node:path";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { ServiceOptions } from "../../loadtest/measure/predict.ts";
import { type ScenarioName, scenarioNames } from "../../loadtest/measure/scenarios.ts";
import { requireDirectory } from "../places.ts";
import { interrupted, untilAsked } from "../signals.ts";
import { type ProgramOptions, programOptions, seedOption, wholeNumber } from "./options.ts";

interface LoadTestCommandOptions extends ProgramOptions {
  readonly target: string;
  readonly k6?: string;
  readonly state?: string;
  readonly report: string;
  readonly after?: string;
  readonly expect: readonly string[];
  readonly parameter: Readonly<Record<string, string>>;
  readonly rate?: string;
  readonly job?: string;
  readonly boot?: string;
  readonly assume?: string;
  readonly seed: number;
  readonly runs: number;
}

/** What a scenario is told by the command itself. */
const reserved: Readonly<Record<string, string>> = {
  TARGET: "give --target",
  SPEED: "a local run tells its own pace, and nothing else is accelerated",
  TOKEN: "put it into the environment variable ANNOFARM_TOKEN, where nobody else sees it",
};

function addParameter(text: string, previous: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([A-Z]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Use the form NAME=value, for example -p USERS=100.");
  }
  const instead = reserved[name];
  if (instead !== undefined) throw new InvalidArgumentError(`Not ${name}: ${instead}.`);
  return { ...previous, [name]: value };
}

const afterMost = 24 * 60;

async function minutesOf(text: string): Promise<number> {
  const { durationOf } = await import("../../scaling/simulate/scenario/units.ts");
  const seconds = durationOf(text);
  if (seconds !== undefined && seconds <= 60 * afterMost) return seconds / 60;
  throw new Error(`--after ${text} is not a length of time up to 24 h; give one such as --after 40m`);
}

/** What the prediction takes an instance for. */
async function serviceOf({ rate, job, boot, assume }: LoadTestCommandOptions): Promise<ServiceOptions> {
  const given: ServiceOptions = Object.fromEntries(
    Object.entries({ rate, job, boot }).filter(([, value]) => value !== undefined),
  );
  if (assume === undefined) return given;
  const options = Object.keys(given).map((name) => `--${name}`);
  if (options.length > 0)
    throw new Error(`--assume ${assume} says what an instance is like; give it, or ${options.join(", ")}`);
  const { readScenarioFile } = await import("../simulate/scenario-file.ts");
  return { assumed: { path: assume, file: (await readScenarioFile(assume, "--rate or --job instead")).file } };
}

async function runCommand(scenario: ScenarioName, options: LoadTestCommandOptions, command: Command) {
  const { readExpectation } = await import("../../loadtest/measure/verdicts/expectation.ts");
  const { reportFiles } = await import("../../loadtest/measure/report/files.ts");
  const { findK6 } = await import("../../loadtest/measure/k6/find.ts");
  const { findTarget } = await import("../../loadtest/measure/record/target.ts");
  const { defaultRegion, readPlan } = await import("../../plan/plan.ts");
  const { readStackConfig } = await import("../../plan/stack-config.ts");
  const { runLoadTest } = await import("../../loadtest/measure/run.ts");
  const { textReport } = await import("../../loadtest/measure/report/text.ts");
  const { findPlaces } = await import("../../local/run/state/places.ts");

  const service = await serviceOf(options);
  const expectations = options.expect.map(readExpectation);
  const after = options.after === undefined ? undefined : await minutesOf(options.after);
  const files = reportFiles(resolve(options.report));
  await findK6(options.k6, process.env.PATH ?? "");
  const directory = resolve(options.cwd);
  for (const place of [directory, ...(options.state === undefined ? [] : [options.state])]) requireDirectory(place);
  if (command.getOptionValueSource("stack") === "cli") await readStackConfig(directory, options.stack, options.config);
  const stateDirectory = resolve(options.state ?? join(directory, ".annofarm", "local"));
  const target = await findTarget(options.target, stateDirectory);
  const chosen = command.getOptionValueSource("stack") === "default" && !target.local ? "dev" : options.stack;
  if (command.getOptionValueSource("stack") === "default") process.stderr.write(`Stack ${chosen}; -s names another.\n`);
  const plan = await readPlan({ directory, stack: chosen, config: options.config });
  const places = findPlaces(plan);

  const abort = new AbortController();
  void untilAsked().then((signal) => {
    process.stderr.write(`\n${signal}: ending the load, then the report of what has run …\n`);
    abort.abort(new Error(`interrupted by ${signal} before any load`));
  });
  const report = await runLoadTest({
    scenario,
    k6: options.k6,
    target,
    plan,
    region: plan.config["aws:region"] ?? defaultRegion,
    tables: places === undefined ? undefined : { users: places.usersTable, annotations: places.annotationsTable },
    parameters: options.parameter,
    token: process.env.ANNOFARM_TOKEN || undefined,
    service,
    expectations,
    after,
    seed: options.seed,
    runs: options.runs,
    files,
    tell: (line) => void process.stderr.write(`${line}\n`),
    signal: abort.signal,
  });
  process.stdout.write(`${textReport(report)}\nReport: ${files.html}\nData:   ${files.json}\n`);
  const failed = report.verdicts.some(({ verdict }) => verdict === "failed");
  process.exitCode = report.interrupted ? interrupted : failed ? 1 : 0;
}

export function loadtestCommand(): Command {
  const command = new Command("loadtest")
    .summary("load a service with k6, record how its farm scales, and compare with the prediction")
    .description(
      "Runs a k6 scenario (k6 1.1 or newer) against a local run or a deployed stack, records groups, alarms and metrics\n" +
        "through AWS's APIs, and writes a report: curves over their prediction, error figures, verdicts. Exit code 1 when a\n" +
        "verdict fails. Nothing signs in: jobs are submitted by API tokens.",
    )
    .addArgument(new Argument("<scenario>", "docs/loadtest.md describes each").choices(scenarioNames))
    .addOption(
      new Option(
        "-t, --target <where>",
        "local: http://localhost:8080; or the origin of a service, such as another\nport of annofarm local",
      ).default("local"),
    )
    .option(
      "-p, --parameter <NAME=value>",
      "a parameter of the scenario, such as USERS=100; may be repeated",
      addParameter,
      {},
    )
    .addOption(
      new Option("-e, --expect <text>", 'an expectation, such as "reached 10 by 40 min"; may be repeated')
        .default([], "none")
        .argParser((text: string, before: readonly string[]) => [...before, text]),
    )
    .option(
      "--after <time>",
      "continue recording after the load for at most this long (default: long enough to shrink to the minimum)",
    )
    .option("--rate <rate>", "for the prediction: throughput of a web instance, such as 4.9/s")
    .option("--job <time>", "for the prediction: duration of a job, such as '60 s'")
    .option("--boot <time>", "for the prediction: time from an instance's launch until it runs, such as '90 s'")
    .option(
      "--assume <file>",
      "for the prediction, instead of these: service and conditions of a scenario file of annofarm simulate",
    )
    .option("--runs <number>", "number of simulated runs", wholeNumber(1, 10_000), 50)
    .addOption(seedOption("seed of the first simulated run"))
    .option("--report <file>", "the report's page; its data are beside it as .json", "report.html")
    .option("--k6 <path>", "path of k6 (default: the first on the search path)")
    .option("--state <directory>", "state directory of the local run (default: .annofarm/local)")
    .addHelpText(
      "after",
      "\nANNOFARM_TOKEN holds API tokens, separated by commas, for annotator and journey\nat a service that is not local.\n" +
        "The stack is local for a local run, dev otherwise, unless -s names another.\n\nExamples:\n" +
        "  annofarm loadtest web -e 'reached 4 by 30 min' -e 'back at 2 by 90 min'\n" +
        "  annofarm loadtest annotator --target http://127.0.0.1:8081 \\\n    --state /tmp/second -p JOBS=6\n" +
        "  annofarm loadtest web --target https://gas.example.org -s dev --rate 4.9/s",
    )
    .action(runCommand);
  for (const option of programOptions("local")) command.addOption(option);
  return command;
}
