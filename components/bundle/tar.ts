import { gzipSync } from "node:zlib";

export interface TarEntry {
  /** Path inside the archive, `/`-separated: the file's name at most 100 bytes, its folders at most 155. */
  readonly path: string;
  readonly content: Uint8Array;
  /** A program. @default false */
  readonly executable?: boolean;
}

const block = 512;

/**
 * A gzip-compressed tar (ustar) that depends on nothing but its entries: sorted, owned by root, dated 1970, with no
 * more of a file's mode than whether it is a program, so that the same code has the same hash on every machine and nothing is deployed that has not changed.
 *
 * @throws {RangeError} when a path is longer than a ustar header holds.
 */
export function deterministicTarGz(entries: readonly TarEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(({ path, content, executable = false }) => [
    header(path, content.length, executable ? 0o755 : 0o644),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  const compressed = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
  compressed[9] = 0xff; // "operating system: unknown", or the hash would tell where it was made
  return compressed;
}

/** A header holds a path in two parts, which are joined by a slash. */
function split(path: string): [folders: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ["", path];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [folders, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(folders) > 155) break;
    if (Buffer.byteLength(name) <= 100) return [folders, name];
  }
  throw new RangeError(`${path} is longer than a tar header holds: 100 bytes, after 155 of folders`);
}

function header(path: string, size: number, mode: number): Buffer {
  const [folders, name] = split(path);
  const buffer = Buffer.alloc(block);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  buffer.write(name, 0);
  buffer.write(octal(mode, 8), 100);
  buffer.write(octal(0, 8), 108); // user
  buffer.write(octal(0, 8), 116); // group
  buffer.write(octal(size, 12), 124);
  buffer.write(octal(0, 12), 136); // time
  buffer.write("        ", 148); // checksum counts itself as spaces
  buffer.write("0", 156); // a regular file
  buffer.write("ustar\x0000", 257);
  buffer.write(folders, 345);
  const checksum = buffer.reduce((sum, byte) => sum + byte, 0);
  buffer.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return buffer;
}
