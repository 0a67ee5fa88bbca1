/** A user no longer wants a job. Pages and API share this. */
import type { Job } from "../contract/job.ts";
import { cancel } from "../jobs/annotation.ts";
import { epochSeconds } from "../jobs/ports.ts";
import { HttpError } from "./http/errors.ts";
import { noSuchJob } from "./http/gates.ts";
import type { WebPorts } from "./ports.ts";

/**
 * A job that waits or runs ends now; its worker learns of it within seconds and is free. One that is cancelled already stays so.
 *
 * @throws {HttpError} 409 when it has ended otherwise, perhaps just now
 */
export async function cancelJob(
  { jobs, clock, log }: Pick<WebPorts, "jobs" | "clock" | "log">,
  { job_id }: Pick<Job, "job_id">,
): Promise<Job> {
  const { applied, job } = await jobs.apply(job_id, cancel(epochSeconds(clock)));
  if (job === undefined) throw noSuchJob();
  if (applied) log.info({ job_id }, "job cancelled");
  else if (job.job_status !== "CANCELLED") {
    throw new HttpError(409, "has-ended", `The job is ${job.job_status}: there is nothing left to cancel.`, {
      action: { href: `/annotations/${job_id}`, label: "Back to the job" },
    });
  }
  return job;
}
