/** Reads the plan and the price table, prices both the declaration and its alternatives. */
import { type Cost, costOf } from "../../plan/cost/cost.ts";
import { type Alternative, dominantOf, sharesOf } from "../../plan/cost/dominant.ts";
import { ageWarning, datesOf, type PriceTable, readTable } from "../../plan/cost/prices.ts";
import { hoursPerMonth, type Usage, type UsageKey, usageFields, usageOf } from "../../plan/cost/usage.ts";
import { defaultRegion, type ReadPlan, withPlans } from "../../plan/plan.ts";
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Plan } from "../../plan/types.ts";
import type { CostReport } from "../../plan/views/cost.ts";
import { alternativesTo } from "./alternatives.ts";

export interface StackOptions {
  readonly directory: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
}

export interface ReportOptions extends StackOptions {
  readonly at: "min" | "max" | "expected";
  readonly usage: Readonly<Partial<Record<UsageKey, number>>>;
  readonly stacks: number;
  readonly months: number;
  readonly levers: boolean;
  readonly region?: string;
  /** Where the price tables are. @default those of plan/cost/prices */
  readonly prices?: string;
  /** `YYYY-MM-DD`. @default today */
  readonly today?: string;
}

export interface Report extends CostReport {
  readonly table: PriceTable;
  readonly warning?: string;
}

export async function stackRegion({ directory, stack, config }: StackOptions): Promise<string> {
  const { values } = await readStackConfig(directory, stack, config);
  return values["aws:region"] ?? defaultRegion;
}

/** Numbers of the use that are habits rather than the load itself. */
const habits = ["downloads", "resultRatio", "responseBytes", "keptMonths", "restores"] as const satisfies UsageKey[];

/** The same plan, used half as much, when usage is among what costs most. */
function otherUses(plan: Plan, cost: Cost, price: (usage: Usage) => Cost) {
  if (
    !sharesOf(plan, cost)
      .slice(0, 3)
      .some(({ basis }) => basis === "usage")
  )
    return [];
  return habits.map((key) => {
    const half = cost.usage[key] / 2;
    const alternative = { key: usageFields[key].flag, value: String(half) };
    return { alternative, plan, cost: price({ ...cost.usage, [key]: half }) };
  });
}

async function planAlternatives(
  alternatives: readonly Alternative[],
  options: ReportOptions,
  read: ReadPlan,
): Promise<{ alternative: Alternative; plan: Plan }[]> {
  const found: { alternative: Alternative; plan: Plan }[] = [];
  for (const alternative of alternatives) {
    const config = { ...options.config, [alternative.key]: alternative.value };
    // A change that the program refuses is none; what it prints has been seen once.
    const plan = await read({ ...options, config, onOutput: () => {} }).catch(() => undefined);
    if (plan !== undefined) found.push({ alternative, plan });
  }
  return found;
}

/** @throws {UsageError} and what a program, a stack's file or a price table may be at fault in; before any program runs, if it can. */
export function reportCost(options: ReportOptions, read?: ReadPlan): Promise<Report> {
  return read === undefined ? withPlans((one) => reportBy(options, one)) : reportBy(options, read);
}

async function reportBy(options: ReportOptions, read: ReadPlan): Promise<Report> {
  const usage = usageOf(options.usage);
  const region = options.region ?? (await stackRegion(options));
  const table = await readTable(region, options.prices);
  const price = (plan: Plan, by = usage) => costOf(plan, table, by, options.at);

  const plan = await read(options);
  const cost = price(plan);
  const alternatives = options.levers ? alternativesTo(plan, cost, table) : [];
  const priced = (await planAlternatives(alternatives, options, read)).map((each) => ({
    ...each,
    cost: price(each.plan),
  }));
  const uses = options.levers ? otherUses(plan, cost, (by) => price(plan, by)) : [];
  const warning = ageWarning(table, options.today ?? new Date().toISOString().slice(0, 10));
  return {
    plan,
    region,
    table,
    pricesOf: datesOf(table),
    cost,
    dominant: dominantOf({ plan, cost }, [...priced, ...uses]),
    stacks: options.stacks,
    months: options.months,
    ...(usage.upHours < hoursPerMonth
      ? { fullMonthlyUsd: price(plan, { ...usage, upHours: hoursPerMonth }).monthlyUsd }
      : {}),
    ...(warning === undefined ? {} : { warning }),
  };
}
