/** Which policies are compared: each is configuration of the program, so that what is compared can be deployed. */
import type { Scenario } from "../model.ts";
import { type Need, needOf } from "./need.ts";

export interface Variant {
  readonly name: string;
  /** Replaces settings of the stack. */
  readonly config: Readonly<Record<string, string>>;
}

/** Minutes before the load that a schedule makes room for it. */
const leadMinutes = 10;

/**
 * `webSchedule: 10 0 * * * = 6; …`: so many instances at least (all that are needed, unless it is said) from some minutes before more than
 * at the start are needed. `undefined`: they never are.
 *
 * @param begins when the simulation begins, epoch milliseconds; without it, at midnight.
 */
export function scheduleFor(
  { crossing, falls, most }: Need,
  start: number,
  begins: number,
  { lead = leadMinutes, size = most }: { readonly lead?: number; readonly size?: number } = {},
): string | undefined {
  if (crossing === undefined || falls === undefined) return undefined;
  const first = Math.floor(begins / 60_000);
  const at = (minute: number) => `${(first + minute) % 60} ${Math.floor((first + minute) / 60) % 24} * * *`;
  return `${at(Math.max(1, crossing - lead))} = ${size}; ${at(falls)} = ${start}`;
}

/** Words of `webScaling` and `annotatorScaling`, with what they are called in a report. */
const kinds = {
  web: { course: "course", requestsPerTarget: "target tracking", recommended: "recommended" },
  annotator: { course: "course", backlogPerInstance: "target tracking", recommended: "recommended" },
} as const;

/** Each way of scaling by itself, and each with a schedule that knows when the load comes. */
export function defaultVariants(farm: "web" | "annotator", need: Need, start: number, begins = 0): Variant[] {
  const plain = Object.entries(kinds[farm]).map(
    ([kind, name]): Variant => ({ name, config: { [`${farm}Scaling`]: kind } }),
  );
  const schedule = scheduleFor(need, start, begins);
  if (schedule === undefined) return plain;
  const scheduled = plain.map(({ name, config }) => ({
    name: `${name} + schedule`,
    config: { ...config, [`${farm}Schedule`]: schedule },
  }));
  return [...plain, ...scheduled];
}

/** The same for the farm of a scenario as it is declared. */
export function usualVariants(farm: "web" | "annotator", scenario: Scenario): Variant[] {
  const start = scenario.plan.groups.find(({ name }) => name === scenario.group)?.desired ?? 0;
  return defaultVariants(farm, needOf(scenario), start, scenario.begins);
}

/**
 * `larger: webMin=4, webScaling=course` → a variant of that name.
 *
 * @throws {RangeError} when the text has another form.
 */
export function parseVariant(text: string): Variant {
  const [, name, settings] = /^\s*([^:]+?)\s*:\s*(.+)$/.exec(text) ?? [];
  const pairs = (settings ?? "").split(",").map((pair) => /^\s*([\w:-]+)\s*=\s*(.+?)\s*$/.exec(pair));
  if (name === undefined || pairs.some((pair) => pair === null)) {
    throw new RangeError(`${JSON.stringify(text)} is no variant; write it like "larger: webMin=4, webScaling=course"`);
  }
  return { name, config: Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]])) };
}
