/**
 * The built-in engine: a VCF file in, the same file with INFO fields added out, in one pass and constant memory.
 *
 * What is written: the header as it was, with our lines before `#CHROM` (those of an earlier run replaced); every record that can
 * be read, in order, its columns untouched but for INFO. Lines end in `\n`; blank ones are left out.
 *
 * What fails the file (`InputError`): no VCF header, a column line that is none, compression that is damaged or cut off, a record
 * whose columns do not fit the column line, a NUL byte, a last line that was cut off, whatever exceeds a limit, and a file none of
 * whose records can be read. What only skips a record (left out of the result, listed in the report): a POS, REF or ALT that is
 * none.
 */
import { setImmediate } from "node:timers/promises";
import { type FileLimits, recordLimits } from "../../contract/limits.ts";
import { assemblyNotes } from "../../vcf/assembly/words.ts";
import { damageBehind } from "../../vcf/damage.ts";
import { type ColumnLine, checkHeaderEnded } from "../../vcf/header.ts";
import { InputError } from "../../vcf/input-error.ts";
import { nulByte } from "../../vcf/record.ts";
import type { Reference } from "../reference/load.ts";
import { type LineBlock, LineTooLongError, lineBlocks } from "../vcf/blocks.ts";
import { type Packing, uncompressed } from "../vcf/compression.ts";
import { type BlockReader, createBlockReader } from "./block-reader.ts";
import { createHeaderReader } from "./header-reader.ts";
import { createReport, note, type Report } from "./report.ts";

export interface Annotation {
  /** The result, to be read once. Throws `InputError`, and what the input throws. */
  readonly output: AsyncGenerator<Buffer>;
  /** Grows while `output` is read; complete at its end. */
  readonly report: Report;
  readonly packing: Packing;
}

export interface AnnotateOptions {
  /** Version of this engine, for the header. */
  readonly engineVersion: string;
  /** Longest line, bytes; omitted: `recordLimits.bytes`. */
  readonly lineBytesMax?: number;
  /** Most text, bytes; omitted: any amount. */
  readonly uncompressedBytesMax?: FileLimits["uncompressedBytesMax"];
  /** Milliseconds, from any beginning, to time records by; omitted: the process's clock. */
  readonly now?: () => number;
}

const feed = 10;

export function annotate(input: AsyncIterable<Uint8Array>, reference: Reference, options: AnnotateOptions): Annotation {
  const report = createReport(reference.assembly);
  const packing: Packing = { compression: "plain" };
  const { engineVersion, uncompressedBytesMax = Number.POSITIVE_INFINITY } = options;
  const now = options.now ?? (() => performance.now());
  const header = createHeaderReader({ report, reference, engineVersion });
  let records: BlockReader | undefined;
  return { output: run(), report, packing };

  /** Reads whole lines; returns what is to be written. */
  function read(block: Buffer, unfinished: boolean): Buffer[] {
    const lines: string[] = [];
    const at = records === undefined ? header.read(block.toString("latin1"), lines) : 0;
    const out = lines.length > 0 ? [Buffer.from(lines.join(""), "latin1")] : [];
    const { columnLine } = header;
    if (columnLine === undefined) return out;
    records ??= createBlockReader({ report, reference, columnLine, now });
    return [...out, ...records.read(block, at, unfinished)];
  }

  function annotated({ bytes, unfinished }: LineBlock): Buffer[] {
    const nul = bytes.indexOf(0);
    if (nul < 0) return read(bytes, unfinished);
    // Lines before the one at fault are dealt with first: an error there is the first error.
    const whole = bytes.lastIndexOf(feed, nul) + 1;
    if (whole > 0) read(bytes.subarray(0, whole), false);
    const line = bytes.toString("latin1", whole, bytes.indexOf(feed, nul));
    // Bytes of something else are not called a padded VCF file: the reader of the header says what they are.
    if (report.lines === 0 && !line.startsWith("#")) read(Buffer.from(`${line}\n`, "latin1"), false);
    throw nulByte(line, report.lines + 1);
  }

  async function* blocks(): AsyncGenerator<Buffer> {
    const text = limited(uncompressed(input, packing), uncompressedBytesMax);
    for await (const block of lineBlocks(text, options.lineBytesMax ?? recordLimits.bytes)) {
      let out: Buffer[];
      try {
        out = annotated(block);
      } catch (error) {
        // A bgzip block's checksum is compared before its text is read.
        throw error instanceof InputError && packing.compression === "gzip" ? await damageBehind(error, text) : error;
      }
      yield* out;
      // Others have their turn: heartbeats of jobs must not wait until all text that is there has been read.
      await setImmediate();
    }
  }

  async function* run(): AsyncGenerator<Buffer> {
    try {
      yield* blocks();
    } catch (cause) {
      if (cause instanceof LineTooLongError) throw new InputError(cause.message, report.lines + 1, { cause });
      if (cause instanceof InputError && cause.line === undefined) {
        throw new InputError(cause.message, report.lines + 1, { cause });
      }
      throw cause;
    }
    checkWhole(report, header.columnLine);
    if (report.assembly.assembly === undefined && report.annotated > 0 && !report.provedByNames) {
      for (const text of assemblyNotes(report.assembly, report.referenceAssembly)) note(report, text);
    }
  }
}

/** @throws {InputError} for a file that has nothing to annotate in it. */
function checkWhole(report: Report, columnLine: ColumnLine | undefined): void {
  checkHeaderEnded(report.lines, columnLine);
  if (report.records === 0) note(report, "the file has no records: only its header was written");
  const [first] = report.skippedLines;
  if (first !== undefined && report.skipped === report.records) {
    throw new InputError(`none of the ${report.records} records can be read; the first: ${first.reason}`, first.line);
  }
}

/** Passes text on while there is no more of it than the limit. @throws {InputError} */
async function* limited(text: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of text) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new InputError(
        `decompressed, the file is larger than ${bytesMax} bytes, the most that the plan of this job allows; split it by chromosome and submit the parts`,
      );
    }
    yield chunk;
  }
}
