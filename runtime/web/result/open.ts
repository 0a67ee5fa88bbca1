/** Opens a job's result for pages and API alike, with what may be wrong told to its user. */
import type { Job } from "../../contract/job.ts";
import { ObjectNotFoundError } from "../../jobs/errors.ts";
import type { ObjectRef } from "../../jobs/ports.ts";
import { IndexMismatchError } from "../../results/bgzip-reader.ts";
import type { Filters } from "../../results/filters.ts";
import type { OpenResult, ResultReader } from "../../results/result-reader.ts";
import { candidates, type RecordPage } from "../../results/scan.ts";
import type { Summary } from "../../results/summary.ts";
import { HttpError } from "../http/errors.ts";

/** Runs what reads a result. @throws {HttpError} for files that do not fit each other, or have just been moved. */
export async function reading<Value>(job: Job, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw told(job, error);
  }
}

/** What reading a result has thrown, as its user is told it. */
export function told(job: Job, error: unknown): unknown {
  if (error instanceof IndexMismatchError) {
    return new HttpError(
      409,
      "index-mismatch",
      `The index beside this result does not fit it: ${error.message}. The result itself is whole: download it, or run the job again for a new index.`,
      { action: { href: `/annotations/${job.job_id}/result/download`, label: "Download the result" }, cause: error },
    );
  }
  if (error instanceof ObjectNotFoundError) {
    return new HttpError(
      404,
      "file-gone",
      "This file has just been moved. Go back to the job: it says where the file is now.",
      { action: { href: `/annotations/${job.job_id}`, label: "Go to the job" }, cause: error },
    );
  }
  return error;
}

/** Undefined: the result has no companions, or none that know its records. */
export async function openResult(reader: ResultReader, job: Job, ref: ObjectRef): Promise<OpenResult | undefined> {
  const result = await reading(job, () => reader.open(ref, job.result_sha256));
  return result === undefined || result.summary.columns.length === 0 ? undefined : result;
}

/**
 * @param action what a page offers instead; omitted: nothing.
 * @throws {HttpError} 404 for a result from before there were indexes, and for one that is no VCF.
 */
export async function openIndexed(
  reader: ResultReader,
  job: Job,
  ref: ObjectRef,
  action?: HttpError["action"],
): Promise<OpenResult> {
  const result = await openResult(reader, job, ref);
  if (result !== undefined) return result;
  throw noIndex(action);
}

export const noIndex = (action?: HttpError["action"]): HttpError =>
  new HttpError(
    404,
    "no-index",
    "This result has no index. Run the job again for one, or download the result.",
    action === undefined ? {} : { action },
  );

/** How many records fit: exactly, where the summary says so, else the most that can. */
export interface MatchCount {
  readonly records: number;
  readonly exact: boolean;
}

/** @param page found from `from` on: where it is all there is, it has been counted. */
export function matchCount(
  result: OpenResult,
  { filters, from }: { filters: Filters; from: number },
  page: Pick<RecordPage, "records" | "next" | "total">,
): MatchCount {
  if (page.total !== undefined) return { records: page.total, exact: true };
  if (from === 0 && page.next === undefined) return { records: page.records.length, exact: true };
  const exact = exactCount(filters, result.summary);
  if (exact !== undefined) return { records: exact, exact: true };
  const most = candidates(result, filters).reduce((sum, { bound }) => sum + bound, 0);
  return { records: most, exact: most === 0 };
}

/** Of no filter, or of one value of one facet. */
function exactCount(filters: Filters, { records, facets }: Summary): number | undefined {
  const [only, ...others] = Object.keys(filters);
  if (only === undefined) return records;
  if (
    others.length > 0 ||
    !(only === "type" || only === "filter" || only === "consequence" || only === "significance")
  ) {
    return undefined;
  }
  const [value, ...more] = filters[only] ?? [];
  if (value === undefined || more.length > 0) return undefined;
  return facets[only].records[facets[only].values.indexOf(value)];
}
