/** What happens to a job's message and files once the worker is done with the job, or was never given it. */
import type { Job } from "../contract/job.ts";
import { logKey, resultKey, withCompanions } from "../contract/keys.ts";
import { isEnded, published } from "../jobs/annotation.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { UnavailableError } from "../jobs/errors.ts";
import { epochSeconds, type Log } from "../jobs/ports.ts";
import type { AnnotatorOptions } from "./options.ts";

/** The topic is told before the item forgets that it has to be: twice is possible, never is not. */
async function tellResult({ jobs, results }: Pick<AnnotatorOptions, "jobs" | "results">, job: Job, log: Log) {
  if (job.outbox !== "job_results") return;
  const { job_id, user_id, job_status } = job;
  try {
    await results.publish({ job_id, user_id, job_status });
  } catch (err) {
    if (!(err instanceof UnavailableError)) throw err;
    // Other jobs need not wait for the topic: the item says that it has to be told, and the sweep does.
    return log.warn({ err }, "the topic does not answer: the ending stays in the outbox");
  }
  await jobs.apply(job_id, published("job_results"));
}

/** What becomes of the message of a job that is not (or no longer) this worker's. */
export async function leave(
  options: Pick<AnnotatorOptions, "jobs" | "results" | "clock">,
  job: Job | undefined,
  { delivery, log }: Pick<Handling, "log" | "delivery">,
): Promise<MessageOutcome> {
  // Items are written before they are published, so this one has been deleted since.
  if (job === undefined) {
    log.info({}, "the job is gone: its message is deleted");
    return { done: true };
  }
  if (!isEnded(job)) {
    // A few times that may be a claim whose answer or release was lost. Then it is a duplicate of a job that is alive: were its
    // worker to die, the worker's own message or the sweep brings the job back.
    if (delivery.receiveCount > 3) {
      log.info({ worker: job.worker }, "a duplicate of a job in work: deleted");
      return { done: true };
    }
    return { retryAfterSeconds: Math.max(1, (job.lease_until ?? 0) + 1 - epochSeconds(options.clock)) };
  }
  await tellResult(options, job, log);
  return { done: true };
}

/**
 * Removes what attempts up to this one have stored and the item does not name. A worker that writes later still removes its own.
 */
export async function tidy(
  { objects, resultsBucket }: Pick<AnnotatorOptions, "objects" | "resultsBucket">,
  job: Job | undefined,
  key: string,
  attempts: readonly number[],
  log: Log,
): Promise<void> {
  const kept = new Set([...withCompanions(job?.s3_key_result_file), job?.s3_key_log_file]);
  const keys = attempts.flatMap((attempt) => [...withCompanions(resultKey(key, attempt)), logKey(key, attempt)]);
  for (const left of keys.filter((name) => !kept.has(name))) {
    try {
      await objects.delete({ bucket: resultsBucket, key: left });
    } catch (err) {
      log.warn({ err, key: left }, "could not remove what an attempt has left");
    }
  }
}
