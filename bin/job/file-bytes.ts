import type { FileHandle } from "node:fs/promises";

const chunkBytes = 256 * 1024;

/** The bytes of an open file from its beginning, as often as they are asked for. */
export async function* fileBytes(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
