/** A comparison to read in a terminal of 80 columns. */
import { clock, figure, span, wrap } from "../../report/format.ts";
import { table } from "../../report/table.ts";
import { sloText } from "../../slo.ts";
import { type Comparison, cheapestOf, type MeasureName } from "../compare.ts";
import { acceptableWaitSeconds } from "../measure.ts";
import { cell, columnsOf, spread } from "./columns.ts";

const width = 80;
const spreadOf: readonly MeasureName[] = ["enoughAfter", "p95", "instanceHours", "cost"];

/** Which variant to take: in words, also when there is none. */
export function sloLine(comparison: Comparison): string {
  const text = sloText(comparison.slo ?? []);
  const best = cheapestOf(comparison);
  if (best === undefined) return `No variant meets ${text} in nine of ten runs.`;
  const unit = comparison.workers ? "thousand jobs" : "million requests";
  return `Cheapest that meets ${text} in nine of ten runs: ${best.variant.name}, USD ${cell(best, "unitCost", comparison.runs)} for each ${unit}.`;
}

export function compareText(comparison: Comparison): string {
  const { title, group, seconds, seed, runs, need, notes, outcomes, workers, slo } = comparison;
  const columns = columnsOf(comparison);
  const seeds = runs === 1 ? `seed ${seed}` : `${runs} runs, seeds ${seed} to ${seed + runs - 1}`;
  const head = ["", ...columns.map((column) => column.head), ...(slo === undefined ? [] : ["met"])];
  const body = outcomes.map((outcome) => [
    outcome.variant.name,
    ...columns.map(({ measure }) => cell(outcome, measure, runs)),
    ...(outcome.met === undefined ? [] : [`${outcome.met}/${runs}`]),
  ]);
  const spreads = columns.filter(({ measure }) => spreadOf.includes(measure));
  const lines = [
    wrap(title, width, ""),
    `${group}, ${span(seconds)}, ${seeds}`,
    need.crossing === undefined
      ? "The load never needs more instances than the farm starts with."
      : `From ${clock(need.crossing)} to ${clock(need.falls ?? 0)} the load needs more instances than at the start, at most ${figure(need.most)}.`,
    "",
    ...notes.flatMap((note) => [wrap(note, width, "  "), ""]),
    ...table([head, ...body]),
    "",
    ...(slo === undefined ? [] : [wrap(sloLine(comparison), width, ""), ""]),
    ...(runs === 1
      ? []
      : [
          "90 % intervals of the runs (the table above shows medians)",
          ...table([
            ["", ...spreads.map((column) => column.head)],
            ...outcomes.map((outcome) => [
              outcome.variant.name,
              ...spreads.map(({ measure }) => spread(outcome, measure)),
            ]),
          ]),
          "",
        ]),
    ...columns.map(({ head: name, meaning }) => wrap(`${name.padEnd(8)}${meaning}`, width, " ".repeat(8))),
    ...(workers
      ? [wrap(`A farm also counts as short while jobs wait longer than ${span(acceptableWaitSeconds)}.`, width, "")]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
