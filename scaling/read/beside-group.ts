/** What a group declares beside its size: a warm pool, an instance maintenance policy. */
import type { PlannedResource } from "../../plan/types.ts";
import { type MaintenancePlan, poolStates, type WarmPoolPlan } from "../scaling-plan.ts";
import { inputReader, recordOf, type ScalingFinding } from "./findings.ts";

const instances = { min: 0, max: 10_000 };

/** `undefined`: the group has none. */
export function readWarmPool(resource: PlannedResource, findings: ScalingFinding[]): WarmPoolPlan | undefined {
  const { warmPool, mixedInstancesPolicy } = resource.inputs;
  if (warmPool === undefined || warmPool === null) return undefined;
  if (mixedInstancesPolicy !== undefined) {
    const problem =
      "a group with a mixed instances policy, which may launch spot capacity, cannot have a warm pool; leave one out";
    inputReader(resource, resource.inputs, findings).report("warmPool", problem);
  }
  const pool = recordOf(warmPool);
  const input = inputReader(resource, pool, findings, "warmPool.");
  const reuse = inputReader(resource, recordOf(pool.instanceReusePolicy), findings, "warmPool.instanceReusePolicy.");
  // −1 is how the API says "as large as the group may be".
  const prepared = input.number("maxGroupPreparedCapacity", { ...instances, min: -1 }) ?? -1;
  const min = input.number("minSize", instances) ?? 0;
  if (prepared >= 0 && prepared < min) {
    input.report("maxGroupPreparedCapacity", `${prepared} is below minSize, ${min}; give as much at least`);
  }
  return {
    state: input.choice("poolState", poolStates) ?? "Stopped",
    min,
    ...(prepared < 0 ? {} : { prepared }),
    reuses: reuse.flag("reuseOnScaleIn") ?? false,
  };
}

/** `undefined`: the group has none. */
export function readMaintenance(resource: PlannedResource, findings: ScalingFinding[]): MaintenancePlan | undefined {
  const { instanceMaintenancePolicy: policy } = resource.inputs;
  if (policy === undefined || policy === null) return undefined;
  const input = inputReader(resource, recordOf(policy), findings, "instanceMaintenancePolicy.");
  const min = input.number("minHealthyPercentage", { min: -1, max: 100 });
  const max = input.number("maxHealthyPercentage", { min: -1, max: 200 });
  // Both −1: how the provider takes a policy away.
  if (min === -1 && max === -1) return undefined;
  if (min === undefined || min === -1) input.report("minHealthyPercentage", "it is left out; give both, or neither");
  if (max === undefined || max === -1) input.report("maxHealthyPercentage", "it is left out; give both, or neither");
  if (min === undefined || max === undefined) return undefined;
  if (max < 100) input.report("maxHealthyPercentage", `${max} is below 100; give 100 to 200`);
  else if (max - min > 100) {
    input.report(
      "maxHealthyPercentage",
      `${max} is more than 100 above minHealthyPercentage, ${min}; give ${min + 100}`,
    );
  }
  return { minHealthyPercentage: min, maxHealthyPercentage: max };
}
