/** A load test to read in a terminal of 80 columns. */
import { columns } from "../../../scaling/simulate/report/chart.ts";
import { wrap } from "../../../scaling/simulate/report/format.ts";
import { table } from "../../../scaling/simulate/report/table.ts";
import { atMinutes } from "../measured.ts";
import type { Report } from "./report.ts";
import { figureWords, remarks, subtitle } from "./words.ts";

const width = 80;

export function textReport(report: Report): string {
  const { scenario, measured, group, figures, verdicts } = report;
  const sizes = atMinutes(measured.sizes[group] ?? [], measured.minutes).map(({ inService }) => inService);
  const rows = [
    ["", "measured", "predicted", "error"],
    ...figures.map((each) => {
      const words = figureWords(each);
      return [each.name, words.measured, words.predicted, words.error];
    }),
  ];
  const lines = [
    wrap(`Load test ${scenario}: ${subtitle(report)}`, width, "  "),
    "",
    `Instances of ${group} in service`,
    ...columns(sizes, width, 5),
    "",
    "Requests a minute",
    ...columns(
      measured.load.map(({ requests }) => requests),
      width,
      3,
    ),
    "",
    ...table(rows),
    "",
    ...remarks(report).map((remark) => wrap(remark, width, "  ")),
    "",
    ...verdicts.map(({ what, verdict, detail }) =>
      wrap(`${verdict.padEnd(7)} ${what}${detail === "" ? "" : ` (${detail})`}`, width, " ".repeat(8)),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
