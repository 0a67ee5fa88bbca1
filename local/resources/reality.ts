/** What a service says of a resource, held against what was declared. */
import { isDeepStrictEqual } from "node:util";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lists of AWS are mostly sets: subnets, actions, tags. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inOneOrder).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, inOneOrder(item)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Whether the service says in its own words what was declared: a policy in another layout, a set in another order. */
function saysTheSame(declared: unknown, actual: unknown): boolean {
  if (isDeepStrictEqual(declared, actual)) return true;
  if (typeof declared === "string" && typeof actual === "string") {
    const [one, other] = [parsed(declared), parsed(actual)];
    return typeof one === "object" && isDeepStrictEqual(inOneOrder(one), inOneOrder(other));
  }
  return isDeepStrictEqual(inOneOrder(declared), inOneOrder(actual));
}

/** `outputs` in the words of the declaration wherever they say the same. */
export function inDeclaredWords(
  inputs: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, actual]) => [key, saysTheSame(inputs[key], actual) ? inputs[key] : actual]),
  );
}
