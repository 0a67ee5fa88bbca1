/** Which stacks a course has: one for each team, and one for everybody who is in none. */
import type { CourseStack } from "../types.ts";
import type { KnownPerson, Mapping } from "./mapping.ts";

/** The section of a stack whose people are all in it. */
function sectionOf(people: readonly KnownPerson[]): string | undefined {
  const sections = new Set(people.map(({ section }) => section));
  return sections.size === 1 ? people[0]?.section : undefined;
}

function stackOf(course: string, name: string, people: readonly KnownPerson[]): CourseStack {
  const section = sectionOf(people);
  return {
    name: `${course}-${name}`,
    ...(section !== undefined && { section }),
    members: people.map(({ pseudonym }) => pseudonym).sort(),
  };
}

/** Stacks of everybody who is here, in the order of their names, which tells nothing. */
export function stacksOf(mapping: Mapping): CourseStack[] {
  const here = mapping.people.filter((person) => person.here);
  const groups = new Map<string, KnownPerson[]>();
  for (const person of here) {
    const name = person.team ?? person.pseudonym;
    groups.set(name, [...(groups.get(name) ?? []), person]);
  }
  return [...groups]
    .map(([name, people]) => stackOf(mapping.course, name, people))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
