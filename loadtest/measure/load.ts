/** The load itself: k6 runs until its scenario ends, then the farm is watched until it has gone back, or long enough. */
import { join } from "node:path";
import { createQuiet } from "./after.ts";
import { createPoints, type LoadTotals } from "./k6/points.ts";
import { runK6 } from "./k6/run.ts";
import type { LoadTestOptions } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import { progressLine } from "./progress.ts";
import type { Sample, startRecorder } from "./record/recorder.ts";
import type { TimelineLine } from "./timeline.ts";

export interface Watch {
  readonly recorder: Awaited<ReturnType<typeof startRecorder>>;
  readonly write: (line: TimelineLine) => void;
  /** Told of each sample. */
  onSample: (sample: Sample) => void;
}

export interface Load {
  readonly totals: LoadTotals;
  readonly ended: Awaited<ReturnType<typeof runK6>["ended"]>;
  /** When k6 was started, and its first request; milliseconds of the wall clock. */
  readonly startedWall: number;
  readonly begunWall: number | undefined;
  /** Milliseconds of the target's time. */
  readonly loadEnd: number;
}

const minute = 60_000;
/** k6 lets requests that are under way end, and writes its summary. */
const stopWithin = 15_000;
const noLoad = { users: 0, requests: 0, failed: 0, dropped: 0, p50: undefined, p95: undefined, p99: undefined };

/** @param token for a scenario that submits jobs. @throws {Error} when k6 fails. */
export async function applyLoad(
  options: LoadTestOptions,
  ready: Prepared,
  watch: Watch,
  directory: string,
  token: string | undefined,
): Promise<Load> {
  const { target, signal, tell } = options;
  const group = ready.primary.name;
  let told = 0;
  const points = createPoints(target.speed, (row) => {
    told = row.minute;
    watch.write({ kind: "load", ...row });
    tell(progressLine(row, group, watch.recorder.latest()));
  });
  signal.throwIfAborted();
  const startedWall = Date.now();
  const parameters = { ...ready.base, ...(ready.api ? { TOKEN: token as string } : {}), SPEED: String(target.speed) };
  const run = runK6(ready.k6, ready.file, parameters, join(directory, "summary.json"), points);
  const stop = () => run.stop(stopWithin);
  signal.addEventListener("abort", stop, { once: true });
  const ended = await run.ended.finally(() => signal.removeEventListener("abort", stop));
  const loadEnd = target.awsTime(Date.now());
  const totals = points.end();
  const begunWall = points.begun();
  const begun = target.awsTime(begunWall ?? startedWall);
  await watchAfter(options, ready, watch, loadEnd, (sample) => {
    const since = Math.floor((sample.at - begun) / minute);
    if (since <= told) return;
    told = since;
    tell(progressLine({ minute: told, ...noLoad }, group, sample));
  });
  return { totals, ended, startedWall, begunWall, loadEnd };
}

/** Resolves when the farm is quiet, its time is over, or the test is broken off. */
async function watchAfter(
  { signal }: LoadTestOptions,
  { after }: Prepared,
  watch: Watch,
  loadEnd: number,
  onSample: (sample: Sample) => void,
): Promise<void> {
  const quiet = createQuiet(loadEnd);
  await new Promise<void>((resolve) => {
    if (signal.aborted || after === 0) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    watch.onSample = (sample) => {
      onSample(sample);
      if (quiet(sample) || sample.at - loadEnd >= after * minute) resolve();
    };
  });
  watch.onSample = () => {};
}
