import { type FSWatcher, watch } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";

export interface Tail {
  readonly lines: readonly string[];
  /** Byte after the last complete line: where `followFile` goes on. */
  readonly end: number;
}

/** Whole lines at the end of a file, at most `lines` of them out of its last `bytes`; none when there is no file yet. */
export async function tailFile(file: string, limit: { lines: number; bytes: number }): Promise<Tail> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { lines: [], end: 0 };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - limit.bytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const complete = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
    const lines = buffer.subarray(0, complete).toString("utf8").split("\n").slice(0, -1);
    if (start > 0) lines.shift(); // begins in the middle
    return { lines: lines.slice(-limit.lines), end: start + complete };
  } finally {
    await handle.close();
  }
}

/**
 * Calls back with each batch of complete lines that is appended after byte `from`; starts over when the file is replaced or
 * cut. The returned function ends it.
 */
export function followFile(file: string, from: number, onLines: (lines: readonly string[]) => void): () => void {
  const name = basename(file);
  let position = from;
  let reading = false;
  let again = false;
  let closed = false;

  async function read(): Promise<void> {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    do {
      again = false;
      try {
        const handle = await open(file);
        try {
          const { size } = await handle.stat();
          if (size < position) position = 0;
          const buffer = Buffer.alloc(Math.min(size - position, 262_144));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
          const complete = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
          // A line longer than the buffer would never be complete: it is passed over.
          position += complete === 0 && bytesRead === 262_144 ? bytesRead : complete;
          if (complete > 0 && !closed) onLines(buffer.subarray(0, complete).toString("utf8").split("\n").slice(0, -1));
          if (position < size && complete > 0) again = true;
        } finally {
          await handle.close();
        }
      } catch {
        // the file is not there (yet, or any more): its folder tells when it comes
      }
    } while (again && !closed);
    reading = false;
  }

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed === null || changed === name) void read();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // no folder: nothing will be appended
  }
  void read();
  return () => {
    closed = true;
    watcher?.close();
  };
}
