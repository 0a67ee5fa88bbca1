/**
 * Moves due results of free users to cold storage.
 *
 *     claim → role again → store → `archived` → delete the S3 object → role once more → delete the message
 *
 * The message goes last, after the last look at the role: a crash anywhere before brings the message back, and a message
 * that finds its job ARCHIVED walks the tail again (delete, look, tell the restorer). Nothing of the tail can be lost, and
 * all of it may happen twice. An upgrade before the last look is seen by it; an upgrade after it tells the restorer by
 * itself, which then finds the item ARCHIVED.
 *
 * A crash between `store` and `archived` leaves an archive that no item names: the sweep removes it. A result whose message
 * is lost, or was done with before a downgrade that the index did not show it to, is found by the sweep, too.
 */
import { randomUUID } from "node:crypto";
import type { Job } from "../contract/job.ts";
import type { ArchiveMessage, JobResult } from "../contract/messages.ts";
import { archived, archivingAbandoned, claimArchiving, dueAgain, dueTime, renewArchiving } from "../jobs/archival.ts";
import type { Decision, Handling } from "../jobs/consumer.ts";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import { everyItem } from "../jobs/periodic.ts";
import {
  type ArchiveStore,
  type Clock,
  epochSeconds,
  type JobStore,
  type Log,
  type ObjectRef,
  type ObjectStore,
  type Queue,
  type Topic,
  type UserStore,
} from "../jobs/ports.ts";

export interface ArchiverPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  readonly objects: ObjectStore;
  readonly archive: ArchiveStore;
  /** `job_archive` itself: a downgrade puts one message for each of the user's results into it. */
  readonly archiveQueue: Queue;
  readonly restoreTopic: Topic;
  readonly clock: Clock;
  /** Who claims, for the item: instance id or host. */
  readonly name: string;
  /** Seconds a free user's result stays in standard storage. */
  readonly retentionSeconds: number;
  /** Length of a claim, renewed at a third of it. Omitted: 60. */
  readonly leaseSeconds?: number;
}

const done: Decision = { done: true };
/** A result on its way back to somebody who is free again is looked at every minute until it is there. */
const restoringSeconds = 60;

export function createArchiver(
  ports: ArchiverPorts,
): (message: ArchiveMessage, handling: Handling) => Promise<Decision> {
  const { jobs, users, objects, archive, archiveQueue, restoreTopic, clock, retentionSeconds } = ports;
  const leaseSeconds = ports.leaseSeconds ?? 60;
  const now = () => epochSeconds(clock);

  return (message, { log }) =>
    "reason" in message ? startOver(message.user_id, log) : archiveJob(message.job_id, log);

  async function archiveJob(jobId: string, log: Log): Promise<Decision> {
    const job = await jobs.get(jobId);
    const result = job && resultOf(job);
    if (job === undefined || result === undefined) {
      log.info({ job_status: job?.job_status }, "no result to archive");
      return done;
    }
    if (job.result_state === "ARCHIVED") return finish(job, result, log);

    const role = (await users.get(job.user_id))?.role;
    if (role === undefined) {
      log.error({}, "the job's user does not exist: its result is left where it is");
      return done;
    }
    // A claim left behind by a dead archiver is taken over also for a premium user, to be given up properly.
    if (role === "premium_user" && job.result_state !== "ARCHIVING") return done;
    if (job.result_state === "RESTORING") return { retryAfterSeconds: restoringSeconds };
    if (job.result_state === "ARCHIVING") {
      const left = (job.archive_lease_until ?? 0) - now();
      if (left >= 0) return { retryAfterSeconds: left + 1 };
    } else {
      const left = (dueTime(job, retentionSeconds) ?? 0) - now();
      if (left > 0) return { retryAfterSeconds: left };
    }

    const owner = `${ports.name}/${randomUUID()}`;
    const claim = await jobs.apply(jobId, claimArchiving(owner, now(), leaseSeconds));
    // A repeated write whose first answer was lost finds its own claim.
    if (!claim.applied && claim.job?.archive_owner !== owner) return { retryAfterSeconds: 1 };
    return archiveClaimed(job, result, owner, log);
  }

  async function archiveClaimed(job: Job, result: ObjectRef, owner: string, log: Log): Promise<Decision> {
    const abandon = (missing?: "yes") => jobs.apply(job.job_id, archivingAbandoned(owner, missing));
    if ((await users.get(job.user_id))?.role !== "free_user") {
      await abandon();
      log.info({}, "user became premium: result stays");
      return done;
    }
    const object = await objects.head(result);
    const stored = object && (await store(job.job_id, result, object.bytes, owner, log));
    if (object === undefined || stored === undefined) {
      const { applied } = await abandon("yes");
      // An archiver that was slower than its claim looks again; otherwise somebody has deleted the object by hand.
      if (!applied) return { retryAfterSeconds: 1 };
      log.error({ ...result }, "result object is gone: nothing to archive");
      return done;
    }

    const outcome = await jobs.apply(job.job_id, archived(owner, { id: stored.archiveId, store: archive.kind }));
    if (!outcome.applied && outcome.job?.results_file_archive_id !== stored.archiveId) {
      // The claim ran out and another took over; this archive is named by no item and its id is nobody else's.
      await archive.delete(stored.archiveId);
      return { retryAfterSeconds: 1 };
    }
    log.info({ archive_id: stored.archiveId, bytes: object.bytes }, "result archived");
    await objects.delete(result, object.version);
    return finish(outcome.job as Job, result, log);
  }

  /** The new archive; undefined when the object went away meanwhile. Any other failure gives the claim up first. */
  async function store(jobId: string, result: ObjectRef, bytes: number, owner: string, log: Log) {
    try {
      return await whileRenewing(jobId, owner, log, () => archive.store(result, { description: jobId, bytes }));
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return undefined;
      await jobs.apply(jobId, archivingAbandoned(owner));
      throw error;
    }
  }

  /** The tail, for whoever comes to an ARCHIVED job: no copy in standard storage, and a restore where one is due. */
  async function finish(job: Job, result: ObjectRef, log: Log): Promise<Decision> {
    // Only versions seen before the item was still ARCHIVED go: a copy that a restore brings back later is newer.
    for (let left = await objects.head(result); left !== undefined; left = await objects.head(result)) {
      const current = await jobs.get(job.job_id);
      if (current?.result_state !== "ARCHIVED") break;
      await objects.delete(result, left.version);
    }
    if ((await users.get(job.user_id))?.role === "premium_user") {
      log.info({}, "user became premium while the result was archived: asking for it back");
      await restoreTopic.publish({ user_id: job.user_id });
    }
    return done;
  }

  async function whileRenewing<Value>(jobId: string, owner: string, log: Log, work: () => Promise<Value>) {
    const worked = new AbortController();
    const renewing = (async () => {
      for (;;) {
        await clock.sleep((leaseSeconds * 1000) / 3, worked.signal);
        if (worked.signal.aborted) return;
        try {
          await jobs.apply(jobId, renewArchiving(owner, now(), leaseSeconds));
        } catch (err) {
          log.warn({ err }, "could not renew the claim");
        }
      }
    })();
    try {
      return await work();
    } finally {
      worked.abort();
      await renewing;
    }
  }

  /** The subscription has ended: every result gets a fresh free period and a message that waits for its end. */
  async function startOver(userId: string, log: Log): Promise<Decision> {
    if ((await users.get(userId))?.role !== "free_user") return done;
    let count = 0;
    for await (const { job_id, job_status } of everyItem<Job>((page) => jobs.listByUser(userId, page))) {
      if (job_status === "FAILED" || job_status === "CANCELLED") continue;
      // The index may lag behind: the conditional write decides, not what the list says.
      const { applied, job } = await jobs.apply(job_id, dueAgain(now(), retentionSeconds));
      // One that is just being archived or restored may end AVAILABLE: its message waits to see.
      if (!applied && job?.result_state !== "ARCHIVING" && job?.result_state !== "RESTORING") continue;
      await archiveQueue.send({ job_id, user_id: userId, job_status: "COMPLETED" } satisfies JobResult);
      count += 1;
    }
    log.info({ jobs: count }, "user is free again: results become due");
    return done;
  }
}

/** Where the result file is; undefined for a job that has none (not ended, failed, cancelled). */
function resultOf(job: Job): ObjectRef | undefined {
  const { job_status, s3_results_bucket: bucket, s3_key_result_file: key } = job;
  return job_status !== "COMPLETED" || bucket === undefined || key === undefined ? undefined : { bucket, key };
}
