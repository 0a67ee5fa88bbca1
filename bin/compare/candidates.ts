/** Variants as they are declared: each is the program under its configuration, priced by the price table of its region. */
import { costOf } from "../../plan/cost/cost.ts";
import { type PriceTable, readTable } from "../../plan/cost/prices.ts";
import { usageOf } from "../../plan/cost/usage.ts";
import { defaultRegion } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { Candidate } from "../../scaling/simulate/compare/compare.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { ProgramOptions } from "../commands/options.ts";

/** What a scenario is under a configuration. */
export type ScenarioUnder = (options: ProgramOptions) => Promise<{ scenario: Scenario; plan: Plan }>;

/**
 * USD an hour of a group and of all that belongs to it, by its size: what it costs at its bounds, and linear between.
 *
 * @param urn of the group.
 */
function hourlyOf(plan: Plan, table: PriceTable, urn: string): (size: number) => number {
  const parent = plan.resources.find((resource) => resource.urn === urn)?.parent;
  const at = (size: "min" | "max") => {
    const { lines, groups } = costOf(plan, table, usageOf(), size);
    const own = lines.filter((line) => line.urn === urn || (parent !== undefined && line.component.includes(parent)));
    return {
      size: groups.find((group) => group.urn === urn)?.mean ?? 0,
      usd: own.reduce((sum, { hourlyUsd }) => sum + hourlyUsd, 0),
    };
  };
  const [least, most] = [at("min"), at("max")];
  const each = most.size === least.size ? 0 : (most.usd - least.usd) / (most.size - least.size);
  return (size) => least.usd + (size - least.size) * each;
}

export async function candidateOf(variant: Variant, options: ProgramOptions, under: ScenarioUnder): Promise<Candidate> {
  let declared: Awaited<ReturnType<ScenarioUnder>>;
  try {
    declared = await under({ ...options, config: { ...options.config, ...variant.config } });
  } catch (cause) {
    throw new Error(`variant ${variant.name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const { scenario, plan } = declared;
  const table = await readTable(plan.config["aws:region"] ?? defaultRegion);
  const urn = scenario.plan.groups.find(({ name }) => name === scenario.group)?.urn ?? "";
  const hourly = hourlyOf(plan, table, urn);
  return { variant, scenario, cost: (meanSize, hours) => hours * hourly(meanSize) };
}
