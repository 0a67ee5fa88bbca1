/** Course file and roster → people and stacks: what every command of a course begins with. */
import { dirname, join, resolve } from "node:path";
import type { Course } from "../course-file/course.ts";
import { readCourse } from "../course-file/read.ts";
import { inOrder, type Mistake, MistakesError } from "../mistakes.ts";
import { type Roster, readRoster } from "../roster/read.ts";
import type { CourseStack } from "../types.ts";
import { joinPeople, type Mapping } from "./mapping.ts";
import { readMapping, updateMapping } from "./mapping-file.ts";
import { stacksOf } from "./stacks.ts";

/** Where the state of courses lies when no option says otherwise: beside the course file, whatever the working directory. */
export const defaultState = (courseFile: string): string => resolve(dirname(courseFile), ".annofarm", "course");

/** The folder of one course's state. */
export const stateOf = (state: string, course: string): string => resolve(state, course);

const mappingFile = (state: string, course: string) => join(stateOf(state, course), "people.json");

export interface OpenedCourse {
  readonly course: Course;
  readonly roster: Roster;
  readonly mapping: Mapping;
  readonly stacks: readonly CourseStack[];
}

export interface CheckedCourse extends OpenedCourse {
  /** Of the roster; the mapping then is what it was before. */
  readonly mistakes: readonly Mistake[];
}

/**
 * Reads everything and gives new people their pseudonyms, unless the roster has mistakes: then nothing is written, and they are part of
 * the answer.
 *
 * @param state folder of the courses' states.
 * @throws {MistakesError} with those of the course file.
 */
export async function checkCourse(courseFile: string, state: string): Promise<CheckedCourse> {
  const course = await readCourse(courseFile);
  const roster = await readRoster(course.roster);
  const file = mappingFile(state, course.course);
  if (roster.mistakes.length > 0) {
    return { course, roster, mapping: readMapping(file, course.course), stacks: [], mistakes: roster.mistakes };
  }
  let mistakes: readonly Mistake[] = [];
  const mapping = await updateMapping(file, course.course, (before) => {
    const joined = joinPeople(before, roster.people);
    mistakes = inOrder(joined.mistakes);
    const same = JSON.stringify(joined.mapping) === JSON.stringify(before);
    return mistakes.length > 0 || same ? before : joined.mapping;
  });
  return { course, roster, mapping, stacks: mistakes.length > 0 ? [] : stacksOf(mapping), mistakes };
}

/** @throws {MistakesError} with every mistake of the course file, or of the roster. */
export async function openCourse(courseFile: string, state: string): Promise<OpenedCourse> {
  const { mistakes, ...opened } = await checkCourse(courseFile, state);
  if (mistakes.length > 0) throw new MistakesError(opened.course.roster, mistakes);
  return opened;
}
