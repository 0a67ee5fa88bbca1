/** A file in storage becomes a job: recorded once, its request published once. */
import type { Job } from "../contract/job.ts";
import { fileLimits } from "../contract/limits.ts";
import type { User } from "../contract/user.ts";
import { newJob, published } from "../jobs/annotation.ts";
import { epochSeconds, type ObjectRef } from "../jobs/ports.ts";
import { laneOf, publishRequest } from "../jobs/request.ts";
import type { WebPorts } from "./ports.ts";

/** The file as it lies in storage. */
export interface StoredFile {
  readonly ref: ObjectRef;
  readonly jobId: string;
  readonly name: string;
  readonly bytes: number;
  /** What it is another run of; omitted: it is new. */
  readonly of?: Pick<Job, "rerun_of" | "job_name">;
}

export function createRecorder({
  jobs,
  topics,
  config,
  clock,
  log,
}: Pick<WebPorts, "jobs" | "topics" | "config" | "clock" | "log">): (user: User, file: StoredFile) => Promise<Job> {
  async function publish(job: Job): Promise<void> {
    try {
      await publishRequest(topics.jobRequests, job);
      await jobs.apply(job.job_id, published("job_requests"));
    } catch (error) {
      // The item is in the outbox: the sweep publishes it. To the user the job is simply pending.
      log.warn({ err: error, job_id: job.job_id }, "job request not published now; it stays in the outbox");
    }
  }

  /** A job whose lane cannot be told waits its turn like most. */
  async function laneFor(user: User): Promise<Pick<Job, "lane">> {
    try {
      const lane = await laneOf(jobs, user.user_id);
      return lane === undefined ? {} : { lane };
    } catch (err) {
      log.warn({ err }, "a user's jobs could not be listed: the next waits in the common queue only");
      return {};
    }
  }

  return async (user, { ref, jobId, name, bytes, of = {} }) => {
    const limits = fileLimits(config.inputBytesMax[user.role]);
    const job = newJob(
      {
        job_id: jobId,
        user_id: user.user_id,
        input_file_name: name,
        s3_inputs_bucket: ref.bucket,
        s3_key_input_file: ref.key,
        input_bytes: bytes,
        uncompressed_bytes_max: limits.uncompressedBytesMax,
        result_bytes_max: limits.resultBytesMax,
        ...(await laneFor(user)),
        ...of,
      },
      epochSeconds(clock),
    );
    // Two loads of one page race here; the store lets one of them create, and only that one publishes.
    if ((await jobs.create(job)) === "created") {
      log.info({ job_id: jobId, user_id: user.user_id, input_bytes: bytes }, "job submitted");
      await publish(job);
    }
    return job;
  };
}
