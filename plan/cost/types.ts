/** What a price rule sees, and what it says. */
import type { PlannedResource } from "../types.ts";
import type { Capacity } from "./capacity.ts";
import type { PriceKey } from "./catalog.ts";
import type { Declared } from "./declared.ts";
import type { Usage } from "./usage.ts";

/**
 * `fixed`: as long as the stack stands, whatever happens. `per instance-hour`: with the size of a group. `usage`: with the load.
 */
export type Basis = "fixed" | "per instance-hour" | "usage";

/** Something a resource costs: so much of something that has a price. Quantities are those of one month of one stack. */
export interface Charge {
  /** In a few words: `t4g.small on demand`. */
  readonly what: string;
  readonly key: PriceKey;
  readonly quantity: number;
  readonly basis: Basis;
  /** Part of the listed price that is paid. @default 1 */
  readonly share?: number;
}

export type Pricing =
  | Charge
  /** Costs nothing, and why. */
  | { readonly free: string }
  /** Costs something that is not counted here, and why. */
  | { readonly notPriced: string };

export interface World {
  readonly declared: Declared;
  readonly usage: Usage;
  readonly capacities: readonly Capacity[];
}

/** All that one resource costs. An empty answer would be silence, so a rule gives at least one verdict. */
export type Rule = (resource: PlannedResource, world: World) => readonly [Pricing, ...Pricing[]];
