/** What a change of inputs means for a resource: nothing, an update in place, or another resource. */
import { isDeepStrictEqual } from "node:util";
import { replaces, ruleOf } from "./rules.ts";

interface Change {
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

export interface Difference {
  /** By path: `tags.owner`, `rules[0].days`. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Top-level inputs that changed. */
  readonly inputs: readonly string[];
  readonly replaces: readonly string[];
  /** The name is given, so the new one cannot stand beside the old one. */
  readonly deleteFirst: boolean;
}

type Values = Readonly<Record<string, unknown>>;

/** Inputs that were filled in, not given: their names, as Pulumi's bridged providers keep them. */
export const defaultsKey = "__defaults";

const hashOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "asset" in value ? (value as Values).hash : undefined;

const isMap = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !("asset" in value);

/** Two texts that say the same as JSON are the same policy; two files that hold the same are the same asset. */
function sameMeaning(one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  const hash = hashOf(one);
  if (hash !== undefined) return hash === hashOf(other);
  if (typeof one !== "string" || typeof other !== "string" || !/^\s*[[{]/.test(one)) return false;
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}

/** Leaves that differ, each with its path and kind. */
function* differing(path: string, before: unknown, after: unknown): Generator<readonly [string, Change["kind"]]> {
  if (sameMeaning(before, after)) return;
  if (before === undefined) yield [path, "add"];
  else if (after === undefined) yield [path, "delete"];
  else if (isMap(before) && isMap(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* differing(/^[\w$]+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, before[key], after[key]);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      yield* differing(`${path}[${index}]`, before[index], after[index]);
    }
  } else yield [path, "update"];
}

/** Paths with which a program says `ignoreChanges`: here a whole input, or something inside of it. */
function isIgnored(path: string, ignored: readonly string[]): boolean {
  return ignored.some((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`));
}

/** @throws {Error} for a type without a rule. */
export function difference(type: string, before: Values, after: Values, ignored: readonly string[] = []): Difference {
  const rule = ruleOf(type);
  const changes = new Map<string, Change>();
  const inputs = new Set<string>();
  for (const input of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (input === defaultsKey) continue;
    for (const [path, kind] of differing(input, before[input], after[input])) {
      if (isIgnored(path, ignored)) continue;
      changes.set(path, { kind, replaces: replaces(rule, input) });
      inputs.add(input);
    }
  }
  const replaced = [...inputs].filter((input) => replaces(rule, input));
  const filledIn = (after[defaultsKey] as readonly string[] | undefined) ?? [];
  const named = rule.name !== undefined && after[rule.name] !== undefined && !filledIn.includes(rule.name);
  return { changes, inputs: [...inputs], replaces: replaced, deleteFirst: replaced.length > 0 && named };
}
