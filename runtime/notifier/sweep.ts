/**
 * Looks after what messages alone do not guarantee, by what the items say, whatever queues and dead letters hold:
 *
 *     outbox   a topic that was never told of a job                      → published
 *     ending   a job that has not ended and seems to have no message     → requested again
 *     mail     an ending that no mail has told of                        → mailed
 *     results  what becomes of results later (`result-mails.ts`)         → mailed
 *
 * Everything it does may happen beside the message's own effect; claims make that harmless.
 */
import { type Job, type OutboxTopic, outboxTopics } from "../contract/job.ts";
import type { JobResult } from "../contract/messages.ts";
import { isEnded, published, requestAgain } from "../jobs/annotation.ts";
import { UnavailableError } from "../jobs/errors.ts";
import { everyItem } from "../jobs/periodic.ts";
import { type Clock, epochSeconds, type JobStore, type Log, type Topic } from "../jobs/ports.ts";
import { publishRequest } from "../jobs/request.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import type { Notifier } from "./notifier.ts";

export interface SweepPorts {
  readonly jobs: JobStore;
  readonly topics: Readonly<Record<OutboxTopic, Topic>>;
  readonly notifier: Notifier;
  /** Sends the mails about results that are due. */
  readonly resultMails: (log: Log) => Promise<void>;
  readonly clock: Clock;
  /** Omitted: nothing is traced. */
  readonly tracer?: Tracer;
  /** How old an untold job must be before the sweep tells of it: its service may be just about to. Omitted: 60. */
  readonly outboxSeconds?: number;
  /** How long a job waits, or its worker is silent, before it is requested again; doubled each time. Omitted: 900. */
  readonly requestSeconds?: number;
  /** How long after its ending a job's mail is overdue. Omitted: 900. */
  readonly mailSeconds?: number;
}

/** A worker whose lease is over for so long will not be heard of again: its message would have brought another. */
const silentSeconds = 300;

export function createSweep(ports: SweepPorts): (log: Log) => Promise<void> {
  return async (log) => {
    // Each for itself: mail that cannot be sent keeps no job waiting.
    const parts = [outbox, endings, mails].map((part) => part(ports, log));
    const outcomes = await Promise.allSettled([...parts, ports.resultMails(log)]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    if (failed.length > 0) throw failed[0]?.reason;
  };
}

/** Deals with each; one in trouble does not keep the others back, an outage ends the round. */
async function each<Listed extends { job_id: string }>(
  ports: SweepPorts,
  listed: AsyncIterable<Listed>,
  log: Log,
  work: (job: Job, log: Log) => Promise<void>,
): Promise<void> {
  const { jobs } = ports;
  for await (const { job_id } of listed) {
    const jobLog = log.child({ job_id });
    try {
      // The index may lag behind: the item decides.
      const job = await jobs.get(job_id);
      if (job !== undefined) await work(job, jobLog);
    } catch (err) {
      if (err instanceof UnavailableError) throw err;
      jobLog.error({ err }, "the sweep could not see to this job");
    }
  }
}

/** Goes on in the job's own trace, as its service would have. */
const tracedSweep = <Result>({ tracer = untraced }: SweepPorts, name: string, job: Job, work: () => Promise<Result>) =>
  tracer.span({ name, parent: job.traceparent }, work);

async function publish(ports: SweepPorts, topic: OutboxTopic, job: Job): Promise<void> {
  const { jobs, topics } = ports;
  const { job_id, user_id, job_status } = job;
  if (topic === "job_requests") await publishRequest(topics[topic], job);
  else await topics[topic].publish({ job_id, user_id, job_status } satisfies JobResult);
  await jobs.apply(job.job_id, published(topic));
}

async function outbox(ports: SweepPorts, log: Log): Promise<void> {
  const { jobs, clock } = ports;
  const before = epochSeconds(clock) - (ports.outboxSeconds ?? 60);
  for (const topic of outboxTopics) {
    const listed = everyItem<Job>((page) => jobs.listOutbox(topic, before, page));
    await each(ports, listed, log.child({ topic }), async (job, jobLog) => {
      if (job.outbox !== topic) return;
      if (topic === "job_results" && (job.complete_time ?? 0) >= before) return;
      await tracedSweep(ports, "sweep outbox", job, () => publish(ports, topic, job));
      jobLog.warn({}, "published a job that its service had not");
    });
  }
}

/**
 * Requests again what has waited for long. A job that merely waits its turn is left alone while jobs of its age and older are
 * being run: a queue that is long must not grow by its own length. What is requested in vain is requested ever more seldom.
 */
async function endings(ports: SweepPorts, log: Log): Promise<void> {
  const { jobs, clock } = ports;
  const now = epochSeconds(clock);
  const waiting: Job[] = [];
  let newestRunning = 0;
  await each(
    ports,
    everyItem((page) => jobs.listAwaiting("ending", now, page)),
    log,
    async (job) => {
      if (isEnded(job)) return;
      const silent = (job.lease_until ?? now) < now - silentSeconds;
      if (job.job_status === "RUNNING" && !silent) newestRunning = Math.max(newestRunning, job.submit_time);
      else if (overdue(job, now, ports.requestSeconds ?? 900)) waiting.push(job);
    },
  );
  const passedOver = (job: Job) => newestRunning === 0 || job.submit_time < newestRunning;
  for (const job of waiting) {
    if (job.job_status === "PENDING" && !passedOver(job)) continue;
    await tracedSweep(ports, "sweep endings", job, async () => {
      const { applied, job: next } = await jobs.apply(job.job_id, requestAgain(now, job.requested_time));
      if (!applied || next === undefined) return;
      log.warn({ job_id: job.job_id, job_status: job.job_status, requests: next.requests }, "requested again");
      await publish(ports, "job_requests", next);
    });
  }
}

async function mails(ports: SweepPorts, log: Log): Promise<void> {
  const { jobs, notifier, clock } = ports;
  const before = epochSeconds(clock) - (ports.mailSeconds ?? 900);
  await each(
    ports,
    everyItem((page) => jobs.listAwaiting("mail", before, page)),
    log,
    async (job, jobLog) => {
      if ((job.complete_time ?? before) >= before || job.awaits !== "mail") return;
      jobLog.warn({}, "an ending that no mail has told of");
      const { user_id, job_status } = job;
      await tracedSweep(ports, "sweep mails", job, () =>
        notifier.handle({ job_id: job.job_id, user_id, job_status }, { log: jobLog }),
      );
    },
  );
}

function overdue(job: Job, now: number, requestSeconds: number): boolean {
  const pause = requestSeconds * 2 ** Math.min(job.requests ?? 0, 16);
  return now - (job.requested_time ?? job.submit_time) >= pause;
}
