/** `/annotations/:id/result`: the records of a result as a table, one record, and files of them. */
import type { Request, RequestHandler, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import type { ObjectRef } from "../../jobs/ports.ts";
import type { OpenResult, ResultReader } from "../../results/result-reader.ts";
import { isSortable, pageByQuality, pageOf } from "../../results/scan.ts";
import { definitionsOf, variantOf } from "../../results/variant.ts";
import { currentUser } from "../http/context.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { chosenColumns, columnsOf, rememberColumns } from "../result/columns.ts";
import { sendExport } from "../result/export.ts";
import { fileOf } from "../result/files.ts";
import { matchCount, openIndexed, openResult, reading } from "../result/open.ts";
import { type QueryValues, readResultQuery, wholeNumber } from "../result/query.ts";
import { isGrch38, sourceOf } from "../result/source.ts";
import { downloadSeconds, resultAccess } from "../results.ts";
import { readHead } from "../text-head.ts";
import { FilePage } from "../views/file.tsx";
import { ResultPage } from "../views/result/result.tsx";
import { VariantPage } from "../views/result/variant.tsx";
import type { OwnJob } from "./own-job.ts";

/** Records of a page. */
const pageRecords = 50;
/** What is shown of a result that has no companions. */
const previewLines = 200;
const previewBytes = 256 * 1024;

interface Context extends Pick<WebPorts, "objects" | "config"> {
  readonly reader: ResultReader;
  readonly pages: Pages;
  readonly ownJob: OwnJob;
}

const pathOf = (job: Job): string => `/annotations/${job.job_id}/result`;

/** The result's place, when this user may have it now; else back to the job's page, which says why not. */
function placeOf({ config }: Context, job: Job, response: Response): ObjectRef | undefined {
  const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
  if (access.kind === "available" && job.s3_results_bucket !== undefined && job.s3_key_result_file !== undefined) {
    return { bucket: job.s3_results_bucket, key: job.s3_key_result_file };
  }
  response.redirect(303, `/annotations/${job.job_id}`);
  return undefined;
}

export function resultPages(context: Context) {
  return {
    table: withPlace(context, (found) => showTable(context, found)),
    variant: withPlace(context, (found) => showVariant(context, found)),
    exported: withPlace(context, async ({ request, response, job, ref }) => {
      await sendExport(request, response, job, await opened(context, job, ref));
    }),
    download: withPlace(context, (found) => download(context, found)),
  };
}

interface Found {
  readonly request: Request;
  readonly response: Response;
  readonly job: Job;
  readonly ref: ObjectRef;
}

function withPlace(context: Context, handle: (found: Found) => Promise<void>): RequestHandler {
  return async (request, response) => {
    const job = await context.ownJob(request, response);
    const ref = placeOf(context, job, response);
    if (ref !== undefined) await handle({ request, response, job, ref });
  };
}

const opened = ({ reader }: Context, job: Job, ref: ObjectRef): Promise<OpenResult> =>
  openIndexed(reader, job, ref, { href: pathOf(job), label: "Go to the result" });

async function showTable(context: Context, { request, response, job, ref }: Found): Promise<void> {
  const { reader, pages, config } = context;
  const result = await openResult(reader, job, ref);
  if (result === undefined) return showHead(context, response, job, ref);
  const path = pathOf(job);
  const { summary } = result;
  const query = readResultQuery(request.query as QueryValues, summary);
  const sortable = isSortable(result, query.filters);
  const find = query.sort === "quality" && sortable ? pageByQuality : pageOf;
  const limits = { from: query.from, limit: pageRecords };
  const [page, header] = await reading(job, () => Promise.all([find(result, query.filters, limits), result.header()]));
  const columns = columnsOf(summary, definitionsOf(header));
  rememberColumns(request, response, config.publicUrl.startsWith("https:"));
  const view = { job, path, summary, query, page, sortable, columns, chosen: chosenColumns(columns, request) };
  const content = <ResultPage {...view} count={matchCount(result, query, page)} source={sourceOf(header)} />;
  pages.send(response, { title: `Result of ${job.input_file_name}`, section: "/annotations", content });
}

/** A result without companions: its first lines, as they are. */
async function showHead({ objects, pages }: Context, response: Response, job: Job, ref: ObjectRef): Promise<void> {
  const head = await readHead(objects, ref, { bytes: previewBytes, lines: previewLines });
  const content = (
    <FilePage
      job={job}
      heading="Result"
      text={head.text}
      more={head.complete ? undefined : `These are the first ${head.lines} lines; download the file for the rest.`}
      download={{ href: `${pathOf(job)}/download`, label: "Download" }}
    />
  );
  pages.send(response, { title: `Result of ${job.input_file_name}`, section: "/annotations", content });
}

async function showVariant(context: Context, { request, response, job, ref }: Found): Promise<void> {
  const result = await opened(context, job, ref);
  const { records, columns } = result.summary;
  const number = wholeNumber({ record: request.params.number }, "record", { min: 1, max: records }) ?? 1;
  const [page, header] = await reading(job, () =>
    Promise.all([pageOf(result, {}, { from: number - 1, limit: 1 }), result.header()]),
  );
  const variant = variantOf(page.records[0]?.line ?? "", columns);
  const view = { job, path: pathOf(job), variant, number, records };
  const content = <VariantPage {...view} definitions={definitionsOf(header)} isGrch38={isGrch38(sourceOf(header))} />;
  context.pages.send(response, { title: `${variant.chrom}:${variant.pos}`, section: "/annotations", content });
}

/** The result or a companion, from storage. */
async function download({ objects }: Context, { request, response, ref }: Found): Promise<void> {
  const place = await fileOf(objects, ref, request.query.file);
  const url = await objects.presignGet(place, { expiresSeconds: downloadSeconds, fileName: downloadName(place.key) });
  response.set("cache-control", "no-store").redirect(303, url);
}
