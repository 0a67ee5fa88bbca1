import { type AnnotationVerdict, findingAttributes, verdictOf } from "../../contract/findings.ts";
import { because } from "../../vcf/assembly/words.ts";
import type { Packing } from "../vcf/compression.ts";
import { findingsOf } from "./findings.ts";
import { type Counts, type Report, skippedLinesMax } from "./report.ts";

const whole = new Intl.NumberFormat("en-US");
const number = (value: number) => whole.format(value).padStart(13);

const reasons = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `    ${number(count)}  ${reason}`);

const sequenceRow = ([name, counts]: readonly [string, Counts]): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names come from the file
  const shown = name.replace(/[\u0000-\u001f\u007f-\u00ff]/g, "·").slice(0, 20);
  const columns = [counts.records, counts.annotated, counts.passedThrough, counts.skipped];
  return `  ${shown.padEnd(20)}${columns.map(number).join("")}`;
};

const outcomes: Readonly<Record<AnnotationVerdict, string>> = {
  annotated: "annotated",
  incomplete: "annotated; records of the file are missing in the result",
  unannotated: "nothing was annotated",
};

/** The report as the log shows it: a few KB whatever the file. */
export function formatReport(report: Report, packing: Packing): string {
  const findings = findingsOf(report);
  const listed = report.skippedLines.map(({ line, reason }) => `    line ${line}: ${reason}`);
  const unlisted = report.skipped - report.skippedLines.length;
  const sum = report.annotated + report.passedThrough + report.skipped;
  return [
    `Input       ${packing.compression}, ${whole.format(report.lines)} lines`,
    `Outcome     ${outcomes[verdictOf(findingAttributes(findings))]}`,
    `Assembly    ${report.assembly.assembly ?? `${report.referenceAssembly}, assumed`}, from ${because(report.assembly)}`,
    "",
    `Records     ${number(report.records)}  = annotated + passed through + skipped${sum === report.records ? "" : " (so far)"}`,
    `  annotated ${number(report.annotated)}`,
    `    ${number(report.withGene)}  overlap a gene`,
    `    ${number(report.withClinvar)}  have an allele in ClinVar`,
    `  passed through${number(report.passedThrough).slice(4)}  in the result, nothing added`,
    ...reasons(report.passedThroughReasons),
    `  skipped   ${number(report.skipped)}  not in the result`,
    ...reasons(report.skippedReasons),
    ...(listed.length === 0 ? [] : ["", "Skipped records", ...listed]),
    ...(unlisted > 0 ? [`    and ${whole.format(unlisted)} more (the first ${skippedLinesMax} are listed)`] : []),
    ...(findings.notes.length === 0 ? [] : ["", "Notes", ...findings.notes.map((text) => `  ${text}`)]),
    ...(report.sequences.size === 0
      ? []
      : [
          "",
          `By sequence           ${["records", "annotated", "passed", "skipped"].map((head) => head.padStart(13)).join("")}`,
          ...[...report.sequences].map(sequenceRow),
        ]),
    "",
  ].join("\n");
}
