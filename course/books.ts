/** What money and lifetime need of a course: whoever has its file, its ledger and its engine gives it. */
import type { Course } from "./course-file/course.ts";
import type { Operations } from "./operations.ts";
import type { Declaration } from "./plan/declaration.ts";
import type { StackRecord } from "./types.ts";

/** Stack → its records, oldest first: one for each state that it came into, the last one as it is now. */
export type Histories = ReadonlyMap<string, readonly StackRecord[]>;

export interface Books {
  readonly course: Pick<Course, "course" | "region" | "budgets" | "lifetime" | "mail">;
  /** `.annofarm/course/<course>`. */
  readonly directory: string;
  /** Stacks that hold what the others share, such as a network: they cost, and neither a brake nor a lease touches them. */
  readonly shared: readonly string[];
  /** As the ledgers have them now, those of `shared` too; they may be asked while another command has the course. */
  histories(): Promise<Histories>;
  /** As it is deployed. */
  declaration(): Promise<Declaration>;
  readonly operations: Operations;
  close(): Promise<void>;
}

/** Records as they are now, of stacks that are somebody's. */
export function recordsNow(histories: Histories, shared: readonly string[]): StackRecord[] {
  return [...histories.values()]
    .flatMap((history) => history.at(-1) ?? [])
    .filter(({ stack }) => !shared.includes(stack));
}
