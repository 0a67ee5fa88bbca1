/** Cost against failures, or against the first objective where failures are none: what a picture of a search shows. */
import { tickStep } from "../../report/svg.ts";
import { type Objective, sloText, sloValue } from "../../slo.ts";
import { costly, misses, type Racer } from "../race.ts";
import { median, type TuneReport, valueText } from "./report.ts";

export type Mark = "found" | "declared" | "meets" | "open" | "misses";

export interface Dot {
  readonly name: string;
  readonly mark: Mark;
  /** USD of a run, mean. */
  readonly usd: number;
  /** Of the objective's measure, median. */
  readonly value: number;
}

export interface TradeOff {
  readonly objective: Objective;
  readonly title: string;
  /** Later ones are drawn over earlier ones. */
  readonly dots: readonly Dot[];
  /** Value on a logarithmic axis, 0 at the bottom to 1; below the least of `ticks` all is 0. */
  height(value: number): number;
  /** Values of the axis, ascending; the first stands for all below it. */
  readonly ticks: readonly number[];
  /** USD where the axis begins and ends, and round values between. */
  readonly usd: { readonly from: number; readonly to: number; readonly ticks: readonly number[] };
}

export const markNames: Readonly<Record<Mark, string>> = {
  found: "found",
  declared: "as declared",
  meets: "met the objectives in every run of the search",
  open: "met them in some",
  misses: "is shown to miss them",
};
const order: readonly Mark[] = ["misses", "open", "meets", "declared", "found"];

function markOf(racer: Racer, { tuning, found }: TuneReport): Mark {
  if (racer.candidate === found?.candidate) return "found";
  if (racer === tuning.racers[0]) return "declared";
  if (racer.met === racer.trials.length) return "meets";
  return misses(racer, tuning) ? "misses" : "open";
}

/** Some digits times each power of ten between two values, with one at or beyond either. */
function around(least: number, most: number, digits: readonly number[]): number[] {
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, n) => first + n);
  const all = powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
  const below = all.findLastIndex((each) => each <= least);
  return all.slice(Math.max(0, below), all.findIndex((each) => each >= most) + 1);
}

/** Around all values that are seen and the bound, but no further down than a hundredth of it. */
function ticksOf(values: readonly number[], bound: number): number[] {
  const least = Math.max(bound / 100, Math.min(...values, bound));
  const most = Math.max(...values, bound) * 1.0001;
  const fine = around(least, most, [1, 2, 5]);
  return fine.length <= 8 ? fine : around(least, most, [1]);
}

/** A little further than all values, so that no dot is on the edge. */
function usdAxis(values: readonly number[]): TradeOff["usd"] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(most - least, most / 100, 1e-6) / 25;
  const [from, to] = [least - margin, most + margin];
  const step = tickStep(to - from, 6);
  const first = Math.ceil(from / step);
  const ticks = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, n) => (first + n) * step);
  return { from, to, ticks };
}

export function tradeOffOf(report: TuneReport): TradeOff {
  const { tuning } = report;
  const { slo } = tuning.goal;
  const objective = (slo.find(({ measure }) => measure === "failed") ?? slo[0]) as Objective;
  const dots = tuning.racers.map((racer): Dot => {
    const value = median(racer.trials.map((each) => sloValue(objective, each))) ?? Number.POSITIVE_INFINITY;
    return { name: racer.candidate.variant.name, mark: markOf(racer, report), usd: costly(racer), value };
  });
  // Where nothing was answered there is no value: it is drawn at the top.
  const known = dots.map(({ value }) => value).filter(Number.isFinite);
  const ticks = ticksOf(known, objective.below);
  const [low, high] = [Math.log10(ticks[0] as number), Math.log10(ticks.at(-1) as number)];
  return {
    objective,
    title: `${objective.measure} against USD of a run`,
    dots: [...dots].sort((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark)),
    height: (value) => Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-12)) - low) / (high - low))),
    ticks,
    usd: usdAxis(dots.map(({ usd }) => usd)),
  };
}

/** `0.01 %` of a share, `10 ms` of a time. */
export const tickText = ({ objective, ticks }: TradeOff, value: number): string =>
  `${value === ticks[0] ? "≤ " : ""}${valueText(objective, value)}`;

export const dotText = ({ objective }: TradeOff, value: number): string =>
  `${objective.measure} ${valueText(objective, value)}`;

export const boundText = ({ objective }: TradeOff): string => sloText([objective]);
