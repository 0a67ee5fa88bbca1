/**
 * Target tracking: the two alarms that AWS makes for a policy, and the capacity that a reading asks for. AWS documents neither
 * as numbers; what is seen is the default, and each may be given.
 */
import type { AlarmRule } from "../alarm.ts";

export interface TargetTrackingShape {
  /** Periods, all of which must be above the target, before capacity is added: minutes, or shorter ones of a policy that has them. */
  readonly highPeriods: number;
  /** Minutes, all of whose periods must be well below the target, before capacity is taken away. */
  readonly lowPeriods: number;
  /** Share of the target below which a reading counts as well below. */
  readonly lowShare: number;
}

export const seenShape: TargetTrackingShape = { highPeriods: 3, lowPeriods: 15, lowShare: 0.9 };

/**
 * A policy on a high-resolution metric adds as many periods after, which are shorter. That it is as careful as any other on the way in is
 * an assumption: AWS gives no number for either.
 */
export function trackingRule(
  side: "high" | "low",
  target: number,
  shape: TargetTrackingShape,
  periodSeconds: number,
): AlarmRule {
  const periods = side === "high" ? shape.highPeriods : Math.ceil((shape.lowPeriods * 60) / periodSeconds);
  return {
    comparison: side === "high" ? "GreaterThanThreshold" : "LessThanThreshold",
    threshold: side === "high" ? target : target * shape.lowShare,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData: "missing",
  };
}

/**
 * Capacity at which the metric would be at its target, were the load spread evenly. Rounded up either way: on the way out that
 * is enough, on the way in it is careful.
 *
 * @param inService instances that the reading was spread over when it was taken, those that warm up included.
 */
export function capacityFor(inService: number, reading: number, target: number): number {
  // A quotient that is whole but for the last bits must not cost an instance.
  return Math.ceil((inService * reading) / target - 1e-9);
}
