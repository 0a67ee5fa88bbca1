/**
 * Brings archived results back to users who have become premium.
 *
 *     message of a user:   ARCHIVED → claim → ask for the archive → RESTORING
 *     event of the store:  RESTORING → copy back, checked against the result's SHA-256 → AVAILABLE → delete the archive
 *     sweep:               the same for results whose event is overdue
 *
 * Every step may happen twice: archive ids are used once, so a late event can neither bring back nor delete anything but
 * the archive it names. A crash after AVAILABLE and before the deletion leaves the event to delete the archive, or the
 * archiver's sweep, which removes what no item names. Two copies of a message ask once: a vault's retrieval costs money each
 * time. A crash between asking and noting it down lets the claim run out, and the archive is asked for again.
 */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Job } from "../contract/job.ts";
import type { JobResult, RestoreMessage } from "../contract/messages.ts";
import type { RetrievalTier } from "../contract/storage.ts";
import {
  archivingAbandoned,
  claimArchiving,
  claimRestore,
  restored,
  restoreFailed,
  restoreReleased,
  restoreRequested,
} from "../jobs/archival.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { ArchiveNotFoundError, TierUnavailableError, UnavailableError } from "../jobs/errors.ts";
import { everyItem } from "../jobs/periodic.ts";
import {
  type ArchiveStore,
  type Clock,
  epochSeconds,
  type JobStore,
  type Log,
  type ObjectStore,
  type Queue,
  type RestoreRef,
  type UserStore,
} from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import { storeResult } from "../results/store-result.ts";
import { verified } from "./verified.ts";

export interface RestorerPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  readonly objects: ObjectStore;
  readonly archive: ArchiveStore;
  /** `job_archive`: a result that came back to a user who is free again. */
  readonly archiveQueue: Queue;
  readonly clock: Clock;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  readonly name: string;
  /** Asked for first. */
  readonly tier: RetrievalTier;
}

export interface Restorer {
  /** A user has become premium. */
  handleRequest(message: RestoreMessage, handling: Pick<Handling, "log">): Promise<MessageOutcome>;
  /** One retrieval has come to an end, as the store told. */
  handleOutcome(outcome: RetrievalOutcome, log: Log): Promise<void>;
  /** Looks after results whose completion event is overdue. */
  sweep(log: Log): Promise<void>;
}

export interface RetrievalOutcome {
  readonly jobId: string;
  readonly restore: RestoreRef;
  /** `gone`: the temporary copy has expired. */
  readonly outcome: "ready" | "failed" | "gone";
}

const done: MessageOutcome = { done: true };
const leaseSeconds = 30;

/** Tiers in the order in which they are asked for. */
const tiersFrom: Readonly<Record<RetrievalTier, readonly RetrievalTier[]>> = {
  Expedited: ["Expedited", "Standard"],
  Standard: ["Standard"],
  Bulk: ["Bulk"],
};

export function createRestorer(ports: RestorerPorts): Restorer {
  return {
    handleRequest: (message, handling) => handleRequest(ports, message, handling),
    handleOutcome: (outcome, log) => handleOutcome(ports, outcome, log),
    sweep: (log) => sweep(ports, log),
  };
}

async function handleRequest(
  ports: RestorerPorts,
  { user_id }: RestoreMessage,
  { log }: Pick<Handling, "log">,
): Promise<MessageOutcome> {
  const { jobs } = ports;
  if (!(await isPremium(ports, user_id))) {
    log.info({}, "user is not premium (any more): nothing is restored");
    return done;
  }
  let failure: unknown;
  let requested = 0;
  let retryAfterSeconds = 0;
  for await (const listed of everyItem<Job>((page) => jobs.listByUser(user_id, page))) {
    if (listed.job_status === "FAILED" || listed.job_status === "CANCELLED") continue;
    // The index may lag behind: the item decides.
    const job = await jobs.get(listed.job_id);
    const jobLog = log.child({ job_id: listed.job_id });
    try {
      if (job?.result_state === "ARCHIVED") {
        const wait = await tracedRequest(ports, job, jobLog);
        retryAfterSeconds = Math.max(retryAfterSeconds, wait);
        if (wait === 0) requested += 1;
      } else if (job?.result_state === "ARCHIVING") {
        retryAfterSeconds = Math.max(retryAfterSeconds, await settleArchiving(ports, job, jobLog));
      }
    } catch (err) {
      if (err instanceof UnavailableError) throw err;
      // One archive in trouble does not keep the user's others back.
      jobLog.error({ err }, "could not ask for the archive");
      failure = err;
    }
  }
  log.info({ requested, retryAfterSeconds }, "asked for the user's archives");
  if (failure !== undefined) throw failure;
  return retryAfterSeconds > 0 ? { retryAfterSeconds } : done;
}

/** Seconds until a result that is just being archived has to be looked at again; 0 when it stays where it is. */
async function settleArchiving(ports: RestorerPorts, job: Job, log: Log): Promise<number> {
  const { jobs } = ports;
  const left = (job.archive_lease_until ?? 0) - epochSeconds(ports.clock);
  if (left >= 0) return left + 1;
  // Its archiver is dead. Until `archived` the object is complete, so the claim is taken over only to be given up.
  const owner = `${ports.name}/${randomUUID()}`;
  const claim = await jobs.apply(job.job_id, claimArchiving(owner, epochSeconds(ports.clock), leaseSeconds));
  if (!claim.applied && claim.job?.archive_owner !== owner) return 1;
  await jobs.apply(job.job_id, archivingAbandoned(owner));
  log.warn({}, "gave up the claim of an archiver that has not been heard of");
  return 0;
}

/** In the trace of what makes the user premium; it has to do with the trace in which the result came to be. */
const tracedRequest = (ports: RestorerPorts, job: Job, log: Log): Promise<number> =>
  (ports.tracer ?? untraced).span({ name: "request archive", links: [job.traceparent] }, () =>
    request(ports, job, log),
  );

/** @throws {ArchiveNotFoundError} */
async function retrieve(ports: RestorerPorts, archiveId: string, jobId: string, log: Log) {
  const { archive } = ports;
  const tiers = tiersFrom[ports.tier];
  for (const [index, tier] of tiers.entries()) {
    try {
      return { ...(await archive.requestRestore(archiveId, tier, jobId)), tier };
    } catch (err) {
      if (!(err instanceof TierUnavailableError) || index === tiers.length - 1) throw err;
      log.warn({ err, tier }, "tier not available: asking for a slower one");
    }
  }
  throw new Error(`no tier follows ${ports.tier}`);
}

/**
 * Asks for the archive of an ARCHIVED job, or again for one that is RESTORING.
 *
 * @returns seconds until another's claim to do so is over; 0 when it is asked for, or no longer to be asked for.
 */
async function request(ports: RestorerPorts, job: Job, log: Log): Promise<number> {
  const { jobs } = ports;
  const archiveId = archiveOf(ports, job);
  const again = job.result_state === "RESTORING";
  const replaces = again ? { requestId: job.restore_request_id ?? "" } : undefined;
  const owner = `${ports.name}/${randomUUID()}`;
  const claim = await jobs.apply(
    job.job_id,
    claimRestore(archiveId, owner, epochSeconds(ports.clock), leaseSeconds, replaces),
  );
  if (!claim.applied && claim.job?.restore_owner !== owner) {
    return Math.max(0, (claim.job?.restore_lease_until ?? 0) + 1 - epochSeconds(ports.clock));
  }
  const asked = await retrieve(ports, archiveId, job.job_id, log).catch(async (err: unknown) => {
    await jobs.apply(job.job_id, restoreReleased(owner));
    if (!(err instanceof ArchiveNotFoundError)) throw err;
    // Retrying cannot help; an operator has to know.
    log.error({ err, archive_id: archiveId }, "the archive is gone: the result cannot be restored");
    if (again) await jobs.apply(job.job_id, restoreFailed(archiveId));
    return undefined;
  });
  if (asked === undefined) return 0;
  const { requestId: id, tier, expectedSeconds } = asked;
  const { applied } = await jobs.apply(
    job.job_id,
    restoreRequested(archiveId, { id, tier, expectedSeconds }, epochSeconds(ports.clock), replaces),
  );
  log.info({ archive_id: archiveId, tier, again, recorded: applied }, "archive requested");
  return 0;
}

async function handleOutcome(
  ports: RestorerPorts,
  { jobId, restore, outcome }: RetrievalOutcome,
  log: Log,
): Promise<void> {
  const { jobs } = ports;
  const job = await jobs.get(jobId);
  if (job === undefined) return log.warn({ ...restore }, "completion event of an unknown job ignored");
  if (job.results_file_archive_id !== restore.archiveId) {
    // Already back. If that was as far as it got, the rest is done now; the archive is named by nobody.
    if (outcome === "ready") await leaveArchive(ports, job, restore.archiveId, log);
    return;
  }
  if (outcome === "ready") {
    if (job.result_state === "RESTORING") return bringBack(ports, job, restore, log);
    if (job.result_state !== "ARCHIVED" || !(await isPremium(ports, job.user_id))) return;
    // Asked for, but the crash came before the item was told.
    const recorded = { id: restore.requestId, tier: ports.tier, expectedSeconds: 0 };
    const adopted = await jobs.apply(jobId, restoreRequested(restore.archiveId, recorded, epochSeconds(ports.clock)));
    return adopted.applied ? bringBack(ports, adopted.job, restore, log) : undefined;
  }
  const isCurrent = job.restore_request_id === restore.requestId;
  if (job.result_state === "RESTORING" && isCurrent) {
    log.warn({ ...restore, outcome }, "retrieval did not bring the result: asking again");
    await request(ports, job, log);
  }
}

/** In the trace of what has asked for the archive, which the item remembers; the store's event brings none. */
const bringBack = (ports: RestorerPorts, job: Job, restore: RestoreRef, log: Log): Promise<void> => {
  const { tracer = untraced } = ports;
  const start = { name: "bring result back", parent: job.traceparent, links: [tracer.current()] };
  return tracer.span(start, () => copyBack(ports, job, restore, log));
};

async function copyBack(ports: RestorerPorts, job: Job, restore: RestoreRef, log: Log): Promise<void> {
  const { jobs, objects, archive } = ports;
  const { s3_results_bucket: bucket, s3_key_result_file: key } = job;
  if (bucket === undefined || key === undefined) throw new Error(`job ${job.job_id} has no result key`);
  let source: Readable;
  try {
    source = await archive.open(restore);
  } catch (err) {
    if (!(err instanceof ArchiveNotFoundError)) throw err;
    log.warn({ err }, "the restored copy has expired before it was copied back: asking again");
    await request(ports, job, log);
    return;
  }
  const expected = { bytes: job.result_bytes, sha256: job.result_sha256 };
  // A copy that is not the original makes the write fail before the object exists. The companions are made anew.
  await storeResult(objects, { bucket, key }, verified(source, expected));
  const outcome = await jobs.apply(job.job_id, restored(restore.archiveId, epochSeconds(ports.clock)));
  log.info({ archive_id: restore.archiveId, recorded: outcome.applied }, "result restored");
  if (outcome.job !== undefined) await leaveArchive(ports, outcome.job, restore.archiveId, log);
}

/** Once the item no longer names the archive: it is deleted, and a user who is free again gets a new archive message. */
async function leaveArchive(ports: RestorerPorts, job: Job, archiveId: string, log: Log): Promise<void> {
  const { archive, archiveQueue } = ports;
  if (job.results_file_archive_id === archiveId) return;
  await archive.delete(archiveId);
  if (await isPremium(ports, job.user_id)) return;
  // Also for one that is ARCHIVED again already: the archiver clears away a copy that came back too late.
  log.info({ result_state: job.result_state }, "user is free again: result becomes due");
  const { job_id, user_id, job_status } = job;
  await archiveQueue.send({ job_id, user_id, job_status } satisfies JobResult);
}

async function sweep(ports: RestorerPorts, log: Log): Promise<void> {
  const { jobs, archive } = ports;
  const time = epochSeconds(ports.clock);
  for await (const job of everyItem<Job>((page) => jobs.listRestoring(time, page))) {
    if ((job.restore_expected_time ?? 0) > time) continue;
    const jobLog = log.child({ job_id: job.job_id });
    try {
      const restore = { archiveId: archiveOf(ports, job), requestId: job.restore_request_id ?? "" };
      const status = await archive.status(restore);
      if (status === "in-progress") continue;
      jobLog.warn({ ...restore, status }, "completion event is overdue");
      await handleOutcome(
        ports,
        { jobId: job.job_id, restore, outcome: status === "ready" ? "ready" : "failed" },
        jobLog,
      );
    } catch (err) {
      if (err instanceof UnavailableError) throw err;
      jobLog.error({ err }, "overdue restore could not be looked after");
    }
  }
}

/** @throws when the item's archive lies in a store that this stack does not run (any more). */
function archiveOf({ archive }: RestorerPorts, job: Job): string {
  if (job.archive_store !== undefined && job.archive_store !== archive.kind) {
    throw new Error(
      `job ${job.job_id} is archived in store ${job.archive_store}, this stack restores from ${archive.kind}; ` +
        "run a restorer with ARCHIVE_STORE of the old store until nothing is left there",
    );
  }
  if (job.results_file_archive_id === undefined) throw new Error(`job ${job.job_id} names no archive`);
  return job.results_file_archive_id;
}

const isPremium = async ({ users }: RestorerPorts, userId: string) =>
  (await users.get(userId))?.role === "premium_user";
