/**
 * Step scaling by the load of an instance: far out at once, inward only where those that stay are not full, and have not been for a
 * quarter of an hour.
 *
 * Outward one minute is enough: a class arrives in two. How much is added follows from how much the load is beyond what an
 * instance should have: at twice the load, twice the instances. Steps are fine, since what is added too much stays until it is
 * idle. What warms up does not count yet, so the same load asks for the same capacity again, and a greater one for more.
 *
 * Inward the load is looked at as if a quarter of the instances were gone already. A load that comes back sooner than the farm has
 * waited finds it as it was: that is what keeps a farm from growing and shrinking with each wave. After the wait it shrinks each
 * minute, by the busiest minute of the wait, so that no step asks for the next one outward.
 */
import { type Duration, seconds } from "../base/duration.ts";
import type { Metric, MetricMath, ScalingRule } from "./scaling-rules.ts";

/** What the load of an instance is, and where it is too much. */
interface Full extends MetricMath {
  readonly threshold: number;
  /** What its breach means, for people. */
  readonly means: string;
}

/** When there are too many. */
interface Idle {
  /** Load of an instance as a share of what it gets through at most. */
  readonly load: MetricMath;
  /** Instances in service. */
  readonly inService: Metric;
  /** Whole minutes, 1 to 1440. */
  readonly minutes: number;
}

export interface LoadArgs {
  /** Beyond it the farm grows. */
  readonly full: Full;
  readonly idle: Idle;
  readonly warmUp: Duration;
}

/**
 * Shares of a full load from which on so many per cent are added: about what the middle of a step lacks. Found by
 * `npm run bench -- policies`: coarser ones overshoot, smaller ones come too late for a ramp.
 */
const outward = [
  { share: 1, percent: 6 },
  { share: 1.1, percent: 15 },
  { share: 1.2, percent: 28 },
  { share: 1.35, percent: 43 },
  { share: 1.5, percent: 63 },
  { share: 1.75, percent: 88 },
  { share: 2, percent: 118 },
  { share: 2.35, percent: 155 },
  { share: 2.75, percent: 200 },
  { share: 3.25, percent: 263 },
  { share: 4, percent: 350 },
  { share: 5, percent: 450 },
  { share: 6, percent: 540 },
] as const;

/** Load of those that stay once a quarter is gone: below it the farm shrinks. */
const roomy = 0.9;

/** Shares of it below which so many per cent go. At two thirds those that stay once half are gone have just that load. */
const inward = [
  { share: 1, percent: -25 },
  { share: 2 / 3, percent: -50 },
] as const;

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
      adjustment: outward.map(({ share, percent }) => ({ beyond: full.threshold * (share - 1), percent })),
      pacing: { warmUp },
    },
    {
      ...minute,
      name: "scale-in",
      description: `For ${idle.minutes} minutes a quarter less instances would have had less than ${100 * roomy} % load: a quarter or half go.`,
      metric: onceAQuarterIsGone(idle),
      periods: idle.minutes,
      when: "below",
      threshold: roomy,
      // Without anything to do there is no load, and an idle farm would stay as large as it is.
      whenMissing: "breaching",
      adjustment: inward.map(({ share, percent }) => ({ beyond: roomy * (1 - share), percent })),
      pacing: { warmUp },
    },
  ];
}

/** Of fewer than four instances one goes, which is more than a quarter; the last one counts as a half, or it could never go. */
function onceAQuarterIsGone({ load, inService }: Idle): MetricMath {
  return {
    metrics: { ...load.metrics, inService },
    parts: {
      ...load.parts,
      now: load.expression,
      left: "IF(inService < 2, inService / 2, IF(inService < 4, inService - 1, inService * 0.75))",
    },
    expression: "now * inService / left",
  };
}
