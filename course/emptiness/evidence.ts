/** What looking everywhere has brought. */
import type { Claim, Sought } from "./belonging.ts";
import type { Found, Lister } from "./lister.ts";
import type { Tagged } from "./tagged.ts";

/** A list that did not come to its end. */
export interface Failure {
  readonly service: string;
  readonly kind: string;
  readonly region: string;
  readonly cause: string;
}

/** Region of what is in none, such as a role. */
export const inNoRegion = "global";

/** A resource on a list, whoever's. */
export interface Item extends Found {
  readonly lister: Lister;
  /** Where it is; `inNoRegion` too. */
  readonly region: string;
}

export interface Evidence {
  readonly listers: readonly Lister[];
  readonly sought: Sought;
  /** Regions that were looked in. */
  readonly regions: readonly string[];
  readonly items: readonly Item[];
  readonly tagged: readonly Tagged[];
  readonly failures: readonly Failure[];
}

/** Something of the sought that is there. */
export interface Leftover extends Claim {
  readonly kind: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  /** What removes it, for a shell. */
  readonly command: string;
  /** Place in the order of removal. */
  readonly order: number;
  /** Absent: only the tagging API knows it, and nothing here can remove it. */
  readonly remove?: Found["remove"];
}

/** Something that is named still, although it is gone. */
export interface Echo {
  readonly owner: string;
  readonly kind: string;
  readonly region: string;
  readonly id: string;
  readonly why: string;
}

export interface EmptinessVerdict {
  readonly leftovers: readonly Leftover[];
  readonly echoes: readonly Echo[];
}
