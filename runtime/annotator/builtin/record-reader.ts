/**
 * Records of a block → records with INFO fields. The hot path: of the columns after INFO only their number is looked at, nothing
 * is copied but what is written, and what needs no change is written in runs of many records.
 */
import { recordLimits } from "../../contract/limits.ts";
import { ours } from "../assembly/known.ts";
import { assemblyNotes } from "../assembly/words.ts";
import { trimmed } from "../reference/allele.ts";
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { ChromosomeReference, Reference } from "../reference/load.ts";
import { endOfText } from "../vcf/blocks.ts";
import { type ColumnLine, fixedColumns, isColumnLine, readColumnLine } from "../vcf/header.ts";
import { InputError } from "../vcf/input-error.ts";
import * as record from "../vcf/record.ts";
import { clinvarInfo, geneInfo, mayHoldOurs, withAdded, withoutOurs } from "./fields.ts";
import { countPassedThrough, countSkipped, note, type Report } from "./report.ts";
import { createSequences, type Sequence } from "./sequences.ts";
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

interface Site {
  readonly position: number;
  readonly ref: string;
  readonly alts: readonly string[];
  readonly kinds: readonly (record.AlleleKind | undefined)[];
}

export interface RecordReaderOptions {
  readonly report: Report;
  readonly reference: Reference;
  /** One like it may stand again where files were put together. */
  readonly columnLine: ColumnLine;
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
}

const comma = 44;

export function createRecordReader({ report, reference, columnLine, now }: RecordReaderOptions): RecordReader {
  const sequences = createSequences(report, reference);
  const geneTexts = new WeakMap<readonly Gene[], string>();
  const stopwatch = createStopwatch(now);
  const { assembly } = report.assembly;
  const otherAssembly = assembly === undefined || assembly === ours ? undefined : assembly;
  // Of a file that proves nothing it is said at the end, when names in CHROM have not proved it either.
  for (const text of assembly === undefined ? [] : assemblyNotes(report.assembly)) note(report, text);

  function genesAt({ genes }: ChromosomeReference, start: number, end: number): string {
    const found = genes.overlapping(start, end);
    let text = geneTexts.get(found);
    if (text === undefined) {
      text = geneInfo(found);
      geneTexts.set(found, text);
    }
    return text;
  }

  /** Counts a record to which nothing is added. */
  function none(reason: string): undefined {
    countPassedThrough(report, reason);
  }

  function beyondTheEnd(position: number, end: number): undefined {
    note(
      report,
      `line ${report.lines}: position ${position} is beyond the end of the chromosome in ${ours} (${end}): the file may be of another assembly`,
    );
    return none(`position beyond the end of the chromosome in ${ours}`);
  }

  function entriesAt(at: ChromosomeReference, { position, ref, alts, kinds }: Site) {
    let entries: (ClinvarEntry | undefined)[] | undefined;
    const upperRef = ref.toUpperCase();
    for (let index = 0; index < alts.length; index += 1) {
      stopwatch.lap();
      if (kinds[index] !== "bases") continue;
      const entry = at.clinvar.find(trimmed(position, upperRef, (alts[index] as string).toUpperCase()));
      if (entry === undefined) continue;
      entries ??= alts.map(() => undefined);
      entries[index] = entry;
    }
    return entries;
  }

  /** Text to add to INFO; or, counted with its reason, none. */
  function annotation(sequence: Sequence, site: Site): string | undefined {
    const { position, ref, kinds } = site;
    if (otherAssembly !== undefined) return none(`assembly ${otherAssembly}`);
    if (sequence.refusal !== undefined) return none(sequence.refusal);
    if (!kinds.includes("bases")) return none(withoutBases(kinds));
    const { reference: at, end } = sequence;
    if (at === undefined) return none("no reference data for this sequence");
    // A telomere may be named by the position after the last base.
    if (position > end + 1) return beyondTheEnd(position, end);
    const genes = genesAt(at, position, position + ref.length - 1);
    const entries = entriesAt(at, site);
    if (genes === "" && entries === undefined) return none("no gene and no ClinVar entry here");
    report.annotated += 1;
    if (genes !== "") report.withGene += 1;
    if (entries === undefined) return genes;
    report.withClinvar += 1;
    return genes === "" ? clinvarInfo(entries) : `${genes};${clinvarInfo(entries)}`;
  }

  /** A line beginning with `#` after the column line: files that were put together. */
  function lateHeader(line: string, number: number): void {
    if (isColumnLine(line) && readColumnLine(line, number).text !== columnLine.text) {
      throw new InputError("a second #CHROM line with other columns: these are several files put together", number);
    }
    note(report, `header lines after the column line were left out; the first is line ${number}`);
  }

  function alternates(text: string): string[] {
    // Fewer characters than alleles allowed: not worth counting.
    if (text.length > recordLimits.alleles) {
      let alleles = 1;
      for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === comma) alleles += 1;
      if (alleles > recordLimits.alleles) throw record.tooManyAlleles(alleles, recordLimits.alleles, report.lines);
    }
    return text.length === 1 ? [text] : text.split(",");
  }

  /** The record's site; or, counted with its reason, none. */
  function siteOf(block: string, tabs: Tabs): Site | undefined {
    const position = record.positionIn(block, tabs.chrom + 1, tabs.pos);
    if (position < 0) return unreadable(record.badPosition(block.slice(tabs.chrom + 1, tabs.pos)));
    const ref = block.slice(tabs.id + 1, tabs.ref);
    const refWrong = record.refObjection(ref);
    if (refWrong !== undefined) return unreadable(refWrong);
    const alts = alternates(block.slice(tabs.ref + 1, tabs.alt));
    const kinds = alts.map(record.alleleKind);
    const wrong = kinds.indexOf(undefined);
    if (wrong >= 0) return unreadable(record.badAlternate(alts[wrong] ?? ""));
    return { position, ref, alts, kinds };
  }

  function unreadable(objection: record.Objection): undefined {
    countSkipped(report, report.lines, objection);
  }

  /** What INFO becomes; undefined: it stays. */
  function newInfo(info: string, added: string | undefined): string | undefined {
    if (added === undefined && !mayHoldOurs(info)) return undefined;
    const kept = withoutOurs(info);
    if (added !== undefined) return withAdded(kept, added);
    return kept === "" ? "." : kept;
  }

  function read(block: string, from: number, out: string[], unfinished: boolean): void {
    const tabs = createTabs(block);
    /** Text before this index is written or left out; `keep(to)` writes what lies between. */
    let done = from;
    const keep = (to: number) => {
      if (to > done) out.push(block.slice(done, to));
      done = to;
    };
    let next = from;
    for (let start = from; start < block.length; start = next) {
      const feed = block.indexOf("\n", start);
      next = feed + 1;
      report.lines += 1;
      const end = endOfText(block, start, feed);
      if (end === start || block.charCodeAt(start) === 35) {
        keep(start);
        done = next;
        if (end > start) lateHeader(block.slice(start, end), report.lines);
        continue;
      }
      const last = unfinished && next === block.length;
      if (!tabs.find(start, end) || tabs.columns !== columnLine.columns) throw misfit(block.slice(start, end), last);
      if (last) checkLast(block.slice(start, end));
      stopwatch.start(end - start, report.lines);
      const sequence = sequences.find(block.slice(start, tabs.chrom));
      const { counts } = sequence;
      report.records += 1;
      counts.records += 1;
      const site = siteOf(block, tabs);
      if (site === undefined) {
        keep(start);
        done = next;
        counts.skipped += 1;
        continue;
      }
      const { otherwise } = sequence;
      const text = annotation(otherwise !== undefined && site.position > sequence.end ? otherwise : sequence, site);
      if (text === undefined) counts.passedThrough += 1;
      else counts.annotated += 1;
      const info = newInfo(block.slice(tabs.filter + 1, tabs.info), text);
      if (info !== undefined) {
        keep(tabs.filter + 1);
        done = tabs.info;
        out.push(info);
      }
      if (end < feed) {
        keep(end);
        done = feed;
      }
      stopwatch.stop();
    }
    keep(block.length);
  }

  function misfit(line: string, last: boolean): InputError {
    return last
      ? record.cutInLine(line, columnLine.text, report.lines)
      : record.wrongColumns(line, columnLine.text, report.lines);
  }

  function checkLast(line: string): void {
    if (!record.isWholeWithoutEnd(line.split("\t"))) throw record.cutInLine(line, columnLine.text, report.lines);
    note(report, `line ${report.lines}: the last line has no line end; all its columns are there`);
  }

  return { read };
}

interface Tabs {
  /** Indexes of the tabs that end the columns; `info` is the line's end when no column follows. */
  chrom: number;
  pos: number;
  id: number;
  ref: number;
  alt: number;
  qual: number;
  filter: number;
  info: number;
  columns: number;
  /** Finds the tabs of the line from `start` to `end`; false: there are fewer columns than every record has. */
  find(start: number, end: number): boolean;
}

function createTabs(block: string): Tabs {
  /** First tab at or after `at`, perhaps beyond the line's end: searched once, however many lines without one precede it. */
  let tab = -1;
  const tabFrom = (at: number): number => {
    if (tab < at) {
      tab = block.indexOf("\t", at);
      if (tab < 0) tab = block.length;
    }
    return tab;
  };
  const tabs: Tabs = {
    chrom: 0,
    pos: 0,
    id: 0,
    ref: 0,
    alt: 0,
    qual: 0,
    filter: 0,
    info: 0,
    columns: 0,
    find(start, end) {
      tabs.chrom = tabFrom(start);
      tabs.pos = tabFrom(tabs.chrom + 1);
      tabs.id = tabFrom(tabs.pos + 1);
      tabs.ref = tabFrom(tabs.id + 1);
      tabs.alt = tabFrom(tabs.ref + 1);
      tabs.qual = tabFrom(tabs.alt + 1);
      tabs.filter = tabFrom(tabs.qual + 1);
      if (tabs.filter >= end) return false;
      tabs.info = Math.min(tabFrom(tabs.filter + 1), end);
      let columns = fixedColumns;
      for (let at = tabs.info; at < end; at += 1) if (block.charCodeAt(at) === 9) columns += 1;
      tabs.columns = columns;
      return true;
    },
  };
  return tabs;
}

/** Why a record without an allele of bases is passed through. */
function withoutBases(kinds: readonly (record.AlleleKind | undefined)[]): string {
  if (kinds.includes("symbolic")) return "symbolic allele";
  if (kinds.includes("breakend")) return "breakend";
  return "no alternate allele";
}
