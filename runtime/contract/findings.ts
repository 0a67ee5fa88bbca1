/** What an annotation has found, as it travels in the job item to page, list, mail, API and log. */
import type { Job } from "./job.ts";

/** Every record of the input is in exactly one of the three. */
export interface Findings {
  readonly annotated: number;
  /** In the result, with nothing added. */
  readonly passedThrough: number;
  /** Not in the result. */
  readonly skipped: number;
  /** What the user should know of the file, a sentence each, the weightiest first. */
  readonly notes: readonly string[];
}

/** Notes kept in the item, which holds 400 KB at most and is read with every list; the log has them all. */
const notesMax = 10;
const noteCharactersMax = 500;

type FindingAttributes = Pick<Job, "annotated_records" | "passed_through_records" | "skipped_records" | "notes">;

export function findingAttributes({ annotated, passedThrough, skipped, notes }: Findings): FindingAttributes {
  const kept = notes
    .slice(0, notesMax)
    .map((note) => (note.length > noteCharactersMax ? `${note.slice(0, noteCharactersMax - 1)}…` : note));
  return {
    annotated_records: annotated,
    passed_through_records: passedThrough,
    skipped_records: skipped,
    ...(kept.length === 0 ? {} : { notes: kept }),
  };
}

/**
 * What a COMPLETED job came to: `annotated`; `incomplete`: records of the input are missing in the result; `unannotated`: nothing
 * was added to any record. An engine that gives no account is taken at its word.
 */
export type AnnotationVerdict = "annotated" | "incomplete" | "unannotated";

export function verdictOf(job: FindingAttributes): AnnotationVerdict {
  if (job.annotated_records === undefined) return "annotated";
  if (job.annotated_records === 0) return "unannotated";
  return (job.skipped_records ?? 0) > 0 ? "incomplete" : "annotated";
}

/** `2 records: 1 annotated, 0 passed through unchanged, 1 left out of the result`; undefined without an account. */
export function countsInWords(job: FindingAttributes): string | undefined {
  const { annotated_records: annotated, passed_through_records: passed = 0, skipped_records: skipped = 0 } = job;
  if (annotated === undefined) return undefined;
  const count = (value: number) => value.toLocaleString("en");
  const all = annotated + passed + skipped;
  return (
    `${count(all)} record${all === 1 ? "" : "s"}: ${count(annotated)} annotated, ${count(passed)} passed through unchanged, ` +
    `${count(skipped)} left out of the result`
  );
}
