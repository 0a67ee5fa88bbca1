/**
 * Bytes → blocks of whole lines. A block is a string with one character per byte (latin1), so that text in any encoding passes
 * through unchanged and slicing is cheap; it always ends with `\n`, also after a last line without one.
 */

/** A line longer than the bound; the reader knows which one. */
export class LineTooLongError extends Error {
  override name = "LineTooLongError";
}

/** Larger chunks are cut, so that a block stays small whoever provides the bytes. */
const blockBytesMax = 1024 * 1024;

/**
 * Memory: a block of 1 MiB and one line.
 *
 * @throws {LineTooLongError} for a line longer than about `lineBytesMax`.
 */
export async function* lineBlocks(chunks: AsyncIterable<Buffer>, lineBytesMax: number): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const whole of chunks) {
    for (let at = 0; at < whole.length; at += blockBytesMax) {
      const chunk = whole.subarray(at, at + blockBytesMax);
      const end = chunk.lastIndexOf(10) + 1;
      if (end > 0) {
        yield Buffer.concat([...pending, chunk.subarray(0, end)]).toString("latin1");
        pending = [];
        pendingBytes = 0;
      }
      if (end < chunk.length) pending.push(chunk.subarray(end));
      pendingBytes += chunk.length - end;
      if (pendingBytes > lineBytesMax) throw new LineTooLongError(`line longer than ${lineBytesMax} bytes`);
    }
  }
  if (pendingBytes > 0) yield `${Buffer.concat(pending).toString("latin1")}\n`;
}
