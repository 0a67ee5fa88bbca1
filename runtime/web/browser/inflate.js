// The beginning of gzip data as text. A bgzip file is thousands of gzip members, and browsers take whatever follows the first for an
// error: so its blocks are decoded one by one.
import { blockLength, headerLength, prefixTextBytes } from "./vcf.js";

/** Bytes given to the decoder at a time: of what cannot be decoded, no more than they become is lost. */
const chunkBytes = 16 * 1024;

/** @type {import("../../vcf/prefix.ts").Inflate} */
export async function inflate(data) {
  const parts = [];
  let at = 0;
  for (let length = 0; at < data.length && length < prefixTextBytes; ) {
    const bytes = blockLength(data.subarray(at, at + headerLength(data.subarray(at))));
    if (bytes === undefined) {
      const rest = await inflateOn(data.subarray(at), prefixTextBytes - length);
      return { bytes: joined([...parts, rest.bytes]), whole: rest.whole };
    }
    const text = at + bytes > data.length ? undefined : await inflateBlock(data.subarray(at, at + bytes));
    if (text === undefined) break;
    parts.push(text);
    length += text.length;
    at += bytes;
  }
  return { bytes: joined(parts), whole: at === data.length };
}

/** @returns undefined for a block that is damaged. */
async function inflateBlock(block) {
  const text = new Response(new Blob([block]).stream().pipeThrough(new DecompressionStream("gzip")));
  return text.arrayBuffer().then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
}

/** Decodes as far as there is something to decode: the data may have been cut. */
async function inflateOn(data, bytesMax) {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const parts = [];
  async function read() {
    for (let length = 0; length < bytesMax; ) {
      const { done, value } = await reader.read();
      if (done) return true;
      parts.push(value);
      length += value.length;
    }
    await reader.cancel();
    return false;
  }
  async function write() {
    for (let at = 0; at < data.length; at += chunkBytes) await writer.write(data.subarray(at, at + chunkBytes));
    // Taken once all that was made of the bytes before has been read: an error at the end would drop what is still unread.
    await writer.write(new Uint8Array());
    await writer.close();
  }
  // What cannot be decoded ends both; what was read before it stays.
  const [whole] = await Promise.all([read().catch(() => false), write().catch(() => {})]);
  return { bytes: joined(parts), whole };
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
