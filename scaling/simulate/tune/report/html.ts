/** A search as one page: what was found, the trade-off, the check, and all settings. */
import { span } from "../../report/format.ts";
import { notesOf } from "../../report/notes.ts";
import { type Cell, page, table } from "../../report/page.ts";
import { escaped } from "../../report/svg.ts";
import { costly } from "../race.ts";
import {
  checkCells,
  checkHead,
  checkRows,
  checkTitle,
  figureHeads,
  figuresOf,
  goalText,
  type TuneReport,
} from "./report.ts";
import { scatterSection } from "./scatter.ts";
import { tradeOffOf } from "./trade-off.ts";
import { refusedText, verdictOf } from "./verdict.ts";

const numbers = (texts: readonly string[]): Cell[] => texts.map((text) => ({ text, number: true }));

/** Lines that are to be copied. */
const code = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ""
    : `<section class="scroll" tabindex="0" aria-label="${escaped(title)}"><h2>${escaped(title)}</h2><pre>${lines.map(escaped).join("\n")}</pre></section>`;

export function tuneHtml(report: TuneReport): string {
  const { tuning, notes, diff, commands, file } = report;
  const { scenario, goal, racers, seed, runs } = tuning;
  const { head, sentences } = verdictOf(report);
  const all = [...racers].sort((a, b) => costly(a) - costly(b));
  const rows = all.map(({ candidate, trials, costs, met }) => [
    { text: candidate.variant.name },
    ...numbers([...figuresOf(trials, costs, goal.slo), `${met}/${trials.length}`]),
  ]);
  const checks = checkRows(report).map(({ name, check }) => [{ text: name }, ...numbers(checkCells(check, goal.slo))]);
  const changes = diff.length === 0 && report.found !== undefined ? ["nothing: the stack is set so already"] : diff;
  return page(
    head,
    `${scenario.group}, ${scenario.title}; ${span(scenario.seconds)} simulated, ${goalText(report)} in nine of ten runs; seed ${seed}, ${runs} runs of the check`,
    [
      ...notesOf([...sentences, ...notes, ...(scenario.notes ?? [])]),
      code(`Settings: ${file}`, changes),
      code("Commands", commands),
      scatterSection(tradeOffOf(report)),
      table(checkTitle(goal), checks, {
        headed: true,
        head: checkHead(goal.slo),
      }),
      table("All settings, as far as the search ran them", rows, {
        headed: true,
        head: ["", ...figureHeads(goal.slo), "met"],
      }),
      `<p class="sub">${escaped(refusedText(tuning))}</p>`,
    ],
  );
}
