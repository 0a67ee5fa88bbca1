/** The study for a terminal of 80 columns. */
import type { Study } from "./study.ts";
import { annotatorRows, comparison, experiment, parameters, type Row } from "./tables.ts";

function aligned(rows: readonly Row[]): string {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join(" ")
        .trimEnd(),
    )
    .join("\n");
}

export function courseText(study: Study): string {
  return `The course's web load test (exercise 13): its record, and three explanations
${aligned(comparison(study))}
* fitted to this figure; everything else is predicted. Median of ${study.runs} runs.

Found by the fit
${aligned(parameters(study))}

What would tell them apart: the same load on a farm that does not scale
${aligned(experiment(study))}

The annotator (exercise 14)
${aligned(annotatorRows(study))}

docs/course-run.md says what follows from this and what does not.
`;
}
