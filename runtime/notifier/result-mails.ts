/**
 * Tells users what becomes of their results after the ending's mail:
 *
 *     archiving   a free user's results move to the archive soon   → one mail for all that do so within the same while
 *     restored    results are back from the archive                → one mail once none of the user's is on its way any more
 *
 *     items that await it ─▶ by user ─▶ still true, and wanted? ─▶ claim each ─▶ mail ─▶ note in each
 *
 * Claims are those of endings (`notifier.ts`): a mail is sent once, but a second time if the process dies between mail and note.
 */
import { randomUUID } from "node:crypto";
import type { Job } from "../contract/job.ts";
import { mailAddressOf, type Role, wantsMail } from "../contract/user.ts";
import { dueTime } from "../jobs/archival.ts";
import { UnavailableError } from "../jobs/errors.ts";
import type { Mail } from "../jobs/mail.ts";
import {
  claimResultNotice,
  noticeReleased,
  type ResultNotice,
  resultNoticed,
  resultNotNoticed,
} from "../jobs/notices.ts";
import { everyItem } from "../jobs/periodic.ts";
import { epochSeconds, type Log } from "../jobs/ports.ts";
import { untraced } from "../jobs/tracing.ts";
import { archivingMail, restoredMail } from "./mail.ts";
import { type NotifierPorts, noticeLeaseSeconds, sendClaimed } from "./notifier.ts";

/** What is kept of a result while a round looks at all of them. */
interface Result {
  readonly job: Pick<Job, "job_id" | "user_id" | "input_file_name">;
  /** When it moves to the archive, or when it came back, epoch seconds. */
  readonly time: number;
}

interface Kind {
  readonly awaits: ResultNotice;
  /** Whom it concerns. */
  readonly role: Role;
  /** Jobs submitted within so many seconds need not be looked at. */
  readonly ageSeconds: number;
  /** `undefined`: of this job there is nothing to tell (any more). */
  timeOf(job: Job, now: number): number | undefined;
  /** Of a user's results, earliest first, those to tell of now. */
  ripe(results: readonly Result[], now: number): readonly Result[] | Promise<readonly Result[]>;
  mail(results: readonly Result[], publicUrl: string): Mail;
}

/**
 * A user with results that are due soon is told of those, and of the others that follow within half of that time again. A declared
 * notice is half of the retention at most, so that all of these are looked at.
 */
function archivingKind(retentionSeconds: number, noticeSeconds: number): Kind {
  const togetherSeconds = 1.5 * noticeSeconds;
  return {
    awaits: "archiving",
    role: "free_user",
    ageSeconds: retentionSeconds - togetherSeconds,
    timeOf(job, now) {
      const due = job.result_missing === "yes" ? undefined : dueTime(job, retentionSeconds);
      return due === undefined || due <= now || noticeSeconds === 0 ? undefined : due;
    },
    ripe: (results, now) =>
      (results[0]?.time ?? Number.POSITIVE_INFINITY) - now > noticeSeconds
        ? []
        : results.filter(({ time }) => time - now <= togetherSeconds),
    mail: (results, publicUrl) =>
      archivingMail(
        results.map(({ job, time }) => ({ job, due: time })),
        publicUrl,
      ),
  };
}

/** Results that a slower tier brings back hours later get a mail of their own. */
const waitSeconds = 3_600;

function restoredKind({ jobs, clock }: NotifierPorts): Kind {
  let underWay: Promise<ReadonlySet<string>> | undefined;
  async function usersWaiting(): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const before = epochSeconds(clock) + 1;
    for await (const { user_id } of everyItem((page) => jobs.listRestoring(before, page))) found.add(user_id);
    return found;
  }
  return {
    awaits: "restored",
    role: "premium_user",
    ageSeconds: 0,
    timeOf: ({ restored_time }) => restored_time,
    async ripe(results, now) {
      const [first] = results;
      if (first === undefined) return [];
      // Asked once a round, and only if something is back.
      underWay ??= usersWaiting();
      return (await underWay).has(first.job.user_id) && now - first.time < waitSeconds ? [] : results;
    },
    mail: (results, publicUrl) =>
      restoredMail(
        results.map(({ job }) => job),
        publicUrl,
      ),
  };
}

/** How often what awaits its archiving mail is looked at, within the time between that mail and the archiving. */
const looks = 10;

/** @returns what a sweep runs: sends every mail about results that is due. */
export function createResultMails(ports: NotifierPorts): (log: Log) => Promise<void> {
  const { clock, retentionSeconds, archiveNoticeSeconds = 0, jobs } = ports;
  /** Results whose mail this process has sent and not yet noted: job → owner of the claim. The table was away in between. */
  const mailed = new Map<string, string>();
  let looked = Number.NEGATIVE_INFINITY;

  return async (log) => {
    for (const [jobId, owner] of mailed) {
      await jobs.apply(jobId, resultNoticed(owner));
      mailed.delete(jobId);
    }
    await round(ports, restoredKind(ports), mailed, log);
    const now = epochSeconds(clock);
    if (retentionSeconds === undefined || now < looked + archiveNoticeSeconds / looks) return;
    await round(ports, archivingKind(retentionSeconds, archiveNoticeSeconds), mailed, log);
    looked = now;
  };
}

async function round(ports: NotifierPorts, kind: Kind, mailed: Map<string, string>, log: Log): Promise<void> {
  for (const [userId, results] of await resultsByUser(ports, kind)) {
    const userLog = log.child({ user_id: userId, notice: kind.awaits });
    try {
      await tell(ports, kind, { userId, results, mailed }, userLog);
    } catch (err) {
      // One user in trouble does not keep the others back, an outage ends the round.
      if (err instanceof UnavailableError) throw err;
      userLog.error({ err }, "the user could not be told");
    }
  }
}

/** The results that await this mail, earliest first; those of which there is nothing to tell await it no longer. */
async function resultsByUser({ jobs, clock }: NotifierPorts, kind: Kind): Promise<ReadonlyMap<string, Result[]>> {
  const now = epochSeconds(clock);
  const byUser = new Map<string, Result[]>();
  const listed = everyItem((page) => jobs.listAwaiting(kind.awaits, now + 1 - kind.ageSeconds, page));
  for await (const { job_id } of listed) {
    // The index may lag behind: the item decides.
    const job = await jobs.get(job_id);
    if (job?.awaits !== kind.awaits) continue;
    const time = job.result_state === "AVAILABLE" ? kind.timeOf(job, now) : undefined;
    if (time === undefined) {
      await jobs.apply(job_id, resultNotNoticed(kind.awaits));
      continue;
    }
    const { user_id, input_file_name } = job;
    const results = byUser.get(user_id) ?? [];
    results.push({ job: { job_id, user_id, input_file_name }, time });
    byUser.set(user_id, results);
  }
  for (const results of byUser.values()) results.sort((a, b) => a.time - b.time);
  return byUser;
}

/** Claimed for one mail, so that all claims still hold when it is sent. */
const claimsMax = 1_000;

interface Telling {
  readonly userId: string;
  readonly results: readonly Result[];
  readonly mailed: Map<string, string>;
}

async function tell(ports: NotifierPorts, kind: Kind, { userId, results, mailed }: Telling, log: Log): Promise<void> {
  const { jobs, users, clock, tracer = untraced } = ports;
  const ripe = await kind.ripe(results, epochSeconds(clock));
  if (ripe.length === 0) return;
  const user = await users.get(userId);
  const to = user === undefined ? undefined : mailAddressOf(user);
  if (user === undefined || to === undefined || user.role !== kind.role || !wantsMail(user, kind.awaits)) {
    for (const { job } of ripe) await jobs.apply(job.job_id, resultNotNoticed(kind.awaits));
    log.info(
      { role: user?.role, results: ripe.length },
      "another plan, no address, or not wanted: the user is not told",
    );
    return;
  }
  await tracer.span({ name: `mail ${kind.awaits}` }, () => send(ports, kind, { ripe, to, mailed }, log));
}

async function send(
  ports: NotifierPorts,
  kind: Kind,
  { ripe, to, mailed }: { ripe: readonly Result[]; to: string; mailed: Map<string, string> },
  log: Log,
): Promise<void> {
  const { jobs, clock, publicUrl } = ports;
  const owner = randomUUID();
  const now = epochSeconds(clock);
  const claimed: Result[] = [];
  for (const result of ripe.slice(0, claimsMax)) {
    const { job_id } = result.job;
    const { applied, job } = await jobs.apply(job_id, claimResultNotice(kind.awaits, owner, now, noticeLeaseSeconds));
    // A repeated write whose first answer was lost finds its own claim.
    if (applied || job?.notice_owner === owner) claimed.push(result);
  }
  if (claimed.length === 0) return;
  try {
    await sendClaimed(ports, { to, ...kind.mail(claimed, publicUrl) }, now);
  } catch (error) {
    for (const { job } of claimed) await jobs.apply(job.job_id, noticeReleased(owner));
    throw error;
  }
  for (const { job } of claimed) mailed.set(job.job_id, owner);
  for (const { job } of claimed) {
    await jobs.apply(job.job_id, resultNoticed(owner));
    mailed.delete(job.job_id);
  }
  log.info({ results: claimed.length }, "user told by mail");
}
