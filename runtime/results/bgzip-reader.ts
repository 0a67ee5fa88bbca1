/** Text of a stretch of a bgzip file, by one range read. */
import { buffer } from "node:stream/consumers";
import { crc32, inflateRawSync } from "node:zlib";
import type { ObjectRef, ObjectStore } from "../jobs/ports.ts";

/** Most bytes that a block has. */
const blockBytesMax = 65_536;
const headerBytes = 18;
const trailerBytes = 8;

/** An index and the file beside it do not belong together, or the file is damaged. */
export class IndexMismatchError extends Error {
  override name = "IndexMismatchError";
}

/**
 * @param from and `to`: virtual offsets, of which `to` is not read any more.
 * @param fileBytes of the whole file.
 * @throws {IndexMismatchError} when there are no blocks where the offsets say.
 * @throws {ObjectNotFoundError}
 */
export async function readText(
  objects: Pick<ObjectStore, "read">,
  ref: ObjectRef,
  { from, to, fileBytes }: { from: number; to: number; fileBytes: number },
  signal?: AbortSignal,
): Promise<Buffer> {
  if (to <= from) return Buffer.alloc(0);
  const start = Math.floor(from / blockBytesMax);
  const lastBlock = Math.floor(to / blockBytesMax);
  const inLastBlock = to % blockBytesMax;
  const end = inLastBlock === 0 ? lastBlock : Math.min(fileBytes, lastBlock + blockBytesMax);
  const range = { start, end: end - 1 };
  const bytes = await buffer(await objects.read(ref, { range, ...(signal && { signal }) }));
  const parts: Buffer[] = [];
  for (let at = 0; start + at < lastBlock + (inLastBlock > 0 ? 1 : 0); ) {
    const block = blockAt(bytes, at, start);
    const text = textOf(block, start + at);
    const first = at === 0 ? from % blockBytesMax : 0;
    parts.push(text.subarray(first, start + at === lastBlock ? inLastBlock : text.length));
    at += block.length;
  }
  return Buffer.concat(parts);
}

function blockAt(bytes: Buffer, at: number, start: number): Buffer {
  const isBlock = at + headerBytes <= bytes.length && bytes.readUInt32LE(at) === 0x04088b1f;
  const length = isBlock ? bytes.readUInt16LE(at + headerBytes - 2) + 1 : 0;
  if (length < headerBytes + trailerBytes || at + length > bytes.length) {
    throw new IndexMismatchError(`there is no whole bgzip block at byte ${start + at}`);
  }
  return bytes.subarray(at, at + length);
}

function textOf(block: Buffer, offset: number): Buffer {
  const trailer = block.length - trailerBytes;
  try {
    const text = inflateRawSync(block.subarray(headerBytes, trailer), { maxOutputLength: blockBytesMax });
    if (crc32(text) === block.readUInt32LE(trailer)) return text;
  } catch (cause) {
    throw new IndexMismatchError(`the bgzip block at byte ${offset} cannot be inflated`, { cause });
  }
  throw new IndexMismatchError(`the bgzip block at byte ${offset} has another checksum than it says`);
}
