/**
 * Records of a block → records with INFO fields: all records, whatever they are. Nothing is copied but what is written, and what
 * needs no change is written in runs of many records.
 */
import { assemblyNotes } from "../../vcf/assembly/words.ts";
import { type ColumnLine, checkLateHeaderLine } from "../../vcf/header.ts";
import { endOfText } from "../../vcf/line-end.ts";
import * as record from "../../vcf/record.ts";
import { siteOf } from "../../vcf/site.ts";
import { createTabs, type Tabs } from "../../vcf/tabs.ts";
import { createAdditions } from "./additions.ts";
import { mayHoldOurs, withAdded, withoutOurs } from "./fields.ts";
import { countSkipped, note, type Report } from "./report.ts";
import type { Sequences } from "./sequences.ts";
import { createStopwatch } from "./stopwatch.ts";

export interface RecordReader {
  /**
   * Reads the block's records from `from` on and appends what is to be written.
   *
   * @param unfinished the block's last line had no line end.
   * @throws {InputError}
   */
  read(block: string, from: number, out: string[], unfinished: boolean): void;
}

export interface RecordReaderOptions {
  readonly report: Report;
  readonly sequences: Sequences;
  /** One like it may stand again where files were put together. */
  readonly columnLine: ColumnLine;
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
}

const leftOut = Symbol("left out");

export function createRecordReader({ report, sequences, columnLine, now }: RecordReaderOptions): RecordReader {
  const stopwatch = createStopwatch(now);
  noteAssembly(report);
  const additions = createAdditions(report, stopwatch, otherAssembly(report));

  /** What INFO of the line from `start` becomes; undefined: it stays. Counts the record. */
  function infoOf(block: string, start: number, tabs: Tabs): string | typeof leftOut | undefined {
    const sequence = sequences.find(block.slice(start, tabs.chrom));
    const { counts, otherwise } = sequence;
    report.records += 1;
    counts.records += 1;
    const site = siteOf(block, tabs, report.lines);
    stopwatch.look();
    if (!("position" in site)) {
      countSkipped(report, report.lines, site);
      counts.skipped += 1;
      return leftOut;
    }
    const at = otherwise !== undefined && site.position > sequence.end ? otherwise : sequence;
    const text = additions.to(at, site);
    stopwatch.look();
    counts[text === undefined ? "passedThrough" : "annotated"] += 1;
    return newInfo(block.slice(tabs.filter + 1, tabs.info), text);
  }

  function read(block: string, from: number, out: string[], unfinished: boolean): void {
    const tabs = createTabs(block);
    /** Text before this index is written or left out; `keep(to)` writes what lies between. */
    let done = from;
    const keep = (to: number) => {
      if (to > done) out.push(block.slice(done, to));
      done = to;
    };
    for (let start = from, next = from; start < block.length; start = next) {
      const feed = block.indexOf("\n", start);
      next = feed + 1;
      report.lines += 1;
      const end = endOfText(block, start, feed);
      if (end === start || block.charCodeAt(start) === 35) {
        keep(start);
        done = next;
        if (end > start) lateHeader(report, block.slice(start, end), columnLine);
        continue;
      }
      stopwatch.start(end - start, report.lines);
      const fits = tabs.find(start, end) && tabs.columns === columnLine.columns;
      if (unfinished && next === block.length) checkLast(report, block.slice(start, end), columnLine, fits);
      else if (!fits) throw record.wrongColumns(block.slice(start, end), columnLine.text, report.lines);
      const info = infoOf(block, start, tabs);
      if (info === leftOut) {
        keep(start);
        done = next;
      } else {
        if (info !== undefined) {
          keep(tabs.filter + 1);
          out.push(info);
          done = tabs.info;
        }
        if (end < feed) {
          keep(end);
          done = feed;
        }
      }
      stopwatch.look();
    }
    keep(block.length);
  }

  return { read };
}

/** Notes what the header proves. Of a file that proves nothing it is said at the end, when names in CHROM have not proved it either. */
function noteAssembly(report: Report): void {
  if (report.assembly.assembly === undefined) return;
  for (const text of assemblyNotes(report.assembly, report.referenceAssembly)) note(report, text);
}

/** The assembly that the file is of, if not the one of the reference data. */
export function otherAssembly({ assembly: { assembly }, referenceAssembly }: Report): string | undefined {
  return assembly === referenceAssembly ? undefined : assembly;
}

/** What INFO becomes with text added; undefined: it stays. */
function newInfo(info: string, added: string | undefined): string | undefined {
  if (added === undefined && !mayHoldOurs(info)) return undefined;
  const kept = withoutOurs(info);
  if (added !== undefined) return withAdded(kept, added);
  return kept === "" ? "." : kept;
}

/** Left out. @throws {InputError} */
function lateHeader(report: Report, line: string, columnLine: ColumnLine): void {
  const number = report.lines;
  checkLateHeaderLine(line, columnLine, number);
  note(report, `header lines after the column line were left out; the first is line ${number}`);
}

/** The file's last record, which no line end follows. @throws {InputError} when it may have been cut off. */
function checkLast(report: Report, line: string, columnLine: ColumnLine, fits: boolean): void {
  if (!fits || !record.isWholeWithoutEnd(line.split("\t"))) {
    throw record.cutInLine(line, columnLine.text, report.lines);
  }
  note(report, `line ${report.lines}: the last line has no line end; all its columns are there`);
}
