/** A group's warm pool: machines that are booted beforehand and wait outside of the group until it grows. */
import type * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import { type MaybeMistake, ordered, range, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";

/** What an instance of a warm pool does while it waits. */
export type WarmPoolState = "Stopped" | "Running" | "Hibernated";
export const warmPoolStates: readonly WarmPoolState[] = ["Stopped", "Running", "Hibernated"];

/** Instances that have booted already and are not in service. What waits in the pool is no part of the group's size. */
export interface WarmPoolArgs {
  /**
   * What they do until they are wanted. `Stopped`: only their disks are paid for. `Running`: as dear as those in service, and there
   * at once. `Hibernated`: like stopped, and their memory is kept on the disk, which must be large enough for it: give `diskGiB`.
   * @default "Stopped"
   */
  readonly state?: WarmPoolState;
  /** Instances kept in the pool at least, whatever the group's size, 0 to 1,000. @default 0 */
  readonly min?: number;
  /**
   * Instances that group and pool have together at most, 1 to 1,000: the pool holds what the group's desired capacity leaves of it.
   * @default the group's greatest size
   */
  readonly maxPrepared?: number;
  /**
   * True: an instance that a scale-in takes out goes back to the pool. Of stopped instances only: they start their services anew.
   * @default false, they are terminated
   */
  readonly reuse?: boolean;
}

/** What else of a group decides whether it may have a pool. */
interface Beside {
  readonly warmPool?: WarmPoolArgs;
  readonly spot?: object;
  readonly diskGiB?: number;
}

/** What a warm pool may be, within the bounds of its group. */
export function warmPoolRules({ warmPool, spot, diskGiB }: Beside, size: { readonly max: number }): MaybeMistake[] {
  if (warmPool === undefined) return [];
  const { state = "Stopped", min = 0, maxPrepared, reuse = false } = warmPool;
  const known = warmPoolStates.includes(state);
  return [
    rule("warmPool.state", !known, `${JSON.stringify(state)} is unknown; give one of ${warmPoolStates.join(", ")}`),
    range("warmPool.min", warmPool.min, { min: 0, max: 1000, unit: "instances" }),
    range("warmPool.maxPrepared", maxPrepared, { min: 1, max: 1000, unit: "instances" }),
    ...(maxPrepared === undefined ? [] : [ordered(["warmPool.min", min], ["warmPool.maxPrepared", maxPrepared])]),
    rule(
      "warmPool",
      min === 0 && maxPrepared === undefined && size.max === 0,
      "would never hold an instance; give size.max, warmPool.min or warmPool.maxPrepared",
    ),
    rule(
      "warmPool",
      spot !== undefined,
      "cannot stand beside spot: AWS keeps no spot instances in a warm pool; leave one of both out",
    ),
    rule(
      "warmPool.reuse",
      reuse && known && state !== "Stopped",
      `is true and the pool's instances are ${state}; their services stopped when they left the group and start with the machine only: give "Stopped"`,
    ),
    rule(
      "diskGiB",
      state === "Hibernated" && diskGiB === undefined,
      "is not given; a hibernated instance writes its memory to the disk: give the default of 8 GiB and the memory of the instance type",
    ),
  ];
}

/** As the group declares it. */
export function warmPoolInputs({
  state = "Stopped",
  min,
  maxPrepared,
  reuse,
}: WarmPoolArgs): NonNullable<autoscaling.GroupArgs["warmPool"]> {
  return {
    poolState: state,
    ...given({ minSize: min, maxGroupPreparedCapacity: maxPrepared }),
    ...(reuse === undefined ? {} : { instanceReusePolicy: { reuseOnScaleIn: reuse } }),
  };
}
