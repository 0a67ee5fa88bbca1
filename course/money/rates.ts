/**
 * What a declaration costs an hour, part by part: what stands, what comes with each instance, what depends on use. The prices and
 * the rules are those of `annofarm cost`; here they are asked for a declaration with a given number of instances.
 */
import { instanceKey } from "../../plan/cost/catalog.ts";
import { type Cost, type CostLine, costOf } from "../../plan/cost/cost.ts";
import type { PriceTable } from "../../plan/cost/prices.ts";
import type { Usage } from "../../plan/cost/usage.ts";
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { usageOfAll } from "../plan/cost.ts";
import type { Declaration } from "../plan/declaration.ts";

/** All in USD an hour. */
export interface Rates {
  /** Balancers, addresses, gateways, alarms, dashboards …: while the stack stands. */
  readonly fixed: number;
  /** Requests, messages, storage …: an estimate, spread over the hours for which the stack stands. */
  readonly estimated: number;
  /** By the group's name without the owner before it: `-web`. */
  readonly groups: ReadonlyMap<string, GroupRate>;
  /** `undefined`: the table has no price of this type. */
  instance(type: string, spot: boolean): number | undefined;
  /** What costs something and is not counted, and what is estimated. */
  readonly leftOut: readonly string[];
}

/** Of a course. */
export interface CourseRates {
  /** Of each stack. */
  readonly each: Rates;
  /** Of what the stacks share. */
  readonly shared: Rates;
}

interface GroupRate {
  /** Type that an instance is taken for when nobody has seen it; `undefined`: the declaration does not say. */
  readonly instanceType: string | undefined;
  /** Disk, address, polling, logs …: of one instance, without the instance itself; USD an hour. */
  readonly besides: number;
}

const groupType = "aws:autoscaling/group:Group";
const instanceType = "aws:ec2/instance:Instance";
const isInstance = ({ key }: CostLine) => key.startsWith("ec2.instance.");
const usd = (lines: readonly CostLine[]) => lines.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);

/** The declaration with so many units in each group, whatever its schedules and its warm pool would make of it. */
function sized(plan: Plan, unitsOf: (group: PlannedResource) => number): Plan {
  const resources = plan.resources
    .filter(({ type }) => type !== "aws:autoscaling/schedule:Schedule")
    .map((resource) => {
      if (resource.type !== groupType) return resource;
      const { warmPool: _, desiredCapacity: __, ...inputs } = resource.inputs;
      const units = unitsOf(resource);
      return { ...resource, inputs: { ...inputs, minSize: units, maxSize: units } };
    });
  return { ...plan, resources };
}

const suffixOf = ({ outputs, name }: PlannedResource, owner: string): string => {
  const group = String(outputs.name ?? name);
  return group.startsWith(owner) ? group.slice(owner.length) : group;
};

/** Difference that one instance of a group makes, and its type. */
function groupRate(base: Cost, one: Cost, group: PlannedResource): GroupRate {
  const hours = (one.groups.find(({ urn }) => urn === group.urn)?.mean ?? 0) * one.usage.upHours;
  const besides = (cost: Cost) => usd(cost.lines.filter((line) => !isInstance(line)));
  const own = one.lines.find((line) => line.urn === group.urn && isInstance(line));
  return {
    instanceType: own?.key.slice("ec2.instance.".length),
    besides: hours === 0 ? 0 : (besides(one) - besides(base)) / hours,
  };
}

/** Reasons, each once, with how many resources it concerns. */
function told(notPriced: Cost["notPriced"]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of notPriced) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => (count === 1 ? reason : `${reason} (${count} resources)`));
}

/** @param table prices of the region in which the stacks stand. @param usage how much each stack is used in a month. */
export function ratesOf(
  { plan, owner }: Pick<Declaration, "plan" | "owner">,
  table: Pick<PriceTable, "region" | "prices">,
  usage: Usage,
): Rates {
  const price = (unitsOf: (group: PlannedResource) => number) => costOf(sized(plan, unitsOf), table, usage, "min");
  const base = price(() => 0);
  const groups = plan.resources.filter(({ type }) => type === groupType);
  const each = groups.map((group) => ({ group, one: price(({ urn }) => (urn === group.urn ? 1 : 0)) }));
  const rates = each.map(({ group, one }) => [suffixOf(group, owner), groupRate(base, one, group)] as const);

  // A single instance is seen in EC2 as those of groups are; its disks and its address stand with the stack.
  const standing = base.lines.filter(
    (line) => line.basis !== "usage" && !(line.type === instanceType && isInstance(line)),
  );
  const used = base.lines.filter(({ basis }) => basis === "usage");
  const share = usage.spotPercent / 100;
  const warmPools = groups.filter(({ inputs }) => inputs.warmPool !== undefined);
  return {
    fixed: usd(standing) / usage.upHours,
    estimated: usd(used) / usage.upHours,
    groups: new Map(rates),
    instance(type, spot) {
      const listed = table.prices[instanceKey(type)];
      return listed === undefined ? undefined : listed * (spot ? share : 1);
    },
    leftOut: [
      ...new Set([
        ...told([base, ...each.map(({ one }) => one)].flatMap(({ notPriced }) => notPriced).filter(isFirst)),
        ...(warmPools.length === 0 ? [] : ["disks of instances that wait stopped in a warm pool"]),
      ]),
    ],
  };
}

/** Whether no earlier entry is of the same resource and reason. */
function isFirst(entry: Cost["notPriced"][number], index: number, all: Cost["notPriced"]): boolean {
  return all.findIndex(({ urn, reason }) => urn === entry.urn && reason === entry.reason) === index;
}

/** @param usage of one stack; what is shared carries the load of all. */
export function courseRatesOf(
  declaration: Declaration,
  table: Pick<PriceTable, "region" | "prices">,
  usage: Usage,
): CourseRates {
  const { plan, owner, shared } = declaration;
  const each = ratesOf(declaration, table, usage);
  if (shared !== undefined) return { each, shared: ratesOf(shared, table, usageOfAll(usage, shared.stacks)) };
  const nothing = ratesOf({ plan: { ...plan, resources: [] }, owner }, table, usage);
  return {
    each,
    shared: { ...nothing, leftOut: ["the course file shares nothing now; what stood before has no price"] },
  };
}
