import { gzipSync } from "node:zlib";

export interface TarEntry {
  /** Path inside the archive, `/`-separated, at most 100 bytes. */
  readonly path: string;
  readonly content: Uint8Array;
}

const block = 512;

/**
 * A gzip-compressed tar (ustar) that depends on nothing but its entries: sorted, owned by root, dated 1970, so that the
 * same code has the same hash on every machine and nothing is deployed that has not changed.
 *
 * @throws {RangeError} when a path is longer than a ustar header holds.
 */
export function deterministicTarGz(entries: readonly TarEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  const compressed = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
  compressed[9] = 0xff; // "operating system: unknown", or the hash would tell where it was made
  return compressed;
}

function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is longer than the 100 bytes a tar header holds`);
  const buffer = Buffer.alloc(block);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  buffer.write(path, 0);
  buffer.write(octal(0o644, 8), 100); // mode
  buffer.write(octal(0, 8), 108); // user
  buffer.write(octal(0, 8), 116); // group
  buffer.write(octal(size, 12), 124);
  buffer.write(octal(0, 12), 136); // time
  buffer.write("        ", 148); // checksum counts itself as spaces
  buffer.write("0", 156); // a regular file
  buffer.write("ustar\x0000", 257);
  const checksum = buffer.reduce((sum, byte) => sum + byte, 0);
  buffer.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return buffer;
}
