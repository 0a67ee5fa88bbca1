/**
 * What has happened to the stacks of a course, one event a line of its ledger, and what a stack is by them.
 *
 *     absent ──up──▶ creating ──▶ up ⇄ frozen          gone ──up──▶ creating
 *                       │          │     │
 *                       └▶ failed ◀┴─────┴─down─▶ destroying ──▶ gone
 */
import * as z from "zod";
import type { StackRecord, StackState } from "../types.ts";

export const operations = ["up", "down", "freeze", "unfreeze", "minimum"] as const;
export type StackOperation = (typeof operations)[number];

const size = z.object({ min: z.number(), max: z.number(), desired: z.number() });
export type GroupSize = Readonly<z.output<typeof size>>;

/** ISO 8601, UTC; the stack. */
const of = { at: z.iso.datetime(), stack: z.string() };
const operation = z.enum(operations);

export const eventSchema = z.discriminatedUnion("kind", [
  /**
   * `pid`: of the command. An operation that has begun and has no end was cut off, unless that command still runs. `account`: which
   * one, where accounts forget.
   */
  z.object({ kind: z.literal("begun"), ...of, operation, pid: z.number(), account: z.string().optional() }),
  z.object({
    kind: z.literal("done"),
    ...of,
    operation,
    seconds: z.number(),
    /** `up` only: of the program and the configuration that stand now. */
    fingerprint: z.string().optional(),
  }),
  z.object({ kind: z.literal("failed"), ...of, operation, cause: z.string() }),
  /** Sizes of groups before somebody else's hand is laid on them; by group. */
  z.object({ kind: z.literal("sizes"), ...of, sizes: z.record(z.string(), size) }),
  z.object({ kind: z.literal("lease"), ...of, expiresAt: z.iso.datetime(), why: z.string() }),
]);
export type LedgerEvent = z.output<typeof eventSchema>;

/** A record with what the commands of this folder need besides. */
export interface StackEntry extends StackRecord {
  /** Begun and not ended. */
  readonly underWay?: { readonly operation: StackOperation; readonly since: string; readonly pid: number };
  /** Of the last `up` that came to its end. */
  readonly fingerprint?: string;
  /** Of the last operation. */
  readonly account?: string;
  /** How long each operation took when it was last done. */
  readonly seconds?: Readonly<Partial<Record<StackOperation, number>>>;
}

export function absent(stack: string): StackEntry {
  return { stack, state: "absent", since: new Date(0).toISOString() };
}

/** The state that an operation leads to, as far as it leads to another. */
const whileUnderWay: Partial<Record<StackOperation, (before: StackState) => StackState>> = {
  // What stands stays up while it is changed.
  up: (before) => (before === "up" ? "up" : "creating"),
  down: () => "destroying",
};
const afterwards: Partial<Record<StackOperation, StackState>> = {
  up: "up",
  down: "gone",
  freeze: "frozen",
  unfreeze: "up",
};
/** What failed in the middle stands in part. What was to be resized stands as before. */
const whenFailed: Partial<Record<StackOperation, StackState>> = { up: "failed", down: "failed" };

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function inState(entry: Mutable<StackEntry>, state: StackState | undefined, at: string): void {
  if (state === undefined || state === entry.state) return;
  entry.state = state;
  entry.since = at;
}

function finished(entry: Mutable<StackEntry>, event: Extract<LedgerEvent, { kind: "done" }>): void {
  const { at, operation: what, fingerprint } = event;
  inState(entry, afterwards[what], at);
  delete entry.underWay;
  delete entry.failure;
  entry.seconds = { ...entry.seconds, [what]: event.seconds };
  if (what === "up") {
    entry.createdAt ??= at;
    if (fingerprint !== undefined) entry.fingerprint = fingerprint;
  }
  if (what === "unfreeze" || what === "down") delete entry.sizesBefore;
  if (what === "down") {
    delete entry.createdAt;
    delete entry.expiresAt;
    delete entry.fingerprint;
    delete entry.account;
  }
}

/** What a stack is after one more event. */
export function after(before: StackEntry, event: LedgerEvent): StackEntry {
  const entry: Mutable<StackEntry> = { ...before };
  const { at } = event;
  switch (event.kind) {
    case "begun":
      inState(entry, whileUnderWay[event.operation]?.(entry.state), at);
      entry.underWay = { operation: event.operation, since: at, pid: event.pid };
      if (event.account !== undefined) entry.account = event.account;
      break;
    case "done":
      finished(entry, event);
      break;
    case "failed":
      inState(entry, whenFailed[event.operation], at);
      delete entry.underWay;
      entry.failure = { operation: event.operation, cause: event.cause, at };
      break;
    case "sizes":
      // What was remembered first is what it was before anybody's hand.
      entry.sizesBefore = { ...event.sizes, ...entry.sizesBefore };
      break;
    case "lease":
      entry.expiresAt = event.expiresAt;
  }
  return entry;
}

/** Every stack that the events tell of. */
export function fold(events: Iterable<LedgerEvent>): Map<string, StackEntry> {
  const entries = new Map<string, StackEntry>();
  for (const event of events) {
    entries.set(event.stack, after(entries.get(event.stack) ?? absent(event.stack), event));
  }
  return entries;
}

/** By stack, an entry for each state that it came into, oldest first; what happens within a state changes its entry. */
export function histories(events: Iterable<LedgerEvent>): Map<string, StackEntry[]> {
  const found = new Map<string, StackEntry[]>();
  for (const event of events) {
    const entries = found.get(event.stack) ?? [];
    const before = entries.at(-1) ?? absent(event.stack);
    const entry = after(before, event);
    if (entry.state === before.state) entries.pop();
    entries.push(entry);
    found.set(event.stack, entries);
  }
  return found;
}
