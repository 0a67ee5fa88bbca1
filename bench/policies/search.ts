/** Looks for the square wave that is worst for a policy: at random, then from the worst one on by small changes that make it worse. */
import { generator } from "../../scaling/random.ts";
import { type ShapedLoad, square } from "./loads.ts";

interface Wave {
  /** Levels in instances. */
  readonly low: number;
  readonly high: number;
  /** Minutes. */
  readonly period: number;
  /** Share of the period at the high level. */
  readonly duty: number;
}

const ranges: Readonly<Record<keyof Wave, readonly [least: number, greatest: number]>> = {
  low: [0.2, 2],
  high: [2.5, 12],
  period: [4, 70],
  duty: [0.1, 0.9],
};
const keys = Object.keys(ranges) as (keyof Wave)[];

/** Of waves; a period longer than that has one. */
const minutes = 80;

const waveOf = (of: (key: keyof Wave) => number): Wave => {
  const held = keys.map((key) => {
    const [least, greatest] = ranges[key];
    return [key, Number(Math.min(greatest, Math.max(least, of(key))).toFixed(2))];
  });
  return Object.fromEntries(held) as unknown as Wave;
};

const loadOf = ({ low, high, period, duty }: Wave): ShapedLoad => square(low, high, period, duty, minutes);

/**
 * @param badness of a load; the greater, the worse.
 * @returns the worst of all that were tried.
 */
export function worstSquare(
  badness: (load: ShapedLoad) => number,
  { random, tries, climbs }: { readonly random: number; readonly tries: number; readonly climbs: number },
): { readonly load: ShapedLoad; readonly badness: number; readonly tried: number } {
  const chance = generator(random, 1);
  let worst: { wave: Wave; badness: number } | undefined;
  const consider = (wave: Wave) => {
    const found = badness(loadOf(wave));
    if (worst === undefined || found > worst.badness) worst = { wave, badness: found };
  };
  for (let n = 0; n < tries; n++) {
    // Levels and periods over their orders of magnitude.
    consider(waveOf((key) => ranges[key][0] * (ranges[key][1] / ranges[key][0]) ** chance()));
  }
  for (let n = 0; n < climbs && worst !== undefined; n++) {
    const { wave } = worst;
    consider(waveOf((key) => wave[key] * 1.35 ** (2 * chance() - 1)));
  }
  if (worst === undefined) throw new RangeError("give at least one try");
  return { load: loadOf(worst.wave), badness: worst.badness, tried: tries + climbs };
}
