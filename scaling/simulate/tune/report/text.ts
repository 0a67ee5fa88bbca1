/** A search to read in a terminal of 80 columns. */
import { span, wrap } from "../../report/format.ts";
import { table } from "../../report/table.ts";
import { plot } from "./plot.ts";
import { checkCells, checkHead, checkRows, checkTitle, goalText, type TuneReport } from "./report.ts";
import { tradeOffOf } from "./trade-off.ts";
import { refusedText, verdictOf } from "./verdict.ts";

const width = 80;
const lines = (texts: readonly string[]): string[] => texts.map((text) => wrap(text, width, "  "));

function settings({ found, diff, commands, file }: TuneReport): string[] {
  if (found === undefined) return [];
  if (diff.length === 0) return [`${file} says so already: nothing has to change.`, ""];
  return [`Settings: ${file}`, ...diff, "", ...commands, ""];
}

export function tuneText(report: TuneReport): string {
  const { tuning, notes } = report;
  const { scenario, goal, seed } = tuning;
  const { head, sentences } = verdictOf(report);
  const rows = checkRows(report).map(({ name, check }) => [name, ...checkCells(check, goal.slo)]);
  const text = [
    wrap(scenario.title, width, ""),
    `${scenario.group}, ${span(scenario.seconds)}, seed ${seed}`,
    wrap(`Objectives: ${goalText(report)}; in nine of ten runs`, width, "  "),
    "",
    ...[...notes, ...(scenario.notes ?? [])].flatMap((note) => [wrap(note, width, "  "), ""]),
    wrap(head, width, "  "),
    ...lines(sentences),
    "",
    ...settings(report),
    wrap(checkTitle(goal), width, "  "),
    ...table([checkHead(goal.slo), ...rows]),
    "",
    ...plot(tradeOffOf(report)),
    "",
    wrap(refusedText(tuning), width, "  "),
  ];
  return `${text.join("\n")}\n`;
}
