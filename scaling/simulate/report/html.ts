/** A prediction as one page that needs nothing from outside. */
import type { Scenario } from "../model.ts";
import type { Prediction } from "../prediction.ts";
import { activitiesOf } from "./activities.ts";
import { figuresOf } from "./figures.ts";
import { clock, span } from "./format.ts";
import { notesOf } from "./notes.ts";
import { alarmStrips, chart, page, table } from "./page.ts";
import type { Line } from "./svg.ts";

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
    label: name,
    style: "abc"[index] as string,
    values: rows.map((row) => row[name]),
  }));
  const waiting: Line[] = [{ label: "waiting", style: "a", values: rows.map((row) => row.waiting) }];
  const band =
    runs === 1
      ? undefined
      : { low: prediction.inService.map(({ low }) => low), high: prediction.inService.map(({ high }) => high) };
  const alarms = Object.keys(rows[0]?.alarms ?? {}).map((name) => ({
    name,
    states: rows.map((row) => row.alarms[name] ?? "INSUFFICIENT_DATA"),
  }));
  const figures = figuresOf(scenario, prediction).map(({ name, value, interval }) => [
    { text: name },
    { text: value, number: true },
    ...(runs === 1 ? [] : [{ text: interval ?? "", number: true }]),
  ]);
  const activities = activitiesOf(run.decisions).map(({ minute, what, cause }) => [
    { text: clock(minute), number: true },
    { text: what, number: true },
    { text: cause },
  ]);
  const head = runs === 1 ? {} : { head: ["", "median", "90 % interval"] };
  return page(
    scenario.title,
    `${scenario.group}, ${group?.min} to ${group?.max} instances, ${span(scenario.seconds)} simulated, ${seeds}`,
    [
      chart(`Instances${band === undefined ? "" : " (shaded: 90 % interval)"}`, minutes, sizes, band),
      chart(workers ? "Jobs a minute" : "Requests a minute", minutes, work),
      chart(workers ? "Time from submission to completion, seconds" : "Response time, seconds", minutes, times),
      chart(workers ? "Jobs in the queue" : "Requests waiting", minutes, waiting),
      alarmStrips(alarms),
      ...notesOf(scenario.notes ?? []),
      table("Figures", figures, { headed: true, ...head }),
      table("Changes of the group and their causes", activities, { empty: "The size of the group never changed." }),
    ],
  );
}
