/**
 * Stores a result and its companions in one pass: the result byte for byte, the same text as bgzip, a tabix index of that, and the
 * summary. The result's object comes into being last, so that it never stands without its companions.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { companionKeys } from "../contract/keys.ts";
import type { ObjectRef, ObjectStore } from "../jobs/ports.ts";
import { bgzipped, createBgzipWriter } from "./bgzip-writer.ts";
import { createResultIndex } from "./result-index.ts";
import type { Summary } from "./summary.ts";

/** The result as it was stored: uncompressed. */
export type StoredResult = Summary["result"];

type Objects = Pick<ObjectStore, "write">;

const zipElsewhere = promisify(gzip) as (text: string) => Promise<Buffer>;
/** Characters below which another thread costs more than it saves. */
const smallText = 16_384;
const zip = async (text: string): Promise<Buffer> => (text.length < smallText ? gzipSync(text) : zipElsewhere(text));
/** Bytes that wait for the upload of the bgzip file. */
const waitingBytesMax = 1024 * 1024;

/** An object that is written bit by bit. */
interface Upload {
  /** Resolves when more may come. @throws what the store threw. */
  write(bytes: Buffer): Promise<void>;
  /** Resolves when the object exists. */
  end(): Promise<void>;
  /** The object does not come into being. */
  abort(cause: unknown): Promise<void>;
}

function openUpload(objects: Objects, ref: ObjectRef, signal: AbortSignal | undefined): Upload {
  const body = new PassThrough({ highWaterMark: waitingBytesMax });
  body.on("error", () => {}); // told by what `write` of the store rejects with
  const stored = objects.write(ref, body, { contentType: "application/gzip", ...(signal && { signal }) });
  const failed = stored.then(() =>
    Promise.reject(new Error(`s3://${ref.bucket}/${ref.key} was stored before its end`)),
  );
  failed.catch(() => body.destroy());
  return {
    async write(bytes) {
      if (body.destroyed) await failed;
      if (!body.write(bytes)) await Promise.race([once(body, "drain"), failed]);
    },
    async end() {
      body.end();
      await stored;
    },
    async abort(cause) {
      body.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      await stored.catch(() => {});
    },
  };
}

/** What is made of a result beside it. */
function createCompanions(objects: Objects, target: ObjectRef, signal: AbortSignal | undefined) {
  const keys = companionKeys(target.key);
  const at = (key: string): ObjectRef => ({ bucket: target.bucket, key });
  const upload = openUpload(objects, at(keys.bgzip), signal);
  const writer = createBgzipWriter(upload.write);
  const index = createResultIndex();
  const options = { contentType: "application/gzip", ...(signal && { signal }) };
  return {
    async add(chunk: Buffer): Promise<void> {
      index.add(chunk);
      await writer.write(chunk);
    },
    async finish(result: StoredResult): Promise<void> {
      index.end();
      await writer.end();
      await upload.end();
      const tabix = index.tabix(writer.virtualOffset);
      if (tabix !== undefined) await objects.write(at(keys.tabix), await bgzipped(tabix), options);
      const summary = index.summary(result, writer.bytes, writer.virtualOffset);
      await objects.write(at(keys.summary), await zip(JSON.stringify(summary)), options);
    },
    abort: upload.abort,
  };
}

/**
 * Stores what comes, whole or not at all; memory does not grow with it, but for the index of places (a few bytes for each 64 KiB).
 *
 * @throws what `result` throws, whatever the store makes of it; else what the store throws.
 */
export async function storeResult(
  objects: Objects,
  target: ObjectRef,
  result: AsyncIterable<Buffer>,
  signal?: AbortSignal,
): Promise<StoredResult> {
  const companions = createCompanions(objects, target, signal);
  const hash = createHash("sha256");
  let bytes = 0;
  let stored: StoredResult | undefined;
  let failure: { readonly cause: unknown } | undefined;

  async function* measured(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of result) {
        hash.update(chunk);
        bytes += chunk.length;
        await companions.add(chunk);
        yield chunk;
      }
      stored = { bytes, sha256: hash.digest("hex") };
      await companions.finish(stored);
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  }

  try {
    const body = Readable.from(measured(), { objectMode: false });
    await objects.write(target, body, { contentType: "text/plain; charset=utf-8", ...(signal && { signal }) });
  } catch (error) {
    await companions.abort(error);
    throw failure === undefined ? error : failure.cause;
  }
  if (stored === undefined) throw new Error(`s3://${target.bucket}/${target.key} was stored before its end`);
  return stored;
}
