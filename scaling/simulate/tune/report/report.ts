/** What every report of a search says, in words and figures. */
import { intervalOf } from "../../prediction.ts";
import { figure } from "../../report/format.ts";
import { type Objective, sloText, sloValue } from "../../slo.ts";
import type { Check } from "../check.ts";
import type { Goal } from "../goal.ts";
import type { Trial } from "../trial.ts";
import type { Tuning } from "../tune.ts";

export interface TuneReport {
  readonly tuning: Tuning;
  /** `undefined`: no setting passed the check. */
  readonly found: Check | undefined;
  /** As it was given; `undefined`: none was. */
  readonly budget: string | undefined;
  readonly notes: readonly string[];
  /** The stack's file, and the lines in which it has to change. */
  readonly file: string;
  readonly diff: readonly string[];
  /** Commands that change it. */
  readonly commands: readonly string[];
}

export const median = (values: readonly (number | undefined)[]): number | undefined => intervalOf(values)?.middle;

/** A value as an objective of its kind is written. */
export function valueText({ measure }: Objective, value: number | undefined): string {
  if (value === undefined) return "–";
  if (measure === "failed") return `${figure(100 * value)} %`;
  return value < 1 ? `${figure(Math.round(1000 * value))} ms` : `${figure(value)} s`;
}

/** Of runs: what each objective speaks of, instance-hours, USD. Medians. */
export function figuresOf(trials: readonly Trial[], costs: readonly number[], slo: readonly Objective[]): string[] {
  return [
    ...slo.map((objective) => valueText(objective, median(trials.map((each) => sloValue(objective, each))))),
    figure(median(trials.map(({ instanceHours }) => instanceHours))),
    (median(costs) ?? 0).toFixed(3),
  ];
}

export const figureHeads = (slo: readonly Objective[]): string[] => [
  ...slo.map(({ measure }) => measure),
  "inst-h",
  "USD",
];

/** Cut off, not rounded: what is said to be at least so much is. */
export const atLeastText = (share: number): string => `${(Math.floor(1000 * share) / 10).toFixed(1)} %`;

/** A row for what was found, for the declaration, and for each load that was held out. */
export function checkRows({ tuning, found }: TuneReport): { name: string; check: Check }[] {
  const { declared, heldOut } = tuning;
  return [
    ...(found === undefined ? [] : [{ name: "found", check: found }]),
    { name: "as declared", check: declared },
    ...heldOut.map(({ load, check }) => ({ name: `found, ${load}`, check })),
  ];
}

export const checkTitle = ({ confidence }: Goal): string =>
  `Check by fresh runs and loads that the search never saw: medians, and the share of all runs that meets the objectives at least, with ${figure(100 * confidence)} % confidence`;

export const checkHead = (slo: readonly Objective[]): string[] => ["", ...figureHeads(slo), "met", "at least"];

export const checkCells = ({ trials, costs, met, atLeast }: Check, slo: readonly Objective[]): string[] => [
  ...figuresOf(trials, costs, slo),
  `${met}/${trials.length}`,
  atLeastText(atLeast),
];

export function goalText({ tuning: { goal }, budget }: Pick<TuneReport, "tuning" | "budget">): string {
  return `${sloText(goal.slo)}${budget === undefined ? "" : `, at most ${budget}`}`;
}
