/** What a policy's number does to a capacity. Source: "Step and simple scaling policies", section "Scaling adjustment types". */
import type { Adjustment } from "../scaling-plan.ts";

/** Instances that a percentage of a capacity stands for: above 1 down, between 0 and 1 up to 1, and mirrored below 0. */
export function percentOf(capacity: number, percent: number): number {
  const change = (capacity * percent) / 100;
  if (change > 0 && change < 1) return 1;
  if (change < 0 && change > -1) return -1;
  return Math.trunc(change);
}

/**
 * The capacity that an adjustment wants, not yet held within the group's bounds.
 *
 * @param amount instances, or percent, by the adjustment's type.
 */
export function adjusted(capacity: number, { type, minMagnitude = 0 }: Adjustment, amount: number): number {
  if (type === "ExactCapacity") return amount;
  if (type === "ChangeInCapacity") return capacity + amount;
  const change = percentOf(capacity, amount);
  return capacity + Math.sign(amount) * Math.max(Math.abs(change), amount === 0 ? 0 : minMagnitude);
}

/** Held between the least and the greatest size. */
export const within = (capacity: number, bounds: { readonly min: number; readonly max: number }): number =>
  Math.min(bounds.max, Math.max(bounds.min, capacity));
