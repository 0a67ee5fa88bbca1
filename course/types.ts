/** What a course's parts say to each other. */

/** `s` and six characters of a–z, 2–9 without look-alikes; a person's only name outside the mapping file. Teams: `t` and six. */
export type Pseudonym = string;

/** One stack of the course: a person's or a team's. */
export interface CourseStack {
  /** Pulumi's stack name and the setting `annofarm:owner`: `<course>-<pseudonym>`, at most 20 characters. */
  readonly name: string;
  readonly section?: string;
  /** People who share it, by pseudonym; one for a stack of a person's own. */
  readonly members: readonly Pseudonym[];
}

/** What a stack is, as the ledger tells it. */
export type StackState = "absent" | "creating" | "up" | "failed" | "frozen" | "destroying" | "gone";

export interface StackRecord {
  readonly stack: string;
  readonly state: StackState;
  /** ISO 8601, UTC: when it came into this state. */
  readonly since: string;
  /** First time that it was up. */
  readonly createdAt?: string;
  readonly expiresAt?: string;
  /** The last failure, until an operation succeeds. */
  readonly failure?: { readonly operation: string; readonly cause: string; readonly at: string };
  /** Sizes before a freeze or a brake, to go back to. */
  readonly sizesBefore?: Readonly<
    Record<string, { readonly min: number; readonly max: number; readonly desired: number }>
  >;
}
