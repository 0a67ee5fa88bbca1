/** What a class costs: its stacks, and what they share, in a month, an hour and a term. */
import { costOf } from "../../plan/cost/cost.ts";
import type { PriceTable } from "../../plan/cost/prices.ts";
import { hoursPerMonth, type Usage } from "../../plan/cost/usage.ts";
import type { Plan } from "../../plan/types.ts";

/** USD of all stacks and what they share, together. */
interface ClassCost {
  readonly hour: number;
  readonly month: number;
  readonly term: number;
}

export interface ClassCosts {
  /** Every group at its minimum, whatever the load. */
  readonly min: ClassCost;
  /** As the scaling policies hold the groups under the declared use. */
  readonly expected: ClassCost;
  /** USD a month of one stack alone, as expected. */
  readonly stackMonth: number;
  /** USD a month of what is shared, as expected. */
  readonly sharedMonth: number;
  /** What has no price here, by reason; each once. */
  readonly notPriced: readonly string[];
}

export interface Priced {
  readonly stack: Plan;
  readonly shared: Plan | undefined;
  readonly stacks: number;
}

/** Hours of so many weeks. */
const hoursOf = (weeks: number) => weeks * 7 * 24;

/** Use of what so many stacks share. @param usage of one of them. */
export const usageOfAll = (usage: Usage, stacks: number): Usage => ({
  ...usage,
  jobs: usage.jobs * stacks,
  requests: usage.requests * stacks,
});

/** Costs of a class whose stacks are alike. `usage` is that of one stack; what is shared carries the load of all. */
export function classCosts(
  { stack, shared, stacks }: Priced,
  table: Pick<PriceTable, "region" | "prices">,
  usage: Usage,
  weeks: number,
): ClassCosts {
  const ofAll = usageOfAll(usage, stacks);
  const at = (size: "min" | "expected") => ({
    each: costOf(stack, table, usage, size),
    once: shared && costOf(shared, table, ofAll, size),
  });
  const [min, expected] = [at("min"), at("expected")];
  const sum = ({ each, once }: ReturnType<typeof at>): ClassCost => {
    const month = each.monthlyUsd * stacks + (once?.monthlyUsd ?? 0);
    const hour = each.hourlyUsd * stacks + (once?.hourlyUsd ?? 0);
    return { hour, month, term: (month * hoursOf(weeks)) / hoursPerMonth };
  };
  const notPriced = [...expected.each.notPriced, ...(expected.once?.notPriced ?? [])].map(({ reason }) => reason);
  return {
    min: sum(min),
    expected: sum(expected),
    stackMonth: expected.each.monthlyUsd,
    sharedMonth: expected.once?.monthlyUsd ?? 0,
    notPriced: [...new Set(notPriced)],
  };
}
