/**
 * Tells users how their jobs ended.
 *
 *     notice ─▶ claim ─▶ mail ─▶ note in the item
 *                 │        └─ refused: the claim is given back, the notice comes again
 *                 └─ held by another copy of the notice: looked at again when the claim is over
 *
 * A claim mails once at most, and holds longer than any mail takes: two copies of a notice that are dealt with together mail
 * once. A process that dies between mail and note leaves its claim to run out, and the ending is mailed again: of the two
 * things that can be had then, a second mail is better than none.
 */
import { randomUUID } from "node:crypto";
import type { Job } from "../contract/job.ts";
import type { JobResult } from "../contract/messages.ts";
import { mailAddressOf, type User, wantsMail } from "../contract/user.ts";
import { isEnded } from "../jobs/annotation.ts";
import { dueTime } from "../jobs/archival.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import type { Mail } from "../jobs/mail.ts";
import { claimNotice, noticeReleased, notified, notNotified } from "../jobs/notices.ts";
import { type Clock, epochSeconds, type JobStore, type Mailer, type UserStore } from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import type { Transition } from "../jobs/transition.ts";
import { mailOf } from "./mail.ts";

export interface NotifierPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  /** Origin of the pages. */
  readonly publicUrl: string;
  /** Seconds a free user's result stays in standard storage; omitted: mails do not say until when it can be downloaded. */
  readonly retentionSeconds?: number | undefined;
  /** Seconds before a free user's result is archived at which another mail says so; omitted or 0: none does. */
  readonly archiveNoticeSeconds?: number | undefined;
}

export interface Notifier {
  handle(message: JobResult, handling: Pick<Handling, "log">): Promise<MessageOutcome>;
}

const done: MessageOutcome = { done: true };
/** Longer than a mail can take: one attempt, with a silence of two minutes at most. */
export const noticeLeaseSeconds = 300;
/** A process that was paused for longer than this between claim and mail does not send any more. */
const startSeconds = 60;

/** Sends what was claimed at `claimed` (epoch seconds). @throws also when the claim may be over by now. */
export async function sendClaimed(
  { mailer, clock }: Pick<NotifierPorts, "mailer" | "clock">,
  mail: Mail & { readonly to: string },
  claimed: number,
): Promise<void> {
  if (epochSeconds(clock) - claimed > startSeconds) throw new Error("paused between claim and mail: not sent");
  await mailer.send(mail);
}

export function createNotifier(ports: NotifierPorts): Notifier {
  const { jobs, users, clock, publicUrl, retentionSeconds, archiveNoticeSeconds = 0, tracer = untraced } = ports;
  /** Endings that this process has mailed and not yet noted: job → the note. The table was away in between. */
  const mailed = new Map<string, Transition>();

  async function note(jobId: string, asTold: Transition): Promise<void> {
    await jobs.apply(jobId, asTold);
    mailed.delete(jobId);
  }

  /** The mail that follows the ending's. */
  const nextOf = ({ job_status }: Job, user: User | undefined) =>
    job_status === "COMPLETED" && user?.role === "free_user" && archiveNoticeSeconds > 0 ? "archiving" : undefined;

  function endingMail(job: Job, { role }: User): Mail {
    const isKept = role === "premium_user" || retentionSeconds === undefined;
    return mailOf(job, publicUrl, isKept ? undefined : dueTime(job, retentionSeconds));
  }

  async function handle({ job_id }: JobResult, { log }: Pick<Handling, "log">): Promise<MessageOutcome> {
    const asTold = mailed.get(job_id);
    if (asTold !== undefined) {
      await note(job_id, asTold);
      return done;
    }
    const job = await jobs.get(job_id);
    if (job === undefined || !isEnded(job)) {
      log.warn({ job_status: job?.job_status }, "notice of a job that has not ended");
      return done;
    }
    // Who cancels a job knows of it.
    if (job.job_status === "CANCELLED" || job.notified_time !== undefined) return done;
    const user = await users.get(job.user_id);
    const to = user === undefined ? undefined : mailAddressOf(user);
    if (user === undefined || to === undefined) {
      log.warn({}, "no verified mail address: the user is not told");
      await jobs.apply(job_id, notNotified(nextOf(job, user)));
      return done;
    }
    if (job.job_status === "COMPLETED" && !wantsMail(user, "completed")) {
      await jobs.apply(job_id, notNotified(nextOf(job, user)));
      return done;
    }
    const owner = randomUUID();
    const now = epochSeconds(clock);
    const claim = await jobs.apply(job_id, claimNotice(owner, now, noticeLeaseSeconds));
    // A repeated write whose first answer was lost finds its own claim.
    if (!claim.applied && claim.job?.notice_owner !== owner) {
      if (claim.job === undefined || claim.job.notified_time !== undefined) return done;
      return { retryAfterSeconds: Math.max(1, (claim.job.notice_lease_until ?? 0) + 1 - now) };
    }
    await tracer.span({ name: "mail ending" }, () => send(job, user, to, { owner, now }));
    log.info({ job_status: job.job_status }, "user told by mail");
    return done;
  }

  async function send(job: Job, user: User, to: string, claim: { owner: string; now: number }): Promise<void> {
    const { owner, now } = claim;
    try {
      await sendClaimed(ports, { to, ...endingMail(job, user) }, now);
    } catch (error) {
      await jobs.apply(job.job_id, noticeReleased(owner));
      throw error;
    }
    const asTold = notified(owner, epochSeconds(clock), nextOf(job, user));
    mailed.set(job.job_id, asTold);
    await note(job.job_id, asTold);
  }

  return { handle };
}
