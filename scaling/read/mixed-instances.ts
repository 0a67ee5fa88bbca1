/** A mixed instances policy, as far as it decides what a group's sizes count. */
import type { PlannedResource } from "../../plan/types.ts";
import { inputReader, recordOf, type ScalingFinding } from "./findings.ts";

const path = "mixedInstancesPolicy.launchTemplate.";

/**
 * What AWS would refuse of the types is told. Where sizes count something else than instances, how many there are depends on which types
 * there is capacity of, and no curve can be predicted.
 *
 * @returns properties that are not modelled, by their paths.
 */
export function readMixedInstances(resource: PlannedResource, findings: ScalingFinding[]): string[] {
  const { mixedInstancesPolicy, desiredCapacityType } = resource.inputs;
  const template = recordOf(recordOf(mixedInstancesPolicy).launchTemplate);
  const input = inputReader(resource, template, findings, path);
  const overrides = input.list("overrides").map(recordOf);
  const weights = overrides.map((override, index) =>
    inputReader(resource, override, findings, `${path}overrides[${index}].`).number("weightedCapacity", {
      min: 1,
      max: 999,
    }),
  );
  const weighted = weights.findIndex((weight) => weight !== undefined);
  const bare = weights.indexOf(undefined);
  if (weighted >= 0 && bare >= 0) {
    input.report(
      `overrides[${bare}].weightedCapacity`,
      "it is left out, and other types have one; give each one, or none",
    );
  }
  const byRequirements = overrides.some((override) => override.instanceRequirements !== undefined);
  for (const [index, override] of overrides.entries()) checkTypes(resource, override, index, findings);
  const top = inputReader(resource, resource.inputs, findings);
  const unit = top.choice("desiredCapacityType", ["units", "vcpu", "memory-mib"]) ?? "units";
  if (unit !== "units" && !byRequirements) {
    top.report(
      "desiredCapacityType",
      `${String(desiredCapacityType)} is for groups with instanceRequirements; leave it out`,
    );
  }
  const counted = weights.findIndex((weight) => weight !== undefined && weight !== 1);
  return [
    ...(counted < 0 ? [] : [`${resource.name}.${path}overrides[${counted}].weightedCapacity`]),
    ...(unit === "units" ? [] : [`${resource.name}.desiredCapacityType`]),
  ];
}

function checkTypes(
  resource: PlannedResource,
  override: Readonly<Record<string, unknown>>,
  index: number,
  findings: ScalingFinding[],
): void {
  if (override.instanceRequirements === undefined) return;
  const requirements = recordOf(override.instanceRequirements);
  const prefix = `${path}overrides[${index}].instanceRequirements.`;
  const input = inputReader(resource, requirements, findings, prefix);
  if (override.instanceType !== undefined) {
    const problem = "stands beside instanceRequirements, and AWS takes one of both; leave one out";
    inputReader(resource, override, findings, `${path}overrides[${index}].`).report("instanceType", problem);
  }
  for (const property of ["vcpuCount", "memoryMib"]) {
    const bounds = recordOf(requirements[property]);
    const inside = inputReader(resource, bounds, findings, `${prefix}${property}.`);
    const [min, max] = [inside.number("min", { min: 0, max: 1e9 }), inside.number("max", { min: 0, max: 1e9 })];
    if (bounds.min === undefined) input.report(property, "its least is left out; AWS wants one");
    else if (min !== undefined && max !== undefined && max < min) {
      inside.report("max", `${max} is below min, ${min}; give as much at least`);
    }
  }
}
