/**
 * Freezing, thawing and holding the groups of a stack: what to ask of Auto Scaling, and in which order.
 *
 *     freeze    remember the sizes · suspend whatever makes groups grow · lift the protection of workers · 0 / 0 / 0
 *     minimum   remember the sizes · suspend what changes sizes · min / min / min
 *     unfreeze  the sizes from before, or what somebody has since made larger · resume
 *
 * Processes are suspended first, so that nothing grows between two calls, and sizes are remembered before anything changes, so that a
 * command that dies half way can be repeated: it finds the sizes remembered and goes on.
 */
import type { StackRecord } from "../types.ts";
import type { GroupSize } from "./events.ts";
import type { Group, Groups } from "./groups.ts";

/** Sizes by group. */
export type SizesBefore = NonNullable<StackRecord["sizesBefore"]>;

/** What is asked of Auto Scaling. */
export type GroupControl = Pick<Groups, "resize" | "suspend" | "resume" | "unshield">;

/** What changes a group's sizes by itself. */
const sizeProcesses = ["AlarmNotification", "ScheduledActions"] as const;
/** And what starts an instance: for a frozen group there is no reason to. */
const growthProcesses = [...sizeProcesses, "Launch"] as const;

const nothing: GroupSize = { min: 0, max: 0, desired: 0 };
const sizesOf = ({ min, max, desired }: Group): GroupSize => ({ min, max, desired });
const same = (a: GroupSize, b: GroupSize) => a.min === b.min && a.max === b.max && a.desired === b.desired;

/** Whether a frozen group can hold or start an instance all the same. */
export function isLoose(group: Group): boolean {
  const isHeld = growthProcesses.every((name) => group.suspended.includes(name));
  return !isHeld || !same(sizesOf(group), nothing) || group.shielded.length > 0;
}

/** What was remembered stays: a second freeze would remember nothing but zeros. */
function remembered(groups: readonly Group[], before: SizesBefore): SizesBefore {
  const news = groups.filter(({ name, max }) => before[name] === undefined && max > 0);
  return { ...before, ...Object.fromEntries(news.map((group) => [group.name, sizesOf(group)])) };
}

export interface HoldOptions {
  readonly control: GroupControl;
  /** GroupSize that are remembered already. */
  readonly before: SizesBefore;
  /** Keeps all of them; resolves when they are on disk. */
  remember(sizes: SizesBefore): Promise<void>;
}

async function hold(
  groups: readonly Group[],
  { control, before, remember }: HoldOptions,
  processes: readonly string[],
  to: (group: Group) => GroupSize,
): Promise<void> {
  const sizes = remembered(groups, before);
  if (Object.keys(sizes).length !== Object.keys(before).length) await remember(sizes);
  for (const group of groups) {
    const missing = processes.filter((name) => !group.suspended.includes(name));
    if (missing.length > 0) await control.suspend(group.name, missing);
    if (!same(sizesOf(group), to(group))) await control.resize(group.name, to(group));
  }
}

/** Nothing of the groups of a stack runs on, and nothing starts. */
export async function freezeGroups(groups: readonly Group[], options: HoldOptions): Promise<void> {
  await hold(groups, options, growthProcesses, () => nothing);
  for (const { name, shielded } of groups) if (shielded.length > 0) await options.control.unshield(name, shielded);
}

/** Every group has its least size and keeps it. Instances that fail are replaced; workers finish their jobs before they go. */
export async function shrinkGroups(groups: readonly Group[], options: HoldOptions): Promise<void> {
  await hold(groups, options, sizeProcesses, ({ min }) => ({ min, max: min, desired: min }));
}

/** Neither smaller than it was, nor smaller than somebody has made it since. */
const largerOf = (a: GroupSize, b: GroupSize): GroupSize => ({
  min: Math.max(a.min, b.min),
  max: Math.max(a.max, b.max),
  desired: Math.max(a.desired, b.desired, a.min, b.min),
});

/**
 * Puts the sizes back and lets the groups scale again.
 *
 * @throws {Error} naming groups that are at nothing and whose sizes nobody has remembered; all others are back by then.
 */
export async function thawGroups(
  stack: string,
  groups: readonly Group[],
  control: GroupControl,
  before: SizesBefore,
): Promise<void> {
  const forgotten: string[] = [];
  for (const group of groups) {
    const old = before[group.name];
    if (old === undefined && group.max === 0) forgotten.push(group.name);
    if (old !== undefined) {
      const sizes = largerOf(old, sizesOf(group));
      if (!same(sizesOf(group), sizes)) await control.resize(group.name, sizes);
    }
    const held = growthProcesses.filter((name) => group.suspended.includes(name));
    if (held.length > 0) await control.resume(group.name, held);
  }
  if (forgotten.length === 0) return;
  throw new Error(
    `${forgotten.join(", ")}: at 0 instances, and the ledger has no size from before; ` +
      `annofarm course up --only ${stack} --again makes them as declared`,
  );
}
