/** The beginning of a text file in the bucket, by one range read: a page shows no more, however large the file is. */
import { buffer } from "node:stream/consumers";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import type { ObjectRef, ObjectStore } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";

export interface TextHead {
  readonly text: string;
  /** Lines in `text`. */
  readonly lines: number;
  /** Whether `text` is the whole file. */
  readonly complete: boolean;
}

/** @throws {HttpError} 404 when the object has gone (an archiver may be faster than a reader). */
export async function readHead(
  objects: Pick<ObjectStore, "read">,
  ref: ObjectRef,
  { bytes, lines: linesMax = Number.POSITIVE_INFINITY }: { bytes: number; lines?: number },
): Promise<TextHead> {
  // One byte more than is shown tells whether the file goes on.
  const body = await read(objects, ref, bytes);
  const cut = body.length > bytes;
  const all = body.subarray(0, bytes).toString("utf8").split("\n");
  // A file cut by bytes ends in the middle of a line (or of a character): that line is left out, unless it is the only one.
  if (cut && all.length > 1) all.pop();
  if (!cut && all.at(-1) === "") all.pop();
  const shown = all.slice(0, linesMax);
  return { text: shown.join("\n"), lines: shown.length, complete: !cut && shown.length === all.length };
}

async function read(objects: Pick<ObjectStore, "read">, ref: ObjectRef, bytes: number): Promise<Buffer> {
  try {
    return await buffer(await objects.read(ref, { range: { start: 0, end: bytes } }));
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
    throw new HttpError(
      404,
      "file-gone",
      "This file has just been moved. Go back to the job: it says where the file is now.",
      {
        cause: error,
      },
    );
  }
}
