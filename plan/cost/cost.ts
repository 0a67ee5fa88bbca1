/** What a plan costs: a pure function of the plan, a price table and how much it is used. */
import { resourceTypes } from "../resource-types/all.ts";
import { noRule } from "../resource-types/cost.ts";
import type { Plan, PlannedResource } from "../types.ts";
import { unreadProperties } from "../unread.ts";
import { type At, type Capacity, capacities } from "./capacity.ts";
import { entryOf, type PriceKey } from "./catalog.ts";
import { readDeclared } from "./declared.ts";
import type { PriceTable } from "./prices.ts";
import type { Basis, Charge, Pricing, World } from "./types.ts";
import type { Usage } from "./usage.ts";

/** One thing that one resource costs, in a month of one stack. */
export interface CostLine {
  readonly urn: string;
  readonly type: string;
  /** URNs of the components it belongs to, outermost first. */
  readonly component: readonly string[];
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly key: PriceKey;
  /** USD for one unit: the table's price, times the share of it that is paid (spot). */
  readonly unitPrice: number;
  readonly monthlyUsd: number;
  /** Monthly, over the hours the stack stands. */
  readonly hourlyUsd: number;
  readonly basis: Basis;
}

interface Uncharged {
  readonly urn: string;
  readonly type: string;
  readonly reason: string;
}

interface GroupSize {
  readonly urn: string;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly because: string;
}

/** Every declared resource is in `lines`, `free` or `notPriced`; one may be in several. */
export interface Cost {
  readonly at: At;
  readonly usage: Usage;
  readonly groups: readonly GroupSize[];
  readonly lines: readonly CostLine[];
  readonly free: readonly Uncharged[];
  readonly notPriced: readonly Uncharged[];
  readonly monthlyUsd: number;
  readonly hourlyUsd: number;
}

/** Components around a resource, outermost first. */
function componentsAround(plan: Plan): (resource: PlannedResource) => readonly string[] {
  const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  return function path({ parent }): readonly string[] {
    const above = parent === undefined ? undefined : byUrn.get(parent);
    return above === undefined ? [] : [...path(above), above.urn];
  };
}

function verdictsOf(resource: PlannedResource, world: World): readonly Pricing[] {
  const { type, inputs } = resource;
  const cost = resourceTypes[type]?.cost ?? noRule;
  if (cost === noRule) return [{ notPriced: `no rule for ${type}` }];
  const unread = cost.reads === undefined ? [] : unreadProperties(inputs, cost.reads);
  return [
    ...("free" in cost ? [{ free: cost.free }] : cost.rule(resource, world)),
    ...unread.map((path) => ({ notPriced: `property ${path}` })),
  ];
}

const sum = (lines: readonly CostLine[]) => lines.reduce((total, { monthlyUsd }) => total + monthlyUsd, 0);

const groupSize = ({ group, min, max, mean, because }: Capacity): GroupSize => ({
  urn: group.urn,
  min,
  max,
  mean,
  because,
});

/** What the plan costs at this size of its groups, under this use, by this table. */
export function costOf(plan: Plan, table: Pick<PriceTable, "region" | "prices">, usage: Usage, at: At): Cost {
  const declared = readDeclared(plan);
  const world: World = { declared, usage, capacities: capacities(declared, usage, at) };
  const around = componentsAround(plan);
  const lines: CostLine[] = [];
  const free: Uncharged[] = [];
  const notPriced: Uncharged[] = [];

  function charge({ urn, type }: PlannedResource, component: readonly string[], found: Charge): void {
    const { what, key, quantity, basis, share = 1 } = found;
    const price = table.prices[key];
    if (price === undefined) {
      notPriced.push({ urn, type, reason: `${what}: the table of ${table.region} has no price ${key}` });
      return;
    }
    const unitPrice = price * share;
    const monthlyUsd = quantity * unitPrice;
    lines.push({
      urn,
      type,
      component,
      what,
      quantity,
      unit: entryOf(key)?.unit ?? "",
      key,
      unitPrice,
      monthlyUsd,
      hourlyUsd: monthlyUsd / usage.upHours,
      basis,
    });
  }

  for (const resource of plan.resources) {
    const { urn, type, custom } = resource;
    if (!custom || type.startsWith("pulumi:")) continue;
    const component = around(resource);
    for (const verdict of verdictsOf(resource, world)) {
      if ("free" in verdict) free.push({ urn, type, reason: verdict.free });
      else if ("notPriced" in verdict) notPriced.push({ urn, type, reason: verdict.notPriced });
      else charge(resource, component, verdict);
    }
  }
  const monthlyUsd = sum(lines);
  const groups = world.capacities.map(groupSize);
  return { at, usage, groups, lines, free, notPriced, monthlyUsd, hourlyUsd: monthlyUsd / usage.upHours };
}
