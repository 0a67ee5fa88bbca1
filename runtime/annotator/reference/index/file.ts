/** An index file, opened: its head, and columns when they are asked for. Whatever is not a whole index is refused. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type ColumnReader, readColumns } from "./columns.ts";
import { type IndexHead, magic, trailerBytes } from "./format.ts";

export interface IndexFile {
  readonly head: IndexHead;
  /** Reads an extent of the file. */
  columns(extent: { readonly at: number; readonly bytes: number }): ColumnReader;
}

function readAt(file: number, path: string, at: number, bytes: number): Buffer {
  // Not from Node's pool, in which nothing begins at a multiple of eight for certain.
  const data = Buffer.alloc(bytes);
  for (let done = 0; done < bytes; ) {
    const read = readSync(file, data, done, bytes - done, at + done);
    if (read === 0) throw new Error(`reference index ${path} has become shorter since it was opened`);
    done += read;
  }
  return data;
}

function readHead(file: number, path: string): IndexHead {
  const rebuild = "make it again with annofarm reference build";
  const { size } = fstatSync(file);
  if (size < magic.length + trailerBytes) throw new Error(`${path} is no reference index; ${rebuild}`);
  const begin = readAt(file, path, 0, magic.length).toString("latin1");
  if (begin !== magic) {
    const what = begin.startsWith("GASREF") ? "is a reference index of another version" : "is no reference index";
    throw new Error(`${path} ${what}; ${rebuild}`);
  }
  const trailer = readAt(file, path, size - trailerBytes, trailerBytes);
  const headBytes = Number(trailer.readBigUInt64LE());
  const headAt = size - trailerBytes - headBytes;
  if (trailer.toString("latin1", trailerBytes - magic.length) !== magic || headAt < magic.length) {
    throw new Error(`reference index ${path} is cut off: its end is missing; copy the whole file, or ${rebuild}`);
  }
  return JSON.parse(readAt(file, path, headAt, headBytes).toString("utf8")) as IndexHead;
}

/**
 * The file stays open as long as the process, so that one put in its place meanwhile does not mix with it.
 *
 * @throws when it is no index, of another version, or cut off.
 */
export function openIndex(path: string): IndexFile {
  const file = openSync(path, "r");
  try {
    const head = readHead(file, path);
    return { head, columns: ({ at, bytes }) => readColumns(readAt(file, path, at, bytes)) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
