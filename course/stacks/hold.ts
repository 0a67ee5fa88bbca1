/**
 * Sizes of a stack's groups taken down and put back by a command that has the ledger. What they were is in it before anything is
 * changed, so that whatever is cut off, the way back is known; every step may be done again.
 */
import { type Group, type Groups, groupsOfStack } from "./groups.ts";
import type { Ledger } from "./ledger.ts";
import { freezeGroups, type SizesBefore, shrinkGroups, thawGroups } from "./sizes.ts";

export interface HoldOptions {
  readonly ledger: Ledger;
  readonly groups: Groups;
  /** What stands in the account: `groups.list()`. */
  readonly all: readonly Group[];
  readonly now: () => Date;
}

const holdBy = (change: typeof freezeGroups) => (stack: string, options: HoldOptions) => {
  const { ledger, groups, all, now } = options;
  const remember = async (sizes: SizesBefore) => {
    ledger.add({ kind: "sizes", at: now().toISOString(), stack, sizes });
  };
  return change(groupsOfStack(stack, all), { control: groups, before: ledger.of(stack).sizesBefore ?? {}, remember });
};

/** Every group to nothing, and held there. */
export const freeze = holdBy(freezeGroups);

/** Every group to its minimum, and held there. */
export const minimum = holdBy(shrinkGroups);

/**
 * Every group to the size that it had before somebody held it. A group that is gone, or came since, is left as it is.
 *
 * @throws {Error} when nothing is remembered.
 */
export async function release(stack: string, { ledger, groups, all }: HoldOptions): Promise<void> {
  const before = ledger.of(stack).sizesBefore;
  if (before === undefined) {
    throw new Error(
      `of ${stack} no sizes are remembered; annofarm course up --only ${stack} --again makes them as declared`,
    );
  }
  await thawGroups(stack, groupsOfStack(stack, all), groups, before);
}
