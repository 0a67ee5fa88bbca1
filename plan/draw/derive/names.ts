/** Names as short as the plan allows: what every name begins with says nothing. */
import type { Plan, PlannedResource } from "../../types.ts";

/** `a-b`, `a-c-d`, `a` → `a`: the dash-separated words that all names begin with, at least two names given. */
function sharedPrefix(names: readonly string[]): string {
  const [first, ...rest] = names.map((name) => name.split("-"));
  if (first === undefined || rest.length === 0) return "";
  let length = 0;
  while (length < first.length && rest.every((words) => words[length] === first[length])) length++;
  return first.slice(0, length).join("-");
}

/** A function that shortens the plan's names; a name that is nothing but the prefix stays. */
export function shortener(plan: Plan): (name: string) => string {
  const prefix = sharedPrefix(plan.resources.map(({ name }) => name));
  return (name) => (prefix !== "" && name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name);
}

/** The topmost component a resource stands in. */
export function topComponent(
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): PlannedResource | undefined {
  let top = resource.custom ? undefined : resource;
  let parent = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
  while (parent !== undefined) {
    if (!parent.custom && parent.type !== "pulumi:pulumi:Stack") top = parent;
    parent = parent.parent === undefined ? undefined : byUrn.get(parent.parent);
  }
  return top;
}
