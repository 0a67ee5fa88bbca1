/**
 * The annotator: works off `job_requests`. A message is deleted last, after the job has ended and `job_results` has been told.
 *
 *     message ─▶ claim ─┬─ taken: run the job ─▶ publish ─▶ delete
 *                       ├─ ended: publish if nobody has yet ─▶ delete
 *                       └─ another worker's lease lives: hidden until it ends; a duplicate that finds it alive for the fourth
 *                          time is deleted
 *
 * A message is no more than a hint: the notifier's sweep requests a job again that has not ended and seems to have none.
 */

import { type JobRequest, jobRequestSchema } from "../contract/messages.ts";
import { claim, takeOver } from "../jobs/annotation.ts";
import type { Breaker } from "../jobs/breaker.ts";
import { consume, type Decision, type Handling, messageOf } from "../jobs/consumer.ts";
import { type Check, createLoopHealth } from "../jobs/health.ts";
import {
  type Clock,
  epochSeconds,
  type InstanceIdentity,
  type JobStore,
  type Log,
  type ObjectStore,
  type Queue,
  type Topic,
  type TransitionOutcome,
} from "../jobs/ports.ts";
import type { Engine } from "./engine/engine.ts";
import { leave, tidy } from "./leaving.ts";
import { createProtection } from "./protection.ts";
import { runJob } from "./run-job.ts";

export interface AnnotatorOptions {
  readonly jobs: JobStore;
  /** `job_requests`. */
  readonly queue: Queue;
  /** `job_results`. */
  readonly results: Topic;
  readonly objects: ObjectStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly instance: InstanceIdentity;
  /** Who claims, unique among processes that ever ran: `i-0abc/4711.9f3c`. */
  readonly worker: string;
  readonly resultsBucket: string;
  /** Invisibility of a message in work, renewed at a third of it. The claim holds for half of it, renewed more often. */
  readonly leaseSeconds: number;
  readonly jobSecondsMax: number;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Largest input, bytes as uploaded; omitted: 5 GiB, the most a presigned upload carries. */
  readonly inputBytesMax?: number;
  /** Claims ended by the job's own doing, after which it fails; omitted: 4. Outages and drains do not count. */
  readonly attemptsMax?: number;
  /** How long after its submission a job is still tried again when storage fails for it; omitted: 2 days. */
  readonly patienceSeconds?: number;
  /** Watches table and storage. */
  readonly breaker: Breaker;
  /** Seconds without a job before scale-in protection is given up; omitted: 30. */
  readonly idleSeconds?: number;
}

export interface Annotator {
  /** Works until `signal` aborts and every job in work has ended or was given back. */
  run(signal: AbortSignal): Promise<void>;
  /** There is little time left: jobs that have not ended after `seconds` are given back unfinished. */
  giveBackAfter(seconds: number): void;
  /** Deals with one message. */
  handle(message: JobRequest, handling: Pick<Handling, "log" | "delivery">): Promise<Decision>;
  readonly checks: Readonly<Record<string, Check>>;
}

export function createAnnotator(options: AnnotatorOptions): Annotator {
  const { jobs, queue, clock, log, instance, worker, leaseSeconds, concurrency } = options;
  // A dead worker's message comes back after two thirds of its time at the earliest: then the claim is over, and no receipt
  // (of the few before the dead letters) is spent on finding that it is not.
  const claimSeconds = Math.max(1, Math.floor(leaseSeconds / 2));
  const loop = createLoopHealth(clock, Math.max(180, leaseSeconds));
  const protection = createProtection({ instance, clock, log, idleSeconds: options.idleSeconds ?? 30 });
  const hurry = new AbortController();
  const over = new AbortController();
  /** Jobs in work here. */
  const running = new Set<string>();
  let draining = false;

  async function handle({ job_id }: JobRequest, handling: Pick<Handling, "log" | "delivery">): Promise<Decision> {
    const taken = running.has(job_id) ? undefined : await take(options, job_id, claimSeconds);
    if (!taken?.applied) {
      const job = taken?.job ?? (await jobs.get(job_id));
      handling.log.info({ job_status: job?.job_status, worker: job?.worker }, "not claimed");
      return leave(options, job, job_id, handling);
    }
    const attempt = taken.job.attempts ?? 1;
    handling.log.info({ attempt, input_bytes: taken.job.input_bytes }, "job claimed");
    running.add(job_id);
    protection.busy();
    try {
      const outcome = await runJob(
        taken.job,
        { worker, attempt },
        {
          ...options,
          log: handling.log,
          leaseSeconds: claimSeconds,
          inputBytesMax: options.inputBytesMax ?? 5 * 1024 ** 3,
          attemptsMax: options.attemptsMax ?? 4,
          patienceSeconds: options.patienceSeconds ?? 2 * 86_400,
          hurry: hurry.signal,
        },
      );
      if (outcome === "released") return { retryAfterSeconds: 0 };
      const job = await jobs.get(job_id);
      const key = taken.job.s3_key_input_file;
      if (outcome === "lost") {
        handling.log.info({ job_status: job?.job_status }, "job is no longer this worker's");
        await tidy(options, job, key, [attempt], handling.log);
      } else if (attempt > 1) {
        await tidy(options, job, key, upTo(attempt), handling.log);
      }
      return await leave(options, job, job_id, handling);
    } finally {
      running.delete(job_id);
      protection.idle();
    }
  }

  return {
    handle,
    giveBackAfter(seconds) {
      void clock.sleep(seconds * 1000, over.signal).then(() => {
        if (!over.signal.aborted) hurry.abort();
      });
    },
    checks: {
      queue: loop.check,
      jobs: () => (draining ? { degraded: `draining, ${running.size} jobs in work` } : undefined),
    },
    async run(signal) {
      const onDrain = () => {
        draining = true;
      };
      if (signal.aborted) onDrain();
      else signal.addEventListener("abort", onDrain, { once: true });
      const protecting = protection.run(over.signal);
      try {
        await consume({
          queue,
          handle,
          parse: messageOf(jobRequestSchema),
          clock,
          log,
          signal,
          concurrency,
          visibilitySeconds: leaseSeconds,
          health: loop,
          breaker: options.breaker,
        });
      } finally {
        over.abort();
        await protecting;
      }
      await farewell(instance, log);
    },
  };
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

/** After a drain for the group's sake, the termination hook need not wait any longer. */
async function farewell(instance: InstanceIdentity, log: Log): Promise<void> {
  try {
    if ((await instance.targetLifecycleState()) !== "InService") await instance.completeTermination();
  } catch (err) {
    log.warn({ err }, "could not complete the termination: the hook's timeout will");
  }
}

const upTo = (attempt: number): number[] => Array.from({ length: attempt }, (_, index) => index + 1);
