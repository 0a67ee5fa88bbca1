/** The byte loop: plain records, of which most files consist, get their INFO text without becoming strings. */

import type { ColumnLine } from "../../vcf/header.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import { addedBytesMax, type Pages } from "./pages.ts";
import { createPlaceTexts, type PlaceText, type PlaceTexts } from "./place-text.ts";
import { createPlainLine, type PlainLine } from "./plain-line.ts";
import type { Report } from "./report.ts";
import { nameCharactersMax, type Sequence, type Sequences } from "./sequences.ts";

export interface PlainRecords {
  /**
   * Annotates plain records from `from` on, up to the first line that is none, or to the window's end.
   *
   * @returns where it stopped: lines before it are written and counted.
   */
  read(from: number): number;
}

export interface PlainRecordsOptions {
  readonly report: Report;
  readonly sequences: Sequences;
  readonly columnLine: ColumnLine;
  readonly pages: Pages;
}

/** A sequence whose records may be plain. */
interface PlainSequence {
  /** Its name in CHROM, and the tab behind it. */
  readonly chrom: Buffer;
  readonly sequence: Sequence;
  readonly texts: PlaceTexts;
}

const semicolon = 59;
const dot = 46;
const tab = 9;
const nowhere: PlaceText = { first: 1, last: 0, text: undefined, withGene: false, coding: false };

/** Sequences by name, of those that the reader of all records has met before: it says what there is to say of a name. */
function createPlainSequences(sequences: Sequences) {
  const known = new Map<Sequence, PlainSequence>();
  const texts = new Map<ChromosomeReference, PlaceTexts>();

  return (name: string): PlainSequence | undefined => {
    const sequence = sequences.known(name);
    if (sequence?.reference === undefined || sequence.refusal !== undefined || sequence.otherwise !== undefined) {
      return undefined;
    }
    let plain = known.get(sequence);
    if (plain === undefined) {
      // A chromosome may have several names.
      const ofChromosome = texts.get(sequence.reference) ?? createPlaceTexts(sequence.reference);
      texts.set(sequence.reference, ofChromosome);
      plain = { chrom: Buffer.from(`${name}\t`, "latin1"), sequence, texts: ofChromosome };
      known.set(sequence, plain);
    }
    return plain;
  };
}

/** Whether what is said of the place holds for the line's change as well, of which nothing may reach beyond the place. */
const isOfPlace = ({ position, refLength, altLength }: PlainLine, { last, coding }: PlaceText): boolean =>
  (refLength === 1 && altLength === 1) ||
  // An insertion lies between the last base of REF and the one after it.
  (position + refLength <= last && (refLength === altLength || !coding));

export function createPlainRecords({ report, sequences, columnLine, pages }: PlainRecordsOptions): PlainRecords {
  const { bytes } = pages;
  const line = createPlainLine(pages, columnLine.columns);
  const plainSequence = createPlainSequences(sequences);
  let current: PlainSequence | undefined;
  let place = nowhere;
  let added = "";

  function isOfCurrent(start: number): boolean {
    if (current === undefined) return false;
    const { chrom } = current;
    for (let at = 0; at < chrom.length; at += 1) if (bytes[start + at] !== chrom[at]) return false;
    return true;
  }

  /** Makes the line's sequence the current one, if its records may be plain. */
  function enter(start: number): boolean {
    const end = bytes.indexOf(tab, start);
    if (end < 0 || end - start > nameCharactersMax) return false;
    const sequence = plainSequence(pages.text(start, end));
    if (sequence === undefined) return false;
    current = sequence;
    place = nowhere;
    return true;
  }

  /** Finds the place of the line's change, and its text to be added. */
  function findPlace({ texts, sequence }: PlainSequence): boolean {
    const { position } = line;
    if (position > sequence.end) return false;
    if (position < place.first || position > place.last) place = texts.around(position);
    const { text } = place;
    if (text === undefined || text.length > addedBytesMax || !isOfPlace(line, place)) return false;
    if (text !== added) pages.setAdded(text);
    added = text;
    return true;
  }

  function isPlain(start: number): boolean {
    if (!isOfCurrent(start) && !enter(start)) return false;
    const sequence = current as PlainSequence;
    return line.read(start, start + sequence.chrom.length - 1) && findPlace(sequence);
  }

  function count({ counts }: Sequence): void {
    report.lines += 1;
    report.records += 1;
    report.annotated += 1;
    if (place.withGene) report.withGene += 1;
    counts.records += 1;
    counts.annotated += 1;
  }

  return {
    read(from) {
      let start = from;
      let done = from;
      while (start < pages.length && isPlain(start)) {
        const { info, infoEnd, next } = line;
        const isEmpty = infoEnd - info === 1 && bytes[info] === dot;
        pages.copy(done, isEmpty ? info : infoEnd);
        if (!isEmpty) pages.put(semicolon);
        pages.add();
        done = infoEnd;
        start = next;
        count((current as PlainSequence).sequence);
      }
      pages.copy(done, start);
      return start;
    },
  };
}
