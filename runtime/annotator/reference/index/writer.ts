/** Writes an index, section by section; it appears under its name only when it is whole. */
import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { alignment, type IndexHead, magic } from "./format.ts";

export interface IndexWriter {
  /** @returns where it lies in the file. */
  append(data: Buffer): { at: number; bytes: number };
  /** Ends the file and puts it in its place. */
  finish(head: IndexHead): { bytes: number; sha256: string };
  /** Leaves nothing behind. Does nothing after `finish`. */
  discard(): void;
}

export function createIndexWriter(path: string): IndexWriter {
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, "w");
  const hash = createHash("sha256");
  let bytes = 0;
  let open = true;

  function write(data: Buffer): void {
    for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
    hash.update(data);
    bytes += data.length;
  }

  function close(): void {
    open = false;
    closeSync(file);
  }

  write(Buffer.from(magic));
  return {
    append(data) {
      const at = bytes;
      write(data);
      write(Buffer.alloc((alignment - (bytes % alignment)) % alignment));
      return { at, bytes: data.length };
    },
    finish(head) {
      const text = Buffer.from(JSON.stringify(head));
      const length = Buffer.alloc(alignment);
      length.writeBigUInt64LE(BigInt(text.length));
      write(Buffer.concat([text, length, Buffer.from(magic)]));
      close();
      renameSync(part, path);
      return { bytes, sha256: hash.digest("hex") };
    },
    discard() {
      if (!open) return;
      close();
      rmSync(part, { force: true });
    },
  };
}
