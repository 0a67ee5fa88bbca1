/** Lines of a file that a reference is made from: plain, gzip or bgzip, read once, in constant memory. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { damageBehind } from "../../../vcf/damage.ts";
import { InputError } from "../../../vcf/input-error.ts";
import { endOfText } from "../../../vcf/line-end.ts";
import { type LineBlock, LineTooLongError, lineBlocks } from "../../vcf/blocks.ts";
import { type Packing, uncompressed } from "../../vcf/compression.ts";
import { SourceError } from "./source-error.ts";

/** Told as a file is read, in bytes as they are on the disk. */
export type ReadProgress = (bytes: number, of: number) => void;

export interface ReadFile {
  readonly bytes: number;
  readonly sha256: string;
}

const lineBytesMax = 16 * 1024 * 1024;

/**
 * Calls `onLine` for each line, without its end; `bytes` are those of the line with it.
 *
 * @param expected what the file should be, for errors.
 * @param onLine throws `InputError` for a line that is not what it should be.
 * @throws {SourceError} for that, for other formats, and for a file that is damaged or cut off.
 */
export async function readLines(
  path: string,
  expected: string,
  onLine: (line: string, number: number, bytes: number) => void,
  onProgress: ReadProgress,
): Promise<ReadFile> {
  const { size } = await stat(path);
  const hash = createHash("sha256");
  let bytes = 0;
  async function* file(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
      onProgress(bytes, size);
    }
  }
  const packing: Packing = { compression: "plain" };
  const text = uncompressed(file(), packing, expected);
  let line = 0;

  function readBlock({ bytes: whole, unfinished }: LineBlock): void {
    const block = whole.toString("latin1");
    for (let start = 0; start < block.length; ) {
      const feed = block.indexOf("\n", start);
      line += 1;
      onLine(block.slice(start, endOfText(block, start, feed)), line, feed + 1 - start);
      if (unfinished && feed + 1 === block.length) {
        throw new InputError(
          "the file ends within this line: it was cut off; if it is whole, end its last line with a line end",
        );
      }
      start = feed + 1;
    }
  }

  try {
    for await (const block of lineBlocks(text, lineBytesMax)) {
      try {
        readBlock(block);
      } catch (error) {
        throw error instanceof InputError && packing.compression === "gzip" ? await damageBehind(error, text) : error;
      }
    }
  } catch (cause) {
    if (cause instanceof LineTooLongError) throw new SourceError(path, line + 1, cause.message, { cause });
    if (cause instanceof InputError)
      throw new SourceError(path, cause.line ?? Math.max(1, line), cause.message, { cause });
    throw cause;
  }
  if (line === 0) throw new SourceError(path, undefined, `the file is empty; ${expected} was expected`);
  return { bytes, sha256: hash.digest("hex") };
}
