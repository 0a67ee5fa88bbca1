/** A roster as text for a terminal of 80 columns, and as JSON. */
import { type Mistake, oneLine } from "../../course/mistakes.ts";
import type { CheckedCourse } from "../../course/people/open.ts";
import { plural } from "../../course/plural.ts";
import type { CourseStack, Pseudonym } from "../../course/types.ts";
import { wrap } from "../../plan/views/cost.ts";

const width = 80;
const shortened = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

export interface RosterView {
  readonly course: string;
  readonly format: string;
  readonly people: readonly PersonView[];
  readonly stacks: readonly CourseStack[];
  readonly aside: CheckedCourse["roster"]["aside"];
  readonly mistakes: readonly Mistake[];
}

interface PersonView {
  readonly pseudonym: Pseudonym;
  readonly name?: string;
  readonly section?: string;
  readonly team?: Pseudonym;
}

/** @param names whether staff asked for names. */
export function rosterView(checked: CheckedCourse, names: boolean): RosterView {
  const { course, roster, mapping, stacks, aside, mistakes } = { ...checked, aside: checked.roster.aside };
  // With mistakes nobody new has a pseudonym.
  const here = mistakes.length > 0 ? [] : mapping.people.filter((person) => person.here);
  return {
    course: course.course,
    format: roster.table?.header.format.title ?? "unknown",
    people: here.map(({ pseudonym, name, id, section, team }) => ({
      pseudonym,
      ...(names && { name: name === "" ? id : name }),
      ...(section !== undefined && { section }),
      ...(team !== undefined && { team }),
    })),
    stacks,
    aside,
    mistakes,
  };
}

/** Columns two spaces apart; the last takes what is left of the line. */
function rows(given: readonly (readonly string[])[], numbers: readonly number[] = []): string[] {
  const cells = given.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells.map((row) => {
    const padded = row.map((cell, at) =>
      numbers.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    );
    return shortened(padded.join("  ").trimEnd(), width);
  });
}

const longestSection = 24;

function sectionRows({ people, stacks }: RosterView): string[] {
  const names = [...new Set(people.map(({ section }) => section))].sort((a, b) => (a ?? "").localeCompare(b ?? ""));
  const line = (section: string | undefined): string[] => {
    const [own, teams] = [people.filter((person) => person.section === section), new Set<string>()];
    for (const { team } of own) if (team !== undefined) teams.add(team);
    const of = stacks.filter((stack) => stack.section === section).length;
    return [shortened(section ?? "–", longestSection), String(own.length), String(teams.size), String(of)];
  };
  return rows([["Section", "People", "Teams", "Stacks"], ...names.map(line)], [1, 2, 3]);
}

/** Members over as many lines as they need. */
function stackRows({ people, stacks }: RosterView): string[] {
  const byName = new Map(people.map((person) => [person.pseudonym, person]));
  const memberText = (member: Pseudonym) => {
    const { name } = byName.get(member) ?? {};
    return name === undefined ? member : `${member} ${name}`;
  };
  const lines = stacks.flatMap(({ name, section, members }) =>
    members.map((member, at): string[] =>
      at === 0 ? [name, shortened(section ?? "–", longestSection), memberText(member)] : ["", "", memberText(member)],
    ),
  );
  return rows([["Stack", "Section", "People"], ...lines]);
}

/** Teams whose people are in several sections: a command for one section leaves them out. */
function mixedTeams({ people, stacks }: RosterView): string[] {
  const sectionOf = new Map(people.map(({ pseudonym, section }) => [pseudonym, section]));
  return stacks
    .filter(
      ({ section, members }) => section === undefined && members.some((member) => sectionOf.get(member) !== undefined),
    )
    .map(({ name }) => name);
}

function notes(view: RosterView): string[] {
  const aside = new Map<string, number>();
  for (const { why } of view.aside) aside.set(why, (aside.get(why) ?? 0) + 1);
  const mixed = mixedTeams(view);
  return [
    ...[...aside].map(([why, count]) => `Left out: ${plural(count, "row")} of ${why}.`),
    ...(mixed.length === 0
      ? []
      : wrap(`In no section, because their people are in several: ${mixed.join(", ")}.`, width)),
  ];
}

/** Everything that is in order; the mistakes are the error that follows. */
export function rosterText(view: RosterView): string {
  const { course, format, people, stacks } = view;
  if (view.mistakes.length > 0) return "";
  const sections = new Set(people.flatMap(({ section }) => section ?? [])).size;
  const teams = new Set(people.flatMap(({ team }) => team ?? [])).size;
  const counts = [
    plural(people.length, "person", "people"),
    plural(sections, "section"),
    plural(teams, "team"),
    plural(stacks.length, "stack"),
  ];
  const told = notes(view);
  return `${[
    `${course}: ${format}, ${counts.join(", ")}`,
    "",
    ...sectionRows(view),
    "",
    ...stackRows(view),
    ...(told.length > 0 ? ["", ...told] : []),
  ].join("\n")}\n`;
}
