/** A result's records as a table, one record, and files of them: for its user (`/annotations/:id/result`), and for guests (`/shared`). */
import type { Request, RequestHandler, Response } from "express";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import type { ObjectRef } from "../../jobs/ports.ts";
import type { OpenResult, ResultReader } from "../../results/result-reader.ts";
import { isSortable, pageByQuality, pageOf } from "../../results/scan.ts";
import { definitionsOf, variantOf } from "../../results/variant.ts";
import { currentUser } from "../http/context.ts";
import { HttpError } from "../http/errors.ts";
import type { Pages } from "../http/pages.tsx";
import type { WebPorts } from "../ports.ts";
import { chosenColumns, columnsOf, rememberColumns } from "../result/columns.ts";
import { sendExport } from "../result/export.ts";
import { fileOf } from "../result/files.ts";
import { matchCount, noIndex, openIndexed, openResult, reading } from "../result/open.ts";
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
}

/** A result that whoever asks may see now. */
interface ShownResult {
  readonly job: Job;
  readonly ref: ObjectRef;
  /** Of the page with the table. */
  readonly path: string;
  /** Of whom the result is not: until when the link works, epoch seconds. */
  readonly guest?: { readonly until: number };
}

/** The result that the address names; undefined: the response has been sent. */
export type FindResult = (request: Request, response: Response) => Promise<ShownResult | undefined>;

interface Found extends ShownResult {
  readonly request: Request;
  readonly response: Response;
}

/** The result of an own job, when its user may have it now; else back to the job's page, which says why not. */
const ownResult =
  ({ config }: Context, ownJob: OwnJob): FindResult =>
  async (request, response) => {
    const job = await ownJob(request, response);
    const access = resultAccess(job, currentUser(response), config.freeRetentionSeconds);
    const { s3_results_bucket: bucket, s3_key_result_file: key } = job;
    const page = `/annotations/${job.job_id}`;
    if (access.kind === "available" && bucket !== undefined && key !== undefined) {
      return { job, ref: { bucket, key }, path: `${page}/result` };
    }
    response.redirect(303, page);
    return undefined;
  };

/** What can be seen of a result without being its user. */
export function resultViews(context: Context, find: FindResult) {
  return {
    table: withResult(find, (found) => showTable(context, found)),
    variant: withResult(find, (found) => showVariant(context, found)),
    exported: withResult(find, async (found) => {
      await sendExport(found.request, found.response, found.job, await opened(context, found));
    }),
  };
}

export function resultPages({ ownJob, ...context }: Context & { readonly ownJob: OwnJob }) {
  const find = ownResult(context, ownJob);
  return { ...resultViews(context, find), download: withResult(find, (found) => download(context, found)) };
}

const withResult =
  (find: FindResult, handle: (found: Found) => Promise<void>): RequestHandler =>
  async (request, response) => {
    const shown = await find(request, response);
    if (shown === undefined) return;
    try {
      await handle({ request, response, ...shown });
    } catch (error) {
      // A view that cannot be read leads to the whole.
      if (!(error instanceof HttpError) || error.status !== 400 || error.action !== undefined) throw error;
      throw new HttpError(400, error.code, error.message, { action: wayTo(shown), cause: error });
    }
  };

const wayTo = ({ path }: ShownResult) => ({ href: path, label: "Go to the result" });

const opened = ({ reader }: Context, found: Found): Promise<OpenResult> =>
  openIndexed(reader, found.job, found.ref, wayTo(found));

/** Which entry of the navigation a page belongs to: to none, for a guest. */
const sectionOf = ({ guest }: ShownResult) => (guest === undefined ? ({ section: "/annotations" } as const) : {});

async function showTable(context: Context, found: Found): Promise<void> {
  const { reader, pages, config } = context;
  const { request, response, job, ref, path, guest } = found;
  const result = await openResult(reader, job, ref);
  if (result === undefined) return showHead(context, found);
  const { summary } = result;
  const query = readResultQuery(request.query as QueryValues, summary);
  const sortable = isSortable(result, query.filters);
  const find = query.sort === "quality" && sortable ? pageByQuality : pageOf;
  const limits = { from: query.from, limit: pageRecords };
  const [page, header] = await reading(job, () => Promise.all([find(result, query.filters, limits), result.header()]));
  const columns = columnsOf(summary, definitionsOf(header));
  rememberColumns(request, response, {
    path: guest === undefined ? "/annotations" : path,
    secure: config.publicUrl.startsWith("https:"),
  });
  const view = { job, path, guest, summary, query, page, sortable, columns, chosen: chosenColumns(columns, request) };
  const content = <ResultPage {...view} count={matchCount(result, query, page)} source={sourceOf(header)} />;
  pages.send(response, { title: `Result of ${job.input_file_name}`, ...sectionOf(found), content });
}

/** A result without companions: its first lines, as they are. */
async function showHead({ objects, pages }: Context, found: Found): Promise<void> {
  const { response, job, ref, path, guest } = found;
  if (guest !== undefined) throw noIndex();
  const head = await readHead(objects, ref, { bytes: previewBytes, lines: previewLines });
  const content = (
    <FilePage
      job={job}
      heading="Result"
      text={head.text}
      more={head.complete ? undefined : `These are the first ${head.lines} lines; download the file for the rest.`}
      download={{ href: `${path}/download`, label: "Download" }}
    />
  );
  pages.send(response, { title: `Result of ${job.input_file_name}`, section: "/annotations", content });
}

async function showVariant(context: Context, found: Found): Promise<void> {
  const { request, response, job, path, guest } = found;
  const result = await opened(context, found);
  const { records, columns } = result.summary;
  const number = wholeNumber({ record: request.params.number }, "record", { min: 1, max: records }) ?? 1;
  const [page, header] = await reading(job, () =>
    Promise.all([pageOf(result, {}, { from: number - 1, limit: 1 }), result.header()]),
  );
  const variant = variantOf(page.records[0]?.line ?? "", columns);
  const view = { job, path, guest, variant, number, records };
  const content = <VariantPage {...view} definitions={definitionsOf(header)} isGrch38={isGrch38(sourceOf(header))} />;
  context.pages.send(response, { title: `${variant.chrom}:${variant.pos}`, ...sectionOf(found), content });
}

/** The result or a companion, from storage. */
async function download({ objects }: Context, { request, response, ref }: Found): Promise<void> {
  const place = await fileOf(objects, ref, request.query.file);
  const url = await objects.presignGet(place, { expiresSeconds: downloadSeconds, fileName: downloadName(place.key) });
  response.set("cache-control", "no-store").redirect(303, url);
}
