/** Where the resources that only support another are folded into. */
import type { Plan, PlannedResource } from "../../types.ts";
import { shortType } from "../../views/tree.ts";

/** The resource and its parents, innermost first. */
function lineage(resource: PlannedResource, byUrn: ReadonlyMap<string, PlannedResource>): string[] {
  const urns: string[] = [];
  for (let at: PlannedResource | undefined = resource; at !== undefined; ) {
    if (at !== resource) urns.push(at.urn);
    at = at.parent === undefined ? undefined : byUrn.get(at.parent);
  }
  return urns;
}

/** Drawn resource → lines that tell what was folded into it: `2 × iam RolePolicy`. */
export function foldedInto(plan: Plan, drawn: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const within = new Map<string, PlannedResource[]>();
  for (const resource of plan.resources.filter(({ urn }) => drawn.has(urn))) {
    for (const parent of lineage(resource, byUrn)) within.set(parent, [...(within.get(parent) ?? []), resource]);
  }
  const counts = new Map<string, Map<string, number>>();
  for (const resource of plan.resources.filter(({ urn, custom }) => custom && !drawn.has(urn))) {
    const near = lineage(resource, byUrn).map((parent) => within.get(parent) ?? []);
    const candidates = near.find((found) => found.length > 0) ?? [];
    const tied = candidates.find(
      ({ urn, dependencies }) => resource.dependencies.includes(urn) || dependencies.includes(resource.urn),
    );
    const home = tied ?? candidates.find(({ name }) => resource.name.startsWith(name)) ?? candidates[0];
    if (home === undefined) continue;
    const types = counts.get(home.urn) ?? new Map<string, number>();
    types.set(shortType(resource.type), (types.get(shortType(resource.type)) ?? 0) + 1);
    counts.set(home.urn, types);
  }
  return new Map(
    [...counts].map(([urn, types]) => [
      urn,
      [...types].map(([type, count]) => (count === 1 ? type : `${count} × ${type}`)),
    ]),
  );
}
