/**
 * Bytes → blocks of whole lines. Where a block becomes a string, it has one character per byte (latin1), so that text in any
 * encoding passes through unchanged and slicing is cheap.
 */

/** A line longer than the bound; the reader knows which one. */
export class LineTooLongError extends Error {
  override name = "LineTooLongError";
}

export interface LineBlock {
  /** Always ends with `\n`. Good until the next block is asked for. */
  readonly bytes: Buffer;
  /** Whether the file ended without a line end, which was added. */
  readonly unfinished: boolean;
}

/** Larger chunks are cut, so that a block is soon dealt with, whoever provides the bytes. */
const blockBytesMax = 64 * 1024;
const firstCapacity = 64 * 1024;
const lineEnd = Buffer.from("\n");

/** The beginning of a line, in one buffer that grows: many tiny chunks cost no more than few large ones. */
function createPending() {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(bytes: Buffer): void {
      if (length + bytes.length > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(firstCapacity, 2 * buffer.length, length + bytes.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      bytes.copy(buffer, length);
      length += bytes.length;
    },
    take(): Buffer {
      const taken = buffer.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}

/**
 * Memory: a block of 64 KiB and one line.
 *
 * @throws {LineTooLongError} for a line longer than about `lineBytesMax`, before more of it is kept.
 */
export async function* lineBlocks(chunks: AsyncIterable<Buffer>, lineBytesMax: number): AsyncGenerator<LineBlock> {
  const pending = createPending();
  for await (const whole of chunks) {
    for (let at = 0; at < whole.length; at += blockBytesMax) {
      const chunk = whole.subarray(at, at + blockBytesMax);
      const end = chunk.lastIndexOf(10) + 1;
      if (end > 0 && pending.length === 0) {
        yield { bytes: chunk.subarray(0, end), unfinished: false };
      } else if (end > 0) {
        pending.add(chunk.subarray(0, end));
        yield { bytes: pending.take(), unfinished: false };
      }
      if (end < chunk.length) pending.add(chunk.subarray(end));
      if (pending.length > lineBytesMax) throw new LineTooLongError(`line longer than ${lineBytesMax} bytes`);
    }
  }
  if (pending.length === 0) return;
  pending.add(lineEnd);
  yield { bytes: pending.take(), unfinished: true };
}

/** Text that keeps none of the block it was cut from: for what is remembered after the block has gone. */
export const detached = (text: string): string => Buffer.from(text, "latin1").toString("latin1");
