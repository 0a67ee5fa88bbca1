/** Arguments as other languages give them, in the terms of the components. */
import { Output } from "@pulumi/pulumi";
import { type Duration, seconds } from "../base/duration.ts";
import { check, type MaybeMistake, rule } from "../base/validate.ts";

/**
 * YAML lets a program pass a value that is known only at deployment where the schema asks for a plain one.
 *
 * @throws {ArgumentsError} naming every such argument.
 */
export function requirePlain(what: string, values: Readonly<Record<string, unknown>>): void {
  check(
    what,
    Object.entries(values).map(([path, value]) =>
      rule(path, Output.isInstance(value), "is known only at deployment; give a plain value"),
    ),
  );
}

/** @throws {ArgumentsError} unless each given number is whole and not negative; how large it may be the component knows. */
export function requireCounts(
  what: string,
  unit: "days" | "seconds",
  values: Readonly<Record<string, number | undefined>>,
): void {
  const finding = ([path, value]: [string, number | undefined]): MaybeMistake =>
    rule(
      path,
      value !== undefined && !(Number.isSafeInteger(value) && value >= 0),
      `${value} is no whole number of ${unit}`,
    );
  check(what, Object.entries(values).map(finding));
}

/** @throws {ArgumentsError} */
export const requireSeconds = (what: string, values: Readonly<Record<string, number | undefined>>): void =>
  requireCounts(what, "seconds", values);

export const duration = (
  count: number | undefined,
  unit: (count: number) => Duration = seconds,
): Duration | undefined => (count === undefined ? undefined : unit(count));

/** One of a few words. */
export function oneOf<Word extends string>(
  what: string,
  path: string,
  value: string | undefined,
  words: readonly Word[],
) {
  const word = words.find((each) => each === value);
  check(what, [
    rule(path, value !== undefined && word === undefined, `"${value}" is unknown; give one of ${words.join(", ")}`),
  ]);
  return word;
}
