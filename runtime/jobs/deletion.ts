/**
 * The end of a job's life, whatever state it is in:
 *
 *     any ──markDeleted──▶ marked ──files and archives go──▶ (nobody can write any more) ──files again──▶ the item goes
 *
 * The mark undoes what every other transition asks for (status, result state, claims, outbox), so that none of them applies any
 * more, and a worker, archiver or restorer at work learns at its next write that the job is not its own. `job_id` and the places of
 * the files stay until the item goes, last of all: whoever dies in between is followed by the message or the sweep.
 */
import type { Job } from "../contract/job.ts";
import type { Transition } from "./transition.ts";

/** Its user wants it gone. Lists show it no more. */
export function markDeleted(now: number): Transition {
  return {
    name: "markDeleted",
    when: [[{ attribute: "delete_time", is: "absent" }]],
    set: { job_status: "CANCELLED", delete_time: now, awaits: "deletion" },
    remove: [
      ...(["outbox", "worker", "result_state", "restoring", "archive_owner", "restore_owner"] as const),
      ...(["restore_lease_until", "notice_owner", "notice_lease_until", "job_name", "job_note"] as const),
      ...(["share_hash", "share_until"] as const),
    ],
  };
}

/** A worker learns within seconds that its job has ended, an archiver at the end of its claim. */
const leaveSeconds = 60;
/** A result that is on its way back is copied without a claim. */
const copySeconds = 3_600;

/** From when on nobody writes files of a marked job any more, epoch seconds: what was at work at the mark has ended. */
export function settledTime(job: Job): number {
  const { complete_time = 0, lease_until = 0, archive_lease_until = 0, restore_requested_time, delete_time = 0 } = job;
  return Math.max(
    Math.max(complete_time, lease_until, archive_lease_until) + leaveSeconds,
    restore_requested_time === undefined ? 0 : delete_time + copySeconds,
  );
}

export const isDeleted = (job: Pick<Job, "delete_time">): boolean => job.delete_time !== undefined;
