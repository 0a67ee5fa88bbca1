/** A space of settings: axes with positions, points in it, and which of them a search looks at. */
import { generator } from "../../random.ts";
import type { Variant } from "../compare/variants.ts";

export interface Axis {
  readonly name: string;
  readonly positions: number;
  /** Neighbours are a position apart; without an order, each is every other's neighbour. */
  readonly ordered: boolean;
}

/** A position of each axis. */
export type Point = readonly number[];

export interface Space {
  readonly axes: readonly Axis[];
  /** Settings that a point stands for; `undefined`: positions that contradict each other. */
  variantAt(point: Point): Variant | undefined;
  /** Looked at in any case, besides points and the declaration as it is. */
  readonly starts: readonly Variant[];
  /** Whether the declaration as it is may be what is found: it is within what was asked for. */
  readonly declaredCounts: boolean;
}

/** Order of so many positions by chance. */
function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, n) => n);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}

/**
 * So many points of which each axis has every position equally often, by chance combined (a Latin hypercube: McKay, Beckman, Conover,
 * Technometrics 21, 1979).
 */
function spread({ axes }: Pick<Space, "axes">, count: number, seed: number): Point[] {
  const columns = axes.map(({ positions }, axis) => {
    const random = generator(seed, 1000 + axis);
    return shuffled(count, random).map((place) => Math.floor((place * positions) / count));
  });
  return Array.from({ length: count }, (_, n) => columns.map((column) => column[n] as number));
}

/** Points that differ from this one in a single axis. */
export const neighbours = ({ axes }: Pick<Space, "axes">, point: Point): Point[] =>
  axes.flatMap(({ positions, ordered }, axis) => {
    const here = point[axis] as number;
    const all = Array.from({ length: positions }, (_, n) => n);
    const near = all.filter((each) => (ordered ? Math.abs(each - here) === 1 : each !== here));
    return near.map((each) => point.map((position, index) => (index === axis ? each : position)));
  });

/** Every point, where there are no more than so many; else `spread`. */
export function pointsOf(space: Pick<Space, "axes">, most: number, seed: number): Point[] {
  const count = space.axes.reduce((product, { positions }) => product * positions, 1);
  if (count > most) return spread(space, most, seed);
  return space.axes.reduce<number[][]>(
    (points, { positions }) =>
      points.flatMap((point) => Array.from({ length: positions }, (_, position) => [...point, position])),
    [[]],
  );
}

/** Two variants with the same settings are one. */
export const settingsKey = ({ config }: Variant): string => JSON.stringify(Object.entries(config).sort());

/** A setting with the values that it may have. */
export interface Listed {
  readonly key: string;
  readonly values: readonly string[];
}

/** A space of listed values: each setting is an axis. */
export function listedSpace(settings: readonly Listed[]): Space {
  return {
    axes: settings.map(({ key, values }) => ({ name: key, positions: values.length, ordered: false })),
    starts: [],
    declaredCounts: true,
    variantAt(point) {
      const config = Object.fromEntries(settings.map(({ key, values }, axis) => [key, values[point[axis] as number]]));
      const name = Object.entries(config).map(([key, value]) => `${key} ${value}`);
      return { name: name.join(", "), config: config as Record<string, string> };
    },
  };
}
