/**
 * Life of a job, as transitions. Each function is pure: (what happened, when) → one conditional write.
 *
 *     create ─▶ PENDING ──claim──▶ RUNNING ──complete──▶ COMPLETED   (result AVAILABLE)
 *                  │                 │ ▲ └────fail─────▶ FAILED
 *                  │                 │ └─claim (lease over: another worker takes the job)
 *                  └──────cancel─────┴────────────────▶ CANCELLED
 *
 * Every ending also puts `job_results` into the item's outbox; publishing clears it. So does creation with `job_requests`.
 * A worker may only write while it still holds the claim: `worker` and `attempts` are the fencing token.
 */
import { type Findings, findingAttributes } from "../contract/findings.ts";
import type { Job, OutboxTopic } from "../contract/job.ts";
import type { Condition, Transition } from "./transition.ts";

/** A claim, as the worker that made it remembers it. */
export interface Claim {
  readonly worker: string;
  /** Value of `attempts` after the claim: tells two claims of one worker apart. */
  readonly attempt: number;
}

export interface Submission {
  readonly job_id: string;
  readonly user_id: string;
  readonly input_file_name: string;
  readonly s3_inputs_bucket: string;
  readonly s3_key_input_file: string;
  readonly input_bytes: number;
  readonly uncompressed_bytes_max?: number;
  readonly result_bytes_max?: number;
}

/** The item of a job just submitted; its request waits in the outbox until `published`. */
export function newJob(submission: Submission, now: number): Job {
  return { ...submission, submit_time: now, job_status: "PENDING", outbox: "job_requests" };
}

/** The topic has been told. Only clears what was told: an ending in between has put a new topic in its place. */
export function published(topic: OutboxTopic): Transition {
  return {
    name: "published",
    when: [[{ attribute: "outbox", is: "equal", to: topic }]],
    set: {},
    remove: ["outbox"],
  };
}

/** A worker takes a waiting job, or one whose worker has not been heard of since its lease ended. */
export function claim(worker: string, now: number, leaseSeconds: number): Transition {
  return {
    name: "claim",
    when: [
      [{ attribute: "job_status", is: "equal", to: "PENDING" }],
      [
        { attribute: "job_status", is: "equal", to: "RUNNING" },
        { attribute: "lease_until", is: "before", to: now },
      ],
    ],
    set: { job_status: "RUNNING", worker, lease_until: now + leaseSeconds, progress_records: 0, progress_percent: 0 },
    add: { attempts: 1 },
  };
}

function held(by: Claim): Condition[] {
  return [
    { attribute: "job_status", is: "equal", to: "RUNNING" },
    { attribute: "worker", is: "equal", to: by.worker },
    { attribute: "attempts", is: "equal", to: by.attempt },
  ];
}

/** The worker is alive: lease renewed, progress shown. Refused once the job is cancelled or taken over. */
export function heartbeat(
  by: Claim,
  now: number,
  leaseSeconds: number,
  progress: { records: number; percent: number },
): Transition {
  return {
    name: "heartbeat",
    when: [held(by)],
    set: {
      lease_until: now + leaseSeconds,
      progress_records: progress.records,
      progress_percent: Math.min(100, Math.max(0, Math.round(progress.percent))),
    },
  };
}

/** The worker gives the job back unfinished (drain): free at once for the next claim. */
export function release(by: Claim, now: number): Transition {
  return { name: "release", when: [held(by)], set: { lease_until: now - 1 } };
}

const runningOnly = ["worker", "lease_until", "progress_percent"] as const;

export interface Completion {
  readonly s3_results_bucket: string;
  readonly s3_key_result_file: string;
  readonly s3_key_log_file: string;
  readonly result_bytes: number;
  readonly result_sha256: string;
  readonly records: number;
  /** Omitted: the engine gives no account. */
  readonly findings?: Findings;
}

export function complete(by: Claim, now: number, completion: Completion): Transition {
  const { records, findings, ...result } = completion;
  return {
    name: "complete",
    when: [held(by)],
    set: {
      ...result,
      ...(findings === undefined ? {} : findingAttributes(findings)),
      job_status: "COMPLETED",
      complete_time: now,
      result_state: "AVAILABLE",
      progress_records: records,
      outbox: "job_results",
    },
    remove: [...runningOnly],
  };
}

export interface Failure {
  readonly reason: string;
  readonly line?: number;
  readonly log?: { readonly bucket: string; readonly key: string };
}

/** The input is at fault (or no worker could finish it): the user is told why, and it is not tried again. */
export function fail(by: Claim, now: number, failure: Failure): Transition {
  return {
    name: "fail",
    when: [held(by)],
    set: {
      job_status: "FAILED",
      complete_time: now,
      failure_reason: failure.reason,
      ...(failure.line === undefined ? {} : { failure_line: failure.line }),
      ...(failure.log === undefined ? {} : { s3_results_bucket: failure.log.bucket, s3_key_log_file: failure.log.key }),
      outbox: "job_results",
    },
    remove: [...runningOnly],
  };
}

/** The user no longer wants it. A running worker learns of it at its next heartbeat. */
export function cancel(now: number): Transition {
  return {
    name: "cancel",
    when: [
      [{ attribute: "job_status", is: "equal", to: "PENDING" }],
      [{ attribute: "job_status", is: "equal", to: "RUNNING" }],
    ],
    set: { job_status: "CANCELLED", complete_time: now, outbox: "job_results" },
    remove: [...runningOnly],
  };
}

/** The user has been told of the ending. */
export function notified(now: number): Transition {
  return {
    name: "notified",
    when: [[{ attribute: "notified_time", is: "absent" }]],
    set: { notified_time: now },
  };
}

export const isEnded = (job: Job): boolean =>
  job.job_status === "COMPLETED" || job.job_status === "FAILED" || job.job_status === "CANCELLED";
