/** What of a declaration the controls do not know, so that it does not count as absent. */
import { unreadProperties } from "../unread.ts";
import type { Declaration, DeclaredResource } from "./declaration.ts";
import { knownInputs } from "./known-inputs.ts";

/** A property that is set, that no control reads, and that may bear on one. */
export interface Unread {
  readonly type: string;
  /** `replicas`, `networkInterfaces[].associateCarrierIpAddress`. */
  readonly path: string;
  /** Where it is set. */
  readonly resources: readonly Pick<DeclaredResource, "urn" | "name">[];
}

/** By type and path, in the order of the table of types. */
export function unreadOf(declared: Declaration): Unread[] {
  return Object.entries(knownInputs).flatMap(([type, known]) => {
    const byPath = new Map<string, Pick<DeclaredResource, "urn" | "name">[]>();
    for (const { urn, name, properties } of declared.ofType(type)) {
      for (const path of unreadProperties(properties, known)) {
        byPath.set(path, [...(byPath.get(path) ?? []), { urn, name }]);
      }
    }
    return [...byPath].map(([path, resources]) => ({ type, path, resources }));
  });
}
