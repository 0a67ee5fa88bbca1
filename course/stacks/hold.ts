/**
 * Sizes of a stack's groups taken down and put back. What they were is in the ledger before anything is changed, so that whatever is
 * cut off, the way back is known; every step may be done again.
 */
import type { GroupSize } from "./events.ts";
import { type Group, type Groups, groupsOfStack } from "./groups.ts";
import type { Ledger } from "./ledger.ts";

export interface HoldOptions {
  readonly ledger: Ledger;
  readonly groups: Groups;
  /** What stands in the account: `groups.list()`. */
  readonly all: readonly Group[];
  readonly now: () => Date;
}

type Sizes = Readonly<Record<string, GroupSize>>;

const sizeOf = ({ min, max, desired }: GroupSize): GroupSize => ({ min, max, desired });

/** Changes the sizes to `held`, and keeps scheduled actions from changing them again. */
async function hold(stack: string, options: HoldOptions, held: (now: GroupSize) => GroupSize): Promise<void> {
  const { ledger, groups, all, now } = options;
  const own = groupsOfStack(stack, all);
  const sizes = Object.fromEntries(own.map((group) => [group.name, sizeOf(group)]));
  ledger.add({ kind: "sizes", at: now().toISOString(), stack, sizes });
  for (const group of own) {
    await groups.schedule(group.name, false);
    await groups.resize(group.name, held(sizeOf(group)));
  }
}

/** Every group to nothing, and held there. */
export function freeze(stack: string, options: HoldOptions): Promise<void> {
  return hold(stack, options, () => ({ min: 0, max: 0, desired: 0 }));
}

/** Every group to its minimum, and held there. */
export function minimum(stack: string, options: HoldOptions): Promise<void> {
  return hold(stack, options, ({ min }) => ({ min, max: min, desired: min }));
}

/**
 * Every group to the size that it had before somebody held it. A group that is gone, or came since, is left as it is.
 *
 * @throws {Error} when nothing is remembered.
 */
export async function release(stack: string, { ledger, groups, all }: HoldOptions): Promise<void> {
  const before: Sizes | undefined = ledger.of(stack).sizesBefore;
  if (before === undefined) {
    throw new Error(
      `of ${stack} no sizes are remembered; annofarm course up --only ${stack} --again makes them as declared`,
    );
  }
  for (const { name } of groupsOfStack(stack, all)) {
    const size = before[name];
    if (size === undefined) continue;
    await groups.resize(name, size);
    await groups.schedule(name, true);
  }
}
