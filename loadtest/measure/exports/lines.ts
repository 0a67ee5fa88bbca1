/** Text of a file, packed by gzip or not, in pieces: memory does not grow with the file. */
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Transform } from "node:stream";
import { createGunzip } from "node:zlib";

const gzipMagic = [0x1f, 0x8b] as const;

async function isPacked(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && gzipMagic.every((byte, index) => buffer[index] === byte);
  } finally {
    await handle.close();
  }
}

/** Counts what passes: progress is of the bytes on the disk, and not of those that come out of them. */
const counting = (onBytes: (count: number) => void) =>
  new Transform({
    transform(chunk: Buffer, _, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });

function opened(file: string, packed: boolean, onBytes: (count: number) => void): AsyncIterable<string> {
  const source: ReadStream = createReadStream(file);
  const counted = source.on("error", (error) => counted.destroy(error)).pipe(counting(onBytes));
  if (!packed) return counted.setEncoding("utf8");
  const text = createGunzip();
  counted.on("error", (error) => text.destroy(error)).pipe(text);
  return text.setEncoding("utf8");
}

/**
 * @param onBytes told how many more bytes of the file have been read.
 * @throws {Error} naming a file that ends within its packed data, or whose packing is broken.
 */
export async function* textOf(file: string, onBytes: (count: number) => void): AsyncGenerator<string> {
  const packed = await isPacked(file);
  try {
    yield* opened(file, packed, onBytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!packed || code === undefined || !code.startsWith("Z_")) throw error;
    const why = code === "Z_BUF_ERROR" ? "it ends within its packed data" : "its packed data is broken";
    throw new RangeError(`${file} cannot be unpacked: ${why} (${code}); fetch the file again`, { cause: error });
  }
}

/** Longer than any line of the formats that are read; a file without line ends must not fill the memory. */
const lineMost = 1024 * 1024;

/**
 * Lines, several at a time: each waits for the disk only where it has to.
 *
 * @throws {RangeError} for a line of more than a mebibyte.
 */
export async function* linesOf(file: string, pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = "";
  let count = 0;
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    count += lines.length;
    if (rest.length > lineMost) {
      throw new RangeError(`${file}, line ${count + 1} is longer than ${lineMost} characters, so it is no log`);
    }
    yield lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  }
  if (rest !== "") yield [rest];
}
