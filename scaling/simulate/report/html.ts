/** A prediction as one page that needs nothing from outside. */
import type { Scenario } from "../model.ts";
import type { Prediction } from "../prediction.ts";
import { activitiesOf } from "./activities.ts";
import { figuresOf } from "./figures.ts";
import { clock, span } from "./format.ts";
import { escaped, type Line, lineChart, strip } from "./svg.ts";

const style = `
:root { color-scheme: light dark; --ink: #1c2530; --dim: #5d6b7a; --line: #dfe4ea; --paper: #fff;
  --a: #1f6feb; --b: #d1570a; --c: #8250df; --d: #57606a; --ok: #9bc8a7; --alarm: #d9534f; --unknown: #d5dae0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --dim: #9aa7b5; --line: #2d3640; --paper: #12171d;
  --a: #6ea8fe; --b: #f0883e; --c: #bc8cff; --d: #8b949e; --ok: #2f6b43; --alarm: #e5645f; --unknown: #39434e; } }
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
p.sub, .legend, caption { color: var(--dim); margin: 0; text-align: left; }
.legend span { margin-right: 1.25rem; } .legend i { display: inline-block; width: 1.2em; height: .2em; vertical-align: middle;
  margin-right: .4em; background: currentColor; }
.a { color: var(--a); } .b { color: var(--b); } .c { color: var(--c); } .d { color: var(--d); }
svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--line); } .tick { fill: var(--dim); font-size: 11px; font-variant-numeric: tabular-nums; }
.line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round;
  stroke-linecap: round; }
.band { fill: var(--a); opacity: .16; }
.state.OK { fill: var(--ok); } .state.ALARM { fill: var(--alarm); } .state.INSUFFICIENT_DATA { fill: var(--unknown); }
.strips div { margin: .35rem 0; } .strips code { color: var(--dim); font-size: .85em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-top: .25rem; }
th, td { text-align: left; padding: .2rem 1.25rem .2rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td.n { text-align: right; white-space: nowrap; } th { color: var(--dim); font-weight: 500; }
`;

const section = (title: string, legend: readonly Line[], chart: string): string =>
  `<section><h2>${escaped(title)}</h2><p class="legend">${legend
    .map((line) => `<span class="${line.style}"><i></i>${escaped(line.label)}</span>`)
    .join("")}</p>${chart}</section>`;

export function htmlReport(scenario: Scenario, prediction: Prediction): string {
  const { run, runs } = prediction;
  const { rows } = run;
  const minutes = rows.length;
  const workers = scenario.service.kind === "workers";
  const group = scenario.plan.groups.find(({ name }) => name === scenario.group);
  const seeds = runs === 1 ? `seed ${run.seed}` : `${runs} runs, seeds ${run.seed} to ${run.seed + runs - 1}`;

  const sizes: Line[] = [
    { label: "in service", style: "a", steps: true, values: rows.map(({ inService }) => inService) },
    { label: "desired", style: "b", steps: true, values: rows.map(({ desired }) => desired) },
  ];
  const work: Line[] = [
    { label: workers ? "jobs ended" : "requests", style: "a", values: rows.map(({ ended }) => ended) },
    { label: "failed", style: "b", values: rows.map(({ failed }) => failed) },
  ];
  const times: Line[] = (["p50", "p95", "p99"] as const).map((name, index) => ({
    label: `${name.slice(1)} % within`,
    style: "abc"[index] as string,
    values: rows.map((row) => row[name]),
  }));
  const waiting: Line[] = [{ label: "waiting", style: "a", values: rows.map((row) => row.waiting) }];
  const band =
    runs === 1
      ? undefined
      : { low: prediction.inService.map(({ low }) => low), high: prediction.inService.map(({ high }) => high) };
  const strips = Object.keys(rows[0]?.alarms ?? {}).map((name) => {
    const states = rows.map(({ alarms }) => alarms[name] ?? "INSUFFICIENT_DATA");
    return `<div><code>${escaped(name)}</code>${strip(`States of alarm ${name}`, states)}</div>`;
  });
  const figures = figuresOf(scenario, prediction).map(
    ({ name, value, interval }) =>
      `<tr><th scope="row">${escaped(name)}</th><td class="n">${escaped(value)}</td>${runs === 1 ? "" : `<td class="n">${escaped(interval ?? "")}</td>`}</tr>`,
  );
  const activities = activitiesOf(run.decisions).map(
    ({ minute, what, cause }) =>
      `<tr><td class="n">${clock(minute)}</td><td class="n">${escaped(what)}</td><td>${escaped(cause)}</td></tr>`,
  );
  const chart = (title: string, lines: readonly Line[], area?: typeof band) =>
    section(title, lines, lineChart(title, minutes, lines, area));

  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(scenario.title)}</title><style>${style}</style></head>
<body>
<h1>${escaped(scenario.title)}</h1>
<p class="sub">${escaped(scenario.group)}, ${group?.min} to ${group?.max} instances, ${span(scenario.seconds)} simulated, ${seeds}</p>
${chart(`Instances${band === undefined ? "" : " (shaded: nine of ten runs)"}`, sizes, band)}
${chart(workers ? "Jobs a minute" : "Requests a minute", work)}
${chart(workers ? "Seconds from sent to done" : "Seconds to the answer", times)}
${chart(workers ? "Jobs in the queue" : "Requests waiting", waiting)}
<section class="strips"><h2>Alarms</h2><p class="legend">green: OK, red: ALARM, grey: not enough data</p>${strips.join("")}</section>
<section class="scroll"><h2>Figures</h2><table>${runs === 1 ? "" : '<thead><tr><th></th><th scope="col">middle</th><th scope="col">nine of ten runs</th></tr></thead>'}<tbody>${figures.join("")}</tbody></table></section>
<section class="scroll"><h2>What the group did, and why</h2><table><tbody>${activities.join("") || "<tr><td>It never changed.</td></tr>"}</tbody></table></section>
</body>
</html>
`;
}
