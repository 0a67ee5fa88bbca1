/**
 * bgzip → text, block by block. A block is a gzip member of at most 64 KiB of text that says its own length; an empty one ends
 * the file, and a file without it has been cut off. Blocks are decoded in other threads, a few ahead of the reader.
 */
import { promisify } from "node:util";
import { crc32, inflateRaw, inflateRawSync, type ZlibOptions } from "node:zlib";
import { blockLength, fixedBytes, headerLength } from "../../vcf/bgzip-block.ts";
import { cutOff, damaged, endBlockMissing } from "../../vcf/damage.ts";
import { isGzip } from "../../vcf/formats.ts";
import type { ByteReader } from "./byte-reader.ts";
import { gunzipped } from "./gunzip.ts";

const trailerBytes = 8;
const textBytesMax = 65_536;
const blocksAhead = 4;

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
type Inflate<Answer> = (bytes: Buffer, options: ZlibOptions & { info: true }) => Answer;
/** With `info` the answer tells how many bytes were used; Node's types do not know it. */
const inflateElsewhere = promisify(inflateRaw) as unknown as Inflate<Promise<Inflated>>;
const inflateHere = inflateRawSync as unknown as Inflate<Inflated>;
/** Compressed bytes below which another thread costs more than it saves: a file may be all tiny blocks. */
const smallBytes = 4_096;
const inflate = async (...[bytes, options]: Parameters<Inflate<Inflated>>): Promise<Inflated> =>
  bytes.length < smallBytes ? inflateHere(bytes, options) : inflateElsewhere(bytes, options);

/** Header of the next block, not yet taken; undefined at the end. @throws {InputError} */
async function nextHeader(reader: ByteReader): Promise<Buffer | undefined> {
  const fixed = await reader.peek(fixedBytes);
  if (fixed.length === 0) return undefined;
  if (!isGzip(fixed) && fixed.length >= 2) throw damaged("bytes that are no compressed block follow");
  if (fixed.length < fixedBytes) throw cutOff();
  return reader.peek(headerLength(fixed));
}

/** Whether the file's first member is a bgzip block. */
export async function isBgzip(reader: ByteReader): Promise<boolean> {
  const fixed = await reader.peek(fixedBytes);
  if (!isGzip(fixed) || fixed.length < fixedBytes) return false;
  return blockLength(await reader.peek(headerLength(fixed))) !== undefined;
}

/** @throws {InputError} when the block is not what its header and trailer say. */
async function textOf(block: Buffer, headerBytes: number): Promise<Buffer> {
  const trailer = block.length - trailerBytes;
  const length = block.readUInt32LE(trailer + 4);
  if (length > textBytesMax) throw damaged("a block's length is wrong");
  const packed = block.subarray(headerBytes, trailer);
  const options = { info: true, chunkSize: Math.max(64, length), maxOutputLength: Math.max(1, length) } as const;
  const { buffer, engine } = await inflate(packed, options).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "Z_MEM_ERROR") throw cause;
    throw damaged(cause.code === "Z_DATA_ERROR" ? cause.message : "a block's length is wrong", { cause });
  });
  if (buffer.length !== length || engine.bytesWritten !== packed.length) throw damaged("a block's length is wrong");
  if (crc32(buffer) !== block.readUInt32LE(trailer)) throw damaged("a block's checksum is wrong");
  return buffer;
}

/** @throws {InputError} at damage, after all text before it; what the reader's source throws, as it is. */
export async function* bgunzipped(reader: ByteReader): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = [];
  let last = -1;
  let failure: { readonly cause: unknown } | undefined;
  /** Nothing more to read as blocks: the end, damage, or a member of plain gzip. */
  let over = false;
  let plain = false;

  async function readBlock(): Promise<void> {
    const header = await nextHeader(reader);
    if (header === undefined) {
      over = true;
      return;
    }
    const length = blockLength(header);
    if (length === undefined) {
      over = true;
      plain = true; // files put together; gzip has no end block to miss
      return;
    }
    if (length < header.length + trailerBytes) throw damaged("a block's length is wrong");
    const block = await reader.take(length);
    if (block.length < length) throw cutOff();
    last = block.readUInt32LE(length - 4);
    const text = textOf(block, header.length);
    text.catch(() => {}); // seen when its turn comes
    ahead.push(text);
  }

  for (;;) {
    while (!over && ahead.length < blocksAhead) {
      try {
        await readBlock();
      } catch (cause) {
        failure = { cause };
        over = true;
      }
    }
    const text = ahead.shift();
    if (text === undefined) break;
    const bytes = await text;
    if (bytes.length > 0) yield bytes;
  }
  if (failure !== undefined) throw failure.cause;
  if (plain) yield* gunzipped(reader);
  else if (last !== 0) throw endBlockMissing();
}
