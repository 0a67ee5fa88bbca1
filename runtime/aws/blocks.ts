import type { Readable } from "node:stream";

/** Cuts a stream into blocks of exactly `bytes`, the last one shorter; never more than one block and a chunk in memory. */
export async function* blocks(source: Readable, bytes: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (length + rest.length >= bytes) {
      const cut = bytes - length;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      held = [];
      length = 0;
    }
    if (rest.length > 0) held.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(held);
}
