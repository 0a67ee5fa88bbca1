/** Columns of numbers and text in one run of bytes, read in the order in which they were written. */
import { endianness } from "node:os";
import { alignment } from "./format.ts";

if (endianness() !== "LE") throw new Error("reference indexes are little-endian, and this machine is not");

const padding = (bytes: number) => (alignment - (bytes % alignment)) % alignment;

/** Bytes of the columns, each begun at a multiple of `alignment`. */
export function joined(columns: readonly (Int32Array | Uint32Array | Uint8Array)[]): Buffer {
  return Buffer.concat(
    columns.flatMap(({ buffer, byteOffset, byteLength }) => [
      Buffer.from(buffer, byteOffset, byteLength),
      Buffer.alloc(padding(byteLength)),
    ]),
  );
}

export interface ColumnReader {
  int32(count: number): Int32Array;
  uint32(count: number): Uint32Array;
  uint8(count: number): Uint8Array;
  /** All that follows. */
  rest(): Buffer;
}

/** @param data begins at a multiple of `alignment` in its memory. */
export function readColumns(data: Buffer): ColumnReader {
  let at = 0;
  function next(bytes: number): number {
    const from = data.byteOffset + at;
    at += bytes + padding(bytes);
    if (at > data.length + padding(data.length)) throw new RangeError("the columns are longer than what was read");
    return from;
  }
  return {
    int32: (count) => new Int32Array(data.buffer, next(4 * count), count),
    uint32: (count) => new Uint32Array(data.buffer, next(4 * count), count),
    uint8: (count) => new Uint8Array(data.buffer, next(count), count),
    rest: () => data.subarray(at),
  };
}
