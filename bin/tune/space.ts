/** The space that a search looks at: the service's own settings, or those that are listed. */
import type { Scenario } from "../../scaling/simulate/model.ts";
import type { Kind } from "../../scaling/simulate/tune/declared-space.ts";
import type { Listed, Space } from "../../scaling/simulate/tune/space.ts";
import type { ProgramOptions } from "../commands/options.ts";
import { atCapacity } from "../compare/candidates.ts";
import type { Given } from "../compare/given.ts";
import type { PriceOptions } from "../compare/price-options.ts";

export interface SpaceOptions extends ProgramOptions, PriceOptions {
  readonly vary: readonly Listed[];
  readonly keep: readonly string[];
}

export interface SearchedSpace {
  readonly space: Space;
  /** What is not searched though it could be, and why. */
  readonly notes: readonly string[];
}

/** @throws {Error} for options of which one leaves nothing to the other. */
export function requireFitting({ vary, keep, bounds }: SpaceOptions): void {
  const other = [
    ["--bounds", bounds],
    ["--keep", keep],
  ].find(([, given]) => (given as readonly unknown[]).length > 0)?.[0];
  if (vary.length > 0 && other !== undefined) {
    throw new Error(`--vary names all settings that are searched; give no ${other} with it`);
  }
  if (keep.includes("bounds") && bounds.length > 0) {
    throw new Error("--bounds are searched and --keep bounds leaves them; give one of both");
  }
}

const kindsOf = (scenario: Scenario, { capacity }: SpaceOptions): Kind[] => {
  const types = Object.keys(capacity);
  if (types.length === 0) return [{ type: undefined, scenario }];
  return types.map((type) => ({ type, scenario: atCapacity(scenario, type, capacity) }));
};

/** Levers that the stack's own settings rule out, and why. */
function ruledOut(config: Readonly<Record<string, string>>, { keep }: SpaceOptions) {
  return [
    {
      lever: "schedule",
      when: config["annofarm:timeZone"] !== undefined,
      why: "Schedules are not searched: annofarm:timeZone is set, and the load's clock is UTC.",
    },
    {
      lever: "pool",
      when: config["annofarm:spot"] === "true",
      why: "Warm pools are not searched: AWS keeps no spot instances in one (annofarm:spot).",
    },
  ].filter(({ lever, when }) => when && !keep.includes(lever));
}

export async function spaceFor({ farm, under }: Given, options: SpaceOptions): Promise<SearchedSpace> {
  if (options.vary.length > 0) {
    const { listedSpace } = await import("../../scaling/simulate/tune/space.ts");
    const types = Object.keys(options.capacity);
    const ofType = types.length === 0 ? [] : [{ key: "instanceType", values: types }];
    return { space: listedSpace([...ofType, ...options.vary]), notes: [] };
  }
  const { declaredSpace } = await import("../../scaling/simulate/tune/declared-space.ts");
  const { usualVariants } = await import("../../scaling/simulate/compare/variants.ts");
  const { scenario, plan } = await under(options);
  const out = ruledOut(plan.config, options);
  const keep = [...options.keep, ...out.map(({ lever }) => lever)];
  const kinds = kindsOf(scenario, options);
  const space = declaredSpace({ farm, kinds, bounds: options.bounds, keep }, usualVariants(farm, scenario));
  const clock = keep.includes("schedule") ? [] : [clockNote(scenario)];
  return { space, notes: [...out.map(({ why }) => why), ...clock] };
}

/** A schedule is for this load's time of day alone. */
function clockNote({ begins = 0 }: Scenario): string {
  const [, time] = new Date(begins).toISOString().split("T");
  return `Schedules are for a load that begins at ${time?.slice(0, 5)} UTC every day; leave them out with --keep schedule.`;
}
