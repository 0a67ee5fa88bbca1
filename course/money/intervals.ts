/**
 * What of a stack really ran, and when, out of facts.
 *
 *     begin  EC2's launch time; the launch activity's begin for an instance that nobody has seen. Some seconds early: AWS charges
 *            from "running" on
 *     end    the time that EC2 gives for the transition; else the end of the terminating activity; else the first look that
 *            found it ended or missing. All but the first are some seconds late
 *
 * Both sides err towards more, never towards less. An end that nobody has seen has not happened: what is not known to have ended
 * is paid for.
 */

import { grouped } from "../grouped.ts";
import { stands } from "../stands.ts";
import type { StackRecord } from "../types.ts";
import type { ActivityFact, Fact, InstanceFact } from "./facts.ts";

/** Epoch milliseconds; without `to` it is not over. */
export interface Span {
  readonly from: number;
  readonly to?: number;
}

/** An instance from a start to its end. */
export interface Interval extends Span {
  readonly instanceId: string;
  readonly group?: string;
  /** Absent where activities alone tell of it. */
  readonly type?: string;
  readonly spot?: boolean;
}

interface Run {
  from: number;
  to: number | undefined;
  /** EC2 gave the time of the end. */
  exact: boolean;
}

function see(runs: Run[], fact: InstanceFact): void {
  const last = runs.at(-1);
  const known = runs.find(({ from }) => from === fact.launchedAt);
  if (known === undefined && last !== undefined && last.to === undefined) {
    // Started anew: it was stopped at some time between.
    last.to = fact.launchedAt;
  }
  const run = known ?? { from: fact.launchedAt, to: undefined, exact: false };
  if (known === undefined) runs.push(run);
  if (fact.runs) {
    // Whoever took it for missing was wrong: EC2 answers a little late at times.
    run.to = undefined;
    run.exact = false;
  } else if (fact.endedAt !== undefined) {
    run.to = fact.endedAt;
    run.exact = true;
  } else run.to ??= fact.at;
}

function endBy(run: Run | undefined, { what, status, endedAt }: ActivityFact): void {
  if (run === undefined || what !== "terminate" || status !== "done" || endedAt === undefined) return;
  if (run.exact || endedAt < run.from) return;
  run.to = Math.min(run.to ?? endedAt, endedAt);
}

/** Runs of one instance, oldest first. */
function runsOf(
  sightings: readonly (InstanceFact | Extract<Fact, { kind: "missing" }>)[],
  acts: readonly ActivityFact[],
) {
  const runs: Run[] = [];
  for (const fact of sightings) if (fact.kind === "instance") see(runs, fact);
  const launch = acts.find(({ what, status }) => what === "launch" && status !== "failed");
  if (runs.length === 0 && launch !== undefined) runs.push({ from: launch.startedAt, to: undefined, exact: false });
  const last = runs.at(-1);
  // Only a look after the last one that saw it tells that it is gone.
  const seenAt = sightings.findLast(({ kind }) => kind === "instance")?.at ?? 0;
  const missedAt = sightings.find(({ kind, at }) => kind === "missing" && at > seenAt)?.at;
  if (last !== undefined && last.to === undefined && missedAt !== undefined) last.to = missedAt;
  for (const act of acts) endBy(last, act);
  return runs;
}

/** Every run of every instance. @param facts of one stack, in the order of the file. */
export function intervalsOf(facts: readonly Fact[]): Interval[] {
  const sightings = grouped(
    facts.filter((fact) => fact.kind === "instance" || fact.kind === "missing"),
    ({ id }) => id,
  );
  // The last word on each activity counts.
  const activities = [
    ...new Map(facts.filter((fact) => fact.kind === "activity").map((fact) => [fact.id, fact])).values(),
  ];
  const acts = grouped(activities, ({ instanceId }) => instanceId);
  return [...new Set([...sightings.keys(), ...acts.keys()])].flatMap((instanceId) => {
    const own = sightings.get(instanceId) ?? [];
    const deeds = acts.get(instanceId) ?? [];
    const seen = own.findLast((fact) => fact.kind === "instance");
    const group = seen?.group ?? deeds[0]?.group;
    const what = {
      instanceId,
      ...(group === undefined ? {} : { group }),
      ...(seen === undefined ? {} : { type: seen.type, spot: seen.spot }),
    };
    return runsOf(own, deeds).map(({ from, to }) => ({ ...what, from, ...(to === undefined ? {} : { to }) }));
  });
}

/** Instances of which only the end is known: what they cost before cannot be told. */
export function withoutBegin(facts: readonly Fact[]): string[] {
  const begun = new Set(intervalsOf(facts).map(({ instanceId }) => instanceId));
  const ended = facts.flatMap((fact) =>
    fact.kind === "activity" && fact.what === "terminate" && fact.status === "done" ? [fact.instanceId] : [],
  );
  return [...new Set(ended)].filter((id) => !begun.has(id));
}

/**
 * When the stack stood: from the beginning of its creation until it was gone. A stack that failed half way counts as standing, since
 * part of it does.
 *
 * @param history records of the states that it came into, oldest first.
 */
export function standingOf(history: readonly StackRecord[]): Span[] {
  const spans: { from: number; to?: number }[] = [];
  for (const record of history) {
    const open = spans.at(-1);
    const isOpen = open !== undefined && open.to === undefined;
    const since = Date.parse(record.since);
    if (stands(record) && !isOpen) {
      const createdAt = Date.parse(record.createdAt ?? record.since);
      // A creation before the last end was that of the stack before.
      spans.push({ from: createdAt < (open?.to ?? 0) ? since : Math.min(createdAt, since) });
    } else if (!stands(record) && isOpen) open.to = Math.max(open.from, since);
  }
  return spans;
}
