/** A stream of bytes, read by counts. What the source throws is thrown on as it is. */
export interface ByteReader {
  /** The next `bytes` bytes without taking them; fewer only where the source ends. */
  peek(bytes: number): Promise<Buffer>;
  /** The next `bytes` bytes; fewer only where the source ends. */
  take(bytes: number): Promise<Buffer>;
  /** Bytes that are there anyway, `bytesMax` at most; empty only at the end. */
  takeSome(bytesMax: number): Promise<Buffer>;
  /** Lets the source go. */
  close(): Promise<void>;
}

const empty = Buffer.alloc(0);

export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let held = empty as Buffer;
  let ended = false;

  /** Reads until `bytes` are held or the source has ended. */
  async function fill(bytes: number): Promise<void> {
    if (held.length >= bytes || ended) return;
    const parts = held.length > 0 ? [held] : [];
    let length = held.length;
    while (length < bytes) {
      const next = await iterator.next();
      if (next.done) {
        ended = true;
        break;
      }
      const { buffer, byteOffset, byteLength } = next.value;
      parts.push(Buffer.from(buffer, byteOffset, byteLength));
      length += byteLength;
    }
    held = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
  }

  function cut(bytes: number): Buffer {
    const taken = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return taken;
  }

  return {
    async peek(bytes) {
      await fill(bytes);
      return held.subarray(0, bytes);
    },
    async take(bytes) {
      await fill(bytes);
      return cut(bytes);
    },
    async takeSome(bytesMax) {
      await fill(1);
      return cut(bytesMax);
    },
    async close() {
      await iterator.return?.();
    },
  };
}
