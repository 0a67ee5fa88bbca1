/**
 * Reads a result as it is written, and keeps what its tabix index and its summary will say. It never fails: what cannot be read
 * (an external engine may write anything) ends the index with the reason.
 */
import { createFacetCounts } from "./facet-counts.ts";
import { columnAt, createColumnEnds, findColumns } from "./record-bytes.ts";
import { extentOf } from "./record-facts.ts";
import { createSequences, sequencesMax } from "./sequences.ts";
import { createSortedIndex } from "./sorted-index.ts";
import { type Summary, summaryVersion } from "./summary.ts";
import { createZones } from "./zones.ts";

/** Longest line that is looked at, bytes. */
const lineBytesMax = 32 * 1024 * 1024;
const fixedColumns = 8;
const [lineFeed, hash] = [10, 35];
const nothing = Buffer.alloc(0);

type VirtualOffset = (textOffset: number) => number;

export interface ResultIndex {
  /** The next bytes of the result. */
  add(chunk: Buffer): void;
  /** All has been added. */
  end(): void;
  /** The tabix index, not compressed; undefined when there is none, which the summary explains. */
  tabix(virtualOffset: VirtualOffset): Buffer | undefined;
  summary(result: Summary["result"], bgzipBytes: number, virtualOffset: VirtualOffset): Summary;
}

interface Contents {
  columns: string[];
  records: number;
  /** Offset in the text of the first record. */
  start: number | undefined;
  /** Why the rest of the file is not looked at, as a sentence. */
  stopped: string | undefined;
}

export function createResultIndex(): ResultIndex {
  const contents: Contents = { columns: [], records: 0, start: undefined, stopped: undefined };
  const reader = createLineReader(contents);
  let offset = 0;
  /** Beginning of a line whose end has not come yet. */
  let carry = nothing;

  return {
    add(chunk) {
      const from = offset - carry.length;
      offset += chunk.length;
      if (contents.stopped !== undefined) return;
      if (carry.length + chunk.length > lineBytesMax && chunk.indexOf(lineFeed) < 0) {
        contents.stopped = `A line of the result is longer than ${lineBytesMax} bytes.`;
        carry = nothing;
        return;
      }
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
      let start = 0;
      for (let feed = bytes.indexOf(lineFeed); feed >= 0; feed = bytes.indexOf(lineFeed, start)) {
        reader.line(bytes, start, feed, from + start);
        start = feed + 1;
      }
      // A copy: the whole chunk is not kept alive by its last bytes.
      carry = Buffer.from(bytes.subarray(start));
    },
    end() {
      if (carry.length > 0) reader.line(carry, 0, carry.length, offset - carry.length);
      reader.end();
    },
    tabix: reader.tabix,
    summary: (result, bgzipBytes, virtualOffset) => ({
      version: summaryVersion,
      result,
      bgzip: {
        bytes: bgzipBytes,
        records: virtualOffset(contents.start ?? offset),
        end: virtualOffset(offset),
      },
      records: contents.records,
      columns: contents.columns,
      ...reader.summary(virtualOffset),
    }),
  };
}

/** Reads lines, and adds what they say to `contents`. */
function createLineReader(contents: Contents) {
  const ends = createColumnEnds();
  const sequences = createSequences();
  const facets = createFacetCounts();
  const zones = createZones(facets);
  const sorted = createSortedIndex();

  /** What is wrong with the record; undefined: nothing, and it is counted. */
  function record(bytes: Buffer, start: number, end: number, offset: number): string | undefined {
    if (!findColumns(bytes, start, end, ends)) return "has fewer than eight columns";
    const extent = extentOf(bytes, ends);
    if (extent === undefined) return "has a POS that is no position";
    const sequence = sequences.find(bytes, start, ends[columnAt.chrom] as number);
    if (sequence === undefined) return `is of one of more than ${sequencesMax} sequences`;
    const { first, last } = extent;
    const length = end - start + 1;
    zones.open(offset, length);
    zones.count(sequence, first, last);
    sequences.count(sequence, first, last);
    facets.count(bytes, ends, contents.records);
    contents.records += 1;
    const name = sequences.all[sequence]?.name ?? "";
    sorted.add({ sequence: name, first, last, start: offset, end: offset + length }, contents.records);
    return undefined;
  }

  return {
    line(bytes: Buffer, start: number, end: number, offset: number): void {
      if (contents.stopped !== undefined || end === start) return;
      if (bytes[start] === hash) {
        const isColumnLine = contents.start === undefined && bytes.toString("latin1", start, start + 6) === "#CHROM";
        if (isColumnLine)
          contents.columns = bytes
            .toString("utf8", start + 1, end)
            .replace(/\r+$/, "")
            .split("\t");
        return;
      }
      if (contents.columns.length < fixedColumns) {
        contents.stopped = "The result does not begin with the header of a VCF file.";
        return;
      }
      contents.start ??= offset;
      const problem = record(bytes, start, end, offset);
      if (problem !== undefined) contents.stopped = `Record ${contents.records + 1} of the result ${problem}.`;
    },
    end(): void {
      zones.end();
      if (contents.columns.length < fixedColumns) contents.stopped ??= "The result has no header of a VCF file.";
      if (contents.stopped !== undefined) sorted.refuse(contents.stopped);
    },
    tabix: (virtualOffset: VirtualOffset) => sorted.encode(virtualOffset),
    summary: (virtualOffset: VirtualOffset) => ({
      tabix:
        sorted.refusal === undefined ? { exists: true as const } : { exists: false as const, reason: sorted.refusal },
      ...(contents.stopped === undefined ? {} : { stopped: contents.stopped }),
      sequences: [...sequences.all],
      ...facets.contents(),
      zones: zones.contents(virtualOffset),
    }),
  };
}
