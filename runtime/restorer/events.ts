/** Completion events of both stores, as outcomes of retrievals. */
import type { Job } from "../contract/job.ts";
import { jobOfKey } from "../contract/keys.ts";
import { type ArchiveEvent, s3EventSchema, vaultNoticeSchema } from "../contract/messages.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { everyItem } from "../jobs/periodic.ts";
import type { JobStore } from "../jobs/ports.ts";
import type { Restorer, RetrievalOutcome } from "./restorer.ts";

const s3Outcomes: Readonly<Record<string, RetrievalOutcome["outcome"]>> = {
  "ObjectRestore:Completed": "ready",
  "ObjectRestore:Delete": "gone",
};

/** The key as it is; events write it like a form: `+` for a space, the rest percent-encoded. */
function keyOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return encoded;
  }
}

/**
 * What the event tells; empty for one that tells nothing (S3's test, the start of a restore, an inventory, an object that
 * is no archive of ours).
 */
export async function outcomesOf(
  event: ArchiveEvent,
  jobs: Pick<JobStore, "listRestoring">,
): Promise<RetrievalOutcome[]> {
  const s3Event = s3EventSchema.safeParse(event);
  if (s3Event.success) {
    return s3Event.data.Records.flatMap(({ eventName, s3 }) => {
      const outcome = s3Outcomes[eventName.replace(/^s3:/, "")];
      const key = keyOf(s3.object.key);
      const jobId = jobOfKey(key);
      if (outcome === undefined || jobId === undefined) return [];
      return [{ jobId, restore: { archiveId: key, requestId: key }, outcome }];
    });
  }
  const parsed = vaultNoticeSchema.safeParse(event);
  if (!parsed.success) return [];
  const notice = parsed.data;
  if (notice.Action !== "ArchiveRetrieval" || notice.StatusCode === "InProgress" || !notice.ArchiveId) return [];
  const jobId = notice.JobDescription || (await jobOfRetrieval(notice.JobId, jobs));
  if (jobId === undefined) return [];
  return [
    {
      jobId,
      restore: { archiveId: notice.ArchiveId, requestId: notice.JobId },
      outcome: notice.StatusCode === "Succeeded" ? "ready" : "failed",
    },
  ];
}

/** A retrieval started without our description (course tools, by hand): the results on their way back know it. */
async function jobOfRetrieval(requestId: string, jobs: Pick<JobStore, "listRestoring">): Promise<string | undefined> {
  const everSince = Number.MAX_SAFE_INTEGER;
  for await (const job of everyItem<Job>((page) => jobs.listRestoring(everSince, page))) {
    if (job.restore_request_id === requestId) return job.job_id;
  }
  return undefined;
}

/** Works off `archive_events`. An event that tells nothing is done with. */
export function createEventHandler(jobs: Pick<JobStore, "listRestoring">, restorer: Pick<Restorer, "handleOutcome">) {
  return async (event: ArchiveEvent, { log }: Pick<Handling, "log">): Promise<MessageOutcome> => {
    const outcomes = await outcomesOf(event, jobs);
    if (outcomes.length === 0) log.debug({}, "event tells of no restore that has ended");
    for (const outcome of outcomes) await restorer.handleOutcome(outcome, log.child({ job_id: outcome.jobId }));
    return { done: true };
  };
}
