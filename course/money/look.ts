/** One look at the account: what it shows of every stack of a course, written down as facts. */
import { grouped } from "../grouped.ts";
import type { AccountObserver, SeenGroup } from "./account.ts";
import { news } from "./facts.ts";
import type { UsageFiles } from "./usage-files.ts";

const day = 86_400_000;
/** What Auto Scaling keeps of activities. */
const keptMilliseconds = 42 * day;
/**
 * Activities are listed by their begin and read for their end. One that waits in a hook lasts 48 h at most; two hours more are for
 * what comes before and after the hook.
 */
const longestMilliseconds = 50 * 3_600_000;

export interface Look {
  readonly at: number;
  readonly groups: readonly SeenGroup[];
}

/**
 * Looks, and writes down what is new. Activities come first: an instance that they tell of is in EC2's list that is read after them.
 *
 * @param now epoch milliseconds.
 */
export async function lookAround(
  course: string,
  { account, files }: { readonly account: AccountObserver; readonly files: UsageFiles },
  now: number,
): Promise<Look> {
  const since = Math.max(now - keptMilliseconds, (files.lookedAt() ?? 0) - longestMilliseconds);
  const activities = await account.activities(course, since);
  const [instances, groups] = await Promise.all([account.instances(course), account.groups(course)]);
  const actsOf = grouped(activities, ({ owner }) => owner);
  const instancesOf = grouped(instances, ({ owner }) => owner);
  const stacks = new Set([...actsOf.keys(), ...instancesOf.keys(), ...files.stacks()]);
  for (const stack of stacks) {
    const look = {
      at: now,
      instances: instancesOf.get(stack) ?? [],
      activities: actsOf.get(stack) ?? [],
    };
    await files.append(stack, news(files.facts(stack), look));
  }
  await files.looked(now);
  return { at: now, groups };
}
