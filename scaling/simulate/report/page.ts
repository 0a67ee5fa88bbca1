/** Pages of plots that need nothing from outside: style, sections, tables, and the whole. */
import { type Band, escaped, type Line, lineChart, strip } from "./svg.ts";

const style = `
:root { color-scheme: light dark; --ink: #1c2530; --dim: #5d6b7a; --line: #dfe4ea; --paper: #fff;
  --a: #1f6feb; --b: #b84a05; --c: #8250df; --d: #57606a; --e: #1a7f4b; --f: #bf3989; --g: #8a6a00;
  --ok: #9bc8a7; --alarm: #d9534f; --unknown: #d5dae0; --held: #1a7f37; --bad: #c03b37; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --dim: #9aa7b5; --line: #2d3640; --paper: #12171d;
  --a: #6ea8fe; --b: #f0883e; --c: #bc8cff; --d: #8b949e; --e: #57c785; --f: #f778ba; --g: #d9b13b;
  --ok: #2f6b43; --alarm: #e5645f; --unknown: #39434e; --held: #57ab5a; --bad: #e5645f; } }
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
p.sub, .legend, caption { color: var(--dim); margin: 0; text-align: left; }
.legend span { display: inline-block; margin-right: 1.25rem; overflow-wrap: anywhere; } .legend i { display: inline-block; width: 1.2em; height: .2em; vertical-align: middle;
  margin-right: .4em; background: currentColor; }
.a { color: var(--a); } .b { color: var(--b); } .c { color: var(--c); } .d { color: var(--d); }
.e { color: var(--e); } .f { color: var(--f); } .g { color: var(--g); }
svg { width: 100%; height: auto; display: block; }
.chart { position: relative; height: 11rem; margin: .75rem .75rem 3rem 3.5rem; }
.chart svg { height: 100%; overflow: visible; }
.chart span { position: absolute; color: var(--dim); font-size: .75rem; line-height: 1.2; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.chart .y { right: 100%; padding-right: .5rem; translate: 0 50%; } .chart .x { top: 100%; padding-top: .4rem; translate: -50%; }
.grid { stroke: var(--line); } .tick { fill: var(--dim); font-size: 11px; font-variant-numeric: tabular-nums; }
.line, .grid { vector-effect: non-scaling-stroke; }
.line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round;
  stroke-linecap: round; }
.band { fill: var(--a); opacity: .16; }
.state.OK { fill: var(--ok); } .state.ALARM { fill: var(--alarm); } .state.INSUFFICIENT_DATA { fill: var(--unknown); }
.dash { stroke-dasharray: 5 4; stroke-width: 1.3; }
.held { color: var(--held); } .failed { color: var(--bad); } .unknown { color: var(--dim); }
.strips div { margin: .35rem .75rem .35rem 3.5rem; } .strips svg { height: .9rem; }
.strips code { color: var(--dim); font-size: .85em; overflow-wrap: anywhere; }
h1, .sub { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--a); outline-offset: 2px; }
@media (max-width: 40rem) { body { margin: 1rem auto; } .chart .second { display: none; }
  .chart { margin-left: 2.75rem; } .strips div { margin-left: 0; margin-right: 0; } }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-top: .25rem; }
th, td { text-align: left; padding: .2rem 1.25rem .2rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td.n { text-align: right; white-space: nowrap; } th { color: var(--dim); font-weight: 500; }
`;

/** A chart under its title and legend. */
const section = (title: string, legend: readonly Line[], chart: string): string =>
  `<section><h2>${escaped(title)}</h2><p class="legend">${legend
    .map((line) => `<span class="${line.style}"><i></i>${escaped(line.label)}</span>`)
    .join("")}</p>${chart}</section>`;

/** A line chart over so many minutes; `band` is shaded behind it. */
export const chart = (title: string, minutes: number, lines: readonly Line[], band?: Band): string =>
  section(title, lines, lineChart(title, minutes, lines, band));

/** States by minute of alarms, each a strip of its own. */
export function alarmStrips(alarms: readonly { readonly name: string; readonly states: readonly string[] }[]): string {
  const strips = alarms.map(
    ({ name, states }) => `<div><code>${escaped(name)}</code>${strip(`States of alarm ${name}`, states)}</div>`,
  );
  return `<section class="strips"><h2>Alarms</h2><p class="legend">green: OK, red: ALARM, grey: not enough data</p>${strips.join("")}</section>`;
}

/** Text, or a number's text that stands at the right; `style` is a class, `title` what a pointer that rests on it is told. */
export interface Cell {
  readonly text: string;
  readonly number?: boolean;
  readonly style?: string;
  readonly title?: string;
}

/** The first cell of a row heads it where `headed`; no head where it is omitted; `empty` stands for no rows. */
export function table(
  title: string,
  rows: readonly (readonly Cell[])[],
  { head, headed = false, empty = "None." }: { head?: readonly string[]; headed?: boolean; empty?: string } = {},
): string {
  const cell = ({ text, number = false, style, title: hint }: Cell, index: number) => {
    if (headed && index === 0) return `<th scope="row">${escaped(text)}</th>`;
    const classes = [...(number ? ["n"] : []), ...(style === undefined ? [] : [style])].join(" ");
    const attributes = `${classes === "" ? "" : ` class="${classes}"`}${hint === undefined ? "" : ` title="${escaped(hint)}"`}`;
    return `<td${attributes}>${escaped(text)}</td>`;
  };
  const top =
    head === undefined
      ? ""
      : `<thead><tr>${head.map((text) => (text === "" ? "<td></td>" : `<th scope="col">${escaped(text)}</th>`)).join("")}</tr></thead>`;
  const body =
    rows.map((cells) => `<tr>${cells.map(cell).join("")}</tr>`).join("") || `<tr><td>${escaped(empty)}</td></tr>`;
  return `<section class="scroll" tabindex="0" aria-label="${escaped(title)}"><h2>${escaped(title)}</h2><table>${top}<tbody>${body}</tbody></table></section>`;
}

/** @param sections HTML. */
export const page = (title: string, sub: string, sections: readonly string[]): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="sub">${escaped(sub)}</p>
${sections.join("\n")}
</main>
</body>
</html>
`;
