/** Many runs of one scenario, which differ by their seeds: what they spread over is the prediction. */
import type { Scenario } from "./model.ts";
import type { MinuteRow, RunResult, Totals } from "./recorder.ts";
import { simulate } from "./simulate.ts";

/** Median and 90 % interval of all runs. */
export interface Interval {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Prediction {
  readonly runs: number;
  /** The first run, in full; the figures of all are beside it. */
  readonly run: RunResult;
  readonly totals: Readonly<Record<TotalName, Interval | undefined>>;
  /** By minute: instances in service. */
  readonly inService: readonly Interval[];
}

const totals = {
  ended: ({ ended }) => ended,
  failed: ({ failed }) => failed,
  mean: ({ latency }) => latency.mean,
  p50: ({ latency }) => latency.p50,
  p95: ({ latency }) => latency.p95,
  p99: ({ latency }) => latency.p99,
  max: ({ latency }) => latency.max,
  wait: ({ wait }) => wait,
  rate: ({ rate }) => rate,
  instanceHours: ({ instanceHours }) => instanceHours,
  stoppedHours: ({ stoppedHours }) => stoppedHours,
} satisfies Record<string, (totals: Totals) => number | undefined>;
export type TotalName = keyof typeof totals;

/** `undefined` when no run has a value. */
export function intervalOf(values: readonly (number | undefined)[]): Interval | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (share: number) => {
    const rank = share * (sorted.length - 1);
    const lower = sorted[Math.floor(rank)] as number;
    return lower + (rank % 1) * ((sorted[Math.ceil(rank)] as number) - lower);
  };
  return { low: at(0.05), middle: at(0.5), high: at(0.95) };
}

/**
 * Run `n` has the seed `seed + n`, so that more runs only ever add to fewer.
 *
 * @param onRun told of each run after it; what it returns is waited for, so that a caller can draw or stop in between.
 */
export async function predict(
  scenario: Scenario,
  options: {
    readonly seed: number;
    readonly runs: number;
    readonly onRun?: (done: number, run: RunResult) => void | Promise<void>;
  },
): Promise<Prediction> {
  const all: Totals[] = [];
  const sizes: number[][] = [];
  let run: RunResult | undefined;
  for (let n = 0; n < options.runs; n++) {
    const result = simulate(scenario, options.seed + n);
    run ??= result;
    all.push(result.totals);
    result.rows.forEach((row: MinuteRow, minute) => {
      sizes[minute] ??= [];
      sizes[minute]?.push(row.inService);
    });
    await options.onRun?.(n + 1, result);
  }
  if (run === undefined) throw new RangeError(`${options.runs} runs predict nothing; give at least 1`);
  const intervals = Object.entries(totals).map(([name, of]) => [name, intervalOf(all.map(of))]);
  return {
    runs: options.runs,
    run,
    totals: Object.fromEntries(intervals),
    inService: sizes.map((values) => intervalOf(values) as Interval),
  };
}
