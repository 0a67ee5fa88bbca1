/** A load from files that others wrote: how much came when. Memory is bounded by the time that they span. */
import { statSync } from "node:fs";
import { createAlbReader } from "./alb.ts";
import { filesOf } from "./files.ts";
import { createK6CsvReader, createK6JsonReader } from "./k6.ts";
import { type Kind, kindNames, kindOf } from "./kind.ts";
import { linesOf, textOf } from "./lines.ts";
import { parseMetricData, type Series } from "./metric-data.ts";
import { loadMetric, loadOfSeries, seriesOf } from "./metric-load.ts";
import type { CreateReader } from "./reader.ts";
import { type Level, SecondCounts, type TimeSpan } from "./span.ts";

export interface RecordedLoad {
  readonly kind: Kind;
  readonly files: number;
  /** Epoch milliseconds. */
  readonly begin: number;
  readonly levels: readonly Level[];
  /** What was left out, inferred or taken for granted. */
  readonly remarks: readonly string[];
}

export interface ReadOptions {
  readonly farm: "web" | "annotator";
  readonly span: TimeSpan;
  /** Told of the bytes read of all. */
  readonly onProgress: (read: number, of: number) => void;
}

const readers: Readonly<Record<Exclude<Kind, "cloudwatch">, CreateReader>> = {
  alb: createAlbReader,
  "k6-json": createK6JsonReader,
  "k6-csv": createK6CsvReader,
};

/** A document is read as a whole: a month of a metric's minutes is a few mebibytes. */
const documentMost = 64 * 1024 * 1024;
const headMost = 64 * 1024;

/** Its first line, or its first 64 KiB, and all of it again. */
async function withHead(pieces: AsyncGenerator<string>): Promise<{ head: string; all: AsyncGenerator<string> }> {
  let head = "";
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    head += next.value;
    if (head.length >= headMost || head.trimStart().includes("\n")) break;
  }
  async function* all() {
    yield head;
    yield* pieces;
  }
  return { head, all: all() };
}

/** @throws {RangeError} when it is no JSON, or too long to be an answer of CloudWatch. */
async function documentOf(file: string, pieces: AsyncIterable<string>): Promise<unknown> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length > documentMost)
      throw new RangeError(
        `${file} is longer than ${documentMost} characters, so it is no answer of CloudWatch; export less at a time`,
      );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RangeError(
      `${file} is no JSON: ${(cause as Error).message}; expected what the AWS CLI prints (--output json)`,
      { cause },
    );
  }
}

/** A file of JSON, packed or not. @throws {RangeError} when it is none. */
export const readDocument = (file: string): Promise<unknown> =>
  documentOf(
    file,
    textOf(file, () => {}),
  );

function checkFarm({ farm }: ReadOptions, file: string, kind: Kind): void {
  if (farm === "web" || kind === "cloudwatch") return;
  throw new RangeError(
    `${file} is ${kindNames[kind]}, which counts requests, and the annotators' load is jobs: give ${loadMetric.annotator} of their queue`,
  );
}

async function readLines(file: string, all: AsyncIterable<string>, reader: ReturnType<CreateReader>): Promise<void> {
  let number = 0;
  for await (const lines of linesOf(file, all)) {
    for (const line of lines) {
      number++;
      if (line.trim() !== "") reader.line(file, line, number);
    }
  }
}

/** The load of one farm, and what the files do not say of it. @throws {RangeError} naming file, line and value of what is wrong. */
export async function readLoad(path: string, options: ReadOptions): Promise<RecordedLoad> {
  const files = filesOf(path);
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const counts = new SecondCounts(options.span);
  const series: Series[] = [];
  let read = 0;
  let first: Kind | undefined;
  let reader: ReturnType<CreateReader> | undefined;
  for (const file of files) {
    const pieces = textOf(file, (bytes) => {
      read += bytes;
      options.onProgress(read, size);
    });
    const { head, all } = await withHead(pieces);
    const kind = kindOf(file, head);
    first ??= kind;
    if (kind !== first)
      throw new RangeError(
        `${file} is ${kindNames[kind]}, and ${files[0]} is ${kindNames[first]}: give one kind at a time`,
      );
    checkFarm(options, file, kind);
    if (kind === "cloudwatch") series.push(...parseMetricData(file, await documentOf(file, all)));
    else {
      reader ??= readers[kind](counts);
      await readLines(file, all, reader);
    }
  }
  const ofMetric =
    reader === undefined ? loadOfSeries(seriesOf(series, loadMetric[options.farm]), options.span) : undefined;
  const found = ofMetric ?? counts.load();
  if (found === undefined || found.levels.every(({ count }) => count === 0)) {
    const where =
      options.span.from === undefined && options.span.to === undefined ? "" : " between --load-from and --load-to";
    throw new RangeError(
      `${path}: there is no load${where}: ${kindNames[first as Kind]} without ${options.farm === "web" ? "a request" : "a job"}`,
    );
  }
  const { begin, levels } = found;
  const remarks = ofMetric?.remarks ?? reader?.remarks() ?? [];
  return { kind: first as Kind, files: files.length, begin, levels, remarks };
}
