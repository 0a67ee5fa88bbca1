/** A load that was recorded somewhere, as a scenario's: so much in so long, level by level. */
import type { LoadInput } from "./schema.ts";

/** So many arrivals in so many seconds. */
interface RecordedLevel {
  readonly seconds: number;
  readonly count: number;
}

/**
 * Poisson arrivals at the recorded rates, whose level stays the same within each: an open load, which does not wait for answers.
 *
 * @param scale times the recorded rates.
 */
export function recordedArrivals(levels: readonly RecordedLevel[], scale: number): LoadInput {
  const stages: { for: number; to: number }[] = [];
  let from: number | undefined;
  let level: number | undefined;
  for (const { seconds, count } of levels) {
    const rate = (scale * count) / seconds;
    from ??= rate;
    const last = stages.at(-1);
    if (last !== undefined && level === rate) last.for += seconds;
    else {
      if (level !== undefined) stages.push({ for: 0, to: rate });
      stages.push({ for: seconds, to: rate });
    }
    level = rate;
  }
  return { kind: "arrivals", at: 0, from: from ?? 0, stages };
}
