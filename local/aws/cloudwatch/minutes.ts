/**
 * The minutes of AWS's time: at the end of each, everything that is measured here is gathered in one place and told to all that
 * look at it, in order. The emulator's CloudWatch is one of them, the scaling engine another.
 */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { LocalClock } from "../../types.ts";

export const minuteMilliseconds = 60_000;

export interface MetricSeries {
  readonly namespace: string;
  /** Each with the begin of its minute as its time. */
  readonly data: readonly MetricDatum[];
}

/** Minutes that have ended since the last round: mostly one, more when the clock runs faster than a round takes. */
export interface Minutes {
  /** Their begins, epoch milliseconds of AWS's time, ascending; never empty. */
  readonly starts: readonly number[];
  readonly series: readonly MetricSeries[];
}

/** What was measured in minutes that have just ended. What cannot be told apart belongs to the last of them. */
export type Measure = (starts: readonly number[]) => readonly MetricSeries[] | Promise<readonly MetricSeries[]>;

export type MinutesListener = (minutes: Minutes) => void | Promise<void>;

export interface MinutesOptions {
  readonly clock: LocalClock;
  readonly measures: readonly Measure[];
  /** Told one after the other, each round when the one before is through. */
  readonly listeners: readonly MinutesListener[];
  /** A measure or a listener that fails misses its round; the others do not. */
  readonly onError: (error: unknown) => void;
  /** Of each stretch of time that is told, which is no minute then. @default a minute */
  readonly milliseconds?: number;
}

export interface MinuteTicker {
  stop(): Promise<void>;
}

/** Further back nobody looks: a machine that has slept has no hours to catch up. */
const minutesMax = 30;

export function startMinutes(options: MinutesOptions): MinuteTicker {
  const { clock, measures, listeners, onError, milliseconds = minuteMilliseconds } = options;
  let end = Math.floor(clock.now() / milliseconds + 1) * milliseconds;
  let stopped = false;
  let cancel = () => {};
  let round: Promise<void> = Promise.resolve();

  function due(): number[] {
    const starts: number[] = [];
    for (const now = clock.now(); end <= now; end += milliseconds) starts.push(end - milliseconds);
    return starts.slice(-minutesMax);
  }

  async function gather(starts: readonly number[]): Promise<void> {
    const answers = await Promise.allSettled(measures.map(async (measure) => measure(starts)));
    if (stopped) return;
    for (const answer of answers) if (answer.status === "rejected") onError(answer.reason);
    const series = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    for (const listener of listeners) {
      try {
        await listener({ starts, series });
      } catch (error) {
        if (!stopped) onError(error);
      }
    }
  }

  function turn(): void {
    const starts = due();
    round = (starts.length === 0 ? Promise.resolve() : gather(starts)).then(next);
  }

  function next(): void {
    if (!stopped) cancel = clock.after(Math.max(0, end - clock.now()), turn);
  }

  next();
  return {
    async stop() {
      stopped = true;
      cancel();
      await round;
    },
  };
}
