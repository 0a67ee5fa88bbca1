/**
 * Leases: until when a stack may stand. Pure.
 *
 *     a lease ends   `expiresAt` of the ledger, else `lifetime.days` after the stack was first up
 *     by hand        `extend --by`: from its end on, or from now on where it has ended already
 *     by activity    a job sent to the stack keeps it for `lifetime.extendBy` days from then on. A job is what a student has to sign
 *                    in and upload a file for; page views are no activity, since health checks, robots and forgotten browser tabs make
 *                    them, too
 *
 * Where activity cannot be read, nobody knows whether work would be lost: a stack whose lease has ended is then frozen, which costs no
 * data, and destroyed once the answer is there.
 */
import type { Course } from "../course-file/course.ts";
import type { StackRecord } from "../types.ts";

export type Lifetime = Course["lifetime"];

const day = 86_400_000;

/** When the lease ends, epoch milliseconds; `undefined`: never, or nothing stands whose lease could end. */
export function leaseEnd({ state, createdAt, since, expiresAt }: StackRecord, lifetime: Lifetime): number | undefined {
  if (state === "absent" || state === "gone") return undefined;
  if (expiresAt !== undefined) return Date.parse(expiresAt);
  // A creation that failed has no first time; it costs all the same.
  return lifetime === undefined ? undefined : Date.parse(createdAt ?? since) + lifetime.days * day;
}

/** The end of a lease that is extended by hand. @param by milliseconds. @param now epoch milliseconds. */
export function extendedEnd(record: StackRecord, lifetime: Lifetime, by: number, now: number): number {
  return Math.max(leaseEnd(record, lifetime) ?? now, now) + by;
}

/** When a job was last sent, epoch milliseconds; `none`: not within `extendBy` days; `unknown`: it could not be read. */
export type Activity = number | "none" | "unknown";

export interface ExpiryStep {
  readonly stack: string;
  readonly step: "destroy" | "freeze" | "extend";
  /** New end of the lease, of `extend` only; epoch milliseconds. */
  readonly until?: number;
  readonly why: string;
}

export interface ExpiryInput {
  readonly records: readonly StackRecord[];
  readonly lifetime: Lifetime;
  activity(stack: string): Activity;
}

/** What another command has under way is given up after so long; milliseconds. */
export const patience = 3_600_000;

const dayText = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ");

function stepOf(record: StackRecord, { lifetime, activity }: ExpiryInput, now: number): ExpiryStep | undefined {
  const { stack, state, since } = record;
  const end = leaseEnd(record, lifetime);
  if (end === undefined || (state === "destroying" && now - Date.parse(since) < patience)) return undefined;
  const uses = lifetime?.activity === true ? activity(stack) : "none";
  const keptUntil = typeof uses === "number" && lifetime !== undefined ? uses + lifetime.extendBy * day : end;
  if (keptUntil > end && keptUntil > now) {
    const why = `a job was sent ${dayText(uses as number)}`;
    return { stack, step: "extend", until: keptUntil, why };
  }
  if (end > now) return undefined;
  const why = `its lease ended ${dayText(end)}`;
  if (uses !== "unknown") return { stack, step: "destroy", why };
  if (state === "frozen") return undefined;
  return { stack, step: "freeze", why: `${why}, and whether it is used could not be read` };
}

/** What is to be done with each lease now, stacks in their order. A stack that is in order is not among them. */
export function expiryOf(input: ExpiryInput, now: number): ExpiryStep[] {
  return input.records.flatMap((record) => stepOf(record, input, now) ?? []);
}
