/** What every stack of the course is, by its ledger. */
import type { CourseStack } from "../types.ts";
import { absent, type StackEntry } from "./events.ts";
import { causeLine, done } from "./progress.ts";
import { durationText } from "./time-left.ts";

export interface StackStatus extends StackEntry {
  readonly section?: string;
  readonly members: readonly string[];
  /** What is under way belongs to a command that has died: the same command goes on with it. */
  readonly cutOff: boolean;
}

export function statusOf(
  stacks: readonly CourseStack[],
  entries: ReadonlyMap<string, StackEntry>,
  lives: (pid: number) => boolean,
): StackStatus[] {
  return stacks.map(({ name, section, members }) => {
    const entry = entries.get(name) ?? absent(name);
    return {
      ...entry,
      ...(section === undefined ? {} : { section }),
      members,
      cutOff: entry.underWay !== undefined && !lives(entry.underWay.pid),
    };
  });
}

function wordsOf({ state, underWay, cutOff, failure }: StackStatus): string {
  if (cutOff) return `${underWay?.operation} was cut off; annofarm course ${underWay?.operation} continues it`;
  if (underWay !== undefined) return `${underWay.operation} is under way`;
  if (failure !== undefined) return `${failure.operation} failed: ${causeLine(failure.cause)}`;
  return state === "up" ? "" : state === "frozen" ? "annofarm course unfreeze restores it" : "";
}

function sinceText({ state, since }: StackEntry, now: Date): string {
  return state === "absent" ? "" : `for ${durationText((now.getTime() - Date.parse(since)) / 1000)}`;
}

/** A line for each, and one for all. */
export function statusText(statuses: readonly StackStatus[], now: Date): string {
  const width = Math.max(0, ...statuses.map(({ stack }) => stack.length));
  const rows = statuses.map((status) => {
    const expires = status.expiresAt === undefined ? "" : `until ${status.expiresAt.slice(0, 16)}Z`;
    const cells = [status.stack.padEnd(width), status.state.padEnd(10), sinceText(status, now).padEnd(14), expires];
    return `${[...cells, wordsOf(status)].filter((cell) => cell !== "").join("  ")}`.trimEnd();
  });
  const counts = new Map<string, number>();
  for (const { state } of statuses) counts.set(state, (counts.get(state) ?? 0) + 1);
  const all = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  return [...rows, `${statuses.length} stacks: ${all || "none"}`, ""].join("\n");
}

/** What a command has done, in a line. */
export function outcomeText(operation: keyof typeof done, counts: Readonly<Record<string, number>>): string {
  const { "nothing to do": idle = 0, failed = 0, stopped = 0, left = 0 } = counts;
  return [
    `${counts.done ?? 0} ${done[operation]}`,
    ...(idle === 0 ? [] : [`${idle} with nothing to do`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(stopped === 0 ? [] : [`${stopped} cut off`]),
    ...(left === 0 ? [] : [`${left} not started`]),
  ].join(", ");
}
