/** Input → engine → result, streamed. */
import type { Job } from "../contract/job.ts";
import { type FileLimits, fileLimits, uploadBytesMost } from "../contract/limits.ts";
import { ObjectNotFoundError, UnavailableError } from "../jobs/errors.ts";
import type { ObjectRef } from "../jobs/ports.ts";
import { type StoredResult, storeResult } from "../results/store-result.ts";
import { InputError } from "../vcf/input-error.ts";
import type { Progress } from "./attempt.ts";
import type { EngineRun } from "./engine/engine.ts";
import type { Lease } from "./lease.ts";
import type { RunJobOptions } from "./run-job-options.ts";

export interface Production {
  /** How far it is, whenever asked. */
  progress(): Progress;
  /** The result exists only if everything went well. */
  run(signal: AbortSignal, lease: Lease): Promise<StoredResult>;
}

type Options = Pick<RunJobOptions, "objects" | "engine" | "inputBytesMax">;

/** The job's input, open. */
interface Input extends AsyncIterable<Uint8Array> {
  readonly size: number;
  /** Of it, so far. */
  bytesRead(): number;
  close(): void;
}

/** Opens the job's input; reading it throws an `UnavailableError` when it breaks off. @throws {InputError} when it is too large. */
async function openInput(job: Job, { objects, inputBytesMax }: Options, signal: AbortSignal): Promise<Input> {
  const source: ObjectRef = { bucket: job.s3_inputs_bucket, key: job.s3_key_input_file };
  const found = await objects.head(source);
  if (found === undefined) throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`);
  const size = found.bytes;
  if (size > inputBytesMax) {
    throw new InputError(`the input is ${size} bytes; the largest that is taken is ${inputBytesMax}`);
  }
  const input = await objects.read(source, { signal });
  input.on("error", () => {}); // whoever reads it sees the error; before that nobody needs to
  const destroyInput = () => input.destroy(signal.reason);
  signal.addEventListener("abort", destroyInput, { once: true });
  let bytesRead = 0;

  async function* counted(): AsyncGenerator<Uint8Array> {
    const where = `${size} bytes of s3://${source.bucket}/${source.key}`;
    try {
      for await (const chunk of input as AsyncIterable<Uint8Array>) {
        bytesRead += chunk.byteLength;
        yield chunk;
      }
    } catch (cause) {
      throw new UnavailableError(`reading broke off after ${bytesRead} of ${where}`, { cause });
    }
    // A connection that ended early must not pass for a short file.
    if (bytesRead < size) throw new UnavailableError(`read ${bytesRead} of ${where}`);
  }

  const bytes = counted();
  return {
    size,
    bytesRead: () => bytesRead,
    [Symbol.asyncIterator]: () => bytes,
    close() {
      signal.removeEventListener("abort", destroyInput);
      input.destroy();
    },
  };
}

export function createProduction(job: Job, target: ObjectRef, options: Options): Production {
  const { uncompressedBytesMax, resultBytesMax } = limitsOf(job);
  let input: Input | undefined;
  let engineRun: EngineRun | undefined;
  return {
    progress: () => ({
      inputBytes: input?.size ?? job.input_bytes ?? 0,
      bytesRead: input?.bytesRead() ?? 0,
      records: engineRun?.records() ?? 0,
      findings: engineRun?.findings(),
      account: engineRun?.account() ?? "",
    }),
    async run(signal, lease) {
      input = await openInput(job, options, signal);
      const start = { fileName: job.input_file_name, bytes: input, uncompressedBytesMax, signal };
      engineRun = options.engine.start(start);
      // Asked before the object comes into being: a worker that has lost the job need not store anything.
      const confirm = () =>
        lease.confirm().catch((err: unknown) => {
          if (!(err instanceof UnavailableError)) throw err;
        });
      try {
        return await storeResult(
          options.objects,
          target,
          checked(engineRun.output, resultBytesMax, signal, confirm),
          signal,
        );
      } finally {
        input.close();
      }
    },
  };
}

/** The result's bytes as long as they are few enough, and the work is neither stopped nor lost. */
async function* checked(
  output: EngineRun["output"],
  bytesMax: number,
  signal: AbortSignal,
  confirm: () => Promise<void>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of output) {
    signal.throwIfAborted();
    bytes += chunk.length;
    if (bytes > bytesMax) throw resultTooLarge(bytesMax);
    yield chunk;
  }
  await confirm();
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
