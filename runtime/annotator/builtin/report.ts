/** The account of a run: every record of the input is in exactly one of annotated, passed through and skipped. */
import type { AssemblyFinding } from "../../vcf/assembly/evidence.ts";
import type { Objection } from "../../vcf/record.ts";

/** Skipped records listed one by one; the rest is counted. */
export const skippedLinesMax = 100;
/** Sequences counted by name; the rest is counted together. */
const sequencesMax = 200;
/** Notes kept. */
const notesMax = 20;

export interface Counts {
  records: number;
  annotated: number;
  passedThrough: number;
  skipped: number;
}

export interface Report extends Counts {
  /** Annotated records that overlap a gene, and those with a ClinVar allele. */
  withGene: number;
  withClinvar: number;
  /** Lines of the uncompressed input, header and blank ones included. */
  lines: number;
  /** The assembly that the reference data are for. */
  readonly referenceAssembly: string;
  /** Which assembly the header proves; complete once the header has been read. */
  assembly: AssemblyFinding;
  /** Names in CHROM have proved the assembly. */
  provedByNames: boolean;
  readonly passedThroughReasons: Map<string, number>;
  readonly skippedReasons: Map<string, number>;
  /** The first `skippedLinesMax`. */
  readonly skippedLines: { line: number; reason: string }[];
  /** In order of appearance; at most `sequencesMax` and one for the others. */
  readonly sequences: Map<string, Counts>;
  /** What the user should know of the file, in words. */
  readonly notes: string[];
}

/** @param referenceAssembly the assembly that the reference data are for. */
export function createReport(referenceAssembly: string): Report {
  return {
    referenceAssembly,
    ...noCounts(),
    withGene: 0,
    withClinvar: 0,
    lines: 0,
    assembly: { assembly: undefined, kind: undefined, evidence: [], contradictions: [] },
    provedByNames: false,
    passedThroughReasons: new Map(),
    skippedReasons: new Map(),
    skippedLines: [],
    sequences: new Map(),
    notes: [],
  };
}

const noCounts = (): Counts => ({ records: 0, annotated: 0, passedThrough: 0, skipped: 0 });

export const otherSequences = "(all others)";

/** Counts of one sequence name, made on first sight. */
export function countsOf(report: Report, name: string): Counts {
  const known = report.sequences.get(name);
  if (known !== undefined) return known;
  if (report.sequences.size >= sequencesMax && name !== otherSequences) return countsOf(report, otherSequences);
  const counts = noCounts();
  report.sequences.set(name, counts);
  return counts;
}

const increment = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

export function countSkipped(report: Report, line: number, objection: Objection): void {
  report.skipped += 1;
  increment(report.skippedReasons, objection.kind);
  if (report.skippedLines.length < skippedLinesMax) report.skippedLines.push({ line, reason: objection.detail });
}

export function countPassedThrough(report: Report, reason: string): undefined {
  report.passedThrough += 1;
  increment(report.passedThroughReasons, reason);
}

export function note(report: Report, text: string): void {
  if (report.notes.length < notesMax && !report.notes.includes(text)) report.notes.push(text);
}
