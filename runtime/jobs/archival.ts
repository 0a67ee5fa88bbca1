/**
 * Life of a result after the job has completed, as transitions. Pure: (what happened, when) → one conditional write.
 *
 *     AVAILABLE ──claimArchiving──▶ ARCHIVING ──archived──▶ ARCHIVED ──restoreRequested──▶ RESTORING ──restored──▶ AVAILABLE
 *         ▲                          │  ▲                       ▲                            │   ▲
 *         └─────archivingAbandoned───┘  └ claim (lease over)    └──────restoreFailed─────────┘   └ restoreRequested (again)
 *
 * Order within a step is what makes a crash harmless:
 *   archive: claim → re-read role → store → `archived` records the id → delete the S3 object → delete the message
 *   restore: `claimRestore` → request → `restoreRequested` → … → copy back → `restored` → delete the archive
 * so at every instant at least one complete copy is named by the item.
 */
import type { Job } from "../contract/job.ts";
import type { ArchiveStoreKind, RetrievalTier } from "../contract/storage.ts";
import type { Condition, Transition } from "./transition.ts";

/**
 * When a free user's result is due for archiving (epoch seconds): `archive_due_time` where a downgrade set one, else the
 * free period after completion. `undefined` for a job that has no result.
 */
export function dueTime(
  job: Pick<Job, "job_status" | "complete_time" | "archive_due_time">,
  retentionSeconds: number,
): number | undefined {
  if (job.job_status !== "COMPLETED" || job.complete_time === undefined) return undefined;
  return job.archive_due_time ?? job.complete_time + retentionSeconds;
}

/** The archiver's claim: `owner` fences off an archiver that was thought dead. */
export function claimArchiving(owner: string, now: number, leaseSeconds: number): Transition {
  const completed: Condition = { attribute: "job_status", is: "equal", to: "COMPLETED" };
  return {
    name: "claimArchiving",
    when: [
      [completed, { attribute: "result_state", is: "equal", to: "AVAILABLE" }],
      [
        completed,
        { attribute: "result_state", is: "equal", to: "ARCHIVING" },
        { attribute: "archive_lease_until", is: "before", to: now },
      ],
    ],
    set: { result_state: "ARCHIVING", archive_owner: owner, archive_lease_until: now + leaseSeconds },
  };
}

function archivingBy(owner: string): Condition[] {
  return [
    { attribute: "result_state", is: "equal", to: "ARCHIVING" },
    { attribute: "archive_owner", is: "equal", to: owner },
  ];
}

/** Still at it: a large upload outlives one lease. */
export function renewArchiving(owner: string, now: number, leaseSeconds: number): Transition {
  return { name: "renewArchiving", when: [archivingBy(owner)], set: { archive_lease_until: now + leaseSeconds } };
}

/**
 * The user has become premium, or storing failed: the result stays where it is.
 *
 * @param missing "yes": there is no such object, and no sweep need look at it again.
 */
export function archivingAbandoned(owner: string, missing?: "yes"): Transition {
  return {
    name: "archivingAbandoned",
    when: [archivingBy(owner)],
    set: { result_state: "AVAILABLE", ...(missing === undefined ? {} : { result_missing: missing }) },
    remove: ["archive_owner", "archive_lease_until"],
  };
}

/** The archive is safely stored; from here on the item names it. The S3 object is deleted after this, not before. */
export function archived(owner: string, archive: { id: string; store: ArchiveStoreKind }): Transition {
  return {
    name: "archived",
    when: [archivingBy(owner)],
    set: { result_state: "ARCHIVED", results_file_archive_id: archive.id, archive_store: archive.store },
    remove: ["archive_owner", "archive_lease_until", "archive_due_time"],
  };
}

/** One restorer is about to ask for the archive: two copies of a message must not pay for two retrievals. */
export function claimRestore(
  archiveId: string,
  owner: string,
  now: number,
  leaseSeconds: number,
  replaces?: { requestId: string },
): Transition {
  const asked = askable(archiveId, replaces);
  return {
    name: "claimRestore",
    when: [
      [...asked, { attribute: "restore_lease_until", is: "absent" }],
      [...asked, { attribute: "restore_lease_until", is: "before", to: now }],
    ],
    set: { restore_owner: owner, restore_lease_until: now + leaseSeconds },
  };
}

/** The archive may be asked for: nobody has yet, or the request that is to be replaced is still the one that counts. */
function askable(archiveId: string, replaces: { requestId: string } | undefined): Condition[] {
  const sameArchive: Condition = { attribute: "results_file_archive_id", is: "equal", to: archiveId };
  return replaces === undefined
    ? [sameArchive, { attribute: "result_state", is: "equal", to: "ARCHIVED" }]
    : [
        sameArchive,
        { attribute: "result_state", is: "equal", to: "RESTORING" },
        { attribute: "restore_request_id", is: "equal", to: replaces.requestId },
      ];
}

const restoreClaim = ["restore_owner", "restore_lease_until"] as const;

/** The archive could not be asked for: another may try at once. */
export function restoreReleased(owner: string): Transition {
  return {
    name: "restoreReleased",
    when: [[{ attribute: "restore_owner", is: "equal", to: owner }]],
    set: {},
    remove: [...restoreClaim],
  };
}

/** A retrieval is under way. Also taken from RESTORING, when an earlier retrieval was lost or has failed. */
export function restoreRequested(
  archiveId: string,
  request: { id: string; tier: RetrievalTier; expectedSeconds: number },
  now: number,
  replaces?: { requestId: string },
): Transition {
  return {
    name: "restoreRequested",
    when: [askable(archiveId, replaces)],
    set: {
      result_state: "RESTORING",
      restoring: "yes",
      restore_request_id: request.id,
      restore_tier: request.tier,
      restore_requested_time: now,
      restore_expected_time: now + request.expectedSeconds,
    },
    remove: [...restoreClaim],
  };
}

const restoreAttributes = [
  ...restoreClaim,
  "restoring",
  "restore_request_id",
  "restore_tier",
  "restore_requested_time",
  "restore_expected_time",
] as const;

/** The result is in standard storage again, and its user is told. The archive is deleted after this, not before. */
export function restored(archiveId: string, now: number): Transition {
  return {
    name: "restored",
    when: [
      [
        { attribute: "result_state", is: "equal", to: "RESTORING" },
        { attribute: "results_file_archive_id", is: "equal", to: archiveId },
      ],
    ],
    set: { result_state: "AVAILABLE", restored_time: now, awaits: "restored" },
    remove: [...restoreAttributes, "results_file_archive_id", "archive_store"],
  };
}

/**
 * The archive cannot be read any more: the item no longer promises the result. Only for that: a copy on its way back from a
 * live archive must not find the item ARCHIVED, where the archiver removes what is left in standard storage.
 */
export function restoreFailed(archiveId: string): Transition {
  return {
    name: "restoreFailed",
    when: [
      [
        { attribute: "result_state", is: "equal", to: "RESTORING" },
        { attribute: "results_file_archive_id", is: "equal", to: archiveId },
      ],
    ],
    set: { result_state: "ARCHIVED" },
    remove: [...restoreAttributes],
  };
}

/** After a downgrade, a result gets a fresh free period. */
export function dueAgain(now: number, retentionSeconds: number): Transition {
  return {
    name: "dueAgain",
    when: [
      [
        { attribute: "job_status", is: "equal", to: "COMPLETED" },
        { attribute: "result_state", is: "equal", to: "AVAILABLE" },
      ],
    ],
    set: { archive_due_time: now + retentionSeconds },
  };
}
