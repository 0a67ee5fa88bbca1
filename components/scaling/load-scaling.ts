/**
 * Step scaling by the load of an instance: far out at once, inward by quarters, and never so far inward that what is left
 * would have to come back.
 *
 * Outward one minute is enough: a class arrives in two. How much is added follows from how much the load is beyond what an
 * instance should have: at twice the load, twice the instances. What warms up does not count yet, so the same load asks for
 * the same capacity again, and a greater one for more.
 *
 * Inward three minutes in a row must be idle. A quarter less raises the load of those that stay by a third, one of two doubles
 * it; so an idle load below half of a full one leaves room. An instance a minute at most: the next minute's load is that of
 * the smaller farm.
 */
import { type Duration, minutes, seconds } from "../base/duration.ts";
import type { MetricMath, ScalingRule } from "./scaling-rules.ts";

/** What the load of an instance is, and where it is too much or little. */
interface Side extends MetricMath {
  readonly threshold: number;
  /** What its breach means, for people. */
  readonly means: string;
}

export interface LoadArgs {
  /** Beyond it the farm grows. */
  readonly full: Side;
  /** Below it, at most half of a full load, the farm shrinks. */
  readonly idle: Side;
  readonly warmUp: Duration;
}

/** Shares of a full load from which on so many per cent are added. */
const steps = [
  { share: 1, percent: 25 },
  { share: 1.25, percent: 50 },
  { share: 1.75, percent: 100 },
  { share: 2.5, percent: 150 },
  { share: 3, percent: 200 },
  { share: 4, percent: 300 },
  { share: 5, percent: 400 },
] as const;

const inwardPercent = -25;
const idlePeriods = 3;

/** Alarms and policies of the farm. */
export function loadRules({ full, idle, warmUp }: LoadArgs): ScalingRule[] {
  const minute = { kind: "alarm", period: seconds(60) } as const;
  return [
    {
      ...minute,
      name: "scale-out",
      description: `${full.means}: as many instances more as the load asks for.`,
      metric: full,
      periods: 1,
      when: "above",
      threshold: full.threshold,
      whenMissing: "notBreaching",
      adjustment: steps.map(({ share, percent }) => ({ beyond: full.threshold * (share - 1), percent })),
      pacing: { warmUp },
    },
    {
      ...minute,
      name: "scale-in",
      description: `${idle.means} for ${idlePeriods} minutes: a quarter of the instances less.`,
      metric: idle,
      periods: idlePeriods,
      when: "below",
      threshold: idle.threshold,
      // Without anything to do there is no load, and an idle farm would stay as large as it is.
      whenMissing: "breaching",
      adjustment: { percent: inwardPercent },
      pacing: { cooldown: minutes(1) },
    },
  ];
}
