/** Input → engine → result, streamed. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Job } from "../contract/job.ts";
import { type FileLimits, fileLimits, uploadBytesMost } from "../contract/limits.ts";
import { ObjectNotFoundError, UnavailableError } from "../jobs/errors.ts";
import type { ObjectRef } from "../jobs/ports.ts";
import type { Progress } from "./attempt.ts";
import type { Lease } from "./lease.ts";
import type { RunJobOptions } from "./run-job.ts";
import { InputError } from "./vcf/input-error.ts";

/** The result as it was stored. */
export interface Product {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Production extends Pick<RunJobOptions, "objects" | "engine" | "inputBytesMax"> {
  readonly signal: AbortSignal;
  readonly lease: Lease;
  readonly progress: Progress;
}

/** The input's bytes, counted. @throws {UnavailableError} when reading breaks off. */
async function* counted(input: Readable, progress: Progress, source: ObjectRef): AsyncGenerator<Uint8Array> {
  const where = `${progress.bytes} bytes of s3://${source.bucket}/${source.key}`;
  try {
    for await (const chunk of input as AsyncIterable<Uint8Array>) {
      progress.bytesRead += chunk.byteLength;
      yield chunk;
    }
  } catch (cause) {
    throw new UnavailableError(`reading broke off after ${progress.bytesRead} of ${where}`, { cause });
  }
  // A connection that ended early must not pass for a short file.
  if (progress.bytesRead < progress.bytes) throw new UnavailableError(`read ${progress.bytesRead} of ${where}`);
}

/** Opens the job's input. @throws {InputError} when it is too large. */
async function openInput(job: Job, options: Production): Promise<AsyncIterable<Uint8Array> & { close(): void }> {
  const { objects, inputBytesMax, signal, progress } = options;
  const source: ObjectRef = { bucket: job.s3_inputs_bucket, key: job.s3_key_input_file };
  const found = await objects.head(source);
  if (found === undefined) throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`);
  if (found.bytes > inputBytesMax) {
    throw new InputError(`the input is ${found.bytes} bytes; the largest that is taken is ${inputBytesMax}`);
  }
  progress.bytes = found.bytes;
  const input = await objects.read(source, { signal });
  input.on("error", () => {}); // whoever reads it sees the error; before that nobody needs to
  const destroyInput = () => input.destroy(signal.reason);
  signal.addEventListener("abort", destroyInput, { once: true });
  const bytes = counted(input, progress, source);
  return {
    [Symbol.asyncIterator]: () => bytes,
    close() {
      signal.removeEventListener("abort", destroyInput);
      input.destroy();
    },
  };
}

/** The result exists only if everything went well. */
export async function produce(job: Job, target: ObjectRef, options: Production): Promise<Product> {
  const { objects, engine, signal, lease, progress } = options;
  const input = await openInput(job, options);
  const hash = createHash("sha256");
  let bytes = 0;
  let failure: { readonly cause: unknown } | undefined;
  const { uncompressedBytesMax, resultBytesMax } = limitsOf(job);
  const run = engine.start({ fileName: job.input_file_name, bytes: input, uncompressedBytesMax, signal });
  progress.run = run;

  async function* result(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of run.output) {
        signal.throwIfAborted();
        hash.update(chunk);
        bytes += chunk.length;
        if (bytes > resultBytesMax) throw resultTooLarge(resultBytesMax);
        yield chunk;
      }
      // Asked before the object comes into being: a worker that has lost the job need not store anything.
      await lease.confirm().catch((err: unknown) => {
        if (!(err instanceof UnavailableError)) throw err;
      });
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  }

  try {
    await objects.write(target, Readable.from(result(), { objectMode: false }), {
      contentType: "text/plain; charset=utf-8",
      signal,
    });
  } catch (error) {
    throw failure === undefined ? error : failure.cause; // whatever the store made of it
  } finally {
    input.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Limits that the job was submitted under; an item from elsewhere names none. */
function limitsOf(job: Job): FileLimits {
  const most = fileLimits(uploadBytesMost);
  return {
    uncompressedBytesMax: job.uncompressed_bytes_max ?? most.uncompressedBytesMax,
    resultBytesMax: job.result_bytes_max ?? most.resultBytesMax,
  };
}

const resultTooLarge = (bytesMax: number): InputError =>
  new InputError(
    `the result would be larger than ${bytesMax} bytes, the most that the plan of this job allows; split the file by chromosome and submit the parts`,
  );
