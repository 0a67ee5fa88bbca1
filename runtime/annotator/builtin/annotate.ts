/**
 * The built-in engine: a VCF file in, the same file with INFO fields added out, in one pass and constant memory.
 *
 * What is written: the header as it was, with our lines before `#CHROM` (those of an earlier run replaced); every record that can
 * be read, in order, its columns untouched but for INFO. Lines end in `\n`; blank ones are left out.
 *
 * What fails the file (`InputError`): no VCF header, a column line that is none, damaged or cut-off compression, a line beyond the
 * bound, and a file none of whose records can be read. What only skips a record (left out of the result, listed in the report):
 * too few columns, or a CHROM, POS, REF or ALT that is none.
 */
import type { Reference } from "../reference/load.ts";
import { LineTooLongError, lineBlocks } from "../vcf/blocks.ts";
import { type Packing, uncompressed } from "../vcf/compression.ts";
import { InputError } from "../vcf/input-error.ts";
import { headerLines } from "./fields.ts";
import { createHeaderReader } from "./header-reader.ts";
import { createRecordReader, type RecordReader } from "./record-reader.ts";
import { createReport, note, type Report } from "./report.ts";

/** Longest line read: 16 MiB holds a record of more than 100,000 samples. */
export const lineBytesMax = 16 * 1024 * 1024;

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
  /** Longest line, bytes; omitted: 16 MiB. */
  readonly lineBytesMax?: number;
}

export function annotate(input: AsyncIterable<Uint8Array>, reference: Reference, options: AnnotateOptions): Annotation {
  const report = createReport();
  const packing: Packing = { compression: "plain", endMarker: true };
  const longest = options.lineBytesMax ?? lineBytesMax;
  return { output: run(), report, packing };

  async function* run(): AsyncGenerator<Buffer> {
    const header = createHeaderReader(report, headerLines(reference, options.engineVersion));
    let records: RecordReader | undefined;
    try {
      for await (const block of lineBlocks(uncompressed(input, packing), longest)) {
        const out: string[] = [];
        const at = records === undefined ? header.read(block, out) : 0;
        const { columnLine, otherAssembly } = header;
        if (columnLine !== undefined) {
          records ??= createRecordReader({ report, reference, columnLine, otherAssembly });
          records.read(block, at, out);
        }
        if (out.length > 0) yield Buffer.from(out.join(""), "latin1");
      }
    } catch (cause) {
      if (cause instanceof LineTooLongError) throw new InputError(cause.message, report.lines + 1, { cause });
      if (cause instanceof InputError && cause.line === undefined) {
        throw new InputError(cause.message, report.lines + 1, { cause });
      }
      throw cause;
    }
    if (report.lines === 0) throw new InputError("the file is empty", 1);
    if (records === undefined) {
      throw new InputError("the file ends without a #CHROM column line: it is cut off or not VCF", report.lines);
    }
    const [first] = report.skippedLines;
    if (first !== undefined && report.skipped === report.records) {
      throw new InputError(`none of the ${report.records} records can be read; the first: ${first.reason}`, first.line);
    }
    if (!packing.endMarker) {
      note(report, "the bgzip file has no end-of-file block: it may have been cut off; compare its number of records");
    }
  }
}
