/**
 * A record's line as bytes, if it is one of those that most files consist of: one REF and one ALT of plain bases, and an INFO without
 * fields of ours. Whatever else a line may be, it is left to the reader of all records, which knows what to say of it.
 */
import { fixedColumns } from "../../vcf/header.ts";
import { positionMax } from "../../vcf/record.ts";
import type { Pages } from "./pages.ts";
import { timedFrom } from "./stopwatch.ts";

export interface PlainLine {
  position: number;
  refLength: number;
  altLength: number;
  /** Where INFO begins and ends; where the next line begins. */
  info: number;
  infoEnd: number;
  next: number;
  /** Reads the line from `start`, whose CHROM ends at `chrom`. @returns whether it is a plain one. */
  read(start: number, chrom: number): boolean;
}

const tab = 9;
const feed = 10;
const carriageReturn = 13;
const semicolon = 59;

const isBase = new Uint8Array(256);
for (const base of Buffer.from("ACGT")) isBase[base] = 1;

/** Whether one of a word's four bytes is LF or less: what Bit Twiddling Hacks calls `hasless(word, 11)`. */
const hasControl = (word: number): boolean => ((word - 0x0b0b0b0b) & ~word & 0x80808080) !== 0;

/** Index of the first tab or LF at or after `from`. Four bytes at a time: most of a line is other text. */
function endOfColumn(bytes: Uint8Array, words: Int32Array, from: number): number {
  for (let at = from; ; at += 1) {
    while ((at & 3) !== 0 && (bytes[at] as number) > feed) at += 1;
    if ((at & 3) === 0) {
      let word = at >> 2;
      while (!hasControl(words[word] as number)) word += 1;
      at = word << 2;
      while ((bytes[at] as number) > feed) at += 1;
    }
    const byte = bytes[at] as number;
    if (byte === tab || byte === feed) return at;
  }
}

/** Index after the next tab; 0: the line ends before. For columns of few bytes. */
function afterTab(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at += 1) {
    const byte = bytes[at] as number;
    if (byte > feed) continue;
    if (byte === tab) return at + 1;
    if (byte === feed) return 0;
  }
}

/** Index after the bases and the tab behind them; 0: these are no plain bases. */
function afterBases(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isBase[bytes[at] as number] === 1) at += 1;
  return at > from && bytes[at] === tab ? at + 1 : 0;
}

/** @param columns that the column line has. */
export function createPlainLine(pages: Pages, columns: number): PlainLine {
  const { bytes, words } = pages;

  /** Reads the columns from REF on. */
  function readRest(start: number, ref: number): boolean {
    const alt = afterBases(bytes, ref);
    const qual = alt === 0 ? 0 : afterBases(bytes, alt);
    const filter = qual === 0 ? 0 : afterTab(bytes, qual);
    const info = filter === 0 ? 0 : afterTab(bytes, filter);
    if (info === 0) return false;
    const infoEnd = endOfColumn(bytes, words, info);
    // Text is not simply added to an INFO that is empty, ends in `;`, or has fields of ours.
    if (infoEnd === info || bytes[infoEnd - 1] === semicolon || pages.holdsPrefix(info, infoEnd)) return false;
    let end = infoEnd;
    let found = fixedColumns;
    for (; bytes[end] === tab; found += 1) end = endOfColumn(bytes, words, end + 1);
    if (found !== columns || bytes[end - 1] === carriageReturn || end - start >= timedFrom) return false;
    line.refLength = alt - 1 - ref;
    line.altLength = qual - 1 - alt;
    line.info = info;
    line.infoEnd = infoEnd;
    line.next = end + 1;
    return true;
  }

  const line: PlainLine = {
    position: 0,
    refLength: 0,
    altLength: 0,
    info: 0,
    infoEnd: 0,
    next: 0,
    read(start, chrom) {
      const digits = chrom + 1;
      let position = 0;
      let at = digits;
      for (; ; at += 1) {
        const digit = (bytes[at] as number) - 48;
        if (digit < 0 || digit > 9) break;
        position = position * 10 + digit;
      }
      if (bytes[at] !== tab || at === digits || at - digits > 10 || position > positionMax) return false;
      line.position = position;
      const ref = afterTab(bytes, at + 1);
      return ref !== 0 && readRest(start, ref);
    },
  };
  return line;
}
