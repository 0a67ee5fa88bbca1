/** Sliding windows over per-minute statistics: what an alarm's period and statistic make of them. */

/** Statistics of one minute of one metric, as CloudWatch stores them. */
export interface MinuteStatistics {
  /** Epoch milliseconds of the minute's begin. */
  readonly start: number;
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

export const statistics = {
  Sum: (minutes: readonly MinuteStatistics[]) => total(minutes, (minute) => minute.sum),
  SampleCount: (minutes: readonly MinuteStatistics[]) => total(minutes, (minute) => minute.count),
  Average: (minutes: readonly MinuteStatistics[]) =>
    total(minutes, (minute) => minute.sum) / total(minutes, (minute) => minute.count),
  Minimum: (minutes: readonly MinuteStatistics[]) => Math.min(...minutes.map((minute) => minute.minimum)),
  Maximum: (minutes: readonly MinuteStatistics[]) => Math.max(...minutes.map((minute) => minute.maximum)),
} as const;
export type Statistic = keyof typeof statistics;

function total(minutes: readonly MinuteStatistics[], part: (minute: MinuteStatistics) => number): number {
  return minutes.reduce((sum, minute) => sum + part(minute), 0);
}

/**
 * Datapoints of `count` windows of `periodMilliseconds` each, oldest first, the last ending at `end` (exclusive).
 * A window without data is `undefined`.
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
    return inside.length === 0 ? undefined : statistics[statistic](inside);
  });
}
