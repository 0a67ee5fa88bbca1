/**
 * The memory of the byte loop: a window of whole lines, the text to add, and what is to be written, in one array, so that all
 * copying is within it: much quicker than between arrays, of which each piece needs a view of its own.
 */
import { fieldPrefix } from "./fields.ts";

const prefix = Buffer.from(fieldPrefix);

/** Lines are read in windows of so many bytes at most; a longer line is none of the byte loop's. */
export const windowBytes = 64 * 1024;
/** Longest text that the byte loop adds; those of places are a few hundred bytes, rarely some thousand. */
export const addedBytesMax = 16 * 1024;

export interface Pages {
  /** The window's lines, from 0 to `length`; the same four at a time. */
  readonly bytes: Buffer;
  readonly words: Int32Array;
  length: number;
  /** Takes the lines of a block from `from` to `to`. */
  open(block: Buffer, from: number, to: number): void;
  /** Whether `GAS_`, with which fields of ours begin, stands between `from` and `to`; to be asked of later and later places. */
  holdsPrefix(from: number, to: number): boolean;
  /** Text of the window. */
  text(from: number, to: number): string;
  /** Text that `add` adds; `addedBytesMax` at most. */
  setAdded(text: string): void;
  /** Writes bytes of the window, or the text to add. */
  copy(from: number, to: number): void;
  add(): void;
  /** Writes one byte, or text of any length. */
  put(byte: number): void;
  write(text: string): void;
  /** What was written since it was last taken. */
  take(): Buffer[];
}

const addedAt = windowBytes;
const writtenAt = addedAt + addedBytesMax;
/** What was written goes on its way when the next piece may not fit any more; a piece of one record always fits. */
const writtenBytes = 4 * windowBytes;

export function createPages(): Pages {
  const bytes = Buffer.allocUnsafeSlow(writtenAt + writtenBytes);
  /** Where the next `_` is: searched for once, however many lines without one precede it. */
  let underscore = -1;
  let added = 0;
  let at = writtenAt;
  let full: Buffer[] = [];

  function flush(): void {
    if (at > writtenAt) full.push(Buffer.from(bytes.subarray(writtenAt, at)));
    at = writtenAt;
  }

  function room(length: number): void {
    if (at + length > bytes.length) flush();
  }

  const pages: Pages = {
    bytes,
    words: new Int32Array(bytes.buffer),
    length: 0,
    open(block, from, to) {
      block.copy(bytes, 0, from, to);
      pages.length = to - from;
      underscore = -1;
    },
    holdsPrefix(from, to) {
      while (underscore < to) {
        const begin = underscore + 1 - prefix.length;
        if (begin >= from && bytes.compare(prefix, 0, prefix.length, begin, underscore + 1) === 0) return true;
        underscore = bytes.indexOf(prefix.at(-1) as number, underscore + 1);
        if (underscore < 0) underscore = bytes.length;
      }
      return false;
    },
    text: (from, to) => bytes.toString("latin1", from, to),
    setAdded(text) {
      added = bytes.write(text, addedAt, "latin1");
    },
    copy(from, to) {
      room(to - from);
      bytes.copyWithin(at, from, to);
      at += to - from;
    },
    add() {
      room(added);
      bytes.copyWithin(at, addedAt, addedAt + added);
      at += added;
    },
    put(byte) {
      room(1);
      bytes[at] = byte;
      at += 1;
    },
    write(text) {
      room(text.length);
      if (text.length > writtenBytes) full.push(Buffer.from(text, "latin1"));
      else at += bytes.write(text, at, "latin1");
    },
    take() {
      flush();
      const taken = full;
      full = [];
      return taken;
    },
  };
  return pages;
}
