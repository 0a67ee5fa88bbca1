/** A comparison as one page: all curves over each other. */

import type { MinuteRow } from "../../recorder.ts";
import { clock, figure, span } from "../../report/format.ts";
import { page, section } from "../../report/page.ts";
import { escaped, type Line, lineChart } from "../../report/svg.ts";
import type { Comparison } from "../compare.ts";
import { cell, columnsOf, spread } from "./columns.ts";

/** Of the page's style sheet; `d`, grey, is the load's. */
const styles = ["a", "b", "c", "e", "f", "g"] as const;

export function compareHtml(comparison: Comparison): string {
  const { title, group, seconds, seed, runs, need, outcomes, workers } = comparison;
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
  const chart = (name: string, drawn: readonly Line[]) => section(name, drawn, lineChart(name, minutes, drawn));
  const rows = outcomes.map(
    (outcome) =>
      `<tr><th scope="row">${escaped(outcome.variant.name)}</th>${columns
        .map(({ measure }) => {
          const between = runs === 1 ? "" : ` title="nine of ten runs: ${escaped(spread(outcome, measure))}"`;
          return `<td class="n"${between}>${escaped(cell(outcome, measure, runs))}</td>`;
        })
        .join("")}</tr>`,
  );
  const declared = outcomes.map(
    ({ variant }) =>
      `<tr><th scope="row">${escaped(variant.name)}</th><td><code>${escaped(
        Object.entries(variant.config)
          .map(([key, value]) => `${key}: ${value}`)
          .join(", ") || "the stack as it is",
      )}</code></td></tr>`,
  );
  const crossing =
    need.crossing === undefined
      ? "the load never needs more than the farm begins with"
      : `more than at the start is needed from ${clock(need.crossing)} to ${clock(need.falls ?? 0)}, ${figure(need.most)} instances at most`;
  const seeds = runs === 1 ? `seed ${seed}` : `${runs} runs, seeds ${seed} to ${seed + runs - 1}`;
  return page(
    title,
    `<h1>${escaped(title)}</h1>
<p class="sub">${escaped(group)}, ${span(seconds)} simulated, ${seeds}; ${crossing}</p>
${chart(`Instances in service${runs === 1 ? "" : ", middle of all runs"}`, sizes)}
${chart(
  workers ? "Seconds from sent to done, 95 % within" : "Seconds to the answer, 95 % within",
  lines((row) => row.p95),
)}
${chart(
  workers ? "Jobs waiting" : "Requests waiting",
  lines((row) => row.waiting),
)}
${
  workers
    ? ""
    : chart(
        "Failed requests a minute",
        lines((row) => row.failed),
      )
}
<section class="scroll"><h2>Figures</h2><table><thead><tr><th></th>${columns
      .map(({ head, meaning }) => `<th scope="col" title="${escaped(meaning)}">${escaped(head)}</th>`)
      .join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>
<p class="sub">${columns.map(({ head, meaning }) => `${escaped(head)}: ${escaped(meaning)}`).join("; ")}.</p></section>
<section class="scroll"><h2>What each is declared as</h2><table><tbody>${declared.join("")}</tbody></table></section>`,
  );
}
