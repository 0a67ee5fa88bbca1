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
import { mailAddressOf } from "../contract/user.ts";
import { claimNotice, isEnded, noticeReleased, notified, notNotified } from "../jobs/annotation.ts";
import type { Handling, MessageOutcome } from "../jobs/consumer.ts";
import { type Clock, epochSeconds, type JobStore, type Mailer, type UserStore } from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
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
}

export interface Notifier {
  handle(message: JobResult, handling: Pick<Handling, "log">): Promise<MessageOutcome>;
}

const done: MessageOutcome = { done: true };
/** Longer than a mail can take: one attempt, with a silence of two minutes at most. */
const noticeLeaseSeconds = 300;
/** A process that was paused for longer than this between claim and mail does not send any more. */
const startSeconds = 60;

export function createNotifier(ports: NotifierPorts): Notifier {
  const { jobs, users, mailer, clock, publicUrl, tracer = untraced } = ports;
  /** Endings that this process has mailed and not yet noted: job → owner of the claim. The table was away in between. */
  const mailed = new Map<string, string>();

  async function note(jobId: string, owner: string): Promise<void> {
    await jobs.apply(jobId, notified(owner, epochSeconds(clock)));
    mailed.delete(jobId);
  }

  async function handle({ job_id }: JobResult, { log }: Pick<Handling, "log">): Promise<MessageOutcome> {
    const sentBy = mailed.get(job_id);
    if (sentBy !== undefined) {
      await note(job_id, sentBy);
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
    if (to === undefined) {
      log.warn({}, "no verified mail address: the user is not told");
      await jobs.apply(job_id, notNotified());
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
    await tracer.span({ name: "mail ending" }, () => send(job, { to, ...mailOf(job, publicUrl) }, owner, now));
    log.info({ job_status: job.job_status }, "user told by mail");
    return done;
  }

  async function send(job: Job, mail: Parameters<Mailer["send"]>[0], owner: string, claimed: number): Promise<void> {
    try {
      if (epochSeconds(clock) - claimed > startSeconds) throw new Error("paused between claim and mail: not sent");
      await mailer.send(mail);
    } catch (error) {
      await jobs.apply(job.job_id, noticeReleased(owner));
      throw error;
    }
    mailed.set(job.job_id, owner);
    await note(job.job_id, owner);
  }

  return { handle };
}
