/** What a price can be moved by: each lever is one entry, with the settings that it turns. */
import type { Variant } from "./variants.ts";

export interface LeverValues {
  readonly farm: "web" | "annotator";
  /** Instance types whose capacity is declared. */
  readonly types: readonly string[];
  /** Smallest and greatest sizes. */
  readonly bounds: readonly (readonly [min: number, max: number])[];
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
];

/** More would be a table that nobody reads. */
const variantsMost = 40;

/** Every combination of the levers' positions. @throws {RangeError} when there are too many. */
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
    );
  if (combined.length > variantsMost) {
    throw new RangeError(
      `${combined.length} variants are more than ${variantsMost}: give fewer --capacity and --bounds`,
    );
  }
  return combined;
}
