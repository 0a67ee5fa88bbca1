import type { PlannedResource } from "./types.ts";

/**
 * The one order in which a plan lists its resources: parents and dependencies first, else by URN. The order of arrival would
 * differ from run to run with the timing of drivers and of files the program reads.
 */
export function inRegistrationOrder(resources: readonly PlannedResource[]): PlannedResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const ordered = new Set<PlannedResource>();

  function place(resource: PlannedResource): void {
    if (ordered.has(resource) || !byUrn.delete(resource.urn)) return;
    const first = [resource.parent, ...[...resource.dependencies].sort()];
    for (const urn of first) {
      const before = urn === undefined ? undefined : byUrn.get(urn);
      if (before !== undefined) place(before);
    }
    ordered.add(resource);
  }

  for (const resource of [...resources].sort((a, b) => (a.urn < b.urn ? -1 : 1))) place(resource);
  return [...ordered];
}
