/** One attempt at a job: what it is about, where its files go. */
import type { Job } from "../contract/job.ts";
import { logKey, resultKey } from "../contract/keys.ts";
import type { Claim } from "../jobs/annotation.ts";
import type { ObjectRef } from "../jobs/ports.ts";
import type { EngineRun } from "./engine/engine.ts";
import type { RunJobOptions } from "./run-job-options.ts";

/** How far an attempt is. */
export interface Progress {
  /** Of the whole input. */
  readonly inputBytes: number;
  readonly bytesRead: number;
  readonly records: number;
  /** `undefined`: the engine looks for none. */
  readonly findings: ReturnType<EngineRun["findings"]>;
  /** What the engine tells of its work. */
  readonly account: string;
}

export interface Attempt {
  readonly job: Job;
  readonly claim: Claim;
  readonly options: RunJobOptions;
  readonly result: ObjectRef;
  readonly log: ObjectRef;
  /** Milliseconds. */
  readonly started: number;
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
  };
}
