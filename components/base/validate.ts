/**
 * Validation of component arguments: a readable table of what each may be, checked before the first resource is made, all
 * mistakes told together. Each message names the value, the bound and the fix.
 */
import { RunError } from "@pulumi/pulumi";
import type { Duration } from "./duration.ts";

/** One argument at fault. `path` is how its writer knows it: `size.min`. */
export interface Mistake {
  /** How its writer knows the argument: `size.min`. */
  readonly path: string;
  /** The value, the bound, the fix. */
  readonly reason: string;
}

/** Everything that is wrong with a component's arguments; Pulumi prints the message without a stack trace. */
export class ArgumentsError extends RunError {
  /** All of them, in the order of the table. */
  readonly mistakes: readonly Mistake[];

  constructor(what: string, mistakes: readonly Mistake[]) {
    const lines = mistakes.map(({ path, reason }) => `${path}: ${reason}`);
    super(lines.length === 1 ? `${what}: ${lines[0]}` : `${what}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
    this.name = "ArgumentsError";
    this.mistakes = mistakes;
  }
}

/** Outcome of one line of the table. */
export type MaybeMistake = Mistake | undefined | false;

/** @throws {ArgumentsError} listing every finding of the table that is a mistake. */
export function check(what: string, table: readonly MaybeMistake[]): void {
  const mistakes = table.filter((finding): finding is Mistake => Boolean(finding));
  if (mistakes.length > 0) throw new ArgumentsError(`${what} cannot be declared`, mistakes);
}

/** A number from `min` to `max`, whole unless `fraction` is set. An omitted argument is in order. */
export function range(
  path: string,
  value: number | undefined,
  bounds: { min: number; max: number; unit: string; fraction?: boolean; why?: string },
): MaybeMistake {
  if (value === undefined) return undefined;
  const { min, max, unit, why } = bounds;
  const kind = bounds.fraction ? "a number" : "a whole number";
  const fits = Number.isFinite(value) && (bounds.fraction || Number.isInteger(value)) && value >= min && value <= max;
  if (fits) return undefined;
  const because = why ? ` (${why})` : "";
  return { path, reason: `${value} is out of range${because}; give ${kind} of ${unit} from ${min} to ${max}` };
}

const unitSeconds = { minutes: 60, days: 86_400 } as const;

/** A duration from `min` to `max`, both included, and in whole minutes or days where AWS counts in those. */
export function within(
  path: string,
  value: Duration | undefined,
  bounds: { min: Duration; max: Duration; whole?: keyof typeof unitSeconds; why?: string },
): MaybeMistake {
  if (value === undefined) return undefined;
  const { min, max, whole, why } = bounds;
  const length = value.toSeconds();
  const because = why ? ` (${why})` : "";
  if (length < min.toSeconds() || length > max.toSeconds()) {
    return { path, reason: `${value} is out of range${because}; give a duration from ${min} to ${max}` };
  }
  if (whole === undefined || length % unitSeconds[whole] === 0) return undefined;
  return { path, reason: `${value} is not in whole ${whole}, and AWS counts in those; round it` };
}

/** `low` may not be above `high`. */
export function ordered(low: [path: string, value: number], high: [path: string, value: number]): MaybeMistake {
  if (!(low[1] > high[1])) return undefined;
  return {
    path: low[0],
    reason: `${low[1]} is above ${high[0]}, which is ${high[1]}; lower the one or raise the other`,
  };
}

/** A text of a given form; `rule` says the form in words. Only plain values are looked at, outputs are not known yet. */
export function form(path: string, value: unknown, pattern: RegExp, rule: string): MaybeMistake {
  if (typeof value !== "string" || pattern.test(value)) return undefined;
  return { path, reason: `${JSON.stringify(value)} does not fit; give ${rule}` };
}

/** Anything else: a mistake when `wrong` holds. */
export function rule(path: string, wrong: boolean, reason: string): MaybeMistake {
  return wrong ? { path, reason } : undefined;
}
