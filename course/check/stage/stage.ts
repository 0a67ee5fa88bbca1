/** What checks work with: the service's address, the people who use it, and what may be asked about it. */
import type { Plan } from "../../../plan/types.ts";
import type { Recorder } from "../evidence/recorder.ts";
import type { Api } from "./api.ts";
import type { Aws } from "./aws.ts";
import type { Need } from "./needs.ts";
import type { Person } from "./person.ts";
import type { Mailbox } from "./runner.ts";
import { until, type Waiting } from "./until.ts";

export type Role = "free" | "premium";

/** What a load test has found, as `annofarm loadtest` writes it. */
export interface LoadReport {
  readonly verdicts: readonly { readonly what: string; readonly verdict: string; readonly detail: string }[];
  readonly groups: readonly { readonly name: string; readonly most: number; readonly last: number }[];
  readonly activities: readonly { readonly group: string; readonly cause: string }[];
}

export interface LoadRequest {
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly expectations: readonly string[];
  readonly after: string;
}

/** What a target is; what it cannot offer is absent. */
export interface Target {
  /** Origin of the service. */
  readonly url: string;
  /** Seconds of AWS's time in one second. */
  readonly speed: number;
  /** What of the needs there is not, and why, in words for staff. */
  readonly lacks: ReadonlyMap<Need, string>;
  /** Why it does not run at all: every item that needs more than the declaration fails of it. */
  readonly broken?: string;
  /** What the program declares. */
  readonly plan?: () => Promise<Plan>;
  readonly aws?: Aws;
  readonly mailbox?: Mailbox;
  /** Somebody of this role, signed in. */
  readonly person?: (role: Role) => Promise<{ person: Person; userId: string; email: string }>;
  /** A program of somebody of this role. */
  readonly api?: (role: Role) => Promise<Api>;
  /** Ends machines at once. */
  readonly terminate?: (instanceIds: readonly string[]) => Promise<void>;
  /** Errors that its services have logged last, a line each. */
  readonly logs?: () => Promise<readonly string[]>;
  readonly load?: (request: LoadRequest) => Promise<LoadReport>;
  readonly close: () => Promise<void>;
}

type Offered<K extends keyof Target> = NonNullable<Target[K]>;

export interface Stage {
  readonly url: string;
  readonly speed: number;
  readonly evidence: Recorder;
  readonly signal: AbortSignal;
  /** @throws {Error} when the target does not offer it. */
  get<K extends "plan" | "aws" | "mailbox" | "person" | "api" | "terminate" | "load">(facet: K): Offered<K>;
  /** Something that several items look at, made by the first that asks. */
  once<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Waits for what takes so many seconds of the wall clock at most. */
  until<Found>(what: string, seconds: number, look: Parameters<typeof until<Found>>[2]): Promise<Found>;
  /** Wall-clock seconds of a time of AWS's: that of restores, alarms, cooldowns. */
  wall(awsSeconds: number): number;
}

/** Starting processes takes the wall clock's time, whatever AWS's clock says. */
const leastSeconds = 60;

export function createStage(target: Target, evidence: Recorder, signal: AbortSignal): Stage {
  const made = new Map<string, Promise<unknown>>();
  return {
    url: target.url,
    speed: target.speed,
    evidence,
    signal,
    get(facet) {
      const found = target[facet];
      if (found === undefined) throw new Error(`this target offers no ${facet}`);
      return found as never;
    },
    once<T>(name: string, make: () => Promise<T>) {
      const known = made.get(name) as Promise<T> | undefined;
      if (known !== undefined) return known;
      const begun = make();
      begun.catch(() => {}); // told by each item that asks
      made.set(name, begun);
      return begun;
    },
    until(what, seconds, look) {
      const waiting: Waiting = { seconds, signal };
      return until(what, waiting, look);
    },
    wall: (awsSeconds) => awsSeconds / target.speed + leastSeconds,
  };
}
