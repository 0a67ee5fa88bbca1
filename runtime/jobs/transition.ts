/**
 * A transition is data: under which condition which attributes change. The DynamoDB adapter turns it into one conditional
 * write, the in-memory store evaluates it; both must agree, and a test holds them to it.
 */
import type { Job } from "../contract/job.ts";

/** One test of one attribute. `before`/`after` compare numbers strictly; both are false for an absent attribute. */
export type Condition =
  | { readonly attribute: keyof Job; readonly is: "absent" | "present" }
  | { readonly attribute: keyof Job; readonly is: "equal" | "different"; readonly to: string | number }
  | { readonly attribute: keyof Job; readonly is: "before" | "after"; readonly to: number };

/**
 * `when`: alternatives; each is a list of conditions that must all hold. The item must exist in any case.
 * `add`: attribute counters incremented (absent counts as 0).
 */
export interface Transition {
  /** For logs and errors: `claim`, `complete`, … */
  readonly name: string;
  readonly when: readonly (readonly Condition[])[];
  readonly set: Partial<Job>;
  readonly remove?: readonly (keyof Job)[];
  readonly add?: Partial<Record<"attempts" | "faults" | "requests", number>>;
}

function holds(condition: Condition, job: Job): boolean {
  const value = job[condition.attribute];
  switch (condition.is) {
    case "absent":
      return value === undefined;
    case "present":
      return value !== undefined;
    case "equal":
      return value === condition.to;
    // As in DynamoDB, where `<>` against a missing attribute is true.
    case "different":
      return value !== condition.to;
    case "before":
      return typeof value === "number" && value < condition.to;
    case "after":
      return typeof value === "number" && value > condition.to;
  }
}

/** Whether the transition may be applied to this item. */
export function allows(transition: Transition, job: Job): boolean {
  return transition.when.some((all) => all.every((condition) => holds(condition, job)));
}

/** The item after the transition. Pure; does not check `when`. */
export function applied(transition: Transition, job: Job): Job {
  const next: Record<string, unknown> = { ...job };
  // An attribute explicitly set to undefined is left as it was, as the SDK's marshaller would.
  for (const [name, value] of Object.entries(transition.set)) if (value !== undefined) next[name] = value;
  for (const name of transition.remove ?? []) delete next[name];
  for (const [name, by] of Object.entries(transition.add ?? {})) next[name] = ((next[name] as number) ?? 0) + by;
  return next as Job;
}
