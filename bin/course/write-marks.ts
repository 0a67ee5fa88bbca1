/** Marks into files, one function per format. Each gives lines for staff. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { classroom50Result, scaleOf, submissionOf } from "../../course/marks/classroom50.ts";
import { writeGradebook } from "../../course/marks/gradebook.ts";
import { gradescopeResults } from "../../course/marks/gradescope.ts";
import { type Marks, markOf, type StackMarks } from "../../course/marks/marks.ts";
import { classPage, studentPage } from "../../course/marks/page.tsx";
import { openCourse } from "../../course/people/open.ts";
import { plural } from "../../course/plural.ts";
import { writePrivate } from "../../course/private-file.ts";
import type { Pseudonym } from "../../course/types.ts";

export interface Target {
  readonly marks: Marks;
  /** File or folder. */
  readonly output: string;
  /** A stack or a person; absent: everybody. */
  readonly only?: string | undefined;
}

interface Member {
  readonly stack: StackMarks;
  readonly member: Pseudonym;
}

const membersOf = ({ stacks }: Marks): Member[] =>
  stacks.flatMap((stack) => stack.members.map((member) => ({ stack, member })));

/** @throws {Error} when nobody of that name has marks. */
function chosen({ marks, only }: Target): Member[] {
  const all = membersOf(marks);
  if (only === undefined) return all;
  const found = all.filter(({ stack, member }) => member === only || stack.stack === only);
  if (found.length > 0) return found;
  throw new Error(
    `--only ${only} has no marks; ${marks.stacks.length} stacks have marks, the first is ${marks.stacks[0]?.stack}`,
  );
}

/** Whose marks one file has. @throws {Error} when they are of people whose points differ. */
function oneOf(target: Target): Member {
  const members = chosen(target);
  const [first] = members;
  if (first === undefined) throw new Error("there are no marks");
  const { stack } = first;
  if (members.some((each) => each.stack !== stack)) {
    throw new Error(
      `${target.output} is one file, and there are marks of ${target.marks.stacks.length} stacks; choose one with --only`,
    );
  }
  if (members.some((each) => markOf(stack, each.member) !== markOf(stack, first.member))) {
    const names = members.map(({ member }) => member).join(", ");
    throw new Error(
      `${target.output} is one file, and the people of ${stack.stack} have marks of their own; choose one with --only: ${names}`,
    );
  }
  return first;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** A file when its name ends in .json, else a folder with a file for each person. */
export function writeGradescope(target: Target): string[] {
  const { output } = target;
  const results = ({ stack, member }: Member) => json(gradescopeResults(stack, markOf(stack, member)));
  if (output.endsWith(".json")) {
    writePrivate(output, results(oneOf(target)));
    return [`Wrote ${output}.`];
  }
  const members = chosen(target);
  mkdirSync(output, { recursive: true });
  for (const each of members) writePrivate(join(output, `${each.member}.json`), results(each));
  return [`Wrote the results of ${plural(members.length, "person", "people")} to ${output}.`];
}

/** One submission, since its runner grades one at a time. */
export function writeClassroom50(target: Target): string[] {
  const submission = submissionOf(process.env);
  const { stack, member } = oneOf(target);
  const scale = scaleOf(target.marks);
  writePrivate(target.output, json(classroom50Result(stack, markOf(stack, member), submission, scale, new Date())));
  const scaled = scale === 1 ? [] : [`Scores are whole numbers there: each point counts ${scale}.`];
  return [`Wrote ${target.output}.`, ...scaled];
}

const list = (names: readonly string[]) => names.join(", ");

/**
 * @param column of the roster to write into.
 * @param format that the roster has to be of; absent: any.
 */
export async function writeColumn(
  target: Target,
  courseFile: string,
  state: string,
  column: string,
  format?: string,
): Promise<string[]> {
  const { roster, mapping, course } = await openCourse(courseFile, state);
  requireCourse(target.marks, course.course);
  const own = roster.table?.header.format;
  if (format !== undefined && own?.name !== format) {
    throw new Error(
      `--format ${format}: ${course.roster} is a roster of ${own?.title}; take --format csv, or a gradebook of Canvas as roster`,
    );
  }
  const of = { ...target.marks, stacks: [...new Set(chosen(target).map(({ stack }) => stack))] };
  const { bytes, written, unmarked, unlisted, excused } = writeGradebook(roster, mapping, of, column);
  writePrivate(target.output, bytes);
  return [
    `Wrote ${plural(written, "mark")} to column ${column} of ${target.output}.`,
    ...(excused.length > 0 ? [`Excused in the roster, left so: ${list(excused)}.`] : []),
    ...(unmarked.length > 0 ? [`In the roster without marks, left as they were: ${list(unmarked)}.`] : []),
    ...(unlisted.length > 0 ? [`With marks and not in the roster: ${list(unlisted)}.`] : []),
  ];
}

function requireCourse({ course }: Marks, own: string): void {
  if (course !== own)
    throw new Error(`the marks belong to course ${course}, the course file to ${own}; give files of the same course`);
}

/** Names for the class's page, from the mapping. */
export async function namesOf(
  marks: Marks,
  courseFile: string,
  state: string,
): Promise<ReadonlyMap<Pseudonym, string>> {
  const { mapping, course } = await openCourse(courseFile, state);
  requireCourse(marks, course.course);
  return new Map(mapping.people.map(({ pseudonym, name, id }) => [pseudonym, name === "" ? id : name]));
}

/** @param names absent: the class's page has pseudonyms only. */
export function writePages(target: Target, names: ReadonlyMap<Pseudonym, string> | undefined): string[] {
  const { marks, output } = target;
  const members = chosen(target);
  mkdirSync(output, { recursive: true });
  for (const { stack, member } of members) {
    writePrivate(join(output, `${member}.html`), studentPage(marks, stack, member));
  }
  const pages = plural(members.length, "page");
  if (target.only !== undefined) return [`Wrote ${pages} to ${output}.`];
  const index = join(output, "index.html");
  writePrivate(index, classPage(marks, { nameOf: names && ((member) => names.get(member)) }));
  return [`Wrote ${pages} to ${output}; ${index} is the class's, for staff only.`];
}
