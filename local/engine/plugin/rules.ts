/** What cannot be changed in place, of the types that come to life here. */
import { resourceTypes } from "../../../plan/resource-types/all.ts";
import type { Replacement } from "../../../plan/resource-types/replacement.ts";
import { notRunHere } from "../../../plan/resource-types/resource-type.ts";

/** @throws {Error} for a type that has none: without it nobody knows what a change of it means. */
export function ruleOf(type: string): Replacement {
  const rule = resourceTypes[type]?.replacement;
  if (rule === undefined || rule === notRunHere) {
    throw new Error(
      `nothing here says which changes make ${type} anew; plan/resource-types/ has what is known of a type`,
    );
  }
  return rule;
}

/** Whether a change of this input makes the resource anew. */
export function replaces({ replace }: Replacement, input: string): boolean {
  return replace[0] === "*" ? !replace.slice(1).includes(input) : replace.includes(input);
}
