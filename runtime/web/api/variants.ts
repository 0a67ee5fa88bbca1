/** Handlers of the API that look into results. */
import type { Request, RequestHandler, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { epochSeconds, type ObjectRef } from "../../jobs/ports.ts";
import type { OpenResult, ResultReader } from "../../results/result-reader.ts";
import { isSortable, pageByQuality, pageOf } from "../../results/scan.ts";
import { facetNames, type Summary } from "../../results/summary.ts";
import { variantOf } from "../../results/variant.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import { ownJobOf } from "../pages/own-job.ts";
import type { WebPorts } from "../ports.ts";
import { sendExport } from "../result/export.ts";
import { matchCount, openIndexed, reading } from "../result/open.ts";
import { addressOf, type QueryValues, readResultQuery, wholeNumber } from "../result/query.ts";
import { resultAccess } from "../results.ts";
import { noResult } from "./no-result.ts";
import type { ApiVariant, ResultSummary, VariantList } from "./schemas.ts";

type Ports = Pick<WebPorts, "jobs" | "config" | "clock">;

/** Records of a page that does not say how many. */
const limitUsual = 50;
const limitMost = 500;

export function variantHandlers(ports: Ports, reader: ResultReader) {
  const ownJob = ownJobOf(ports.jobs);

  const withResult =
    (handle: (request: Request, response: Response, job: Job, result: OpenResult) => Promise<void>): RequestHandler =>
    async (request, response) => {
      const job = await ownJob(request, response);
      await handle(request, response, job, await openIndexed(reader, job, placeOf(ports, job, response)));
    };

  return {
    variants: withResult(async (request, response, job, result) => {
      response.json(await variantList(request, job, result));
    }),
    summary: withResult(async (_request, response, _job, { summary }) => {
      response.json(shownSummary(summary));
    }),
    exported: withResult(sendExport),
  };
}

/** @throws {HttpError} when the result cannot be had now. */
export function placeOf({ config, clock }: Omit<Ports, "jobs">, job: Job, response: Response): ObjectRef {
  const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
  if (access.kind !== "available") throw noResult(job, access, epochSeconds(clock));
  return { bucket: job.s3_results_bucket ?? "", key: job.s3_key_result_file ?? "" };
}

async function variantList(request: Request, job: Job, result: OpenResult): Promise<VariantList> {
  const query = readResultQuery(request.query as QueryValues, result.summary);
  const limit = wholeNumber(request.query as QueryValues, "limit", { min: 1, max: limitMost }) ?? limitUsual;
  if (query.sort !== undefined && !isSortable(result, query.filters)) {
    throw new HttpError(
      400,
      "bad-sort",
      `sort is "${query.sort}"; too many records would have to be read. Narrow the filters, or leave sort out for the order of the result.`,
    );
  }
  const find = query.sort === undefined ? pageOf : pageByQuality;
  const page = await reading(job, () => find(result, query.filters, { from: query.from, limit }));
  const { records, exact } = matchCount(result, query, page);
  const path = `/api/v1/jobs/${job.job_id}/variants`;
  return {
    variants: page.records.map(({ number, line }) => shownVariant(number + 1, line, result.summary)),
    records: result.summary.records,
    fit: records,
    fit_is_exact: exact,
    ...(page.stoppedAt === undefined ? {} : { looked_at_until: page.stoppedAt }),
    ...(page.next === undefined
      ? {}
      : { next: addressOf(path, query.parameters, { sort: query.sort, limit, from: page.next }) }),
  };
}

function shownVariant(record: number, line: string, { columns }: Summary): ApiVariant {
  const { info, format, samples, qual, ...site } = variantOf(line, columns);
  const quality = Number(qual);
  return {
    record,
    ...site,
    qual: qual === "." || Number.isNaN(quality) ? null : quality,
    info: Object.fromEntries(info),
    samples: Object.fromEntries(
      [...samples].map(([sample, values]) => [
        sample,
        Object.fromEntries(format.map((id, at) => [id, values[at] ?? "."])),
      ]),
    ),
  };
}

function shownSummary({ records, columns, sequences, facets, tabix, stopped }: Summary): ResultSummary {
  const counts = facetNames.map((name) => {
    const { values, records: counted } = facets[name];
    return [name, Object.fromEntries(values.flatMap((value, at) => (counted[at] ? [[value, counted[at]]] : [])))];
  });
  return {
    records,
    samples: columns.slice(9),
    sequences: sequences.map(({ name, records: counted, end }) => ({ name, records: counted, end })),
    counts: Object.fromEntries(counts) as ResultSummary["counts"],
    has_tabix_index: tabix.exists,
    ...(tabix.exists ? {} : { no_tabix_index_because: tabix.reason }),
    ...(stopped === undefined ? {} : { incomplete_because: stopped }),
  };
}
