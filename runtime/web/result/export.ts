/** Records that fit, as a file: streamed, however many there are. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { attachment } from "../../aws/content-disposition.ts";
import type { Job } from "../../contract/job.ts";
import { downloadName } from "../../contract/keys.ts";
import { createBgzipWriter } from "../../results/bgzip-writer.ts";
import type { Filters } from "../../results/filters.ts";
import type { OpenResult } from "../../results/result-reader.ts";
import { scan } from "../../results/scan.ts";
import { definitionsOf, variantOf } from "../../results/variant.ts";
import { HttpError } from "../http/errors.ts";
import { type Column, chosenColumns, columnsOf } from "./columns.ts";
import { reading, told } from "./open.ts";
import { type QueryValues, readResultQuery, valuesOfParameter } from "./query.ts";

const exportFormats = ["vcf", "vcf.gz", "tsv", "csv"] as const;
type ExportFormat = (typeof exportFormats)[number];

const exportTypes: Readonly<Record<ExportFormat, string>> = {
  vcf: "text/x-vcf; charset=utf-8",
  "vcf.gz": "application/gzip",
  tsv: "text/tab-separated-values; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};

interface ExportOptions {
  readonly filters: Filters;
  readonly format: ExportFormat;
  /** Of tables, after CHROM, POS, REF and ALT. */
  readonly columns: readonly Column[];
  /** All lines that begin with `#`. */
  readonly header: string;
  readonly signal: AbortSignal;
}

/**
 * Sends the records that the request's filters let through, in its `format`.
 *
 * @throws {HttpError} 400 for a format that is none, and for bad filters.
 */
export async function sendExport(request: Request, response: Response, job: Job, result: OpenResult): Promise<void> {
  const { filters } = readResultQuery(request.query as QueryValues, result.summary);
  const [asked = "vcf"] = valuesOfParameter(request.query as QueryValues, "format");
  const format = exportFormats.find((each) => each === asked);
  if (format === undefined) {
    throw new HttpError(400, "bad-format", `format is "${asked}"; it must be one of ${exportFormats.join(", ")}.`);
  }
  const header = await reading(job, () => result.header());
  const columns = chosenColumns(columnsOf(result.summary, definitionsOf(header)), request);
  const stop = new AbortController();
  response.once("close", () => stop.abort());
  const name = downloadName(job.s3_key_result_file ?? "").replace(/\.vcf$/, "");
  response.set({
    "content-type": exportTypes[format],
    "content-disposition": attachment(`${name}.${format}`),
    "cache-control": "no-store",
  });
  try {
    const body = exported(result, { filters, format, columns, header, signal: stop.signal });
    await pipeline(Readable.from(body, { objectMode: false }), response);
  } catch (error) {
    // Whoever asked has gone: there is nobody to tell.
    if (!stop.signal.aborted) throw told(job, error);
  }
}

/** @throws while it is read {IndexMismatchError} */
async function* exported(result: OpenResult, options: ExportOptions): AsyncGenerator<Buffer> {
  const { format } = options;
  if (format === "tsv" || format === "csv") yield* table(result, options);
  else if (format === "vcf") yield* vcf(result, options);
  else yield* packed(vcf(result, options));
}

async function* vcf(result: OpenResult, { filters, header, signal }: ExportOptions): AsyncGenerator<Buffer> {
  yield Buffer.from(header);
  for await (const { found } of scan(result, filters, { from: 0, signal })) {
    if (found.length > 0) yield Buffer.from(found.map(({ line }) => `${line}\n`).join(""));
  }
}

async function* packed(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let blocks: Buffer[] = [];
  const writer = createBgzipWriter(async (block) => void blocks.push(block));
  for await (const chunk of text) {
    await writer.write(chunk);
    yield* blocks;
    blocks = [];
  }
  await writer.end();
  yield* blocks;
}

async function* table(result: OpenResult, { filters, columns, format, signal }: ExportOptions): AsyncGenerator<Buffer> {
  const cell = format === "csv" ? csvCell : tsvCell;
  const separator = format === "csv" ? "," : "\t";
  const end = format === "csv" ? "\r\n" : "\n";
  const row = (values: readonly string[]) => values.map(cell).join(separator) + end;
  yield Buffer.from(row(["CHROM", "POS", "REF", "ALT", ...columns.map(({ name }) => name)]));
  for await (const { found } of scan(result, filters, { from: 0, signal })) {
    const rows = found.map(({ line }) => {
      const variant = variantOf(line, result.summary.columns);
      const { chrom, pos, ref, alt } = variant;
      return row([chrom, String(pos), ref, alt, ...columns.map((column) => column.value(variant))]);
    });
    if (rows.length > 0) yield Buffer.from(rows.join(""));
  }
}

/** A spreadsheet takes a text that begins so for a formula: `'` before it makes it text. Numbers with a sign stay numbers. */
const formula = /^[=@]|^[+-](?!\d*\.?\d+(?:[eE][+-]?\d+)?$)/;

/** RFC 4180. */
function csvCell(value: string): string {
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const tsvCell = (value: string): string => value.replace(/[\t\r\n]/g, " ");
