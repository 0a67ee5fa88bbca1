/** Reads the plan and the price table, prices both the declaration and its alternatives. */
import { costOf } from "../../plan/cost/cost.ts";
import { type Alternative, dominantOf } from "../../plan/cost/dominant.ts";
import { ageWarning, type PriceTable, readTable } from "../../plan/cost/prices.ts";
import { hoursPerMonth, type UsageKey, usageOf } from "../../plan/cost/usage.ts";
import { defaultRegion, readPlan } from "../../plan/plan.ts";
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

/** Programs are run two at a time: each is a process of its own. */
const atATime = 2;

async function planAlternatives(
  alternatives: readonly Alternative[],
  options: ReportOptions,
  read: typeof readPlan,
): Promise<{ alternative: Alternative; plan: Plan }[]> {
  const left = [...alternatives];
  const found: { alternative: Alternative; plan: Plan }[] = [];
  async function worker(): Promise<void> {
    for (let alternative = left.shift(); alternative !== undefined; alternative = left.shift()) {
      const config = { ...options.config, [alternative.key]: alternative.value };
      // A change that the program refuses is none; what it prints has been seen once.
      const plan = await read({ ...options, config, onOutput: () => {} }).catch(() => undefined);
      if (plan !== undefined) found.push({ alternative, plan });
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker));
  return found.sort((a, b) => alternatives.indexOf(a.alternative) - alternatives.indexOf(b.alternative));
}

/** @throws {UsageError} and what a program, a stack's file or a price table may be at fault in; before any program runs, if it can. */
export async function reportCost(options: ReportOptions, read: typeof readPlan = readPlan): Promise<Report> {
  const usage = usageOf(options.usage);
  const region = options.region ?? (await stackRegion(options));
  const table = await readTable(region, options.prices);
  const price = (plan: Plan, hours = usage.upHours) => costOf(plan, table, { ...usage, upHours: hours }, options.at);

  const plan = await read(options);
  const cost = price(plan);
  const alternatives = options.levers ? alternativesTo(plan, cost, table) : [];
  const priced = (await planAlternatives(alternatives, options, read)).map((each) => ({
    ...each,
    cost: price(each.plan),
  }));
  const newest = table.sources
    .map(({ asOf }) => asOf)
    .sort()
    .at(-1);
  const warning = ageWarning(table, options.today ?? new Date().toISOString().slice(0, 10));
  return {
    plan,
    region,
    table,
    pricesOf: newest === table.date ? table.date : `${table.date} to ${newest}`,
    cost,
    dominant: dominantOf({ plan, cost }, priced),
    stacks: options.stacks,
    months: options.months,
    ...(usage.upHours < hoursPerMonth ? { fullMonthlyUsd: price(plan, hoursPerMonth).monthlyUsd } : {}),
    ...(warning === undefined ? {} : { warning }),
  };
}
