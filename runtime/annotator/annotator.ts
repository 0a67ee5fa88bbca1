/**
 * The annotator: works off `job_requests`. A message is deleted last, after the job has ended and `job_results` has been told.
 *
 *     message ─▶ claim ─┬─ taken: run the job ─▶ publish ─▶ delete
 *                       ├─ ended: publish if nobody has yet ─▶ delete
 *                       └─ another worker's lease lives: hidden until it ends
 */

import type { Job } from "../contract/job.ts";
import { logKey, resultKey } from "../contract/keys.ts";
import { type JobRequest, jobRequestSchema } from "../contract/messages.ts";
import { claim, isEnded, published } from "../jobs/annotation.ts";
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
} from "../jobs/ports.ts";
import type { Engine } from "./engine/engine.ts";
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
  /** Who claims, unique among running workers: `i-0abc/4711`. */
  readonly worker: string;
  readonly resultsBucket: string;
  /** Invisibility of a message in work, renewed at a third of it. The claim holds for half of it, renewed more often. */
  readonly leaseSeconds: number;
  readonly jobSecondsMax: number;
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Largest input, bytes as uploaded; omitted: 5 GiB, the most a presigned upload carries. */
  readonly inputBytesMax?: number;
  /** Claims after which a job fails instead of being tried again; omitted: 4, so that the fifth receipt still tells its user. */
  readonly attemptsMax?: number;
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
  const { jobs, queue, results, objects, clock, log, instance, worker, leaseSeconds, concurrency } = options;
  // A dead worker's message comes back after two thirds of its time at the earliest: then the claim is over, and no receipt
  // (of the few before the dead letters) is spent on finding that it is not.
  const claimSeconds = Math.max(1, Math.floor(leaseSeconds / 2));
  const loop = createLoopHealth(clock, Math.max(180, leaseSeconds));
  const protection = createProtection({ instance, clock, log, idleSeconds: options.idleSeconds ?? 30 });
  const hurry = new AbortController();
  const over = new AbortController();
  let running = 0;
  let draining = false;

  /** The topic is told before the item forgets that it has to be: twice is possible, never is not. */
  async function tellResult(job: Job): Promise<void> {
    if (job.outbox !== "job_results") return;
    const { job_id, user_id, job_status } = job;
    await results.publish({ job_id, user_id, job_status });
    await jobs.apply(job_id, published("job_results"));
  }

  /** What becomes of the message of a job that is not (or no longer) this worker's. */
  async function leave(job: Job | undefined, jobId: string, receiveCount: number, cleanUp: boolean): Promise<Decision> {
    // Items are written before they are published, so this is a message from elsewhere: left to the dead letters.
    if (job === undefined) throw new Error(`job ${jobId} is not in the table`);
    if (!isEnded(job)) {
      const lease = (job.lease_until ?? 0) + 1 - epochSeconds(clock);
      // A few times that may be a claim whose answer or release was lost; then it is a duplicate of a job that is alive, and
      // must not look so often that it ends among the dead letters.
      return { retryAfterSeconds: receiveCount > 3 ? options.jobSecondsMax : Math.max(1, lease) };
    }
    if (cleanUp && job.job_status === "CANCELLED") {
      const bucket = options.resultsBucket;
      for (const key of [resultKey(job.s3_key_input_file), logKey(job.s3_key_input_file)]) {
        await objects.delete({ bucket, key });
      }
    }
    await tellResult(job);
    return { done: true };
  }

  async function handle({ job_id }: JobRequest, handling: Pick<Handling, "log" | "delivery">): Promise<Decision> {
    const taken = await jobs.apply(job_id, claim(worker, epochSeconds(clock), claimSeconds));
    if (!taken.applied) {
      handling.log.info({ job_status: taken.job?.job_status, worker: taken.job?.worker }, "not claimed");
      return leave(taken.job, job_id, handling.delivery.receiveCount, false);
    }
    const attempt = taken.job.attempts ?? 1;
    handling.log.info({ attempt, input_bytes: taken.job.input_bytes }, "job claimed");
    running += 1;
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
          hurry: hurry.signal,
        },
      );
      if (outcome === "released") return { retryAfterSeconds: 0 };
      const job = await jobs.get(job_id);
      if (outcome === "lost") handling.log.info({ job_status: job?.job_status }, "job is no longer this worker's");
      return await leave(job, job_id, handling.delivery.receiveCount, outcome === "lost");
    } finally {
      running -= 1;
      protection.idle();
    }
  }

  /** After a drain for the group's sake, the termination hook need not wait any longer. */
  async function farewell(): Promise<void> {
    try {
      if ((await instance.targetLifecycleState()) !== "InService") await instance.completeTermination();
    } catch (err) {
      log.warn({ err }, "could not complete the termination: the hook's timeout will");
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
      jobs: () => (draining ? { degraded: `draining, ${running} jobs in work` } : undefined),
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
        });
      } finally {
        over.abort();
        await protecting;
      }
      await farewell();
    },
  };
}
