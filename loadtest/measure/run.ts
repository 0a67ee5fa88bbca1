/** One load test from its checks to its report: nothing is loaded before all that can be checked is, and nothing is left behind. */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Plan } from "../../plan/types.ts";
import { readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";
import { afterMinutes, createQuiet } from "./after.ts";
import { findK6 } from "./k6/find.ts";
import { createPoints, type LoadTotals } from "./k6/points.ts";
import { runK6 } from "./k6/run.ts";
import { inspectScenario } from "./k6/scenario.ts";
import { measuredOf } from "./measured.ts";
import { beliefOf, differenceOf, loadScenario, predictRuns, type ServiceOptions } from "./predict.ts";
import { progressLine } from "./progress.ts";
import { openAws } from "./record/aws.ts";
import { countJobs, type JobCounts, makeTokenUsers, ownersOf, type Tables } from "./record/jobs.ts";
import { type Sample, startRecorder } from "./record/recorder.ts";
import type { Target } from "./record/target.ts";
import { figuresOf } from "./report/figures.ts";
import { type ReportFiles, writeReport } from "./report/files.ts";
import type { Overlay, Report } from "./report/report.ts";
import { aboutScenario, type ScenarioName, scenarioFile } from "./scenarios.ts";
import { readTimeline, type TimelineLine } from "./timeline.ts";
import type { Expectation } from "./verdicts/expectation.ts";
import { judge } from "./verdicts/judge.ts";

export interface LoadTestOptions {
  readonly scenario: ScenarioName;
  /** Path of k6; omitted: the first on the search path. */
  readonly k6: string | undefined;
  readonly target: Target;
  readonly plan: Plan;
  /** Of the stack, where the target is not local. */
  readonly region: string;
  /** Omitted: the plan does not declare them, so that no job can be followed. */
  readonly tables: Tables | undefined;
  /** Of the scenario, as given. */
  readonly parameters: Readonly<Record<string, string>>;
  /** API tokens; used where the target is not local. */
  readonly token: string | undefined;
  readonly service: ServiceOptions;
  readonly expectations: readonly Expectation[];
  /** Minutes of the target's time; omitted: so that a full farm can go back to its minimum. */
  readonly after: number | undefined;
  readonly seed: number;
  readonly runs: number;
  readonly files: ReportFiles;
  /** A line of progress. */
  readonly tell: (line: string) => void;
  /** Aborted: ends the load, and reports what has run. */
  readonly signal: AbortSignal;
}

const minute = 60_000;
/** Stands for a token while a scenario is only looked at. */
const noToken = `gas_none_${"0".repeat(64)}`;
/** k6 lets requests that are under way end, and writes its summary. */
const stopWithin = 15_000;

/** Names that the scenario does not know would be ignored in silence. */
function checkNames(scenario: ScenarioName, given: readonly string[], known: readonly string[]): void {
  const free = known.filter((name) => name !== "SPEED");
  const wrong = given.find((name) => !free.includes(name));
  if (wrong !== undefined) throw new Error(`scenario ${scenario} has no parameter ${wrong}; it has ${free.join(", ")}`);
}

/** Everything that is decided before the load. */
async function prepare(options: LoadTestOptions) {
  const { scenario, target, parameters, plan } = options;
  const { api, farm } = aboutScenario[scenario];
  const k6 = await findK6(options.k6, process.env.PATH ?? "");
  if (api && !target.local && options.token === undefined) {
    throw new Error(
      `scenario ${scenario} submits jobs at ${target.url}: put an API token into ANNOFARM_TOKEN (profile page)`,
    );
  }
  if (api && target.local && options.tables === undefined) {
    throw new Error(`scenario ${scenario} submits jobs, but stack ${plan.stack} declares no web service with users`);
  }
  const file = scenarioFile(scenario);
  const token = api ? { TOKEN: target.local ? noToken : (options.token as string) } : {};
  const base = { ...parameters, ...token, TARGET: target.url };
  const inspected = await inspectScenario(k6, file, { ...base, SPEED: "1" });
  checkNames(scenario, Object.keys(parameters), Object.keys(inspected.parameters));
  await inspectScenario(k6, file, { ...base, SPEED: String(target.speed) });

  const { groups } = readScalingPlan(plan);
  const primary = groups.find(({ name }) => name.endsWith(`-${farm}`));
  if (primary === undefined) throw new Error(`stack ${plan.stack} declares no group called …-${farm}`);
  const seconds = inspected.seconds;
  const after = options.after ?? afterMinutes(primary);
  const scene = (belief: { service: Readonly<Record<string, unknown>>; source: string }, length: number) =>
    loadScenario({
      name: scenario,
      farm,
      plan,
      inspected,
      belief,
      seconds: length,
      timeout: Math.max(60, 2 * target.speed),
    });
  const belief = beliefOf(farm, primary.name, target.capacities, options.service);
  if (typeof belief !== "string") scene(belief, seconds); // what is wrong with it is told before the load
  return {
    k6,
    file,
    base,
    inspected,
    farm,
    api,
    groups: groups.map(({ name }) => name),
    primary,
    after,
    belief,
    scene,
  };
}

/** @throws {Error} with nothing left behind: no process, no report, no token. */
export async function runLoadTest(options: LoadTestOptions): Promise<Report> {
  const { target, signal, tell, scenario } = options;
  const ready = await prepare(options);
  const { k6, file, farm, api, groups, primary, belief, scene } = ready;
  const group = primary.name;
  const now = () => target.awsTime(Date.now());
  const directory = mkdtempSync(join(tmpdir(), "annofarm-loadtest-"));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeDirectory);
  const settings = target.aws(options.region);
  const aws = openAws(settings);
  let removeTokens = async () => {};
  try {
    const timeline = createWriteStream(join(directory, "timeline.jsonl"));
    const write = (line: TimelineLine) => void timeline.write(`${JSON.stringify(line)}\n`);
    let onSample = (_sample: Sample) => {};
    const recorder = await startRecorder({
      aws,
      groups,
      now,
      every: Math.max(1_000, 15_000 / target.speed),
      write,
      onSample: (sample) => onSample(sample),
    });
    let jobs: JobCounts | string = "no job was submitted";
    let measuredUntil = 0;
    let loadEnd = 0;
    let startedWall = 0;
    let owners: string[] = [];
    let told = 0;
    const points = createPoints(target.speed, (row) => {
      told = row.minute;
      write({ kind: "load", ...row });
      tell(progressLine(row, group, recorder.latest()));
    });
    let totals: LoadTotals;
    let ended: Awaited<ReturnType<typeof runK6>["ended"]>;
    try {
      let token = options.token;
      if (api && target.local && options.tables !== undefined) {
        const made = await makeTokenUsers(settings, options.tables, Date.now().toString(36));
        removeTokens = made.remove;
        token = made.tokens.join(",");
      }
      if (api) owners = ownersOf((token ?? "").split(","));
      signal.throwIfAborted();
      startedWall = Date.now();
      const parameters = { ...ready.base, ...(api ? { TOKEN: token as string } : {}), SPEED: String(target.speed) };
      const run = runK6(k6, file, parameters, join(directory, "summary.json"), points);
      const stop = () => run.stop(stopWithin);
      signal.addEventListener("abort", stop, { once: true });
      ended = await run.ended.finally(() => signal.removeEventListener("abort", stop));
      loadEnd = now();
      totals = points.end();
      const quiet = createQuiet(loadEnd);
      await new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
        onSample = (sample) => {
          const since = (sample.at - target.awsTime(points.begun() ?? startedWall)) / minute;
          if (Math.floor(since) > told) {
            told = Math.floor(since);
            const none = {
              users: 0,
              requests: 0,
              failed: 0,
              dropped: 0,
              p50: undefined,
              p95: undefined,
              p99: undefined,
            };
            tell(progressLine({ minute: told, ...none }, group, sample));
          }
          if (quiet(sample) || sample.at - loadEnd >= ready.after * minute) resolve();
        };
        if (ready.after === 0) resolve();
      });
      onSample = () => {};
    } finally {
      await recorder.stop();
    }
    const wall = points.begun();
    if (wall === undefined) throw new Error("k6 made no request, so there is nothing to report");
    const begun = target.awsTime(wall);
    write({ kind: "begun", at: begun });
    measuredUntil = now();
    await recorder.collect(begun, measuredUntil);
    timeline.end();
    await finished(timeline);

    if (owners.length > 0 && options.tables !== undefined) {
      const since = Math.floor(startedWall / 1000);
      jobs = await countJobs(settings, options.tables, owners, since, target.speed).catch(
        (error: Error) => `the table of jobs could not be read (${error.message})`,
      );
    }
    const alarms = recorder.alarms
      .map(({ state: _, declared: __, ...alarm }) => alarm)
      .sort((a, b) => Number(b.group === group) - Number(a.group === group));
    const measured = measuredOf(await readTimeline(join(directory, "timeline.jsonl")), alarms);

    let prediction: Overlay | string = typeof belief === "string" ? belief : "";
    let foretold: Awaited<ReturnType<typeof predictRuns>> | undefined;
    if (typeof belief !== "string") {
      const scenarioFor = scene(belief, measured.minutes * 60);
      const difference = differenceOf(scenarioFor, recorder.latest().groups);
      if (difference !== undefined) prediction = difference;
      else {
        foretold = await predictRuns(scenarioFor, options.seed, options.runs);
        const rows = foretold.run.rows.map(({ ended: done, failed, p95 }) => ({ ended: done, failed, p95 }));
        prediction = {
          runs: options.runs,
          seed: options.seed,
          source: belief.source,
          inService: foretold.inService,
          rows,
        };
      }
    }
    const evidence = { measured, group, totals, thresholds: ended.thresholds, crossed: ended.code === 99, jobs };
    const report: Report = {
      scenario,
      target: target.url,
      speed: target.speed,
      begun: new Date(begun).toISOString(),
      interrupted: signal.aborted,
      k6: k6.version,
      parameters: ready.inspected.parameters,
      group,
      loadMinutes: Math.round((loadEnd - begun) / minute),
      verdicts: judge(options.expectations, evidence),
      figures: figuresOf({ measured, totals, group, farm, jobs, prediction: foretold }),
      totals,
      thresholds: ended.thresholds,
      jobs,
      capacities: target.capacities,
      prediction,
      measured,
    };
    writeReport(options.files, report);
    return report;
  } finally {
    await removeTokens();
    aws.destroy();
    removeDirectory();
    process.off("exit", removeDirectory);
  }
}
