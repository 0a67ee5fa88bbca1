/**
 * Step scaling by the load of an instance: far out at once, inward by quarters, and never so far inward that what is left
 * would have to come back.
 *
 * Outward one minute is enough: a class arrives in two. How much is added follows from how much the load is beyond what an
 * instance should have: at twice the load, twice the instances. What warms up does not count yet, so the same load asks for
 * the same capacity again, and a greater one for more.
 *
 * Inward five minutes in a row must be idle. A quarter less raises the load of those that stay by a third, one of two doubles
 * it; so an idle load below half of a full one leaves room. An instance a minute at most: the next minute's load is that of
 * the smaller farm.
 */
import { type Duration, minutes, seconds } from "./duration.ts";
import type { MetricMath, ScalingRule } from "./scaling-rules.ts";

export interface LoadArgs extends MetricMath {
  /** Load beyond which the farm grows. */
  readonly full: number;
  /** Load below which it shrinks, at most half of a full one. */
  readonly idle: number;
  readonly warmUp: Duration;
  /** What the two mean, for people. */
  readonly means: { readonly full: string; readonly idle: string };
}

/** Shares of a full load from which on so many per cent are added. */
const steps = [
  { share: 1, percent: 25 },
  { share: 1.25, percent: 50 },
  { share: 1.5, percent: 100 },
  { share: 2, percent: 200 },
  { share: 3, percent: 400 },
] as const;

const inwardPercent = -25;

/** Alarms and policies of the farm. */
export function loadRules({ expression, metrics, full, idle, warmUp, means }: LoadArgs): ScalingRule[] {
  const rule = { kind: "alarm", metric: { expression, metrics }, period: seconds(60) } as const;
  return [
    {
      ...rule,
      name: "scale-out",
      description: `${means.full}: as many instances more as the load asks for.`,
      periods: 1,
      when: "above",
      threshold: full,
      whenMissing: "notBreaching",
      adjustment: steps.map(({ share, percent }) => ({ beyond: full * (share - 1), percent })),
      pacing: { warmUp },
    },
    {
      ...rule,
      name: "scale-in",
      description: `${means.idle} for five minutes: a quarter of the instances less.`,
      periods: 5,
      when: "below",
      threshold: idle,
      // Without anything to do there is no load, and an idle farm would stay as large as it is.
      whenMissing: "breaching",
      adjustment: { percent: inwardPercent },
      pacing: { cooldown: minutes(1) },
    },
  ];
}
