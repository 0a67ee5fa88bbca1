/** A prediction as one page that needs nothing from outside. */
import type { Scenario } from "../model.ts";
import type { Prediction } from "../prediction.ts";
import { activitiesOf } from "./activities.ts";
import { figuresOf } from "./figures.ts";
import { clock, span } from "./format.ts";
import { page, section } from "./page.ts";
import { escaped, type Line, lineChart, strip } from "./svg.ts";

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

  return page(
    scenario.title,
    `<h1>${escaped(scenario.title)}</h1>
<p class="sub">${escaped(scenario.group)}, ${group?.min} to ${group?.max} instances, ${span(scenario.seconds)} simulated, ${seeds}</p>
${chart(`Instances${band === undefined ? "" : " (shaded: nine of ten runs)"}`, sizes, band)}
${chart(workers ? "Jobs a minute" : "Requests a minute", work)}
${chart(workers ? "Seconds from sent to done" : "Seconds to the answer", times)}
${chart(workers ? "Jobs in the queue" : "Requests waiting", waiting)}
<section class="strips"><h2>Alarms</h2><p class="legend">green: OK, red: ALARM, grey: not enough data</p>${strips.join("")}</section>
<section class="scroll"><h2>Figures</h2><table>${runs === 1 ? "" : '<thead><tr><th></th><th scope="col">middle</th><th scope="col">nine of ten runs</th></tr></thead>'}<tbody>${figures.join("")}</tbody></table></section>
<section class="scroll"><h2>What the group did, and why</h2><table><tbody>${activities.join("") || "<tr><td>It never changed.</td></tr>"}</tbody></table></section>`,
  );
}
