/** What a price can be moved by: each lever is one entry, with the settings that it turns. */
import type { Variant } from "./variants.ts";

/** A warm pool: what its instances do, and of how many, group and pool together, it is at most. */
export interface PoolChoice {
  readonly state: "Stopped" | "Running";
  /** Omitted: the greatest size. */
  readonly maxPrepared?: number;
}

export interface LeverValues {
  readonly farm: "web" | "annotator";
  /** Instance types whose capacity is declared. */
  readonly types: readonly string[];
  /** Smallest and greatest sizes. */
  readonly bounds: readonly (readonly [min: number, max: number])[];
  /** Warm pools; `none`: as declared. */
  readonly pools: readonly (PoolChoice | "none")[];
}

/** Positions of a lever; none: it is left as it is. */
type Lever = (values: LeverValues) => readonly Variant[];

const levers: readonly Lever[] = [
  ({ types }) => types.map((type) => ({ name: type, config: { instanceType: type } })),
  // The program buys spot capacity for annotators only.
  ({ farm, types }) =>
    farm === "annotator" && types.length > 0
      ? [
          { name: "on demand", config: { spot: "false" } },
          { name: "spot", config: { spot: "true" } },
        ]
      : [],
  ({ farm, bounds }) =>
    bounds.map(([min, max]) => ({
      name: `${min} to ${max}`,
      config: { [`${farm}Min`]: `${min}`, [`${farm}Max`]: `${max}` },
    })),
  ({ farm, pools }) =>
    pools.map((pool) => {
      if (pool === "none") return { name: "no pool", config: {} };
      const { state, maxPrepared } = pool;
      return {
        name: `${state.toLowerCase()} pool${maxPrepared === undefined ? "" : ` up to ${maxPrepared}`}`,
        config: {
          [`${farm}WarmPool`]: state,
          ...(maxPrepared === undefined ? {} : { [`${farm}WarmPoolMaxPrepared`]: `${maxPrepared}` }),
        },
      };
    }),
];

/** AWS keeps no spot instances in a warm pool. */
const canBe = ({ config }: Variant): boolean => config.spot !== "true" || config.annotatorWarmPool === undefined;

/** More would be a table that nobody reads. */
const variantsMost = 40;

/** Every combination of the levers' positions that can be. @throws {RangeError} when there are too many. */
export function leverVariants(values: LeverValues): Variant[] {
  const combined = levers
    .map((lever) => lever(values))
    .filter((positions) => positions.length > 0)
    .reduce<Variant[]>(
      (before, positions) =>
        before.flatMap(({ name, config }) =>
          positions.map((each) => ({
            name: name === "" ? each.name : `${name}, ${each.name}`,
            config: { ...config, ...each.config },
          })),
        ),
      [{ name: "", config: {} }],
    )
    .filter(canBe);
  if (combined.length > variantsMost) {
    throw new RangeError(
      `${combined.length} variants are more than ${variantsMost}: give fewer --capacity, --bounds and --warm-pool`,
    );
  }
  return combined;
}
