/**
 * The tabix index of a VCF file (.tbi), as samtools' specification of tabix has it: for each sequence the bins of the R-tree of
 * five levels with the chunks of the file that hold their records, and the file offset of the first record of every 16 KiB.
 */
import { blockOf } from "./bgzip-writer.ts";

/** Longest sequence that the five levels of bins cover, bases. */
export const tabixPositionMax = 2 ** 29;

const windowBits = 14;
/** htslib's pseudo-bin: where the sequence's records begin and end, and how many there are. */
const metaBin = 37_450;

/** Smallest bin that holds all of [begin, end), 0-based. */
function binOf(begin: number, end: number): number {
  const last = end - 1;
  if (begin >> 14 === last >> 14) return 4681 + (begin >> 14);
  if (begin >> 17 === last >> 17) return 585 + (begin >> 17);
  if (begin >> 20 === last >> 20) return 73 + (begin >> 20);
  if (begin >> 23 === last >> 23) return 9 + (begin >> 23);
  if (begin >> 26 === last >> 26) return 1 + (begin >> 26);
  return 0;
}

interface Sequence {
  readonly name: string;
  /** Begin, end, begin, end, … of the chunks of each bin. */
  /** Offsets are of text here, and become virtual ones when all is written. */
  readonly bins: Map<number, number[]>;
  /** Of each window, that of the first record that overlaps it; those without one have that of the window before. */
  readonly windows: number[];
  readonly first: number;
  last: number;
  records: number;
}

export interface TabixBuilder {
  /**
   * A record that overlaps [begin, end), 0-based, and lies from `from` to `to` in the text of the file. Records of a sequence come
   * one after the other, sorted by `begin`.
   */
  add(name: string, begin: number, end: number, from: number, to: number): void;
  /** Windows of 16 KiB that the index has so far, of all sequences: what its memory grows with. */
  readonly windows: number;
  /** The index, not yet compressed. @param offset virtual offset of a byte of text. */
  encode(offset: (textOffset: number) => number): Buffer;
}

export function createTabixBuilder(): TabixBuilder {
  const sequences: Sequence[] = [];
  let sequence: Sequence | undefined;
  let earlierWindows = 0;
  return {
    get windows() {
      return earlierWindows + (sequence?.windows.length ?? 0);
    },
    add(name, begin, end, from, to) {
      if (sequence?.name !== name) {
        earlierWindows += sequence?.windows.length ?? 0;
        sequence = { name, bins: new Map(), windows: [], first: from, last: to, records: 0 };
        sequences.push(sequence);
      }
      const { bins, windows } = sequence;
      sequence.last = to;
      sequence.records += 1;
      const bin = binOf(begin, end);
      const chunks = bins.get(bin);
      if (chunks === undefined) bins.set(bin, [from, to]);
      // Chunks that share a block are one: a reader inflates whole blocks.
      else if (blockOf(chunks.at(-1) as number) >= blockOf(from)) chunks[chunks.length - 1] = to;
      else chunks.push(from, to);
      const window = begin >> windowBits;
      const lastWindow = (end - 1) >> windowBits;
      // No later record can begin before this one: what has been passed over stays without a record of its own.
      while (windows.length < window) windows.push(windows.at(-1) ?? from);
      while (windows.length <= lastWindow) windows.push(from);
    },
    encode: (offset) => encoded(sequences, offset),
  };
}

function encoded(sequences: readonly Sequence[], offset: (textOffset: number) => number): Buffer {
  const names = Buffer.from(sequences.map(({ name }) => `${name}\0`).join(""));
  const out = createWriter(Buffer.alloc(36 + names.length + sequences.reduce((sum, each) => sum + bytesOf(each), 0)));
  const [magic, vcf, chromColumn, posColumn, noEndColumn, hash, skippedLines] = [0x01494254, 2, 1, 2, 0, 35, 0];
  out.int32s(magic, sequences.length, vcf, chromColumn, posColumn, noEndColumn, hash, skippedLines, names.length);
  out.bytes(names);
  for (const { bins, windows, first, last, records } of sequences) {
    out.int32s(bins.size + 1);
    for (const [bin, chunks] of bins) {
      out.int32s(bin, chunks.length / 2);
      for (const chunk of chunks) out.uint64(offset(chunk));
    }
    out.int32s(metaBin, 2);
    for (const value of [offset(first), offset(last), records, 0]) out.uint64(value);
    out.int32s(windows.length);
    for (const window of windows) out.uint64(offset(window));
  }
  return out.buffer;
}

/** Bytes that a sequence takes in the index. */
function bytesOf({ bins, windows }: Sequence): number {
  let chunks = 0;
  for (const each of bins.values()) chunks += each.length;
  return 4 + 8 * bins.size + 8 * chunks + 8 + 32 + 4 + 8 * windows.length;
}

function createWriter(buffer: Buffer) {
  let at = 0;
  return {
    buffer,
    int32s(...values: number[]): void {
      for (const value of values) at = buffer.writeInt32LE(value, at);
    },
    /** @param value up to 2 ** 53. */
    uint64(value: number): void {
      at = buffer.writeUInt32LE(value % 2 ** 32, at);
      at = buffer.writeUInt32LE(Math.floor(value / 2 ** 32), at);
    },
    bytes(values: Buffer): void {
      at += values.copy(buffer, at);
    },
  };
}
