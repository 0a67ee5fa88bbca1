/** A backtest as one page: what was recorded over what is predicted. */
import { clock, figure, span } from "../../../../scaling/simulate/report/format.ts";
import { notesOf } from "../../../../scaling/simulate/report/notes.ts";
import { chart, page, table } from "../../../../scaling/simulate/report/page.ts";
import { escaped, type Line } from "../../../../scaling/simulate/report/svg.ts";
import { spanText } from "../../exports/span.ts";
import type { Backtest } from "../backtest.ts";
import { columns, intervalText } from "./columns.ts";

/** Of the page's style sheet; `d`, grey, is what was recorded. */
const styles = ["a", "b", "c", "e", "f", "g"] as const;

/** Arrivals by minute of levels of any length. */
function arrivals(levels: Backtest["record"]["levels"], minutes: number): number[] {
  const ends: { until: number; rate: number }[] = [];
  let until = 0;
  for (const { seconds, count } of levels) {
    until += seconds;
    ends.push({ until, rate: (60 * count) / seconds });
  }
  return Array.from({ length: minutes }, (_, minute) => ends.find((each) => each.until > 60 * minute)?.rate ?? 0);
}

export function backtestHtml(backtest: Backtest): string {
  const { group, record, against, notes, outcomes, runs, seed } = backtest;
  const { begin, inService, activities, levels } = record;
  const minutes = inService.length;
  const [first] = outcomes;
  const band = first && {
    low: first.prediction.inService.map(({ low }) => low),
    high: first.prediction.inService.map(({ high }) => high),
  };
  const sizes: Line[] = [
    { label: "recorded", style: "d", steps: true, values: inService },
    ...outcomes.map(({ variant, prediction }, index) => ({
      label: variant,
      style: styles[index % styles.length] as string,
      steps: true,
      values: prediction.inService.map(({ middle }) => middle),
    })),
  ];
  const rows = outcomes.map((outcome) => [
    { text: outcome.variant },
    ...columns.map(({ text }) => ({ text: text(outcome), number: true })),
    { text: intervalText(outcome.figures.hours.predicted), number: true },
  ]);
  const declared = outcomes.map(({ variant, config }) => [
    { text: variant },
    {
      text:
        Object.entries(config)
          .map(([key, value]) => `${key}: ${value}`)
          .join(", ") || "the stack's own configuration",
    },
  ]);
  const acts = activities.map(({ start, description, cause, status }) => [
    { text: clock((start - begin) / 60_000), number: true },
    { text: status },
    { text: description },
    { text: cause },
  ]);
  const meanings = columns.map(({ head, meaning }) => `${escaped(head)}: ${escaped(meaning)}`).join("; ");
  return page(
    `Backtest of ${group}`,
    `${spanText(begin, begin + 60_000 * minutes)}, ${span(60 * minutes)}; ${runs} runs, seeds ${seed} to ${seed + runs - 1}; every error is against ${against}`,
    [
      chart(
        `Instances in service, median of all runs (shaded: 90 % interval of ${first?.variant ?? ""})`,
        minutes,
        sizes,
        band,
      ),
      chart(record.farm === "web" ? "Requests a minute, recorded" : "Jobs a minute, recorded", minutes, [
        { label: "recorded", style: "d", values: arrivals(levels, minutes) },
      ]),
      table("Figures", rows, { headed: true, head: ["", ...columns.map(({ head }) => head), "inst-h, 90 % interval"] }),
      `<p class="sub">${meanings}. Recorded: ${figure(first?.figures.hours.recorded)} instance-hours.</p>`,
      ...notesOf(notes),
      table("Configuration of each variant", declared, { headed: true }),
      table("Recorded scaling activities", acts, {
        head: ["after", "status", "activity", "cause"],
        empty: "None were exported.",
      }),
    ],
  );
}
