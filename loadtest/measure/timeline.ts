/** What is written down while a load test runs: a line of JSON each, in the order in which it became known. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AlarmState, Comparison } from "../../scaling/alarm.ts";
import type { MinuteStatistics } from "../../scaling/windows.ts";

/** One minute of the load as k6 saw it; times are seconds of the target's time. */
export interface LoadMinute {
  /** Minutes from the start to this minute's end. */
  readonly minute: number;
  /** Virtual users at most; `undefined`: k6 told none in it. */
  readonly users: number | undefined;
  readonly requests: number;
  readonly failed: number;
  /** Iterations for which there was no virtual user. */
  readonly dropped: number;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface GroupSize {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly inService: number;
  /** In whatever state, until terminated: what is paid for. */
  readonly instances: number;
}

/** A metric alarm that sets off a policy of a recorded group. */
export interface RecordedAlarm {
  readonly name: string;
  readonly group: string;
  readonly metric: string;
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly threshold: number | undefined;
  readonly comparison: Comparison | string;
}

export type TimelineLine =
  /** `at` and all times below are epoch milliseconds of AWS's time; this one is minute 0. */
  | { readonly kind: "begun"; readonly at: number }
  | ({ readonly kind: "load" } & LoadMinute)
  | {
      readonly kind: "sample";
      readonly at: number;
      readonly groups: readonly GroupSize[];
      readonly alarms: Readonly<Record<string, AlarmState>>;
    }
  | {
      readonly kind: "activity";
      readonly at: number;
      readonly end: number | undefined;
      readonly group: string;
      readonly description: string;
      readonly cause: string;
      readonly status: string;
    }
  | { readonly kind: "alarm"; readonly at: number; readonly name: string; readonly to: AlarmState }
  | { readonly kind: "metric"; readonly alarm: string; readonly minutes: readonly MinuteStatistics[] }
  /** A look at groups and alarms that failed, and why. */
  | { readonly kind: "missed"; readonly at: number; readonly message: string }
  | { readonly kind: "problem"; readonly at: number; readonly message: string };

export type Write = (line: TimelineLine) => void;

export async function readTimeline(file: string): Promise<TimelineLine[]> {
  const lines: TimelineLine[] = [];
  for await (const text of createInterface({ input: createReadStream(file, "utf8") })) {
    if (text !== "") lines.push(JSON.parse(text) as TimelineLine);
  }
  return lines;
}
