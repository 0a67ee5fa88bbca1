/** A user deletes a job. Pages and API share this. */
import type { Job } from "../contract/job.ts";
import type { DeletionMessage } from "../contract/messages.ts";
import { markDeleted } from "../jobs/deletion.ts";
import { epochSeconds } from "../jobs/ports.ts";
import type { WebPorts } from "./ports.ts";

/**
 * From now on the job is nowhere to be seen, whatever it was doing; the archiver removes its files, its archive and then its item.
 * Twice is once.
 */
export async function deleteJob(
  { jobs, archiveQueue, clock, log }: Pick<WebPorts, "jobs" | "archiveQueue" | "clock" | "log">,
  { job_id }: Pick<Job, "job_id">,
): Promise<void> {
  const { applied } = await jobs.apply(job_id, markDeleted(epochSeconds(clock)));
  if (!applied) return;
  log.info({ job_id }, "job deleted by its user");
  try {
    await archiveQueue.send({ job_id, reason: "deletion" } satisfies DeletionMessage);
  } catch (err) {
    // The item says that it has to go: the archiver's sweep finds it.
    log.warn({ err, job_id }, "deletion not asked for now; the sweep will");
  }
}
