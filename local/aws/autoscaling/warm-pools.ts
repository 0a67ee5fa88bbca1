/**
 * A declared warm pool as the emulator keeps and describes it. The groups of this machine start every instance cold: a process is there
 * within a second or two, and a pool would show nothing. What a pool does to the curve is in the simulation.
 */
import {
  AutoScalingClient,
  type AutoScalingGroup,
  DeleteWarmPoolCommand,
  PutWarmPoolCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Context } from "../../resources/handler.ts";
import { defined } from "../../resources/shape.ts";

export interface WarmPoolInputs {
  readonly poolState?: string;
  readonly minSize?: number;
  readonly maxGroupPreparedCapacity?: number;
  readonly instanceReusePolicy?: { readonly reuseOnScaleIn?: boolean };
}

interface Declared {
  readonly warmPool?: WarmPoolInputs;
  readonly mixedInstancesPolicy?: object;
}

/** As the provider does it: put as a whole, and deleted where it is declared no more. @throws {Error} where AWS refuses it. */
export async function settleWarmPool(
  groupName: string,
  { before, after }: { readonly before?: Declared; readonly after: Declared },
  { client }: Pick<Context, "client">,
): Promise<void> {
  const pool = after.warmPool;
  const autoscaling = client(AutoScalingClient);
  if (pool === undefined) {
    if (before?.warmPool === undefined) return;
    await autoscaling.send(new DeleteWarmPoolCommand({ AutoScalingGroupName: groupName, ForceDelete: true }));
    return;
  }
  if (after.mixedInstancesPolicy !== undefined) {
    throw new Error(
      `ValidationError: you can't add a warm pool to the Auto Scaling group ${groupName}, which has a mixed instances policy`,
    );
  }
  const { poolState = "Stopped", minSize = 0, maxGroupPreparedCapacity, instanceReusePolicy: reuse } = pool;
  await autoscaling.send(
    new PutWarmPoolCommand(
      defined({
        AutoScalingGroupName: groupName,
        PoolState: poolState as "Stopped",
        MinSize: minSize,
        MaxGroupPreparedCapacity: maxGroupPreparedCapacity,
        InstanceReusePolicy: reuse && { ReuseOnScaleIn: reuse.reuseOnScaleIn ?? false },
      }),
    ),
  );
}

/** In the words of its declaration; what is declared and stands says it as it is. */
export function standingWarmPool({ WarmPoolConfiguration: found }: AutoScalingGroup, declared: Declared) {
  if (found === undefined || declared.warmPool === undefined) return undefined;
  const { PoolState: poolState, MinSize: minSize, MaxGroupPreparedCapacity: maxGroupPreparedCapacity } = found;
  const all: WarmPoolInputs = defined({ poolState, minSize, maxGroupPreparedCapacity });
  const named = Object.entries(all).filter(([key]) => key in (declared.warmPool ?? {}));
  return { ...declared.warmPool, ...Object.fromEntries(named) };
}
