/**
 * Records of a block → records with INFO fields. The hot path: only the columns up to INFO are looked at, nothing is copied but
 * what is written, and what needs no change is written in runs of many records.
 */
import { trimmed } from "../reference/allele.ts";
import { chromosomeName } from "../reference/chromosome.ts";
import type { ClinvarEntry } from "../reference/clinvar.ts";
import type { Gene } from "../reference/genes.ts";
import type { ChromosomeReference, Reference } from "../reference/load.ts";
import { InputError } from "../vcf/input-error.ts";
import * as record from "../vcf/record.ts";
import { clinvarInfo, fieldPrefix, geneInfo, withoutOurs } from "./fields.ts";
import { type Counts, countPassedThrough, countSkipped, countsOf, note, type Report } from "./report.ts";

export interface RecordReader {
  /**
   * Reads the block's records from `from` on and appends what is to be written.
   *
   * @throws {InputError}
   */
  read(block: string, from: number, out: string[]): void;
}

/** Names remembered; a file of made-up names does not grow the memory. */
const namesMax = 10_000;

interface Site {
  readonly position: number;
  readonly ref: string;
  readonly alts: readonly string[];
  readonly kinds: readonly (record.AlleleKind | undefined)[];
}

interface Sequence {
  readonly reference: ChromosomeReference | undefined;
  readonly counts: Counts;
}

export interface RecordReaderOptions {
  readonly report: Report;
  readonly reference: Reference;
  /** The `#CHROM` line: one like it may stand again where files were put together. */
  readonly columnLine: string;
  /** Set: positions are of another assembly, so nothing is added. */
  readonly otherAssembly: string | undefined;
}

export function createRecordReader({
  report,
  reference,
  columnLine,
  otherAssembly,
}: RecordReaderOptions): RecordReader {
  const sequences = new Map<string, Sequence>();
  const geneTexts = new WeakMap<readonly Gene[], string>();
  if (otherAssembly !== undefined) {
    note(report, `the header names assembly ${otherAssembly}; reference data are for GRCh38, so nothing was annotated`);
  }

  function sequenceOf(name: string): Sequence {
    const known = sequences.get(name);
    if (known !== undefined) return known;
    const sequence = { reference: reference.chromosome(chromosomeName(name)), counts: countsOf(report, name) };
    if (sequences.size < namesMax) sequences.set(name, sequence);
    return sequence;
  }

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

  /** Text to add to INFO; or, counted with its reason, none. */
  function annotation(at: ChromosomeReference | undefined, { position, ref, alts, kinds }: Site): string | undefined {
    if (otherAssembly !== undefined) return none(`assembly ${otherAssembly}`);
    if (!kinds.includes("bases")) return none(withoutBases(kinds));
    if (at === undefined) return none("no reference data for this sequence");
    const genes = genesAt(at, position, position + ref.length - 1);
    let entries: (ClinvarEntry | undefined)[] | undefined;
    for (let index = 0; index < alts.length; index += 1) {
      if (kinds[index] !== "bases") continue;
      const entry = at.clinvar.find(trimmed(position, ref, alts[index] as string));
      if (entry === undefined) continue;
      entries ??= alts.map(() => undefined);
      entries[index] = entry;
    }
    if (genes === "" && entries === undefined) return none("no gene and no ClinVar entry here");
    report.annotated += 1;
    if (genes !== "") report.withGene += 1;
    if (entries === undefined) return genes;
    report.withClinvar += 1;
    return genes === "" ? clinvarInfo(entries) : `${genes};${clinvarInfo(entries)}`;
  }

  /** A line beginning with `#` after the column line: files that were put together. */
  function lateHeader(line: string, number: number): void {
    if (line.startsWith("#CHROM") && line !== columnLine) {
      throw new InputError("a second #CHROM line with other columns: these are several files put together", number);
    }
    note(report, `header lines after the column line were left out; the first is line ${number}`);
  }

  function read(block: string, from: number, out: string[]): void {
    /** Text before this index is written or left out; `keep(to)` writes what lies between. */
    let done = from;
    const keep = (to: number) => {
      if (to > done) out.push(block.slice(done, to));
      done = to;
    };
    let end = from;
    /** First tab at or after `at`, perhaps beyond this line's `end`: searched once, however many lines without one precede it. */
    let tab = -1;
    const tabFrom = (at: number): number => {
      if (at > end) return block.length;
      if (tab < at) {
        tab = block.indexOf("\t", at);
        if (tab < 0) tab = block.length;
      }
      return tab;
    };

    let start = from;
    let next = from;
    const skip = (objection: record.Objection, counts?: Counts) => {
      keep(start);
      done = next;
      countSkipped(report, report.lines, objection);
      if (counts === undefined) return;
      counts.records += 1;
      counts.skipped += 1;
    };

    for (; start < block.length; start = next) {
      const feed = block.indexOf("\n", start);
      next = feed + 1;
      report.lines += 1;
      end = feed > start && block.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
      if (end === start || block.charCodeAt(start) === 35) {
        keep(start);
        done = next;
        if (end > start) lateHeader(block.slice(start, end), report.lines);
        continue;
      }
      report.records += 1;
      const chrom = tabFrom(start);
      if (chrom > end) {
        skip(record.tooFewColumns(1));
        continue;
      }
      if (chrom === start) {
        skip(record.noChromosome);
        continue;
      }
      const { reference: at, counts } = sequenceOf(block.slice(start, chrom));
      const pos = tabFrom(chrom + 1);
      const id = tabFrom(pos + 1);
      const refEnd = tabFrom(id + 1);
      const altEnd = tabFrom(refEnd + 1);
      const qual = tabFrom(altEnd + 1);
      const filter = tabFrom(qual + 1);
      if (filter >= end) {
        skip(record.tooFewColumns(block.slice(start, end).split("\t").length), counts);
        continue;
      }
      const infoEnd = Math.min(tabFrom(filter + 1), end);
      const position = record.positionIn(block, chrom + 1, pos);
      if (position < 0) {
        skip(record.badPosition(block.slice(chrom + 1, pos)), counts);
        continue;
      }
      const ref = block.slice(id + 1, refEnd);
      const refWrong = record.refObjection(ref);
      if (refWrong !== undefined) {
        skip(refWrong, counts);
        continue;
      }
      const alts = block.slice(refEnd + 1, altEnd).split(",");
      const kinds = alts.map(record.alleleKind);
      const wrong = kinds.indexOf(undefined);
      if (wrong >= 0) {
        skip(record.badAlternate(alts[wrong] ?? ""), counts);
        continue;
      }

      counts.records += 1;
      const text = annotation(at, { position, ref, alts, kinds });
      if (text === undefined) counts.passedThrough += 1;
      else counts.annotated += 1;
      const info = block.slice(filter + 1, infoEnd);
      if (text !== undefined || info.includes(fieldPrefix)) {
        const kept = withoutOurs(info);
        keep(filter + 1);
        done = infoEnd;
        out.push(kept === "" ? (text ?? ".") : text === undefined ? kept : `${kept};${text}`);
      }
      if (end < feed) {
        keep(end);
        done = feed;
      }
    }
    keep(block.length);
  }

  return { read };
}

/** Why a record without an allele of bases is passed through. */
function withoutBases(kinds: readonly (record.AlleleKind | undefined)[]): string {
  if (kinds.includes("symbolic")) return "symbolic allele";
  if (kinds.includes("breakend")) return "breakend";
  return "no alternate allele";
}
