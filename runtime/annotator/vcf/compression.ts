/**
 * Bytes as uploaded → bytes of text. What a file is, is told by its first bytes, never by its name. gzip may have many members
 * (bgzip writes one for each 64 KiB); all are read.
 */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "./input-error.ts";

export type Compression = "plain" | "gzip" | "bgzip";

/** What was learned of the file's packing; complete once the text has been read to its end. */
export interface Packing {
  compression: Compression;
  /** bgzip ends with an empty block: a file without it has probably been cut off between two blocks. */
  endMarker: boolean;
}

const bgzipEnd = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");

/** Formats people upload by mistake, by their first bytes. */
const otherFormats: readonly (readonly [Buffer, string])[] = [
  [Buffer.from("PK\u0003\u0004", "latin1"), "a zip archive; upload the VCF file itself, plain or gzip-compressed"],
  [Buffer.from("BZh"), "bzip2-compressed; use gzip or bgzip"],
  [Buffer.from("fd377a585a00", "hex"), "xz-compressed; use gzip or bgzip"],
  [Buffer.from("28b52ffd", "hex"), "zstd-compressed; use gzip or bgzip"],
  [Buffer.from("BCF"), "BCF; convert it with `bcftools view -O z`"],
  [Buffer.from("BAM\u0001", "latin1"), "BAM: reads, not variants"],
  [Buffer.from("CRAM"), "CRAM: reads, not variants"],
  [Buffer.from("%PDF"), "a PDF document"],
  [Buffer.from("fffe", "hex"), "UTF-16 text; save it as UTF-8"],
  [Buffer.from("feff", "hex"), "UTF-16 text; save it as UTF-8"],
];

/** @throws {InputError} when the first bytes are those of a known format that is not VCF. */
export function refuseOtherFormats(first: Buffer): void {
  const found = otherFormats.find(([magic]) => first.subarray(0, magic.length).equals(magic));
  if (found !== undefined) throw new InputError(`not a VCF file: this is ${found[1]}`, 1);
}

/** First `bytes` bytes (fewer when there are no more), and the whole stream again. */
async function peek(source: AsyncIterator<Uint8Array>, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await source.next();
    if (next.done) break;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks);
}

/**
 * @throws {InputError} for compressed data that are damaged or cut off, and for formats that are not VCF; what `source` throws
 *   is thrown on as it is.
 */
export async function* uncompressed(source: AsyncIterable<Uint8Array>, packing: Packing): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  let failure: { cause: unknown } | undefined;
  let tail = Buffer.alloc(0);

  async function* whole(first: Buffer): AsyncGenerator<Buffer> {
    try {
      if (first.length > 0) yield first;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        const { buffer, byteOffset, byteLength } = next.value;
        const chunk = Buffer.from(buffer, byteOffset, byteLength);
        if (packing.compression === "bgzip") tail = lastBytes(tail, chunk);
        yield chunk;
      }
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  }

  try {
    const first = await peek(iterator, 16);
    const isGzip = first[0] === 0x1f && first[1] === 0x8b;
    if (!isGzip) {
      refuseOtherFormats(first);
      yield* whole(first);
      return;
    }
    const hasBlockSize = ((first[3] ?? 0) & 4) !== 0 && first[12] === 0x42 && first[13] === 0x43;
    packing.compression = hasBlockSize ? "bgzip" : "gzip";
    tail = lastBytes(tail, first);
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    pipeline(Readable.from(whole(first), { objectMode: false }), gunzip, () => {}); // its error ends the loop below
    try {
      let begun = false;
      for await (const chunk of gunzip as AsyncIterable<Buffer>) {
        if (!begun) refuseOtherFormats(chunk);
        begun = true;
        yield chunk;
      }
    } catch (cause) {
      if (failure !== undefined) throw failure.cause;
      if (!(cause instanceof Error) || !("code" in cause) || !String(cause.code).startsWith("Z_")) throw cause;
      const cut = cause.code === "Z_BUF_ERROR";
      throw new InputError(
        cut
          ? "the compressed file ends too early: it was cut off while it was written or uploaded"
          : `the compressed file is damaged (${cause.message})`,
        undefined,
        { cause },
      );
    } finally {
      gunzip.destroy();
    }
    packing.endMarker = packing.compression !== "bgzip" || tail.equals(bgzipEnd);
  } finally {
    await iterator.return?.();
  }
}

function lastBytes(before: Buffer, chunk: Buffer): Buffer<ArrayBuffer> {
  const size = bgzipEnd.length;
  return Buffer.from(chunk.length >= size ? chunk.subarray(-size) : Buffer.concat([before, chunk]).subarray(-size));
}
