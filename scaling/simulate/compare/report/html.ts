/** A comparison as one page: all curves over each other. */

import type { MinuteRow } from "../../recorder.ts";
import { clock, figure, span } from "../../report/format.ts";
import { notesOf } from "../../report/notes.ts";
import { chart, page, table } from "../../report/page.ts";
import { escaped, type Line } from "../../report/svg.ts";
import type { Comparison } from "../compare.ts";
import { cell, columnsOf, spread } from "./columns.ts";
import { sloLine } from "./text.ts";

/** Of the page's style sheet; `d`, grey, is the load's. */
const styles = ["a", "b", "c", "e", "f", "g"] as const;

export function compareHtml(comparison: Comparison): string {
  const { title, group, seconds, seed, runs, need, notes, outcomes, workers, slo } = comparison;
  const minutes = need.instances.length;
  const columns = columnsOf(comparison);
  const lines = (of: (row: MinuteRow) => number | undefined): Line[] =>
    outcomes.map(({ variant, prediction }, index) => ({
      label: variant.name,
      style: styles[index % styles.length] as string,
      values: prediction.run.rows.map(of),
    }));
  const sizes: Line[] = [
    { label: "needed", style: "d", steps: true, values: need.instances },
    ...outcomes.map(({ variant, prediction }, index) => ({
      label: variant.name,
      style: styles[index % styles.length] as string,
      steps: true,
      values: prediction.inService.map(({ middle }) => middle),
    })),
  ];
  const rows = outcomes.map((outcome) => [
    { text: outcome.variant.name },
    ...columns.map(({ measure }) => ({
      text: cell(outcome, measure, runs),
      number: true,
      ...(runs === 1 ? {} : { title: `90 % interval: ${spread(outcome, measure)}` }),
    })),
  ]);
  const declared = outcomes.map(({ variant }) => [
    { text: variant.name },
    {
      text:
        Object.entries(variant.config)
          .map(([key, value]) => `${key}: ${value}`)
          .join(", ") || "the stack's own configuration",
    },
  ]);
  const crossing =
    need.crossing === undefined
      ? "the load never needs more instances than the farm starts with"
      : `from ${clock(need.crossing)} to ${clock(need.falls ?? 0)} the load needs more instances than the farm starts with, at most ${figure(need.most)}`;
  const seeds = runs === 1 ? `seed ${seed}` : `${runs} runs, seeds ${seed} to ${seed + runs - 1}`;
  const meanings = columns.map(({ head, meaning }) => `${escaped(head)}: ${escaped(meaning)}`).join("; ");
  const failed = workers
    ? []
    : [
        chart(
          "Failed requests a minute",
          minutes,
          lines((row) => row.failed),
        ),
      ];
  return page(title, `${group}, ${span(seconds)} simulated, ${seeds}; ${crossing}`, [
    chart(`Instances in service${runs === 1 ? "" : ", median of all runs"}`, minutes, sizes),
    chart(
      workers ? "95th percentile of completion times, seconds" : "95th percentile of response times, seconds",
      minutes,
      lines((row) => row.p95),
    ),
    chart(
      workers ? "Jobs waiting" : "Requests waiting",
      minutes,
      lines((row) => row.waiting),
    ),
    ...failed,
    ...notesOf([...notes, ...(slo === undefined ? [] : [sloLine(comparison)])]),
    table("Figures", rows, { headed: true, head: ["", ...columns.map(({ head }) => head)] }),
    `<p class="sub">${meanings}.</p>`,
    table("Configuration of each variant", declared, { headed: true }),
  ]);
}
