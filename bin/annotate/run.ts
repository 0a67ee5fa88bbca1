/** `annofarm annotate`: files and streams around the service's own annotator. */
import { annotate } from "../../runtime/annotator/builtin/annotate.ts";
import { findingsOf } from "../../runtime/annotator/builtin/findings.ts";
import type { Report } from "../../runtime/annotator/builtin/report.ts";
import { builtinVersion } from "../../runtime/annotator/engine/builtin.ts";
import { openReference } from "../../runtime/annotator/reference/index/open.ts";
import { loadReference } from "../../runtime/annotator/reference/load.ts";
import type { Packing } from "../../runtime/annotator/vcf/compression.ts";
import { countsInWords, findingAttributes, verdictOf } from "../../runtime/contract/findings.ts";
import { InputError } from "../../runtime/vcf/input-error.ts";
import { bytesOf, checkPlaces, write, writeText } from "./files.ts";

export interface AnnotationRun {
  /** Path, or `-` for standard input. */
  readonly file: string;
  /** Path, or `-` for standard output. */
  readonly output: string;
  readonly report?: string;
  /** Directory of a reference; omitted: the built-in one. */
  readonly reference?: string;
}

const say = (text: string) => process.stderr.write(`annofarm: ${text}\n`);

/**
 * Exit status: 0 annotated, 1 the file is refused, 2 nothing in it could be annotated.
 *
 * @throws for what is not the file's fault.
 */
export async function runAnnotation(run: AnnotationRun): Promise<number> {
  const { file, output, report: reportFile } = run;
  await checkPlaces({ file, output, ...(reportFile === undefined ? {} : { report: reportFile }) });
  const options = { engineVersion: builtinVersion };
  const reference = run.reference === undefined ? loadReference() : openReference(run.reference);
  const { output: result, report, packing } = annotate(bytesOf(file), reference, options);
  let failure: InputError | undefined;
  try {
    await write(result, output);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failure = error;
  }
  tell(file, report, failure);
  if (reportFile !== undefined) {
    await writeText(`${JSON.stringify(reportOf(file, report, packing, failure), undefined, 2)}\n`, reportFile);
  }
  if (failure !== undefined) return 1;
  return outcomeOf(report) === "unannotated" ? 2 : 0;
}

const outcomeOf = (report: Report) => verdictOf(findingAttributes(findingsOf(report)));

function tell(file: string, report: Report, failure: InputError | undefined): void {
  if (failure !== undefined) {
    const at = failure.line === undefined ? "" : `, line ${failure.line}`;
    return void say(`${file}: refused${at}: ${failure.message}`);
  }
  const findings = findingsOf(report);
  say(`${file}: ${countsInWords(findingAttributes(findings))}`);
  for (const note of findings.notes) say(`note: ${note}`);
}

function reportOf(file: string, report: Report, { compression }: Packing, failure: InputError | undefined) {
  const { records, lines, assembly, skippedLines } = report;
  const { annotated, passedThrough, skipped, notes } = findingsOf(report);
  return {
    file,
    outcome: failure === undefined ? outcomeOf(report) : "refused",
    ...(failure === undefined ? {} : { failure: { line: failure.line, reason: failure.message } }),
    compression,
    counts: { lines, records, annotated, passedThrough, skipped },
    passedThrough: Object.fromEntries(report.passedThroughReasons),
    skipped: Object.fromEntries(report.skippedReasons),
    skippedLines,
    assembly: { ...assembly, assembly: assembly.assembly ?? null, kind: assembly.kind ?? null },
    notes,
  };
}
