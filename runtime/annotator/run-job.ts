/**
 * One claimed job, from input to ending:
 *
 *     read ─▶ engine ─▶ result (whole or not at all) ─▶ log ─▶ complete ─▶ job_results
 *       │        │                                               │
 *       │        └── the file or the engine is at fault ─▶ log ─▶ fail ─▶ job_results
 *       ├── storage does not answer: claim released, nothing counted, the message held until it does
 *       └── anything else: claim released, counted as the job's fault; `fail` after `attemptsMax` of those
 *
 * Cancelled or taken over: the work stops, nothing is written to the item, and what this attempt has stored is removed.
 * An outage of the table is waited out with the result in hand. Each attempt writes files of its own: the item names those
 * that count, and a worker that was paused for however long cannot replace them.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Job } from "../contract/job.ts";
import { logKey, resultKey } from "../contract/keys.ts";
import { type FileLimits, fileLimits, uploadBytesMost } from "../contract/limits.ts";
import { type Claim, complete, type Failure, fail, release } from "../jobs/annotation.ts";
import { type Breaker, outlasting } from "../jobs/breaker.ts";
import { ObjectNotFoundError, UnavailableError } from "../jobs/errors.ts";
import { type Clock, epochSeconds, type JobStore, type Log, type ObjectRef, type ObjectStore } from "../jobs/ports.ts";
import type { Transition } from "../jobs/transition.ts";
import { type Engine, EngineError, type EngineRun } from "./engine/engine.ts";
import { formatJobLog } from "./job-log.ts";
import { holdLease, type Lease, LeaseLostError } from "./lease.ts";
import { InputError } from "./vcf/input-error.ts";

export interface RunJobOptions {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly resultsBucket: string;
  readonly leaseSeconds: number;
  readonly jobSecondsMax: number;
  readonly inputBytesMax: number;
  /** Claims that end by the job's own doing, after which it is given up. */
  readonly attemptsMax: number;
  /** How long after its submission a job is still tried again that no outage explains. */
  readonly patienceSeconds: number;
  readonly breaker: Breaker;
  /** Aborted: give the job back, there is no time left to finish it. */
  readonly hurry: AbortSignal;
}

/** `ended`: the item is COMPLETED or FAILED by this run. `lost`: it is somebody else's or ended otherwise, and names none of its files. */
export type RunOutcome = "ended" | "lost" | "released";

class OutOfTimeError extends Error {
  override name = "OutOfTimeError";
}
class HurryError extends Error {
  override name = "HurryError";
}

/** @throws what storage threw, after the claim has been released. */
export async function runJob(job: Job, claim: Claim, options: RunJobOptions): Promise<RunOutcome> {
  const { jobs, objects, engine, clock, log, leaseSeconds, attemptsMax } = options;
  const result: ObjectRef = { bucket: options.resultsBucket, key: resultKey(job.s3_key_input_file, claim.attempt) };
  const logRef: ObjectRef = { bucket: options.resultsBucket, key: logKey(job.s3_key_input_file, claim.attempt) };
  const started = clock.now();
  const progress = { bytesRead: 0, bytes: job.input_bytes ?? 0, run: undefined as EngineRun | undefined };

  const lease = holdLease({
    jobs,
    job,
    claim,
    clock,
    log,
    leaseSeconds,
    progress: () => ({
      records: progress.run?.records() ?? 0,
      percent: progress.bytes > 0 ? (100 * progress.bytesRead) / progress.bytes : 0,
    }),
  });
  const stop = new AbortController();
  const onLost = () => stop.abort(lease.signal.reason);
  const onHurry = () => stop.abort(new HurryError("the instance is going away"));
  lease.signal.addEventListener("abort", onLost, { once: true });
  options.hurry.addEventListener("abort", onHurry, { once: true });
  const over = new AbortController();
  void clock.sleep(options.jobSecondsMax * 1000, over.signal).then(() => {
    if (!over.signal.aborted) stop.abort(new OutOfTimeError());
  });
  if (options.hurry.aborted) onHurry();

  const writeLog = (failure?: Failure) =>
    objects.write(
      logRef,
      formatJobLog({
        job,
        inputBytes: progress.bytes,
        engine: engine.name,
        worker: claim.worker,
        attempt: claim.attempt,
        started,
        ended: clock.now(),
        records: progress.run?.records() ?? 0,
        ...(failure === undefined ? {} : { failure }),
        account: progress.run?.account() ?? "",
      }),
      { contentType: "text/plain; charset=utf-8" },
    );

  /** The ending, written as soon as the table answers: nobody else can end the job before that either. */
  const end = (ending: () => Transition) =>
    outlasting(() => jobs.apply(job.job_id, ending()), {
      ...options,
      signal: options.hurry,
      onOutage: (err) => log.warn({ err }, "the job's ending cannot be written yet: it waits"),
    });

  async function succeed(): Promise<RunOutcome> {
    const { bytes, sha256 } = await produce(job, result, { ...options, signal: stop.signal, lease, progress });
    const records = progress.run?.records() ?? 0;
    const findings = progress.run?.findings();
    await writeLog();
    const outcome = await end(() =>
      complete(claim, epochSeconds(clock), {
        s3_results_bucket: result.bucket,
        s3_key_result_file: result.key,
        s3_key_log_file: logRef.key,
        result_bytes: bytes,
        result_sha256: sha256,
        records,
        ...(findings === undefined ? {} : { findings }),
      }),
    );
    // A repeated write whose first answer was lost finds its own result.
    if (!outcome.applied && outcome.job?.s3_key_result_file !== result.key) return "lost";
    log.info({ records, result_bytes: bytes, milliseconds: clock.now() - started }, "job completed");
    return "ended";
  }

  async function endAsFailed(failure: Failure, keepLog: boolean): Promise<RunOutcome> {
    if (keepLog) await writeLog(failure);
    const outcome = await end(() =>
      fail(claim, epochSeconds(clock), { ...failure, ...(keepLog ? { log: logRef } : {}) }),
    );
    if (!outcome.applied && outcome.job?.job_status !== "FAILED") return "lost";
    log.info({ reason: failure.reason, line: failure.line }, "job failed");
    return "ended";
  }

  /** Neither the file nor the engine is at fault, as far as is known. */
  async function giveBack(err: unknown): Promise<RunOutcome> {
    const outside = err instanceof UnavailableError;
    const faults = (job.faults ?? 0) + (outside ? 0 : 1);
    const waited = epochSeconds(clock) - job.submit_time;
    if (faults >= attemptsMax || (outside && waited > options.patienceSeconds)) {
      log.error({ err, faults, seconds_since_submission: waited }, "job given up");
      const tries = faults >= attemptsMax ? `${faults} attempts` : `${Math.floor(waited / 3600)} hours`;
      const reason = `the service could not read the input or store the result in ${tries}; please submit the file again`;
      const logged = await writeLog({ reason }).then(
        () => true,
        () => false,
      );
      return endAsFailed({ reason, ...(logged ? { log: logRef } : {}) }, false);
    }
    try {
      await jobs.apply(job.job_id, release(claim, epochSeconds(clock), outside ? "outside" : "job"));
    } catch (unreleased) {
      if (!(unreleased instanceof UnavailableError)) throw unreleased;
      log.warn(
        { err: unreleased },
        "the claim could not be given back: this process takes it up again, or it runs out",
      );
    }
    throw err;
  }

  try {
    if ((job.faults ?? 0) >= attemptsMax) {
      const reason = `no worker could finish this job in ${attemptsMax} attempts: each ended while it ran`;
      return await endAsFailed({ reason }, true);
    }
    return await succeed();
  } catch (thrown) {
    const error: unknown = stop.signal.aborted ? stop.signal.reason : thrown;
    if (error instanceof LeaseLostError) return "lost";
    if (error instanceof HurryError) {
      await jobs.apply(job.job_id, release(claim, epochSeconds(clock)));
      log.info({}, "job given back unfinished");
      return "released";
    }
    const failure = failureOf(error, options.jobSecondsMax);
    if (failure === undefined) return await giveBack(error);
    try {
      return await endAsFailed(failure, true);
    } catch (err) {
      return await giveBack(err);
    }
  } finally {
    over.abort();
    options.hurry.removeEventListener("abort", onHurry);
    await lease.stop();
  }
}

/** What the user is told, when trying again would not help; undefined for troubles of the service. */
function failureOf(error: unknown, jobSecondsMax: number): Failure | undefined {
  if (error instanceof InputError) {
    return { reason: error.message, ...(error.line === undefined ? {} : { line: error.line }) };
  }
  if (error instanceof EngineError) return { reason: error.message };
  if (error instanceof OutOfTimeError) {
    return { reason: `the job took longer than ${jobSecondsMax} seconds and was stopped` };
  }
  if (error instanceof ObjectNotFoundError) {
    return { reason: "the input file is not in storage: the upload was never completed, or the file was removed" };
  }
  return undefined;
}

interface Production extends Pick<RunJobOptions, "objects" | "engine" | "inputBytesMax"> {
  readonly signal: AbortSignal;
  readonly lease: Lease;
  readonly progress: { bytesRead: number; bytes: number; run: EngineRun | undefined };
}

/** Input → engine → result, streamed. The result exists only if everything went well. */
async function produce(job: Job, target: ObjectRef, options: Production): Promise<{ bytes: number; sha256: string }> {
  const { objects, engine, inputBytesMax, signal, lease, progress } = options;
  const source: ObjectRef = { bucket: job.s3_inputs_bucket, key: job.s3_key_input_file };
  const found = await objects.head(source);
  if (found === undefined) throw new ObjectNotFoundError(`s3://${source.bucket}/${source.key} does not exist`);
  if (found.bytes > inputBytesMax) {
    throw new InputError(`the input is ${found.bytes} bytes; the largest that is taken is ${inputBytesMax}`);
  }
  const expected = found.bytes;
  progress.bytes = expected;
  const input = await objects.read(source, { signal });
  input.on("error", () => {}); // whoever reads it sees the error; before that nobody needs to
  const destroyInput = () => input.destroy(signal.reason);
  signal.addEventListener("abort", destroyInput, { once: true });

  async function* counted(): AsyncGenerator<Uint8Array> {
    const where = `${expected} bytes of s3://${source.bucket}/${source.key}`;
    try {
      for await (const chunk of input as AsyncIterable<Uint8Array>) {
        progress.bytesRead += chunk.byteLength;
        yield chunk;
      }
    } catch (cause) {
      throw new UnavailableError(`reading broke off after ${progress.bytesRead} of ${where}`, { cause });
    }
    // A connection that ended early must not pass for a short file.
    if (progress.bytesRead < expected) throw new UnavailableError(`read ${progress.bytesRead} of ${where}`);
  }

  const hash = createHash("sha256");
  let bytes = 0;
  let failure: { readonly cause: unknown } | undefined;
  const { uncompressedBytesMax, resultBytesMax } = limitsOf(job);
  const run = engine.start({ fileName: job.input_file_name, bytes: counted(), uncompressedBytesMax, signal });
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
    signal.removeEventListener("abort", destroyInput);
    input.destroy();
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
