/**
 * What one plan does to a stack that stands as another declares it: by the rules with which the provider of Pulumi's engine answers,
 * and by what the engine finds then, since whatever hangs on a new resource sees another id.
 */
import { difference } from "../../../local/engine/plugin/diff.ts";
import { replaces, ruleOf } from "../../../local/engine/plugin/rules.ts";
import type { Plan, PlannedResource } from "../../../plan/types.ts";

export interface Effect {
  /** In the words of `pulumi up`. */
  readonly what: "update" | "replace" | "create" | "delete";
  /** Short. */
  readonly type: string;
  readonly name: string;
}

interface Effects {
  readonly effects: readonly Effect[];
  /** Made anew under the name that it has, which is free only once the old one is gone: `Type name: inputs that changed`. */
  readonly deletedFirst: ReadonlySet<string>;
  /** Resources of both plans. */
  readonly kept: number;
}

const short = (type: string) => type.split(":").at(-1) ?? type;
const isCounted = ({ custom, type }: PlannedResource) => custom && !type.startsWith("pulumi:");

/** Every text and number in a value, however deep. */
function* leaves(value: unknown): Generator<unknown> {
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* leaves(each);
  else yield value;
}

/** Whether a text names one thing wherever it stands. */
const isLong = (value: unknown): value is string => typeof value === "string" && value.length > 3;

type Unknown = ReadonlyMap<string, readonly unknown[]>;

/** What is not known yet of the resources that this one depends on. */
const unknownBefore = ({ dependencies }: PlannedResource, unknown: Unknown) =>
  dependencies.flatMap((urn) => unknown.get(urn) ?? []);

/** What the engine does not know of a resource before it has made it: its id, and outputs that repeat no input that it knows. */
function unknownOf(resource: PlannedResource, unknown: Unknown): unknown[] {
  const { id, inputs, outputs } = resource;
  const given = new Set(leaves(inputs));
  for (const value of unknownBefore(resource, unknown)) given.delete(value);
  return [id, ...leaves(outputs)].filter((value) => isLong(value) && !given.has(value));
}

/** What it does not know of one that is updated. */
function renewedOf({ type, outputs }: PlannedResource, changed: readonly string[]): unknown[] {
  const { renewed = [], renewedBy = changed } = ruleOf(type);
  return changed.some((input) => renewedBy.includes(input)) ? renewed.flatMap((key) => [...leaves(outputs[key])]) : [];
}

/** Inputs that have something in them which is not known yet. */
function unknownInputs(resource: PlannedResource, unknown: Unknown): string[] {
  const values = unknownBefore(resource, unknown);
  const has = (leaf: unknown) =>
    typeof leaf === "string" &&
    values.some((value) => leaf === String(value) || (isLong(value) && leaf.includes(value)));
  const { inputs, ignoreChanges = [] } = resource;
  const seen = Object.keys(inputs).filter((input) => !ignoreChanges.includes(input));
  return seen.filter((input) => [...leaves(inputs[input])].some(has));
}

export function effectsOf(before: Plan, after: Plan): Effects {
  const standing = new Map(before.resources.filter(isCounted).map((resource) => [resource.urn, resource]));
  const unknown = new Map<string, readonly unknown[]>();
  const effects: Effect[] = [];
  const deletedFirst = new Set<string>();
  let kept = 0;
  for (const resource of after.resources.filter(isCounted)) {
    const { urn, type, name, inputs } = resource;
    const effect = (what: Effect["what"]) => effects.push({ what, type: short(type), name });
    const known = standing.get(urn);
    standing.delete(urn);
    if (known === undefined) {
      effect("create");
      unknown.set(urn, unknownOf(resource, unknown));
      continue;
    }
    kept++;
    const rule = ruleOf(type);
    const changed = [
      ...new Set([
        ...difference(type, known.inputs, inputs, resource.ignoreChanges).inputs,
        ...unknownInputs(resource, unknown),
      ]),
    ];
    const replacing = changed.filter((input) => replaces(rule, input));
    if (replacing.length > 0) {
      effect("replace");
      unknown.set(urn, unknownOf(resource, unknown));
      const isNamed = rule.name !== undefined && inputs[rule.name] !== undefined;
      if (isNamed && resource.deleteBeforeReplace !== false)
        deletedFirst.add(`${short(type)} ${name}: ${replacing.join(", ")}`);
    } else if (changed.length > 0) {
      effect("update");
      unknown.set(urn, renewedOf(resource, changed));
    }
  }
  for (const { type, name } of standing.values()) effects.push({ what: "delete", type: short(type), name });
  return { effects, deletedFirst, kept };
}
