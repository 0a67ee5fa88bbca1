/**
 * Moves due results of free users to cold storage, and removes deleted jobs (`eraser.ts`).
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
import { withCompanions } from "../contract/keys.ts";
import type { ArchiveMessage, JobResult } from "../contract/messages.ts";
import { archived, archivingAbandoned, claimArchiving, dueAgain, dueTime, renewArchiving } from "../jobs/archival.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { ObjectNotFoundError } from "../jobs/errors.ts";
import { awaitArchivingNotice } from "../jobs/notices.ts";
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
import { keepRenewing } from "../jobs/renewal.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import { eraseJob } from "./eraser.ts";

export interface ArchiverPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  readonly objects: ObjectStore;
  readonly archive: ArchiveStore;
  /** `job_archive` itself: a downgrade puts one message for each of the user's results into it. */
  readonly archiveQueue: Queue;
  readonly restoreTopic: Topic;
  readonly clock: Clock;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  /** Who claims, for the item: instance id or host. */
  readonly name: string;
  /** Where workers write results and logs: also those of a job that has not ended. */
  readonly resultsBucket: string;
  /** Seconds a free user's result stays in standard storage. */
  readonly retentionSeconds: number;
  /** Length of a claim, renewed at a third of it. Omitted: 60. */
  readonly leaseSeconds?: number;
}

const done: MessageOutcome = { done: true };
/** A result on its way back to somebody who is free again is looked at every minute until it is there. */
const restoringSeconds = 60;

export function createArchiver(
  ports: ArchiverPorts,
): (message: ArchiveMessage, handling: Handling) => Promise<MessageOutcome> {
  return (message, { log }) => {
    if (!("reason" in message)) return archiveJob(ports, message.job_id, log);
    return message.reason === "downgrade"
      ? startOver(ports, message.user_id, log)
      : eraseJob(ports, message.job_id, log);
  };
}

/** A job whose result this archiver has claimed. */
interface Claimed {
  readonly job: Job;
  readonly result: ObjectRef;
  readonly owner: string;
}

const leaseSecondsOf = ({ leaseSeconds = 60 }: ArchiverPorts) => leaseSeconds;

/** Where the result file is; undefined for a job that has none (not ended, failed, cancelled). */
function resultOf(job: Job): ObjectRef | undefined {
  const { job_status, s3_results_bucket: bucket, s3_key_result_file: key } = job;
  return job_status !== "COMPLETED" || bucket === undefined || key === undefined ? undefined : { bucket, key };
}

async function archiveJob(ports: ArchiverPorts, jobId: string, log: Log): Promise<MessageOutcome> {
  const { jobs, users } = ports;
  const job = await jobs.get(jobId);
  const result = job && resultOf(job);
  if (job === undefined || result === undefined) {
    log.info({ job_status: job?.job_status }, "no result to archive");
    return done;
  }
  if (job.result_state === "ARCHIVED") return finish(ports, job, result, log);

  const role = (await users.get(job.user_id))?.role;
  if (role === undefined) {
    log.error({}, "the job's user does not exist: its result is left where it is");
    return done;
  }
  // A claim left behind by a dead archiver is taken over also for a premium user, to be given up properly.
  if (role === "premium_user" && job.result_state !== "ARCHIVING") return done;
  const retryAfterSeconds = secondsUntilClaimable(job, ports);
  if (retryAfterSeconds > 0) return { retryAfterSeconds };

  const owner = `${ports.name}/${randomUUID()}`;
  const claim = await jobs.apply(jobId, claimArchiving(owner, epochSeconds(ports.clock), leaseSecondsOf(ports)));
  // A repeated write whose first answer was lost finds its own claim.
  if (!claim.applied && claim.job?.archive_owner !== owner) return { retryAfterSeconds: 1 };
  const { tracer = untraced } = ports;
  return tracer.span({ name: "archive result" }, () => archiveClaimed(ports, { job, result, owner }, log));
}

/** How long a job has to be left alone: it is being restored, or another archiver's, or not yet due. */
function secondsUntilClaimable(job: Job, { clock, retentionSeconds }: ArchiverPorts): number {
  if (job.result_state === "RESTORING") return restoringSeconds;
  const now = epochSeconds(clock);
  if (job.result_state === "ARCHIVING") return (job.archive_lease_until ?? 0) + 1 - now;
  return (dueTime(job, retentionSeconds) ?? 0) - now;
}

async function archiveClaimed(ports: ArchiverPorts, claimed: Claimed, log: Log): Promise<MessageOutcome> {
  const { users, objects } = ports;
  const { job, result } = claimed;
  if ((await users.get(job.user_id))?.role !== "free_user") {
    await abandon(ports, claimed);
    log.info({}, "user became premium: result stays");
    return done;
  }
  const object = await objects.head(result);
  const stored = object && (await store(ports, claimed, object.bytes, log));
  if (object === undefined || stored === undefined) {
    const { applied } = await abandon(ports, claimed, "yes");
    // An archiver that was slower than its claim looks again; otherwise somebody has deleted the object by hand.
    if (!applied) return { retryAfterSeconds: 1 };
    log.error({ ...result }, "result object is gone: nothing to archive");
    return done;
  }
  return concludeClaim(ports, claimed, { ...stored, ...object }, log);
}

const abandon = ({ jobs }: ArchiverPorts, { job, owner }: Claimed, missing?: "yes") =>
  jobs.apply(job.job_id, archivingAbandoned(owner, missing));

/** The item names the archive from here on; then the object goes. */
async function concludeClaim(
  ports: ArchiverPorts,
  { job, result, owner }: Claimed,
  { archiveId, bytes, version }: { archiveId: string; bytes: number; version?: string },
  log: Log,
): Promise<MessageOutcome> {
  const { jobs, objects, archive } = ports;
  const outcome = await jobs.apply(job.job_id, archived(owner, { id: archiveId, store: archive.kind }));
  if (!outcome.applied && outcome.job?.results_file_archive_id !== archiveId) {
    // The claim ran out and another took over; this archive is named by no item and its id is nobody else's.
    await archive.delete(archiveId);
    return { retryAfterSeconds: 1 };
  }
  log.info({ archive_id: archiveId, bytes }, "result archived");
  await objects.delete(result, version);
  return finish(ports, outcome.job as Job, result, log);
}

/** The new archive; undefined when the object went away meanwhile. Any other failure gives the claim up first. */
async function store(ports: ArchiverPorts, claimed: Claimed, bytes: number, log: Log) {
  const { jobs, archive, clock, tracer = untraced } = ports;
  const { job, result, owner } = claimed;
  const leaseSeconds = leaseSecondsOf(ports);
  const renewal = tracer.outside(() =>
    keepRenewing({
      clock,
      everySeconds: leaseSeconds / 3,
      async renew() {
        await jobs.apply(job.job_id, renewArchiving(owner, epochSeconds(clock), leaseSeconds));
        return true;
      },
      onFailure: (err) => log.warn({ err }, "could not renew the claim"),
    }),
  );
  try {
    return await archive.store(result, { description: job.job_id, bytes }).finally(renewal.stop);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    await abandon(ports, claimed);
    throw error;
  }
}

/** The tail, for whoever comes to an ARCHIVED job: no copy in standard storage, and a restore where one is due. */
async function finish(ports: ArchiverPorts, job: Job, result: ObjectRef, log: Log): Promise<MessageOutcome> {
  const { users, restoreTopic } = ports;
  for (const key of withCompanions(result.key)) await clear(ports, job, { bucket: result.bucket, key });
  if ((await users.get(job.user_id))?.role === "premium_user") {
    log.info({}, "user became premium while the result was archived: asking for it back");
    await restoreTopic.publish({ user_id: job.user_id });
  }
  return done;
}

/** Removes what is left of a file in standard storage, while the result is in the archive. */
async function clear({ jobs, objects }: ArchiverPorts, job: Job, file: ObjectRef): Promise<void> {
  // Only versions seen before the item was still ARCHIVED go: a copy that a restore brings back later is newer.
  for (let left = await objects.head(file); left !== undefined; left = await objects.head(file)) {
    const current = await jobs.get(job.job_id);
    if (current?.result_state !== "ARCHIVED") break;
    await objects.delete(file, left.version);
  }
}

/** The subscription has ended: every result gets a fresh free period and a message that waits for its end. */
async function startOver(ports: ArchiverPorts, userId: string, log: Log): Promise<MessageOutcome> {
  const { jobs, users, archiveQueue, clock, retentionSeconds } = ports;
  if ((await users.get(userId))?.role !== "free_user") return done;
  let count = 0;
  for await (const { job_id, job_status } of everyItem<Job>((page) => jobs.listByUser(userId, page))) {
    if (job_status === "FAILED" || job_status === "CANCELLED") continue;
    // The index may lag behind: the conditional write decides, not what the list says.
    const { applied, job } = await jobs.apply(job_id, dueAgain(epochSeconds(clock), retentionSeconds));
    // One that is just being archived or restored may end AVAILABLE: its message waits to see.
    if (!applied && job?.result_state !== "ARCHIVING" && job?.result_state !== "RESTORING") continue;
    await archiveQueue.send({ job_id, user_id: userId, job_status: "COMPLETED" } satisfies JobResult);
    if (applied) await jobs.apply(job_id, awaitArchivingNotice());
    count += 1;
  }
  log.info({ jobs: count }, "user is free again: results become due");
  return done;
}
