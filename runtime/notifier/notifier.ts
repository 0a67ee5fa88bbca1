/**
 * Tells users how their jobs ended, and topics of jobs that nobody told them of.
 *
 * A notice is mailed once, then noted in the item: a repeated notice finds the note. Only a crash between the two mails
 * twice; the other order would lose a mail.
 */
import { type Job, type OutboxTopic, outboxTopics } from "../contract/job.ts";
import type { JobRequest, JobResult } from "../contract/messages.ts";
import { mailAddressOf } from "../contract/user.ts";
import { isEnded, notified, published } from "../jobs/annotation.ts";
import type { Decision, Handling } from "../jobs/consumer.ts";
import { everyItem } from "../jobs/periodic.ts";
import {
  type Clock,
  epochSeconds,
  type JobStore,
  type Log,
  type Mailer,
  type Topic,
  type UserStore,
} from "../jobs/ports.ts";
import { mailOf } from "./mail.ts";

export interface NotifierPorts {
  readonly jobs: JobStore;
  readonly users: UserStore;
  readonly mailer: Mailer;
  readonly topics: Readonly<Record<OutboxTopic, Topic>>;
  readonly clock: Clock;
  /** Origin of the pages. */
  readonly publicUrl: string;
  /** How old an untold job must be before the sweep tells of it: its service may be just about to. Omitted: 60. */
  readonly outboxSeconds?: number;
}

export interface Notifier {
  handle(message: JobResult, handling: Pick<Handling, "log">): Promise<Decision>;
  /** Publishes what a crash left in the outbox. */
  sweep(log: Log): Promise<void>;
}

const done: Decision = { done: true };

export function createNotifier(ports: NotifierPorts): Notifier {
  const { jobs, users, mailer, topics, clock, publicUrl, outboxSeconds = 60 } = ports;

  async function handle({ job_id }: JobResult, { log }: Pick<Handling, "log">): Promise<Decision> {
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
      return done;
    }
    await mailer.send({ to, ...mailOf(job, publicUrl) });
    await jobs.apply(job_id, notified(epochSeconds(clock)));
    log.info({ job_status: job.job_status }, "user told by mail");
    return done;
  }

  async function sweep(log: Log): Promise<void> {
    const before = epochSeconds(clock) - outboxSeconds;
    for (const topic of outboxTopics) {
      for await (const listed of everyItem<Job>((page) => jobs.listOutbox(topic, before, page))) {
        const jobLog = log.child({ job_id: listed.job_id, topic });
        try {
          // The index may lag behind: the item decides.
          const job = await jobs.get(listed.job_id);
          if (job === undefined || job.outbox !== topic) continue;
          if (topic === "job_results" && (job.complete_time ?? 0) >= before) continue;
          await topics[topic].publish(messageFor(topic, job));
          await jobs.apply(job.job_id, published(topic));
          jobLog.warn({}, "published a job that its service had not");
        } catch (err) {
          jobLog.error({ err }, "could not publish");
        }
      }
    }
  }

  return { handle, sweep };
}

function messageFor(topic: OutboxTopic, { job_id, user_id, job_status }: Job): JobRequest | JobResult {
  return topic === "job_requests" ? { job_id, user_id } : { job_id, user_id, job_status };
}
