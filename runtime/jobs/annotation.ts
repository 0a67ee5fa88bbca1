/**
 * Life of a job, as transitions. Each function is pure: (what happened, when) → one conditional write.
 *
 *     create ─▶ PENDING ──claim──▶ RUNNING ──complete──▶ COMPLETED   (result AVAILABLE)
 *                  │                 │ ▲ └────fail─────▶ FAILED
 *                  │                 │ └─claim (given back), takeOver (lease over: its worker has not been heard of)
 *                  └──────cancel─────┴────────────────▶ CANCELLED
 *
 * Every ending also puts `job_results` into the item's outbox; publishing clears it. So does creation with `job_requests`.
 * A worker may only write while it still holds the claim: `worker` and `attempts` are the fencing token.
 *
 * `awaits` says what a sweep has to see to: "ending" from creation on, "mail" from the ending until its user has been told
 * (`notices.ts` has what follows).
 */
import { type Findings, findingAttributes } from "../contract/findings.ts";
import type { Job, OutboxTopic, Submission } from "../contract/job.ts";
import type { Condition, Transition } from "./transition.ts";

/** A claim, as the worker that made it remembers it. */
export interface Claim {
  readonly worker: string;
  /** Value of `attempts` after the claim: tells two claims of one worker apart. */
  readonly attempt: number;
}

/** The item of a job just submitted; its request waits in the outbox until `published`. */
export function newJob(submission: Submission, now: number): Job {
  return { ...submission, submit_time: now, job_status: "PENDING", outbox: "job_requests", awaits: "ending" };
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

function running(worker: string, now: number, leaseSeconds: number): Partial<Job> {
  const progress = { progress_records: 0, progress_percent: 0, run_time: now, progress_time: now };
  return { job_status: "RUNNING", worker, lease_until: now + leaseSeconds, ...progress };
}

/**
 * A worker takes a waiting job, one that was given back, or one of its own that it does not run any more (a worker's name is
 * that of one process: its release got lost).
 */
export function claim(worker: string, now: number, leaseSeconds: number): Transition {
  const isRunning: Condition = { attribute: "job_status", is: "equal", to: "RUNNING" };
  return {
    name: "claim",
    when: [
      [{ attribute: "job_status", is: "equal", to: "PENDING" }],
      [isRunning, { attribute: "worker", is: "absent" }],
      [isRunning, { attribute: "worker", is: "equal", to: worker }],
    ],
    set: running(worker, now, leaseSeconds),
    add: { attempts: 1 },
  };
}

/** A worker takes a job whose worker has not been heard of since its lease ended. That may be the job's doing. */
export function takeOver(worker: string, now: number, leaseSeconds: number): Transition {
  return {
    name: "takeOver",
    when: [
      [
        { attribute: "job_status", is: "equal", to: "RUNNING" },
        { attribute: "worker", is: "present" },
        { attribute: "lease_until", is: "before", to: now },
      ],
    ],
    set: running(worker, now, leaseSeconds),
    add: { attempts: 1, faults: 1 },
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
      progress_time: now,
    },
  };
}

/**
 * The worker gives the job back unfinished: free at once for the next claim, and no renewal that arrives late takes it back.
 *
 * @param reason "job": it failed for no reason that lies outside, which is counted; "outside": a drain, an outage.
 */
export function release(by: Claim, now: number, reason: "job" | "outside" = "outside"): Transition {
  return {
    name: "release",
    when: [held(by)],
    set: { lease_until: now - 1 },
    remove: ["worker"],
    ...(reason === "job" ? { add: { faults: 1 } } : {}),
  };
}

/** The sweep tells `job_requests` once more of a job that has not ended: its message may be lost or set aside. */
export function requestAgain(now: number, last: number | undefined): Transition {
  return {
    name: "requestAgain",
    when: [
      [
        { attribute: "awaits", is: "equal", to: "ending" },
        { attribute: "outbox", is: "absent" },
        last === undefined
          ? { attribute: "requested_time", is: "absent" }
          : { attribute: "requested_time", is: "equal", to: last },
      ],
    ],
    set: { outbox: "job_requests", requested_time: now },
    add: { requests: 1 },
  };
}

const runningOnly = ["worker", "lease_until", "progress_percent", "run_time", "progress_time"] as const;

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
      awaits: "mail",
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
      awaits: "mail",
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
    // Whoever cancels a job knows of it: no mail.
    remove: [...runningOnly, "awaits"],
  };
}

/** What its user calls the job and has noted of it. An empty text removes what was there; an omitted one leaves it. */
export function label({ name, note }: { readonly name?: string; readonly note?: string }): Transition {
  const texts = [
    ["job_name", name],
    ["job_note", note],
  ] as const;
  return {
    name: "label",
    when: [[{ attribute: "delete_time", is: "absent" }]],
    set: Object.fromEntries(texts.filter(([, text]) => text !== undefined && text !== "")),
    remove: texts.filter(([, text]) => text === "").map(([attribute]) => attribute),
  };
}

export const isEnded = (job: Job): boolean =>
  job.job_status === "COMPLETED" || job.job_status === "FAILED" || job.job_status === "CANCELLED";
