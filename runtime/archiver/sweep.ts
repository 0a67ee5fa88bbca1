/**
 * Looks after what messages alone do not guarantee, by what the items and the store say, whatever queues and dead letters hold.
 *
 *     results   due, of a free user, and nobody archives them        → a new archive message
 *               archived, of a premium user, and nobody restores     → the restorer is told of the user
 *     deletions of jobs that nobody finishes                         → a new deletion message
 *     orphans   archives that no item names                          → deleted, once nobody can name them any more
 *
 * An archive comes to be named by one transition only, `archived`, and only while its archiver holds the claim. So an archive
 * that the item does not name is an orphan for good as soon as that claim is no longer held: another state says so, a claim
 * whose lease is over is taken over first. A claim that lives is left alone until the next sweep.
 */
import { randomUUID } from "node:crypto";
import type { Job } from "../contract/job.ts";
import type { DeletionMessage, JobResult, RestoreMessage } from "../contract/messages.ts";
import type { Role } from "../contract/user.ts";
import { archivingAbandoned, claimArchiving, dueTime } from "../jobs/archival.ts";
import { UnavailableError } from "../jobs/errors.ts";
import { everyItem } from "../jobs/periodic.ts";
import { epochSeconds, type Log, type ResultEntry } from "../jobs/ports.ts";
import type { ArchiverPorts } from "./archiver.ts";

export interface ArchiveSweepOptions extends ArchiverPorts {
  /** How long after its time something is overdue; omitted: 3,600. */
  readonly overdueSeconds?: number;
  /** Pause between two looks at the whole store; omitted: a day. */
  readonly orphansEverySeconds?: number;
}

const leaseSeconds = 60;

export function createArchiveSweep(options: ArchiveSweepOptions): (log: Log) => Promise<void> {
  const { jobs, users, archive, archiveQueue, restoreTopic, clock, retentionSeconds } = options;
  const { overdueSeconds = 3_600, orphansEverySeconds = 86_400 } = options;
  const now = () => epochSeconds(clock);
  let orphansSought = Number.NEGATIVE_INFINITY;

  async function results(log: Log): Promise<void> {
    const roles = new Map<string, Role | undefined>();
    async function roleOf(userId: string): Promise<Role | undefined> {
      if (!roles.has(userId)) roles.set(userId, (await users.get(userId))?.role);
      return roles.get(userId);
    }
    const overdueBefore = now() - overdueSeconds;
    for (const state of ["AVAILABLE", "ARCHIVING"] as const) {
      for await (const entry of everyItem((page) => jobs.listResults(state, overdueBefore - retentionSeconds, page))) {
        if (entry.result_missing === "yes" || dueOf(entry) > overdueBefore) continue;
        // A claim on a premium user's result, left by a dead archiver, wants to be given up.
        if (state === "AVAILABLE" && (await roleOf(entry.user_id)) !== "free_user") continue;
        log.warn({ job_id: entry.job_id, result_state: state }, "a result that is due, and that nobody archives");
        const { job_id, user_id } = entry;
        await archiveQueue.send({ job_id, user_id, job_status: "COMPLETED" } satisfies JobResult);
      }
    }
    const waiting = new Set<string>();
    for await (const { user_id } of everyItem((page) => jobs.listResults("ARCHIVED", overdueBefore, page))) {
      if ((await roleOf(user_id)) === "premium_user") waiting.add(user_id);
    }
    for (const user_id of waiting) {
      log.warn({ user_id }, "results of a premium user are archived, and nobody restores them");
      await restoreTopic.publish({ user_id } satisfies RestoreMessage);
    }
  }

  async function deletions(log: Log): Promise<void> {
    for await (const { job_id } of everyItem((page) => jobs.listAwaiting("deletion", now(), page))) {
      const { delete_time } = (await jobs.get(job_id)) ?? {};
      if (delete_time === undefined || delete_time > now() - overdueSeconds) continue;
      log.warn({ job_id }, "a deleted job that nobody removes");
      await archiveQueue.send({ job_id, reason: "deletion" } satisfies DeletionMessage);
    }
  }

  const dueOf = (entry: ResultEntry): number =>
    dueTime({ ...entry, job_status: "COMPLETED" }, retentionSeconds) ?? Number.POSITIVE_INFINITY;

  async function orphans(log: Log): Promise<void> {
    if (now() - orphansSought < orphansEverySeconds) return;
    const stored = await archive.inventory();
    // A vault's inventory takes hours: it is asked for by one sweep and read by a later one.
    if (stored === undefined) return;
    const counts = { archives: 0, foreign: 0, orphans: 0 };
    for await (const { archiveId, jobId } of stored) {
      counts.archives += 1;
      const job = jobId === undefined ? undefined : await jobs.get(jobId);
      // Of another stack, or stored by hand: not ours to judge.
      if (job === undefined) counts.foreign += 1;
      else if (await isOrphan(job, archiveId)) {
        await archive.delete(archiveId);
        counts.orphans += 1;
        log.warn({ job_id: jobId, archive_id: archiveId }, "an archive that no item names: deleted");
      }
    }
    orphansSought = now();
    log.info(counts, "archives compared with items");
  }

  /** Whether no item names the archive, nor ever will. */
  async function isOrphan(job: Job, archiveId: string): Promise<boolean> {
    if (job.results_file_archive_id === archiveId) return false;
    if (job.result_state !== "ARCHIVING") return true;
    if ((job.archive_lease_until ?? 0) >= now()) return false;
    const owner = `${options.name}/${randomUUID()}`;
    const claim = await jobs.apply(job.job_id, claimArchiving(owner, now(), leaseSeconds));
    if (!claim.applied && claim.job?.archive_owner !== owner) return false;
    await jobs.apply(job.job_id, archivingAbandoned(owner));
    return true;
  }

  return async (log) => {
    const outcomes = await Promise.allSettled([results(log), deletions(log), orphans(log)]);
    const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    if (failures.length > 0) throw failures.find((error) => !(error instanceof UnavailableError)) ?? failures[0];
  };
}
