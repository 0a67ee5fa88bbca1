/**
 * Line charts that need nothing from outside. Colours are the page's, by class. The curves are SVG that is stretched to the page; the
 * figures of the axes are text beside it, which keeps its size however narrow the page is.
 */
import { clock, figure } from "./format.ts";

export interface Line {
  readonly label: string;
  /** Of the page's style sheet: `a` to `g`. */
  readonly style: string;
  /** One a minute; `undefined`: a gap. */
  readonly values: readonly (number | undefined)[];
  /** Drawn as steps, not as slopes. */
  readonly steps?: boolean;
}

export interface Band {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Of a drawing that is stretched: units without a size. */
const box = { width: 1000, height: 200 };

/** 1, 2 or 5 times a power of ten, so that about so many ticks fit. */
export function tickStep(most: number, ticks: number): number {
  const raw = most / ticks;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((each) => each * power >= raw) ?? 10) * power;
}

const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440];

const share = (part: number): string => `${(100 * part).toFixed(2)}%`;

/** Values up to the side, each at its height. */
const valueAxis = (values: readonly number[], most: number): string =>
  values.map((value) => `<span class="y" style="bottom:${share(value / most)}">${figure(value)}</span>`).join("");

/** At most eleven; a narrow page has room for every second one. */
function timeAxis(minutes: number): string {
  const every = minuteSteps.find((each) => minutes / each <= 10) ?? 1440;
  return Array.from({ length: Math.floor(minutes / every) + 1 }, (_, n) => {
    const place = share((n * every) / Math.max(1, minutes));
    return `<span class="x${n % 2 === 1 ? " second" : ""}" style="left:${place}">${clock(n * every)}</span>`;
  }).join("");
}

/** @param name what it shows, for those who cannot see it. */
export function lineChart(name: string, minutes: number, lines: readonly Line[], band?: Band): string {
  const all = [...lines.flatMap(({ values }) => values), ...(band?.high ?? [])].filter((value) => value !== undefined);
  const step = tickStep(Math.max(...all, 1e-3), 4);
  const most = Math.ceil(Math.max(...all, step) / step - 1e-9) * step;
  const x = (minute: number) => ((box.width * minute) / Math.max(1, minutes)).toFixed(1);
  const y = (value: number) => (box.height * (1 - value / most)).toFixed(1);

  const ticks = Array.from({ length: Math.round(most / step) + 1 }, (_, n) => n * step);
  const grid = ticks.map((value) => `<line class="grid" x1="0" x2="${box.width}" y1="${y(value)}" y2="${y(value)}"/>`);
  const drawn = lines.map(({ values, style, steps }) => {
    let pen = "M";
    const path = values.map((value, index) => {
      if (value === undefined) {
        pen = "M";
        return "";
      }
      const part =
        steps && pen === "L"
          ? `H${x(index + 1)}V${y(value)}`
          : `${pen}${x(index + 1)},${y(value)}${pen === "M" ? "h0" : ""}`;
      pen = "L";
      return part;
    });
    return `<path class="line ${style}" d="${path.join("")}"/>`;
  });
  const edge = (values: readonly number[]) =>
    values.flatMap((value, index) => [`${x(index)},${y(value)}`, `${x(index + 1)},${y(value)}`]);
  const area =
    band === undefined || band.low.length === 0
      ? ""
      : `<path class="band" d="M${[...edge(band.high), ...edge(band.low).reverse()].join("L")}Z"/>`;
  const svg = `<svg viewBox="0 0 ${box.width} ${box.height}" preserveAspectRatio="none" role="img" aria-label="${escaped(name)}">${grid.join("")}${area}${drawn.join("")}</svg>`;
  return `<div class="chart">${svg}<div aria-hidden="true">${valueAxis(ticks, most)}${timeAxis(minutes)}</div></div>`;
}

/** A strip of states over time: runs of the same class are one bar. */
export function strip(name: string, states: readonly string[]): string {
  const height = 14;
  const x = (minute: number) => (box.width * minute) / Math.max(1, states.length);
  const bars: string[] = [];
  for (let from = 0; from < states.length; ) {
    let to = from + 1;
    while (to < states.length && states[to] === states[from]) to++;
    const state = states[from] as string;
    bars.push(
      `<rect class="state ${state}" x="${x(from).toFixed(1)}" width="${(x(to) - x(from)).toFixed(1)}" y="0" height="${height}"><title>${state}, ${clock(from)} to ${clock(to)}</title></rect>`,
    );
    from = to;
  }
  return `<svg viewBox="0 0 ${box.width} ${height}" preserveAspectRatio="none" role="img" aria-label="${escaped(name)}">${bars.join("")}</svg>`;
}
