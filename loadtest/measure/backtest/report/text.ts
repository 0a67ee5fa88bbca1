/** A backtest to read in a terminal of 80 columns. */
import { columns as chart } from "../../../../scaling/simulate/report/chart.ts";
import { figure, span, wrap } from "../../../../scaling/simulate/report/format.ts";
import { table } from "../../../../scaling/simulate/report/table.ts";
import { spanText } from "../../exports/span.ts";
import type { Backtest } from "../backtest.ts";
import { columns, intervalText } from "./columns.ts";

const width = 80;

export function backtestText({ directory, group, record, against, notes, outcomes, runs, seed }: Backtest): string {
  const { begin, inService, activities } = record;
  const minutes = inService.length;
  const [first] = outcomes;
  const lines = [
    `Backtest of ${group} by ${directory}`,
    `${spanText(begin, begin + 60_000 * minutes)}, ${span(60 * minutes)}; ${runs} runs, seeds ${seed} to ${seed + runs - 1}`,
    wrap(`Every error is against ${against}.`, width, ""),
    "",
    "Instances in service, recorded",
    ...chart(
      inService.map((value) => value ?? 0),
      width,
      4,
    ),
    ...(first === undefined
      ? []
      : [
          `Instances in service, predicted (${first.variant}, median)`,
          ...chart(
            first.prediction.inService.map(({ middle }) => middle),
            width,
            4,
          ),
        ]),
    "",
    ...table([
      ["", ...columns.map(({ head }) => head)],
      ...outcomes.map((outcome) => [outcome.variant, ...columns.map(({ text }) => text(outcome))]),
    ]),
    "",
    `recorded: ${figure(first?.figures.hours.recorded)} instance-hours, at most ${figure(first?.figures.most.recorded)} in service, ${activities.length} scaling activities`,
    ...outcomes.map(
      ({ variant, crosses, figures: { hours, enough } }) =>
        `90 % intervals of ${variant}: ${intervalText(hours.predicted)} instance-hours${crosses ? `, enough after ${intervalText(enough.predicted)} min` : ""}`,
    ),
    "",
    ...columns.map(({ head, meaning }) => wrap(`${head.padEnd(8)}${meaning}`, width, " ".repeat(8))),
    "",
    ...notes.map((note) => wrap(note, width, "  ")),
  ];
  return `${lines.join("\n")}\n`;
}
