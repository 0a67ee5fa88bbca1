/** One attempt at a job: what it is about, where its files go, how far it is. */
import type { Job } from "../contract/job.ts";
import { logKey, resultKey } from "../contract/keys.ts";
import type { Claim } from "../jobs/annotation.ts";
import type { ObjectRef } from "../jobs/ports.ts";
import type { EngineRun } from "./engine/engine.ts";
import type { RunJobOptions } from "./run-job.ts";

export interface Progress {
  bytesRead: number;
  /** Of the whole input. */
  bytes: number;
  run: EngineRun | undefined;
}

export interface Attempt {
  readonly job: Job;
  readonly claim: Claim;
  readonly options: RunJobOptions;
  readonly result: ObjectRef;
  readonly log: ObjectRef;
  /** Milliseconds. */
  readonly started: number;
  readonly progress: Progress;
}

export function attemptOf(job: Job, claim: Claim, options: RunJobOptions): Attempt {
  const bucket = options.resultsBucket;
  return {
    job,
    claim,
    options,
    result: { bucket, key: resultKey(job.s3_key_input_file, claim.attempt) },
    log: { bucket, key: logKey(job.s3_key_input_file, claim.attempt) },
    started: options.clock.now(),
    progress: { bytesRead: 0, bytes: job.input_bytes ?? 0, run: undefined },
  };
}
