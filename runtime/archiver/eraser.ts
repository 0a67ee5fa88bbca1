/**
 * Removes a job that its user has deleted, with everything that belongs to it.
 *
 *     archives ─▶ results, companions, logs of all attempts ─▶ input ─▶ settled? ─▶ item
 *                                                                 └─ not yet: the message waits, then all of it once more
 *
 * All of it may happen twice, and the item, which names the places, goes last. Where a worker, an archiver or a restorer was at
 * work when the job was deleted, files go at once and once more when it can no longer write.
 */
import type { Job } from "../contract/job.ts";
import { jobPrefix } from "../contract/keys.ts";
import type { MessageOutcome } from "../jobs/consumer.ts";
import { isDeleted, settledTime } from "../jobs/deletion.ts";
import {
  type ArchiveStore,
  type Clock,
  epochSeconds,
  type JobStore,
  type Log,
  type ObjectStore,
} from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";

interface EraserPorts {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  /** Where workers write results and logs: also those of a job that has not ended. */
  readonly resultsBucket: string;
}

export async function eraseJob(ports: EraserPorts, jobId: string, log: Log): Promise<MessageOutcome> {
  const { jobs, clock, tracer = untraced } = ports;
  const job = await jobs.get(jobId);
  if (job === undefined || !isDeleted(job)) {
    log.info({}, "no job to delete: it is gone");
    return { done: true };
  }
  await tracer.span({ name: "delete job" }, () => eraseFiles(ports, job));
  const retryAfterSeconds = settledTime(job) - epochSeconds(clock);
  if (retryAfterSeconds > 0) {
    log.info({ retryAfterSeconds }, "files deleted; again once nobody can write any more");
    return { retryAfterSeconds };
  }
  await jobs.remove(jobId);
  log.info({}, "job deleted with everything that belongs to it");
  return { done: true };
}

async function eraseFiles({ archive, objects, resultsBucket }: EraserPorts, job: Job): Promise<void> {
  if (job.archive_store !== undefined && job.archive_store !== archive.kind) {
    throw new Error(
      `job ${job.job_id} is archived in store ${job.archive_store}, this stack's is ${archive.kind}; ` +
        "run an archiver with ARCHIVE_STORE of the old store until nothing is left there",
    );
  }
  const prefix = jobPrefix(job.s3_key_input_file);
  await archive.deleteAll({ archiveId: job.results_file_archive_id, prefix });
  await objects.deleteAll(job.s3_results_bucket ?? resultsBucket, prefix);
  await objects.deleteAll(job.s3_inputs_bucket, prefix);
}
