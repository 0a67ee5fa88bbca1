/** What each edit of a setting does to a live stack: the table of docs/operations.md. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ReadPlan } from "../../../plan/plan.ts";
import type { Plan } from "../../../plan/types.ts";
import { type Effect, effectsOf } from "./effects.ts";
import { conflictOf, parameters, type Values } from "./values.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
export const editedDocument = "docs/operations.md";

/** Of one parameter, whichever of its values becomes whichever other: short names of types. */
export interface Edits {
  readonly setting: string;
  readonly updated: ReadonlySet<string>;
  readonly replaced: ReadonlySet<string>;
  /** `Type name: inputs that changed`, of what is gone before it is made anew. */
  readonly deletedFirst: ReadonlySet<string>;
  /** In one direction; it goes in the other. */
  readonly comes: ReadonlySet<string>;
  /** Whether all that stands goes, and comes under other names. */
  readonly everything: boolean;
}

/** Without which an edit of a setting would mean nothing. */
const beside: Readonly<Record<string, Values>> = { timeZone: { webSchedule: "0 8 * * * = 6" } };

/** `Pulumi.dev.yaml`, but for what does not go with a value of the parameter. */
function contextOf(parameter: number): Values {
  const chosen: Values[] = [...(parameters[parameter]?.values ?? [])];
  for (const [index, { name, values }] of parameters.entries()) {
    if (index === parameter) continue;
    const found = values.find((each) => chosen.every((other) => conflictOf(each, other) === undefined));
    if (found === undefined)
      throw new Error(`${name} has no value that goes with all of ${parameters[parameter]?.name}`);
    chosen.push(found);
  }
  const { name = "", values = [] } = parameters[parameter] ?? {};
  return Object.assign({}, ...chosen.slice(values.length), beside[name]);
}

/** Without the values that are first, which are those of `Pulumi.dev.yaml`. */
function differing(config: Values): Values {
  const first: Values = Object.assign({}, ...parameters.map(({ values }) => values[0] ?? {}));
  return Object.fromEntries(Object.entries(config).filter(([key, value]) => (first[key] ?? "") !== value));
}

async function editsOf(parameter: number, read: ReadPlan): Promise<Edits> {
  const { name = "", values = [] } = parameters[parameter] ?? {};
  const context = contextOf(parameter);
  const plans: Plan[] = [];
  for (const value of values) {
    plans.push(await read({ directory, stack: "dev", config: { ...context, ...value }, onOutput: () => {} }));
  }
  const found = plans.flatMap((before, at) => plans.slice(at + 1).map((after) => effectsOf(before, after)));
  const all = (...wanted: readonly Effect["what"][]) =>
    new Set(found.flatMap(({ effects }) => effects.flatMap(({ what, type }) => (wanted.includes(what) ? [type] : []))));
  const replaced = all("replace");
  return {
    setting: name,
    updated: new Set([...all("update")].filter((type) => !replaced.has(type))),
    replaced,
    deletedFirst: new Set(found.flatMap(({ deletedFirst }) => [...deletedFirst])),
    comes: all("create", "delete"),
    everything: found.some(({ kept }) => kept === 0),
  };
}

/** Reads a configuration once; most settings are edited from the same. */
function remembering(read: ReadPlan): ReadPlan {
  const plans = new Map<string, Promise<Plan>>();
  return (options) => {
    const key = JSON.stringify(Object.entries(options.config ?? {}).sort());
    const plan = plans.get(key) ?? read(options);
    plans.set(key, plan);
    return plan;
  };
}

/** Of every setting. */
export async function allEdits(read: ReadPlan): Promise<Edits[]> {
  const edits: Edits[] = [];
  const once = remembering(read);
  for (const [parameter, { name }] of parameters.entries()) {
    // What keeps its name keeps the ARN made of it, which two plans do not tell: docs/upgrade.md and test/engine/edits.test.ts do.
    if (name !== "names") edits.push(await editsOf(parameter, once));
  }
  return edits;
}

/** Configurations that differ from `Pulumi.dev.yaml` in one setting, and in what this needs beside it; of every setting and value. */
export function editedFromBase(): Values[] {
  const configs = parameters.flatMap(({ name, values }, parameter) => {
    const needed = differing(contextOf(parameter));
    // What keeps its name keeps the ARN made of it, which two plans do not tell.
    return name === "names" ? [] : values.map((value) => ({ ...needed, ...differing(value) }));
  });
  const found = new Map(configs.map((config) => [JSON.stringify(Object.entries(config).sort()), config]));
  return [...found.values()].filter((config) => Object.keys(config).length > 0);
}

const listed = (types: ReadonlySet<string>) => [...types].sort().join(", ") || "–";

/** Settings of a parameter, as they stand in a stack's file. */
function keysOf(setting: string): string {
  const { values = [] } = parameters.find(({ name }) => name === setting) ?? {};
  return [...new Set(values.flatMap((each) => Object.keys(each)))].map((key) => `\`${key}\``).join(", ");
}

export function tableOf(edits: readonly Edits[]): string {
  const rows = edits.map(({ setting, updated, replaced, comes, everything }) => {
    const cells = everything ? ["–", "everything: a new stack", "–"] : [updated, replaced, comes].map(listed);
    return `| ${keysOf(setting)} | ${cells.join(" | ")} |`;
  });
  return ["| Setting | Changed in place | Made anew | Comes or goes |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

const begin = "<!-- generated: npm run docs:edits -->";
const end = "<!-- end of generated edits -->";

/** @throws {Error} when the markers are not there. */
export function withEdits(document: string, table: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${editedDocument} has no line "${begin}" followed by "${end}"`);
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}

export const readEdited = () => readFile(new URL(`../../../${editedDocument}`, import.meta.url), "utf8");
