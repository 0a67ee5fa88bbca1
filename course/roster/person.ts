/** What a roster says of a person. Staff's eyes only: nothing of it leaves the mapping file but under the person's pseudonym. */

/** One entry of the roster. */
export interface Person {
  /** As the roster has it: an account's name, a student number. */
  readonly id: string;
  /** `""` where the roster has none. */
  readonly name: string;
  readonly email?: string;
  readonly section?: string;
  /** Name of the team whose stack they share. */
  readonly team?: string;
  /**
   * What tells the person from all others, each with its kind: `mail:ada@example.edu`. Rosters of one course share some, so that a
   * person stays the same when an account's name is added, or another service's roster is taken.
   */
  readonly keys: readonly string[];
  readonly line: number;
}

/** Names of teams that differ in case or space only are one team. */
export const teamKey = (team: string): string => team.trim().replace(/\s+/g, " ").toLowerCase();
