/** One load test from its checks to its report: nothing is loaded before all that can be checked is, and nothing is left behind. */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { applyLoad, type Load, type Watch } from "./load.ts";
import { measuredOf } from "./measured.ts";
import type { LoadTestOptions } from "./options.ts";
import { differenceOf, predictRuns } from "./predict.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { openAws } from "./record/aws.ts";
import { countJobs, type JobCounts, makeTokenUsers, ownersOf } from "./record/jobs.ts";
import { type Sample, startRecorder } from "./record/recorder.ts";
import type { Target } from "./record/target.ts";
import { figuresOf } from "./report/figures.ts";
import { writeReport } from "./report/files.ts";
import type { Overlay, Report } from "./report/report.ts";
import { readTimeline, type TimelineLine } from "./timeline.ts";
import { judge } from "./verdicts/judge.ts";

const minute = 60_000;

type AwsSettings = ReturnType<Target["aws"]>;
/** API tokens of a scenario that submits jobs, whose jobs they are, and how they are taken back. */
async function tokensFor(options: LoadTestOptions, { api }: Prepared, settings: AwsSettings) {
  if (!api) return { token: undefined, owners: [], remove: async () => {} };
  const { target, tables } = options;
  const made =
    target.local && tables !== undefined
      ? await makeTokenUsers(settings, tables, Date.now().toString(36))
      : { tokens: [options.token ?? ""], remove: async () => {} };
  const token = made.tokens.join(",");
  return { token, owners: ownersOf(token.split(",")), remove: made.remove };
}

function countOwnJobs(
  { tables, target }: LoadTestOptions,
  settings: AwsSettings,
  owners: readonly string[],
  startedWall: number,
): Promise<JobCounts | string> | string {
  if (owners.length === 0 || tables === undefined) return "no job was submitted";
  return countJobs(settings, tables, owners, Math.floor(startedWall / 1000), target.speed).catch(
    (error: Error) => `the table of jobs could not be read (${error.message})`,
  );
}

/** What the simulator says of the same load on the same farm, or why it says nothing. */
async function foretell(
  { seed, runs }: LoadTestOptions,
  { belief, farm, scene }: Prepared,
  minutes: number,
  groups: Sample["groups"],
): Promise<{ prediction: Overlay | string; foretold?: Awaited<ReturnType<typeof predictRuns>> }> {
  if (typeof belief === "string") return { prediction: belief };
  const scenario = scene(belief, minutes * 60);
  const difference = differenceOf(scenario, groups);
  if (difference !== undefined) return { prediction: difference };
  const foretold = await predictRuns(scenario, seed, runs);
  const { inService, run } = foretold;
  const rows = run.rows.map(({ ended, failed, p95 }) => ({ ended, failed, p95 }));
  const prediction = { runs, seed, source: belief.source, inService, ...(farm === "web" ? { rows } : {}) };
  return { prediction, foretold };
}

/** What was measured, what was foretold, and how it is judged. */
async function reportOf(
  options: LoadTestOptions,
  ready: Prepared,
  { recorder }: Watch,
  load: Load,
  { begun, jobs, lines }: { begun: number; jobs: JobCounts | string; lines: readonly TimelineLine[] },
): Promise<Report> {
  const { target } = options;
  const { totals, ended, loadEnd } = load;
  const group = ready.primary.name;
  const alarms = recorder.alarms
    .map(({ state: _, declared: __, ...alarm }) => alarm)
    .sort((a, b) => Number(b.group === group) - Number(a.group === group));
  const measured = measuredOf(lines, alarms);
  const { prediction, foretold } = await foretell(options, ready, measured.minutes, recorder.latest().groups);
  const { thresholds, broken } = ended;
  const own = { seconds: load.overhead, speed: target.speed };
  const evidence = { measured, group, totals, thresholds, crossed: ended.code === 99, broken, jobs, own };
  return {
    scenario: options.scenario,
    target: target.url,
    speed: target.speed,
    begun: new Date(begun).toISOString(),
    interrupted: options.signal.aborted,
    k6: ready.k6.version,
    parameters: ready.inspected.parameters,
    group,
    loadMinutes: Math.round((loadEnd - begun) / minute),
    verdicts: judge(options.expectations, evidence),
    figures: figuresOf({ measured, totals, group, farm: ready.farm, jobs, prediction: foretold }),
    totals,
    thresholds,
    jobs,
    capacities: target.capacities,
    prediction,
    measured,
  };
}

/**
 * What was seen is reported, however the load or the recording ended.
 *
 * @throws {Error} when nothing was loaded, with nothing left behind: no process, no report, no token.
 */
export async function runLoadTest(options: LoadTestOptions): Promise<Report> {
  const { target } = options;
  const ready = await prepare(options);
  const now = () => target.awsTime(Date.now());
  const directory = mkdtempSync(join(tmpdir(), "annofarm-loadtest-"));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeDirectory);
  const settings = target.aws(options.region);
  const aws = openAws(settings);
  let removeTokens = async () => {};
  try {
    const timelineFile = join(directory, "timeline.jsonl");
    const timeline = createWriteStream(timelineFile);
    const write = (line: TimelineLine) => void timeline.write(`${JSON.stringify(line)}\n`);
    const every = Math.max(1_000, 15_000 / target.speed);
    const onLook: Watch["onLook"] = (sample, at) => watch?.onLook(sample, at);
    let watch: Watch | undefined;
    const recorder = await startRecorder({ aws, groups: ready.groups, now, every, write, onLook });
    watch = { recorder, write, onLook: () => {} };
    let owners: readonly string[] = [];
    let load: Load;
    try {
      const users = await tokensFor(options, ready, settings);
      removeTokens = users.remove;
      owners = users.owners;
      load = await applyLoad(options, ready, watch, directory, users.token);
    } finally {
      await recorder.stop();
    }
    if (load.begunWall === undefined) {
      throw new Error(load.ended.broken ?? "k6 made no request, so there is nothing to report");
    }
    const begun = target.awsTime(load.begunWall);
    write({ kind: "begun", at: begun });
    await recorder.collect(begun, now());
    timeline.end();
    await finished(timeline);

    const jobs = await countOwnJobs(options, settings, owners, load.startedWall);
    const lines = await readTimeline(timelineFile);
    const report = await reportOf(options, ready, watch, load, { begun, jobs, lines });
    writeReport(options.files, report);
    return report;
  } finally {
    await removeTokens().catch((error: Error) =>
      options.tell(`the test's tokens could not be removed: ${error.message}`),
    );
    aws.destroy();
    removeDirectory();
    process.off("exit", removeDirectory);
  }
}
