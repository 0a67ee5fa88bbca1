/** Where the parts of a small plot over the last hour lie. Pure: figures in, coordinates and words out. */
import { figure } from "../../../scaling/simulate/report/format.ts";
import { tickStep } from "../../../scaling/simulate/report/svg.ts";
import type { AlarmState, Point } from "../view.ts";
import { plural } from "./format.ts";

/** In units of the drawing, which is about as wide as a telephone's screen: text keeps its size. */
export const box = { width: 340, height: 128, left: 40, right: 8, top: 8, bottom: 24 } as const;
const inner = { width: box.width - box.left - box.right, height: box.height - box.top - box.bottom };

const minute = 60_000;
/** What a plot shows, however little of it there is yet: the newest minute is always at the right. */
const shownMinutes = 60;

export interface Scale {
  x(time: number): number;
  y(value: number): number;
  /** Values at which a line is drawn, 0 first. */
  readonly ticks: readonly number[];
  /** Full quarters of an hour of AWS's time within the plot, epoch milliseconds. */
  readonly quarters: readonly number[];
}

/** @param values all that have to have room. @param end of the last minute, epoch milliseconds. */
export function scaleFor(values: readonly Point[], end: number): Scale {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const raw = most > 0 ? tickStep(most, 3) : 1;
  const step = values.every((value) => value === null || Number.isInteger(value)) ? Math.max(1, raw) : raw;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const begin = end - shownMinutes * minute;
  const first = Math.ceil(begin / (15 * minute)) * 15 * minute;
  return {
    x: (time) => box.left + (inner.width * (time - begin)) / (end - begin),
    y: (value) => box.top + inner.height * (1 - value / (count * step)),
    ticks: Array.from({ length: count + 1 }, (_, n) => n * step),
    quarters: Array.from({ length: 5 }, (_, n) => first + n * 15 * minute).filter((time) => time <= end),
  };
}

const place = (value: number) => String(Math.round(value * 10) / 10);

/** A path through the values of minutes, each drawn at its minute's end; as steps over the minutes where they are counts. */
export function pathOf(minutes: readonly number[], values: readonly Point[], scale: Scale, steps: boolean): string {
  let path = "";
  let before: number | undefined;
  for (const [index, start] of minutes.entries()) {
    const value = values[index] ?? null;
    if (value === null) {
      before = undefined;
      continue;
    }
    const joined = before === start - minute;
    const [from, to, y] = [place(scale.x(start)), place(scale.x(start + minute)), place(scale.y(value))];
    if (steps) path += joined ? `V${y}H${to}` : `M${from},${y}H${to}`;
    else path += joined ? `L${to},${y}` : `M${to},${y}h0`;
    before = start;
  }
  return path;
}

export interface Stretch {
  readonly state: AlarmState;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Minutes of the same state in a row are one. */
export function stretchesOf(minutes: readonly number[], states: readonly AlarmState[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, start] of minutes.entries()) {
    const state = states[index] ?? "INSUFFICIENT_DATA";
    const last = stretches.at(-1);
    if (last?.state === state && last.to === start) stretches[stretches.length - 1] = { ...last, to: start + minute };
    else stretches.push({ state, from: start, to: start + minute });
  }
  return stretches;
}

/** `12:45` of a time of AWS's. */
export const timeText = (time: number) => new Date(time).toISOString().slice(11, 16);

/** A figure with its unit; a value that is not there is a dash. */
export const withUnit = (value: Point | undefined, unit: string) =>
  value === null || value === undefined ? "–" : `${figure(value)}${unit === "" ? "" : ` ${unit}`}`;

/** A line in words: where it is, and between what it went. */
export function lineWords(label: string, values: readonly Point[], unit: string): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return `${label}: no data`;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const range = least === most ? "" : `, between ${withUnit(least, unit)} and ${withUnit(most, unit)}`;
  return `${label}: now ${withUnit(values.at(-1), unit)}${range}`;
}

const stateWords: Readonly<Record<AlarmState, string>> = {
  OK: "OK",
  ALARM: "ALARM",
  INSUFFICIENT_DATA: "without enough data",
};

/** `ALARM since 12:45; 12 minutes of 40 in ALARM`. */
export function stateText(stretches: readonly Stretch[]): string {
  const last = stretches.at(-1);
  if (last === undefined) return "not evaluated yet";
  const lengthOf = (each: Stretch) => Math.round((each.to - each.from) / minute);
  const total = stretches.reduce((sum, each) => sum + lengthOf(each), 0);
  const ringing = stretches.filter(({ state }) => state === "ALARM").reduce((sum, each) => sum + lengthOf(each), 0);
  return `${stateWords[last.state]} since ${timeText(last.from)}; ${ringing} of ${plural(total, "minute")} in ALARM`;
}
