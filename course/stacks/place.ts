/** A course with where its state lies, and what its stacks are. */

import { isAlive } from "../../plan/process/alive.ts";
import { defaultState, type OpenedCourse, openCourse, stateOf } from "../people/open.ts";
import { stands } from "../stands.ts";
import type { CourseStack } from "../types.ts";
import type { StackEntry } from "./events.ts";
import { readLedger } from "./ledger.ts";
import { type Selection, selectStacks, withLeavers } from "./select.ts";
import { type StackStatus, statusOf } from "./status.ts";

export interface CoursePlace {
  /** course.yaml. */
  readonly file: string;
  /** Folder of the courses' states; absent: beside the file. */
  readonly state?: string;
}

export interface PlacedCourse extends OpenedCourse {
  readonly file: string;
  readonly stateDirectory: string;
}

/** @throws {MistakesError} with every mistake of the course file, or of the roster. */
export async function placeCourse({ file, state = defaultState(file) }: CoursePlace): Promise<PlacedCourse> {
  const opened = await openCourse(file, state);
  return { ...opened, file, stateDirectory: stateOf(state, opened.course.course) };
}

/** Those of the course, and those of whoever has left the roster that still stand. */
export function allStacks(stacks: readonly CourseStack[], entries: ReadonlyMap<string, StackEntry>): CourseStack[] {
  const standing = [...entries.values()].filter(stands);
  return withLeavers(
    stacks,
    standing.map(({ stack }) => stack),
  );
}

/** What the stacks are, by the ledger alone. */
export async function courseStatus(options: CoursePlace & Selection): Promise<StackStatus[]> {
  const { stacks, stateDirectory } = await placeCourse(options);
  const entries = readLedger(stateDirectory);
  return statusOf(selectStacks(allStacks(stacks, entries), options), entries, isAlive);
}
