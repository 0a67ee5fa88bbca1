/** Which stacks of the course a command is about. */
import { meantInstead } from "../../runtime/contract/nearest.ts";
import type { CourseStack } from "../types.ts";

export interface Selection {
  /** Names of stacks, or pseudonyms of people or teams. */
  readonly only?: readonly string[];
  readonly sections?: readonly string[];
}

function pseudonymOf({ name }: CourseStack): string {
  return name.slice(name.lastIndexOf("-") + 1);
}

function unknown(kind: string, value: string, known: readonly string[]): Error {
  return new Error(`the course has no ${kind} ${value}${meantInstead(value, known)} annofarm course roster lists them`);
}

/**
 * All of `stacks`, or those that are selected; in the order of their names.
 *
 * @throws {Error} naming the first word that selects nothing.
 */
export function selectStacks(stacks: readonly CourseStack[], { only, sections }: Selection): CourseStack[] {
  const sorted = [...stacks].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set<string>();
  for (const word of only ?? []) {
    const found = sorted.filter(
      (stack) => stack.name === word || pseudonymOf(stack) === word || stack.members.includes(word),
    );
    if (found.length === 0)
      throw unknown(
        "stack",
        word,
        sorted.flatMap((each) => [each.name, pseudonymOf(each)]),
      );
    for (const { name } of found) names.add(name);
  }
  const known = [...new Set(sorted.flatMap(({ section }) => section ?? []))];
  for (const section of sections ?? []) if (!known.includes(section)) throw unknown("section", section, known);
  return sorted.filter(
    ({ name, section }) =>
      (only === undefined || names.has(name)) &&
      (sections === undefined || (section !== undefined && sections.includes(section))),
  );
}

/** Stacks that stand though nobody of the course has them any more: whoever left the roster. */
export function withLeavers(stacks: readonly CourseStack[], standing: readonly string[]): CourseStack[] {
  const known = new Set(stacks.map(({ name }) => name));
  const left = standing.filter((name) => !known.has(name)).map((name) => ({ name, members: [] }));
  return [...stacks, ...left];
}
