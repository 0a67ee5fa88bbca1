/** A multipart form as S3 reads it: fields first, one file last, whatever follows is ignored. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { Refusal } from "../../gateway/errors.ts";
import type { FormFields } from "./post-policy.ts";

export interface FormFile {
  /** As the browser names it. */
  readonly name: string;
  /** All that was sent, even where less was kept. */
  readonly bytes: number;
  read(): Readable;
}

function malformed(): Refusal {
  const message = "The body of your POST request is not well-formed multipart/form-data.";
  return new Refusal(400, "MalformedPOSTRequest", message);
}

/** Counts what passes; bytes beyond `keep` are counted and dropped, so that a refused upload takes no room. */
function counted(keep: number): Transform & { bytes: number } {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      counter.bytes += chunk.length;
      if (counter.bytes <= keep) done(null, chunk);
      else done();
    },
  }) as Transform & { bytes: number };
  counter.bytes = 0;
  return counter;
}

/**
 * Reads a form: `onFields` judges the fields before the first byte of the file is kept and says how many bytes may be;
 * `onFile` then gets the whole file, on disk. The body is always read to its end, refused or not: a browser that is still
 * sending would see a broken connection instead of the reason.
 *
 * @throws whatever the callbacks throw, and {Refusal} for a form that is none
 */
export async function readForm<T>(
  body: Readable,
  contentType: string,
  onFields: (fields: FormFields, fileName: string) => Promise<{ readonly keep: number }>,
  onFile: (file: FormFile) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-upload-"));
  const path = join(directory, "file");
  const fields = new Map<string, string>();
  let stored: Promise<{ name: string; bytes: number }> | undefined;
  try {
    const parser = openParser(contentType);
    parser.on("field", (name, value, _nameTruncated, truncated) => {
      if (stored !== undefined) return;
      if (truncated) stored = Promise.reject(tooLong(name));
      else fields.set(name.toLowerCase(), value);
    });
    parser.on("file", (_field, file, fileName) => {
      if (stored !== undefined) return void file.resume();
      stored = onFields(fields, fileName ?? "").then(async ({ keep }) => {
        const counter = counted(keep);
        await pipeline(file, counter, createWriteStream(path));
        return { name: fileName ?? "", bytes: counter.bytes };
      });
      // Judged and refused: the rest still has to flow past. The rejection itself is met below.
      stored.catch(() => file.resume());
    });
    await pipeline(body, parser).catch((error: Error) => {
      stored?.catch(() => {});
      throw body.errored === null ? malformed() : error;
    });
    if (stored === undefined) {
      throw new Refusal(400, "InvalidArgument", "POST requires exactly one file upload per request.", {
        ArgumentName: "file",
        ArgumentValue: "0",
      });
    }
    const { name, bytes } = await stored;
    return await onFile({ name, bytes, read: () => createReadStream(path) });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function openParser(contentType: string): BusboyInstance {
  try {
    const headers: BusboyHeaders = { "content-type": contentType };
    return new Busboy({ headers, limits: { fieldSize: 20_480, fields: 100, parts: 200 } });
  } catch {
    throw malformed();
  }
}

function tooLong(name: string): Refusal {
  return new Refusal(400, "MaxPostPreDataLengthExceeded", `Form field ${name} exceeds 20480 bytes.`);
}
