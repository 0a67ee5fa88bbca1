/** Variants as they are declared: each is the program under its configuration, priced by the price table of its region. */
import { costOf } from "../../plan/cost/cost.ts";
import { type PriceTable, readTable } from "../../plan/cost/prices.ts";
import { usageOf } from "../../plan/cost/usage.ts";
import { defaultRegion } from "../../plan/plan.ts";
import type { Plan } from "../../plan/types.ts";
import type { Candidate } from "../../scaling/simulate/compare/compare.ts";
import type { Variant } from "../../scaling/simulate/compare/variants.ts";
import type { Scenario } from "../../scaling/simulate/model.ts";
import { duration, rate } from "../../scaling/simulate/scenario/units.ts";
import type { ProgramOptions } from "../commands/options.ts";
import type { PriceOptions } from "./price-options.ts";

/** What a scenario is under a configuration. */
export type ScenarioUnder = (options: ProgramOptions) => Promise<{ scenario: Scenario; plan: Plan }>;

/** The plan with another warm pool of a group, or with none. */
const withPool = (plan: Plan, urn: string, warmPool: object | undefined): Plan => ({
  ...plan,
  resources: plan.resources.map((each) =>
    each.urn === urn ? { ...each, inputs: { ...each.inputs, warmPool } } : each,
  ),
});

/** USD an hour of a group and of all that belongs to it at one of its bounds, and its size there. */
function atBound(plan: Plan, table: PriceTable, urn: string, size: "min" | "max") {
  const parent = plan.resources.find((resource) => resource.urn === urn)?.parent;
  const { lines, groups } = costOf(plan, table, usageOf(), size);
  const own = lines.filter((line) => line.urn === urn || (parent !== undefined && line.component.includes(parent)));
  return {
    size: groups.find((group) => group.urn === urn)?.mean ?? 0,
    usd: own.reduce((sum, { hourlyUsd }) => sum + hourlyUsd, 0),
  };
}

/**
 * USD of a group and of all that belongs to it: what it costs at its bounds, and linear between; and for each hour that an instance
 * is stopped in its warm pool what that costs. Running instances of a pool count as any other.
 *
 * @param urn of the group.
 */
function costsOf(plan: Plan, table: PriceTable, urn: string): Candidate["cost"] {
  const alone = withPool(plan, urn, undefined);
  const [least, most] = [atBound(alone, table, urn, "min"), atBound(alone, table, urn, "max")];
  const each = most.size === least.size ? 0 : (most.usd - least.usd) / (most.size - least.size);
  const oneStopped = withPool(plan, urn, { poolState: "Stopped", minSize: 1, maxGroupPreparedCapacity: 0 });
  const stopped = atBound(oneStopped, table, urn, "min").usd - least.usd;
  return ({ instanceHours, stoppedHours }, hours) =>
    hours * (least.usd - least.size * each) + instanceHours * each + stoppedHours * stopped;
}

/** @throws {RangeError} when the group's instances have no price: they would be the cheapest. */
function requirePrice({ name }: Variant, plan: Plan, table: PriceTable, urn: string): void {
  const missing = costOf(plan, table, usageOf(), "max").notPriced.find(
    (each) => each.urn === urn && /has no price/.test(each.reason),
  );
  if (missing === undefined) return;
  throw new RangeError(`variant ${name}: ${missing.reason}; annofarm cost --refresh reads it`);
}

/** What an instance type gets through, as it was declared; without declarations all are the scenario's. */
export function atCapacity(scenario: Scenario, type: string, capacity: Readonly<Record<string, string>>): Scenario {
  if (Object.keys(capacity).length === 0) return scenario;
  const given = capacity[type];
  if (given === undefined) {
    const form = scenario.service.kind === "web" ? "40/s" : "'60 s'";
    throw new RangeError(
      `nothing says what an instance of ${type || "the usual type"} gets through: add --capacity ${type || "TYPE"}=${form}`,
    );
  }
  const read = (scenario.service.kind === "web" ? rate : duration).safeParse(given);
  if (!read.success || read.data <= 0) {
    throw new RangeError(`--capacity ${type}=${given}: ${read.error?.issues[0]?.message ?? "it must be above 0"}`);
  }
  const service =
    scenario.service.kind === "web"
      ? { ...scenario.service, rate: read.data }
      : { ...scenario.service, jobSeconds: read.data };
  const said = Object.entries(capacity).map(([name, value]) => `${name} ${value}`);
  const note = `What an instance gets through is declared, and not measured here: ${said.join(", ")}.`;
  return { ...scenario, service, notes: [...(scenario.notes ?? []), note] };
}

export async function candidateOf(
  variant: Variant,
  options: ProgramOptions & Pick<PriceOptions, "capacity">,
  under: ScenarioUnder,
): Promise<Candidate> {
  let declared: Awaited<ReturnType<ScenarioUnder>>;
  try {
    const found = await under({ ...options, config: { ...options.config, ...variant.config } });
    const type = found.plan.config["annofarm:instanceType"] ?? "";
    declared = { ...found, scenario: atCapacity(found.scenario, type, options.capacity) };
  } catch (cause) {
    throw new Error(`variant ${variant.name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const { scenario, plan } = declared;
  const table = await readTable(plan.config["aws:region"] ?? defaultRegion);
  const urn = scenario.plan.groups.find(({ name }) => name === scenario.group)?.urn ?? "";
  if (Object.keys(options.capacity).length > 0) requirePrice(variant, plan, table, urn);
  return { variant, scenario, cost: costsOf(plan, table, urn) };
}
