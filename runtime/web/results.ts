/** What a user may do with a job's result right now: one decision for pages and API. Pure. */
import type { Job } from "../contract/job.ts";
import type { User } from "../contract/user.ts";
import { dueTime } from "../jobs/archival.ts";

/** Presigned downloads last long enough to begin one, not long enough to be passed around. */
export const downloadSeconds = 300;

export type ResultAccess =
  /** Not annotated (yet): there is no result. */
  | { readonly kind: "none" }
  /** Download it; a free user's goes to the archive at `until` (epoch seconds). */
  | { readonly kind: "available"; readonly until?: number }
  /** In the archive, and the plan does not bring it back. */
  | { readonly kind: "upgrade" }
  /** In the archive; a restore has been or can be asked for. */
  | { readonly kind: "archived" }
  /** On its way back; `expectedTime` in epoch seconds, where known. */
  | { readonly kind: "restoring"; readonly expectedTime?: number };

export function resultAccess(job: Job, user: Pick<User, "role">, retentionSeconds: number): ResultAccess {
  const free = user.role === "free_user";
  switch (job.job_status === "COMPLETED" ? job.result_state : undefined) {
    case undefined:
      return { kind: "none" };
    case "AVAILABLE": {
      const until = free ? dueTime(job, retentionSeconds) : undefined;
      return until === undefined ? { kind: "available" } : { kind: "available", until };
    }
    case "ARCHIVING":
    case "ARCHIVED":
      return free ? { kind: "upgrade" } : { kind: "archived" };
    case "RESTORING":
      return job.restore_expected_time === undefined
        ? { kind: "restoring" }
        : { kind: "restoring", expectedTime: job.restore_expected_time };
  }
}

/** Whether the page about this job should look again soon, and after how many seconds. */
export function refreshSeconds(job: Job, access: ResultAccess): number | undefined {
  if (job.job_status === "PENDING" || job.job_status === "RUNNING") return 2;
  if (access.kind === "restoring" || access.kind === "archived") return 5;
  return access.kind === "available" && access.until !== undefined ? 15 : undefined;
}
