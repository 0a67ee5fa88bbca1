/** One message of `job_requests`: the claim, the work, and what becomes of the message. */

import type { Job } from "../contract/job.ts";
import type { JobRequest } from "../contract/messages.ts";
import { claim, takeOver } from "../jobs/annotation.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { epochSeconds, type TransitionOutcome } from "../jobs/ports.ts";
import { untraced } from "../jobs/tracing.ts";
import { leave, tidy } from "./leaving.ts";
import type { AnnotatorOptions } from "./options.ts";
import type { Protection } from "./protection.ts";
import { runJob } from "./run-job.ts";
import type { RunOutcome } from "./run-job-options.ts";

type Told = Pick<Handling, "log" | "delivery">;

/** What the worker's requests share. */
export interface Work {
  /** Jobs in work here. */
  readonly running: Set<string>;
  readonly protection: Protection;
  /** Aborted: there is no time left to finish. */
  readonly hurry: AbortSignal;
  readonly claimSeconds: number;
}

/** Deals with one message. */
export async function handleRequest(
  options: AnnotatorOptions,
  work: Work,
  { job_id }: JobRequest,
  handling: Told,
): Promise<MessageOutcome> {
  const { running, protection } = work;
  const taken = running.has(job_id) ? undefined : await take(options, job_id, work.claimSeconds);
  if (!taken?.applied) {
    const job = taken?.job ?? (await options.jobs.get(job_id));
    handling.log.info({ job_status: job?.job_status, worker: job?.worker }, "not claimed");
    if (handling.delivery.isHint) return { done: true };
    return leave(options, job, handling);
  }
  running.add(job_id);
  protection.busy();
  try {
    return await runClaimed(options, work, taken.job, handling);
  } finally {
    running.delete(job_id);
    protection.idle();
  }
}

async function runClaimed(options: AnnotatorOptions, work: Work, job: Job, handling: Told): Promise<MessageOutcome> {
  const { log } = handling;
  const attempt = job.attempts ?? 1;
  log.info({ attempt, input_bytes: job.input_bytes }, "job claimed");
  const { tracer = untraced } = options;
  const run = () =>
    runJob(
      job,
      { worker: options.worker, attempt },
      {
        ...options,
        log,
        leaseSeconds: work.claimSeconds,
        inputBytesMax: options.inputBytesMax ?? 5 * 1024 ** 3,
        attemptsMax: options.attemptsMax ?? 4,
        patienceSeconds: options.patienceSeconds ?? 2 * 86_400,
        hurry: work.hurry,
      },
    );
  const outcome = await tracer.span({ name: "annotate", attributes: { "annofarm.attempt": attempt } }, async (span) => {
    const ended = await run();
    span.set({ "annofarm.outcome": ended });
    return ended;
  });
  if (outcome === "released") return { retryAfterSeconds: 0 };
  const left = await options.jobs.get(job.job_id);
  if (outcome === "lost") log.info({ job_status: left?.job_status }, "job is no longer this worker's");
  await tidy(options, left, job.s3_key_input_file, leftovers(outcome, attempt), log);
  return leave(options, left, handling);
}

/** Attempts whose files this worker removes: those before one that ended the job, too. */
function leftovers(outcome: Exclude<RunOutcome, "released">, attempt: number): number[] {
  if (outcome === "lost") return [attempt];
  return attempt > 1 ? Array.from({ length: attempt }, (_, index) => index + 1) : [];
}

/** A job that waits, or one whose worker has not been heard of since its lease ended. */
async function take(
  { jobs, clock, worker }: Pick<AnnotatorOptions, "jobs" | "clock" | "worker">,
  jobId: string,
  claimSeconds: number,
): Promise<TransitionOutcome> {
  const now = epochSeconds(clock);
  const waiting = await jobs.apply(jobId, claim(worker, now, claimSeconds));
  const lapsed = waiting.job?.job_status === "RUNNING" && (waiting.job.lease_until ?? 0) < now;
  return waiting.applied || !lapsed ? waiting : jobs.apply(jobId, takeOver(worker, now, claimSeconds));
}
