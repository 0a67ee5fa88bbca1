/** The load itself: k6 runs until its scenario ends, then the farm is watched until it has gone back, or long enough. */
import { join } from "node:path";
import { createEnd } from "./after.ts";
import { createPoints, type LoadTotals } from "./k6/points.ts";
import { runK6 } from "./k6/run.ts";
import type { LoadTestOptions } from "./options.ts";
import { probeOverhead } from "./overhead.ts";
import type { Prepared } from "./prepare.ts";
import { overheadLine, progressLine } from "./progress.ts";
import type { Sample, startRecorder } from "./record/recorder.ts";
import type { TimelineLine } from "./timeline.ts";

export interface Watch {
  readonly recorder: Awaited<ReturnType<typeof startRecorder>>;
  readonly write: (line: TimelineLine) => void;
  /** Told of each look; `undefined`: it failed. */
  onLook: (sample: Sample | undefined, at: number) => void;
}

export interface Load {
  readonly totals: LoadTotals;
  readonly ended: Awaited<ReturnType<typeof runK6>["ended"]>;
  /** When k6 was started, and its first request; milliseconds of the wall clock. */
  readonly startedWall: number;
  readonly begunWall: number | undefined;
  /** Milliseconds of the target's time. */
  readonly loadEnd: number;
  /** What this machine itself took for an answer while the load ran: 95th percentile, seconds of the wall clock. */
  readonly overhead: number;
}

const minute = 60_000;
/** k6 lets requests that are under way end, and writes its summary. */
const stopWithin = 15_000;
const noLoad = { users: 0, requests: 0, failed: 0, dropped: 0, p50: undefined, p95: undefined, p99: undefined };

/** @param token for a scenario that submits jobs. @throws {Error} when k6 cannot be started. */
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
  const own = await probeOverhead();
  tell(overheadLine(own.p95(), target.speed));
  const startedWall = Date.now();
  const parameters = { ...ready.base, ...(ready.api ? { TOKEN: token as string } : {}), SPEED: String(target.speed) };
  const run = runK6(ready.k6, ready.file, parameters, join(directory, "summary.json"), points);
  const stop = () => run.stop(stopWithin);
  signal.addEventListener("abort", stop, { once: true });
  const ended = await run.ended.finally(() => {
    signal.removeEventListener("abort", stop);
    own.stop();
  });
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
  return { totals, ended, startedWall, begunWall, loadEnd, overhead: own.p95() };
}

/** Resolves when the farm is quiet or cannot be seen, its time is over, or the test is broken off. */
async function watchAfter(
  { signal }: LoadTestOptions,
  { after }: Prepared,
  watch: Watch,
  loadEnd: number,
  onSample: (sample: Sample) => void,
): Promise<void> {
  const isOver = createEnd(loadEnd, after);
  await new Promise<void>((resolve) => {
    if (signal.aborted || after === 0) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    watch.onLook = (sample, at) => {
      if (sample !== undefined) onSample(sample);
      if (isOver(sample, at)) resolve();
    };
  });
  watch.onLook = () => {};
}
