/** Sliding windows over per-minute statistics: what an alarm's period and statistic make of them. */
import { computeStatistic, type Samples, type Statistic } from "../runtime/contract/statistic.ts";

/** Samples of one minute of one metric. */
export interface MinuteStatistics extends Samples {
  /** Epoch milliseconds of the minute's begin. */
  readonly start: number;
}

/**
 * Datapoints of `count` windows of `periodMilliseconds` each, oldest first, the last ending at `end` (exclusive).
 * A window without data, or without all data that the statistic needs, is `undefined`.
 */
export function datapoints(
  minutes: readonly MinuteStatistics[],
  statistic: Statistic,
  periodMilliseconds: number,
  count: number,
  end: number,
): (number | undefined)[] {
  return Array.from({ length: count }, (_, index) => {
    const to = end - (count - 1 - index) * periodMilliseconds;
    const inside = minutes.filter((minute) => minute.start >= to - periodMilliseconds && minute.start < to);
    return computeStatistic(statistic, inside);
  });
}
