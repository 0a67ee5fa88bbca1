/**
 * Blocks of whole lines → what is to be written. The byte loop takes the plain records; each line at which it stops is given to the
 * reader of all records, alone where plain ones follow, in longer and longer runs where none does. Either way the same is written.
 */

import type { ColumnLine } from "../../vcf/header.ts";
import type { Reference } from "../reference/load.ts";
import { createPages, windowBytes } from "./pages.ts";
import { createPlainRecords } from "./plain-records.ts";
import { createRecordReader, otherAssembly } from "./record-reader.ts";
import type { Report } from "./report.ts";
import { createSequences } from "./sequences.ts";

export interface BlockReader {
  /**
   * Reads the block's records from `from` on.
   *
   * @param unfinished the block's last line had no line end.
   * @returns what is to be written.
   * @throws {InputError}
   */
  read(block: Buffer, from: number, unfinished: boolean): Buffer[];
}

export interface BlockReaderOptions {
  readonly report: Report;
  readonly reference: Reference;
  readonly columnLine: ColumnLine;
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
}

const feed = 10;
/** Lines given to the reader of all records at once. */
const runMax = 1_024;

export function createBlockReader({ report, reference, columnLine, now }: BlockReaderOptions): BlockReader {
  const sequences = createSequences(report, reference);
  const all = createRecordReader({ report, sequences, columnLine, now });
  const pages = createPages();
  const plain = createPlainRecords({ report, sequences, columnLine, pages });
  // Nothing is added to records of another assembly.
  const mayBePlain = otherAssembly(report) === undefined;
  let run = 1;

  function readAll(text: string, unfinished: boolean): void {
    const texts: string[] = [];
    all.read(text, 0, texts, unfinished);
    pages.write(texts.join(""));
  }

  /** Index after `lines` line ends from `from` on. */
  function afterLines(from: number, lines: number): number {
    let at = from;
    for (let left = lines; left > 0 && at < pages.length; left -= 1) at = pages.bytes.indexOf(feed, at) + 1;
    return at;
  }

  function readWindow(): void {
    for (let at = 0; at < pages.length; ) {
      const stop = plain.read(at);
      if (stop > at) run = 1;
      at = stop;
      if (at === pages.length) return;
      const next = afterLines(at, run);
      run = Math.min(2 * run, runMax);
      readAll(pages.text(at, next), false);
      at = next;
    }
  }

  return {
    read(block, from, unfinished) {
      for (let at = from, to = from; at < block.length; at = to) {
        to = block.lastIndexOf(feed, at + windowBytes - 1) + 1;
        if (mayBePlain && !unfinished && to > at) {
          pages.open(block, at, to);
          readWindow();
        } else {
          to = mayBePlain ? block.indexOf(feed, at) + 1 : block.length;
          readAll(block.toString("latin1", at, to), unfinished);
        }
      }
      return pages.take();
    },
  };
}
