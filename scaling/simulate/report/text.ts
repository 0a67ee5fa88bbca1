/** A prediction to read in a terminal of 80 columns. */
import type { Scenario } from "../model.ts";
import type { Prediction } from "../prediction.ts";
import type { MinuteRow } from "../recorder.ts";
import { activitiesOf, alarmChanges } from "./activities.ts";
import { columns } from "./chart.ts";
import { figuresOf } from "./figures.ts";
import { clock, figure, span, wrap } from "./format.ts";

const width = 80;
const rowsMost = 16;

function chart(title: string, values: readonly number[], height: number): string[] {
  return [title, ...columns(values, width, height), ""];
}

/** Every so many minutes, so that the table stays short. */
function stride(count: number): number {
  return [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].find((each) => count / each <= rowsMost) ?? 1440;
}

function table(rows: readonly MinuteRow[], workers: boolean): string[] {
  const every = stride(rows.length);
  const head = ["time", "desired", "in service", workers ? "jobs" : "requests", "failed", "p50 s", "p95 s", "waiting"];
  const body = rows
    .filter(({ minute }) => minute % every === 0)
    .map((row) => {
      const stretch = rows.slice(row.minute - every, row.minute);
      const sum = (of: (each: MinuteRow) => number) => stretch.reduce((total, each) => total + of(each), 0);
      return [
        clock(row.minute),
        figure(row.desired),
        figure(row.inService),
        figure(sum(({ ended }) => ended)),
        figure(sum(({ failed }) => failed)),
        figure(row.p50),
        figure(row.p95),
        figure(row.waiting),
      ];
    });
  const widths = head.map((name, index) =>
    Math.max(name.length, ...body.map((cells) => (cells[index] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padStart(widths[index] as number)).join("  ");
  const note = every === 1 ? [] : [`(counts are totals of ${every} minutes; other columns show the last minute)`];
  return [line(head), ...body.map(line), ...note];
}

export function textReport(scenario: Scenario, prediction: Prediction): string {
  const { run, runs } = prediction;
  const group = scenario.plan.groups.find(({ name }) => name === scenario.group);
  const workers = scenario.service.kind === "workers";
  const seeds = runs === 1 ? `seed ${run.seed}` : `${runs} runs, seeds ${run.seed} to ${run.seed + runs - 1}`;
  const figures = figuresOf(scenario, prediction);
  const nameWidth = Math.max(...figures.map(({ name }) => name.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  const activities = activitiesOf(run.decisions);
  const shown = activities.slice(0, 24);
  const one = runs === 1 ? "" : ` (seed ${run.seed})`;
  const lines = [
    wrap(scenario.title, width, ""),
    `${scenario.group}, ${group?.min} to ${group?.max} instances, ${span(scenario.seconds)}, ${seeds}`,
    "",
    ...(scenario.notes ?? []).flatMap((note) => [wrap(note, width, "  "), ""]),
    ...chart(
      `Instances in service${one}`,
      run.rows.map(({ inService }) => inService),
      5,
    ),
    ...chart(
      `${workers ? "Jobs completed" : "Requests"} a minute`,
      run.rows.map(({ ended }) => ended),
      3,
    ),
    ...(workers
      ? chart(
          "Jobs waiting",
          run.rows.map(({ waiting }) => waiting),
          3,
        )
      : []),
    ...figures.map(({ name, value, interval }) =>
      `${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}${interval === undefined ? "" : `   ${interval}`}`.trimEnd(),
    ),
    ...(runs === 1 ? [] : ["(median of all runs; at the right the 90 % interval)"]),
    ...Object.entries(run.totals.failures).map(([what, count]) => `failures, ${what}: ${figure(count)}${one}`),
    "",
    ...table(run.rows, workers),
    "",
    activities.length === 0 ? "The size of the group never changed." : `Changes of the group and their causes${one}`,
    ...shown.map(({ minute, what, cause }) =>
      wrap(`${clock(minute).padStart(5)}  ${what.padEnd(8)} ${cause}`, width, " ".repeat(16)),
    ),
    ...(activities.length > shown.length
      ? [`       … and ${activities.length - shown.length} more (--json has all)`]
      : []),
    ...alarmChanges(run.decisions).map(([alarm, count]) =>
      wrap(`alarm ${alarm} changed its state ${count === 1 ? "once" : `${figure(count)} times`}`, width, "  "),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
