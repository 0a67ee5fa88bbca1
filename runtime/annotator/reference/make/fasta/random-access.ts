/** Text of a plain or bgzip file at any place. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import { isGzip } from "../../../../vcf/formats.ts";
import { SourceError } from "../source-error.ts";

export interface RandomAccess {
  /** Fewer bytes only where the text ends. */
  read(at: number, bytes: number): Buffer;
  close(): void;
}

const headerBytes = 18;
const trailerBytes = 8;
/** Blocks whose text is kept: places that are asked for lie close together. */
const blocksKept = 32;

function readAt(file: number, at: number, bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  let done = 0;
  for (let read = -1; done < bytes && read !== 0; done += read)
    read = readSync(file, data, done, bytes - done, at + done);
  return data.subarray(0, done);
}

/** Where each block of a bgzip file begins, and where its text does; one more for the end. @throws {SourceError} */
function blocksOf(file: number, path: string): { compressed: number[]; text: number[] } {
  const { size } = fstatSync(file);
  const [compressed, text]: [number[], number[]] = [[0], [0]];
  for (let at = 0; at < size; ) {
    const header = readAt(file, at, headerBytes);
    // A block as bgzip writes it: its length is the first of the extra fields.
    if (header.length < headerBytes || !isGzip(header) || header.toString("latin1", 12, 14) !== "BC") {
      throw new SourceError(
        path,
        undefined,
        "the file is compressed by gzip, which cannot be read in its middle; compress it with bgzip, or give it as it is",
      );
    }
    const end = at + header.readUInt16LE(16) + 1;
    const length = readAt(file, end - 4, 4);
    if (length.length < 4) throw new SourceError(path, undefined, "the bgzip file is cut off within a block");
    at = end;
    compressed.push(at);
    text.push((text.at(-1) as number) + length.readUInt32LE());
  }
  return { compressed, text };
}

function bgzipAccess(file: number, path: string): RandomAccess["read"] {
  const { compressed, text } = blocksOf(file, path);
  const kept = new Map<number, Buffer>();

  function textOf(block: number): Buffer {
    const known = kept.get(block);
    if (known !== undefined) return known;
    const [from, to] = [compressed[block] as number, compressed[block + 1] as number];
    const data = readAt(file, from, to - from);
    const inflated = inflateRawSync(data.subarray(headerBytes, data.length - trailerBytes));
    if (crc32(inflated) !== data.readUInt32LE(data.length - trailerBytes)) {
      throw new SourceError(path, undefined, `the bgzip file is damaged at byte ${from}: a block's checksum is wrong`);
    }
    const [oldest] = kept.keys();
    if (kept.size >= blocksKept && oldest !== undefined) kept.delete(oldest);
    kept.set(block, inflated);
    return inflated;
  }

  /** The block that the text at a place is in. */
  function blockAt(at: number): number {
    let low = 0;
    let high = text.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((text[middle + 1] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return (at, bytes) => {
    const parts: Buffer[] = [];
    for (let done = 0; done < bytes; ) {
      const block = blockAt(at + done);
      if (block >= compressed.length - 1) break;
      const part = textOf(block)
        .subarray(at + done - (text[block] as number))
        .subarray(0, bytes - done);
      parts.push(part);
      done += part.length;
    }
    return Buffer.concat(parts);
  };
}

/** @throws {SourceError} for plain gzip. */
export function openRandomAccess(path: string): RandomAccess {
  const file = openSync(path, "r");
  const close = () => closeSync(file);
  try {
    const isPlain = !isGzip(readAt(file, 0, 2));
    return { read: isPlain ? (at, bytes) => readAt(file, at, bytes) : bgzipAccess(file, path), close };
  } catch (error) {
    close();
    throw error;
  }
}
