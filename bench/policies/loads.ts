/**
 * The loads that policies are judged under. Levels are in instances: 1 is what one instance gets through at most, 40 requests a second
 * of a web farm and a job a minute of an annotator farm, so that both farms see the same loads.
 */
import { crowd, day, evening, type Recording } from "./recorded.ts";

interface Stage {
  readonly minutes: number;
  /** Level at its end; a stage of 0 minutes is a jump. */
  readonly to: number;
}

export interface ShapedLoad {
  readonly name: string;
  /** Level at the start. */
  readonly from: number;
  readonly stages: readonly Stage[];
}

const level = (to: number, minutes: number): Stage => ({ minutes, to });
const jump = (to: number, minutes: number): Stage[] => [level(to, 0), level(to, minutes)];

/** Minutes before a load comes, in which the farm is as small as it may be. */
const lead = 20;

const steady = (high: number): ShapedLoad => ({
  name: `steady ${high}`,
  from: 0.5,
  stages: jump(high, 90),
});

function ramp(low: number, high: number, up: number, hold: number, down: number): ShapedLoad {
  const stages = [level(high, up), level(high, hold), level(low, down), level(low, 30)];
  return { name: `ramp ${low} to ${high}: ${up} min up, ${hold} there, ${down} down`, from: low, stages };
}

/** @param duty share of the period at the high level. */
export function square(low: number, high: number, period: number, duty = 0.5, minutes = 120): ShapedLoad {
  const waves = Math.ceil(minutes / period);
  const one = [...jump(high, period * duty), ...jump(low, period * (1 - duty))];
  const what = duty === 0.5 ? `square ${low} to ${high}` : `${minutesText(period * duty)} min of ${high} out of ${low}`;
  return {
    name: `${what} every ${minutesText(period)} min`,
    from: low,
    stages: [level(low, lead), ...Array.from({ length: waves }, () => one).flat()],
  };
}

const minutesText = (minutes: number) => String(Number(minutes.toFixed(1)));

function sine(low: number, high: number, period: number): ShapedLoad {
  const at = (minute: number) => low + ((high - low) * (1 - Math.cos((2 * Math.PI * minute) / period))) / 2;
  const stages = Array.from({ length: 60 }, (_, n) => level(at(2 * n + 2), 2));
  return { name: `sine ${low} to ${high} every ${period} min`, from: low, stages };
}

const flash = (low: number, high: number, hold: number): ShapedLoad => ({
  name: `flash crowd: ${hold} min of ${high} out of ${low}`,
  from: low,
  stages: [level(low, lead), ...jump(high, hold), ...jump(low, 60)],
});

const stairs = (...levels: readonly number[]): ShapedLoad => ({
  name: `stairs of 15 min: ${levels.join(", ")}`,
  from: levels[0] ?? 0,
  stages: levels.flatMap((each) => jump(each, 15)),
});

/** Comes at once and is half as much above the low level after each half-life. */
function decay(low: number, high: number, halfLife: number): ShapedLoad {
  const at = (minute: number) => low + (high - low) * 2 ** (-minute / halfLife);
  const stages = Array.from({ length: 60 }, (_, n) => level(at(2 * n + 2), 2));
  return {
    name: `news: ${high} at once, half of it after ${halfLife} min`,
    from: low,
    stages: [level(low, lead), level(high, 0), ...stages],
  };
}

const aClass = (high: number): ShapedLoad => ({
  name: `a class: ${high} within 2 min for 45 min`,
  from: 0.02,
  stages: [level(0.02, lead), level(high, 2), level(high, 45), level(0.02, 3), level(0.02, 70)],
});

/** @param mean level that the recording's mean stands for; it is held before and after as it begins and ends. */
function recorded({ name, minutes, shares }: Recording, mean: number): ShapedLoad {
  const levels = shares.map((share) => share * mean);
  const [first = 0, last = 0] = [levels[0], levels.at(-1)];
  return {
    name: `${name}, mean ${mean}`,
    from: first,
    stages: [level(first, lead), ...levels.map((each) => level(each, minutes)), level(last, 40)],
  };
}

/** The policies' figures were chosen by these. */
export const seen: readonly ShapedLoad[] = [
  steady(1),
  steady(2.5),
  steady(6),
  ramp(0.5, 7, 60, 0, 60),
  ramp(0.5, 7, 15, 30, 15),
  ramp(1, 12, 30, 30, 30),
  sine(1, 4, 20),
  sine(1, 6, 30),
  sine(0.5, 3, 60),
  sine(1, 8, 90),
  square(0.5, 3, 8),
  square(0.5, 8, 10),
  square(0.5, 6, 14),
  square(1, 6, 20),
  square(0.5, 3, 22),
  square(2, 6, 24),
  square(0.5, 6, 30),
  square(1, 6, 60),
  square(0.3, 4, 15, 0.2),
  square(0.3, 4, 60, 0.1),
  flash(0.25, 5, 5),
  flash(0.25, 8, 15),
  flash(0.25, 6, 45),
  stairs(0.5, 1.5, 3, 4.5, 6, 4.5, 3, 1.5, 0.5),
  decay(0.5, 8, 15),
  recorded(day, 4),
  steady(3.7),
  ramp(0.7, 9, 40, 20, 40),
  sine(2, 9, 25),
  sine(0.7, 5, 45),
  square(0.5, 5, 12),
  square(1, 4, 17),
  square(0.7, 7, 26),
  square(0.5, 5, 40),
  square(0.4, 5, 30, 0.15),
  flash(0.3, 7, 8),
  flash(0.5, 10, 30),
  stairs(1, 4, 2, 6, 1, 5, 1),
  decay(0.3, 6, 25),
  aClass(6),
  recorded(crowd, 4),
  recorded(evening, 5),
];

/** Nothing was chosen by these. */
export const heldOut: readonly ShapedLoad[] = [
  steady(4.6),
  ramp(0.6, 6, 25, 15, 25),
  ramp(0.8, 8, 10, 40, 20),
  sine(1, 5, 35),
  sine(0.6, 7, 70),
  square(0.6, 4, 11),
  square(0.8, 5.5, 16),
  square(0.4, 7, 19),
  square(1.5, 5, 28),
  square(0.5, 4, 50),
  square(0.3, 6, 20, 0.25),
  flash(0.4, 6, 12),
  stairs(0.8, 3, 5, 2, 4, 1),
  decay(0.5, 7, 20),
  aClass(4.5),
];
