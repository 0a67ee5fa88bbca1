/** Finds records of an open result, zone by zone: those that the zone map rules out are not read. */
import { IndexMismatchError } from "./bgzip-reader.ts";
import { type Filters, recordTest, zoneBound } from "./filters.ts";
import { createColumnEnds, findColumns } from "./record-bytes.ts";
import type { OpenResult } from "./result-reader.ts";

interface FoundRecord {
  /** Number of the record in the result, from 0. */
  readonly number: number;
  /** Its line, without the end. */
  readonly line: string;
}

/** A zone that had to be read. */
interface ReadZone {
  readonly found: readonly FoundRecord[];
  /** Number of the first record after the zone. */
  readonly end: number;
}

interface ScanOptions {
  /** Records with smaller numbers are passed over. */
  readonly from: number;
  readonly signal?: AbortSignal;
}

/** Zones read before they are asked for. */
const zonesAhead = 3;
const lineFeed = 10;

/** Zones that may hold records from `from` on, with the number of their first record and how many of theirs may be found. */
export function candidates(result: OpenResult, filters: Filters, from = 0) {
  const bound = zoneBound(filters, result.summary);
  const found: { readonly index: number; readonly start: number; readonly bound: number }[] = [];
  let start = 0;
  for (const [index, zone] of result.summary.zones.entries()) {
    if (start + zone.records > from) {
      const most = bound(zone);
      if (most > 0) found.push({ index, start, bound: most });
    }
    start += zone.records;
  }
  return found;
}

/** @throws {IndexMismatchError} when a zone is not what the summary says. */
export async function* scan(result: OpenResult, filters: Filters, options: ScanOptions): AsyncGenerator<ReadZone> {
  const { from, signal } = options;
  const zones = candidates(result, filters, from);
  const test = recordTest(filters, result.summary);
  const ahead: Promise<Buffer>[] = [];
  let asked = 0;
  for (const { index, start } of zones) {
    while (asked < zones.length && ahead.length < zonesAhead) {
      const text = result.zone((zones[asked] as { index: number }).index, signal);
      text.catch(() => {}); // seen when its turn comes
      ahead.push(text);
      asked += 1;
    }
    const text = await (ahead.shift() as Promise<Buffer>);
    const records = result.summary.zones[index]?.records ?? 0;
    const found = recordsOf(text, { start, records, from }, test);
    yield { found, end: start + records };
  }
}

function recordsOf(
  text: Buffer,
  { start, records, from }: { start: number; records: number; from: number },
  test: ReturnType<typeof recordTest>,
): FoundRecord[] {
  const ends = createColumnEnds();
  const found: FoundRecord[] = [];
  let number = start;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf(lineFeed, at);
    const end = feed < 0 ? text.length : feed;
    if (end > at && text[at] !== 35) {
      if (!findColumns(text, at, end, ends)) break;
      if (number >= from && test(text, at, end, ends)) found.push({ number, line: text.toString("utf8", at, end) });
      number += 1;
    }
    at = end + 1;
  }
  if (number - start !== records) {
    throw new IndexMismatchError(
      `the summary says that ${records} records follow record ${start}; ${number - start} do`,
    );
  }
  return found;
}

export interface RecordPage {
  readonly records: readonly FoundRecord[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: number | undefined;
  /** Number of the first record that was not looked at when the bound was reached; undefined: it was not reached. */
  readonly stoppedAt: number | undefined;
  /** Records that fit, where all of them have been read. */
  readonly total?: number;
}

/** Zones that one page may read. */
const pageZonesMax = 48;

/** The first `limit` records found from `from` on; stops after `pageZonesMax` zones, and says so. */
export async function pageOf(
  result: OpenResult,
  filters: Filters,
  { from, limit, signal }: ScanOptions & { readonly limit: number },
): Promise<RecordPage> {
  const records: FoundRecord[] = [];
  let zones = 0;
  for await (const { found, end } of scan(result, filters, { from, ...(signal && { signal }) })) {
    records.push(...found);
    zones += 1;
    // One more than is shown tells that there is a next page.
    if (records.length > limit)
      return { records: records.slice(0, limit), next: records[limit]?.number, stoppedAt: undefined };
    if (zones >= pageZonesMax && candidates(result, filters, end).length > 0) {
      return { records, next: end, stoppedAt: end };
    }
  }
  return { records, next: undefined, stoppedAt: undefined };
}

/** Whether the records that may fit lie in so few zones that all of them can be read for one page, and so be sorted. */
export const isSortable = (result: OpenResult, filters: Filters): boolean =>
  candidates(result, filters).length <= pageZonesMax;

/** All records that fit by QUAL, the highest first, those without one last. @param from index in that order. */
export async function pageByQuality(
  result: OpenResult,
  filters: Filters,
  { from, limit, signal }: ScanOptions & { readonly limit: number },
): Promise<RecordPage> {
  const all: (FoundRecord & { readonly quality: number })[] = [];
  for await (const { found } of scan(result, filters, { from: 0, ...(signal && { signal }) })) {
    for (const record of found) all.push({ ...record, quality: qualityOf(record.line) });
  }
  all.sort((a, b) => b.quality - a.quality || a.number - b.number);
  const next = from + limit < all.length ? from + limit : undefined;
  return { records: all.slice(from, from + limit), next, stoppedAt: undefined, total: all.length };
}

function qualityOf(line: string): number {
  const text = line.split("\t", 6)[5] ?? ".";
  const quality = text === "." ? Number.NaN : Number(text);
  return Number.isNaN(quality) ? Number.NEGATIVE_INFINITY : quality;
}
