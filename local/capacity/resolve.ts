/** Declared capacities and the groups of a plan that they are for. */
import { type Host, readDeclared } from "../../plan/cost/declared.ts";
import type { Plan } from "../../plan/types.ts";
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { groupName, isBalanced } from "../resources/declared.ts";
import type { Capacity, GroupCapacity, NamedCapacity, WorkerCapacity } from "./capacity.ts";

interface Candidate {
  readonly group: string;
  readonly services: readonly string[];
  readonly balanced: boolean;
}

function candidateOf({ group, manifest }: Host): Candidate {
  const services = manifest?.services.map(({ name }) => name) ?? [];
  return { group: groupName(group), services, balanced: isBalanced(group) };
}

const described = ({ group, services }: Candidate) =>
  services.length === 0 ? group : `${group} (${services.join(", ")})`;

/** Why this group cannot have such a capacity; `undefined`: it can. */
function objection({ group, services, balanced }: Candidate, { kind }: Capacity): string | undefined {
  if (kind === "web" && !balanced) return `no balancer stands before ${group}, so it has no requests a second`;
  if (kind === "workers" && !services.includes("annotator")) {
    return `${group} runs no annotator, so no job of it takes a declared time`;
  }
  return undefined;
}

/**
 * @throws {Error} when a name is no group's and no service's, or several groups'; when two are for one group; or when the
 *   group serves no requests, or works on no jobs, as the capacity has it.
 */
export function resolveCapacities(plan: Plan, named: readonly NamedCapacity[]): readonly GroupCapacity[] {
  if (named.length === 0) return [];
  const candidates = readDeclared(plan).hosts.map(candidateOf);
  const resolved: GroupCapacity[] = [];
  for (const { name, capacity } of named) {
    const byGroup = candidates.filter(({ group }) => group === name || nameWithinStack(group) === name);
    const found = byGroup.length > 0 ? byGroup : candidates.filter(({ services }) => services.includes(name));
    const [only, ...others] = found;
    if (only === undefined) {
      const known = candidates.length === 0 ? "no group" : candidates.map(described).join(", ");
      throw new Error(`instance capacity: stack ${plan.stack} has no group or service "${name}"; it has ${known}`);
    }
    if (others.length > 0) {
      const groups = found.map(({ group }) => group).join(" and ");
      throw new Error(`instance capacity: ${groups} run the service "${name}"; name the group that is meant`);
    }
    const why = objection(only, capacity);
    if (why !== undefined) throw new Error(`instance capacity of "${name}": ${why}`);
    if (resolved.some(({ group }) => group === only.group)) {
      throw new Error(`instance capacity: ${only.group} has been given two; give one`);
    }
    resolved.push({ group: only.group, ...capacity });
  }
  return resolved;
}

/** The capacities of groups of annotators, by the ARNs of the roles by which those call. */
export function capacitiesOfRoles(
  plan: Plan,
  capacities: readonly GroupCapacity[],
): ReadonlyMap<string, WorkerCapacity> {
  const { hosts, rolesOf, ofType } = readDeclared(plan);
  const roles = new Map<string, WorkerCapacity>();
  for (const capacity of capacities) {
    const host = hosts.find((each) => groupName(each.group) === capacity.group);
    if (host === undefined || capacity.kind !== "workers") continue;
    const own = host.manifest?.services.find(({ name }) => name === "annotator")?.roleArn;
    const ids = rolesOf(host);
    const arns = ofType("aws:iam/role:Role").filter(({ id }) => ids.has(id));
    for (const arn of own === undefined ? arns.map(({ outputs }) => String(outputs.arn)) : [own]) {
      roles.set(arn, capacity);
    }
  }
  return roles;
}
