/** What is kept of a run: a row a minute, and totals. */

import type { AlarmState } from "../alarm.ts";
import type { ScalingDecision } from "../engine/events.ts";
import type { Farm } from "./farm.ts";
import { Histogram } from "./histogram.ts";
import { lifeOf } from "./machines.ts";

export interface MinuteRow {
  /** Minutes from the start to this minute's end. */
  readonly minute: number;
  readonly desired: number;
  readonly inService: number;
  /** Answered or failed in it; of workers, jobs that ended. */
  readonly ended: number;
  readonly failed: number;
  /** Waiting, at instances, behind them, or in the queue, at its end. */
  readonly waiting: number;
  /** Seconds; `undefined` when nothing was answered. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly alarms: Readonly<Record<string, AlarmState>>;
}

export interface Totals {
  readonly ended: number;
  readonly failed: number;
  /** Failures by what they were. */
  readonly failures: Readonly<Record<string, number>>;
  /** Seconds of every answer; of workers, from being sent to being done. */
  readonly latency: Readonly<Record<"min" | "mean" | "p50" | "p90" | "p95" | "p99" | "max", number | undefined>>;
  /** Mean seconds before work on it began. */
  readonly wait: number | undefined;
  /** Of running instances, those of a warm pool included. */
  readonly instanceHours: number;
  /** Of those that a warm pool keeps stopped, whose disks alone are paid for. */
  readonly stoppedHours: number;
  /** Between the first and the last end, each second. */
  readonly rate: number;
}

export interface RunResult {
  readonly seed: number;
  readonly rows: readonly MinuteRow[];
  readonly totals: Totals;
  /** `at` is in milliseconds from the start. */
  readonly decisions: readonly ScalingDecision[];
}

export interface Recorder {
  answered(latency: number, at: number): void;
  failed(what: string, at: number): void;
  /** Work on something began after this wait. */
  waited(seconds: number): void;
  minute(minute: number, waiting: number): void;
  result(seed: number, seconds: number): RunResult;
}

export function createRecorder(farm: Farm): Recorder {
  const minuteTimes = new Histogram();
  const times = new Histogram();
  const failures = new Map<string, number>();
  const rows: MinuteRow[] = [];
  let [begun, failedNow, failedAll] = [0, 0, 0];
  // Fields, not variables: those of a closure would be boxed at every change.
  const sums = { waits: 0, first: Number.POSITIVE_INFINITY, last: 0 };

  function ended(at: number): void {
    if (at < sums.first) sums.first = at;
    if (at > sums.last) sums.last = at;
  }

  return {
    answered(latency, at) {
      minuteTimes.add(latency);
      ended(at);
    },
    failed(what, at) {
      failures.set(what, (failures.get(what) ?? 0) + 1);
      failedNow++;
      failedAll++;
      ended(at);
    },
    waited(seconds) {
      sums.waits += seconds;
      begun++;
    },
    minute(minute, waiting) {
      const [p50, p95, p99] = minuteTimes.quantiles([0.5, 0.95, 0.99]);
      const alarms: Record<string, AlarmState> = {};
      for (const [name, { state }] of Object.entries(farm.alarms())) alarms[name] = state;
      rows.push({
        minute,
        desired: farm.state().desired,
        inService: farm.inService(),
        ended: minuteTimes.count + failedNow,
        failed: failedNow,
        waiting,
        p50,
        p95,
        p99,
        alarms,
      });
      times.drain(minuteTimes);
      failedNow = 0;
    },
    result(seed, seconds) {
      times.drain(minuteTimes);
      const [p50, p90, p95, p99] = times.quantiles([0.5, 0.9, 0.95, 0.99]);
      const some = times.count > 0;
      const count = times.count + failedAll;
      const lives = farm.machines.map((machine) => lifeOf(machine, seconds));
      const hours = (kind: "running" | "stopped") => lives.reduce((sum, life) => sum + life[kind], 0) / 3600;
      return {
        seed,
        rows,
        totals: {
          ended: count,
          failed: failedAll,
          failures: Object.fromEntries(failures),
          latency: {
            min: some ? times.least : undefined,
            mean: times.mean(),
            p50,
            p90,
            p95,
            p99,
            max: some ? times.greatest : undefined,
          },
          wait: begun === 0 ? undefined : sums.waits / begun,
          instanceHours: hours("running"),
          stoppedHours: hours("stopped"),
          rate: sums.last > sums.first ? count / (sums.last - sums.first) : 0,
        },
        decisions: farm.decisions,
      };
    },
  };
}
