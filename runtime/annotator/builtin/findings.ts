/** A run's report as it travels with the job. */
import type { Findings } from "../../contract/findings.ts";
import type { Report } from "./report.ts";

const count = (value: number) => value.toLocaleString("en");
const records = (value: number) => `${count(value)} record${value === 1 ? "" : "s"}`;

/** `reason (3), other reason (1)`, the most frequent first. */
const reasons = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([reason, number]) => `${reason} (${count(number)})`)
    .join(", ");

export function findingsOf(report: Report): Findings {
  const { annotated, passedThrough, skipped, notes, assembly } = report;
  const [first] = report.skippedLines;
  const own: string[] = [];
  if (first !== undefined) {
    own.push(
      `${records(skipped)} could not be read and ${skipped === 1 ? "is" : "are"} not in the result; ` +
        `the first is line ${count(first.line)}: ${first.reason}`,
    );
  }
  // Of a file of another assembly a note says so already.
  if (
    annotated === 0 &&
    report.records > 0 &&
    (assembly.assembly ?? report.referenceAssembly) === report.referenceAssembly
  ) {
    own.push(
      `no record was annotated: ${reasons(new Map([...report.passedThroughReasons, ...report.skippedReasons]))}`,
    );
  }
  return { annotated, passedThrough, skipped, notes: [...own, ...notes] };
}
