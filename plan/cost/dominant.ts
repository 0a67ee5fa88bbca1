/** What a cost is made of mostly, and what would change it: each change is priced, none is written down. */

import type { Plan } from "../types.ts";
import { shortType } from "../views/tree.ts";
import type { PriceKey } from "./catalog.ts";
import type { Cost, CostLine } from "./cost.ts";
import type { Basis } from "./types.ts";

/** One kind of cost of one top-level component. */
export interface Share {
  /** `WebFarm gas-web`; the stack's own name for what stands outside of any component. */
  readonly component: string;
  readonly what: string;
  readonly key: PriceKey;
  readonly basis: Basis;
  readonly monthlyUsd: number;
  /** Of the total, 0 to 1. */
  readonly share: number;
}

/** A stack's configuration with one key changed, or another use of it. */
export interface Alternative {
  /** `annofarm:webMin`; a flag of the command when it is the use: `--downloads` */
  readonly key: string;
  readonly value: string;
}

interface Effect extends Alternative {
  /** What the whole stack costs more (positive) or less a month. */
  readonly monthlyUsd: number;
}

export interface Dominant extends Share {
  readonly changedBy: readonly Effect[];
}

/** How a component is called in reports: by type and name. */
export function labelOf(plan: Plan, urn: string | undefined): string {
  const component = plan.resources.find((resource) => resource.urn === urn);
  return component === undefined ? plan.stack : `${shortType(component.type)} ${component.name}`;
}

/** Lines of one top-level component with the same words and price are one share. Largest first. */
export function sharesOf(plan: Plan, { lines, monthlyUsd }: Pick<Cost, "lines" | "monthlyUsd">): Share[] {
  const shares = new Map<string, Share>();
  for (const line of lines) {
    const { what, key, basis } = line;
    const component = labelOf(plan, line.component[0]);
    const id = `${component}\n${what}\n${key}`;
    const usd = (shares.get(id)?.monthlyUsd ?? 0) + line.monthlyUsd;
    shares.set(id, { component, what, key, basis, monthlyUsd: usd, share: monthlyUsd === 0 ? 0 : usd / monthlyUsd });
  }
  return [...shares.values()].sort((a, b) => b.monthlyUsd - a.monthlyUsd);
}

const shown = 3;
/** A change of a share that is smaller than this is a rounding of something else. */
const leastChange = 0.02;

/** Costs of the component that are charged by the same kind of price: `ec2.instance.*` stays one when the type changes. */
function comparable(lines: readonly CostLine[], plan: Plan, share: Share): number {
  const kind = share.key.split(".").slice(0, 2).join(".");
  return lines
    .filter((line) => labelOf(plan, line.component[0]) === share.component && line.key.startsWith(kind))
    .reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
}

/** The three largest shares, and for each the alternatives that change it, cheapest first. */
export function dominantOf(
  now: { readonly plan: Plan; readonly cost: Cost },
  alternatives: readonly { readonly alternative: Alternative; readonly plan: Plan; readonly cost: Cost }[],
): Dominant[] {
  return sharesOf(now.plan, now.cost)
    .filter(({ monthlyUsd }) => monthlyUsd > 0)
    .slice(0, shown)
    .map((share) => {
      const before = comparable(now.cost.lines, now.plan, share);
      const changedBy = alternatives
        .filter(({ plan, cost }) => {
          const change = comparable(cost.lines, plan, share) - before;
          return Math.abs(change) > before * leastChange;
        })
        .map(({ alternative, cost }) => ({ ...alternative, monthlyUsd: cost.monthlyUsd - now.cost.monthlyUsd }))
        .sort((a, b) => a.monthlyUsd - b.monthlyUsd);
      return { ...share, changedBy };
    });
}
