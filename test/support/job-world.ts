/**
 * Annotators and the notifier as they run, on ports in memory: topics, queues with dead letters, an outage of any of them.
 * Items are written as web writes them.
 */
import { setMaxListeners } from "node:events";
import { createAnnotator } from "../../runtime/annotator/annotator.ts";
import type { Job } from "../../runtime/contract/job.ts";
import { companionKeys } from "../../runtime/contract/keys.ts";
import { jobResultSchema } from "../../runtime/contract/messages.ts";
import { claim, published, takeOver } from "../../runtime/jobs/annotation.ts";
import { createBreaker } from "../../runtime/jobs/breaker.ts";
import { consume, messageOf } from "../../runtime/jobs/consumer.ts";
import { periodically } from "../../runtime/jobs/periodic.ts";
import { epochSeconds, type JobStore } from "../../runtime/jobs/ports.ts";
import { createNotifier } from "../../runtime/notifier/notifier.ts";
import { createResultMails } from "../../runtime/notifier/result-mails.ts";
import { createSweep } from "../../runtime/notifier/sweep.ts";
import * as memory from "./memory.ts";
import { slowEngine } from "./slow-engine.ts";

/** Ports by the names under which outages name them. */
export const dependencies = ["jobs", "users", "objects", "mailer", "topics", "queues"] as const;
export type Dependency = (typeof dependencies)[number];

export interface JobWorldOptions {
  readonly jobs: number;
  /** Annotator processes, each with two jobs at a time. Omitted: 4. */
  readonly workers?: number;
  /** Virtual seconds of one job. Omitted: 20. */
  readonly jobSeconds?: number;
  /** False: endings are published to nobody. Omitted: to the notifier's queue. */
  readonly notices?: boolean;
  /** True: every notice arrives twice. Omitted: once. */
  readonly doubled?: boolean;
  /** Asked before every write to the table by the notifier, by the transition's name; omitted: nothing fails. */
  readonly onTransition?: (name: string) => memory.Fault | undefined;
}

export async function createJobWorld(options: JobWorldOptions) {
  const clock = memory.createVirtualClock();
  const log = memory.createMemoryLog();
  const queueOptions = { maxReceiveCount: 5 };
  const requestQueue = memory.createMemoryQueue(clock, queueOptions);
  const notifyQueue = memory.createMemoryQueue(clock, queueOptions);
  const requests = memory.createMemoryTopic(requestQueue);
  const copies = options.notices === false ? 0 : options.doubled ? 2 : 1;
  const results = memory.createMemoryTopic(...Array.from({ length: copies }, () => notifyQueue));
  const jobs = memory.createMemoryJobStore();
  const users = memory.createMemoryUserStore([memory.sampleUser()]);
  const objects = memory.createMemoryObjectStore();
  const mailer = memory.createMemoryMailer();
  let dead = 0;
  const signal = new AbortController().signal;
  setMaxListeners(0, signal);

  let outage: { readonly of: Dependency; readonly until: number } | undefined;
  const see = <Port extends object>(dependency: Dependency, name: string, port: Port): Port =>
    memory.withFaults(
      name,
      port,
      () => (outage?.of === dependency && clock.now() < outage.until ? { kind: "unavailable" } : undefined),
      { clock },
    );

  function startAnnotator(index: number): void {
    const breaker = createBreaker({ clock, log });
    const annotator = createAnnotator({
      jobs: breaker.watch("table", see("jobs", "jobs", jobs), (table) => table.get("probe")),
      queue: see("queues", "requestQueue", requestQueue),
      results: see("topics", "results", results),
      objects: breaker.watch("storage", see("objects", "objects", objects), (storage) => storage.probe("inputs")),
      engine: slowEngine(clock, () => options.jobSeconds ?? 20),
      clock,
      log,
      instance: memory.memoryInstance(`i-${index}`),
      worker: `i-${index}`,
      resultsBucket: "results",
      leaseSeconds: 60,
      jobSecondsMax: 3_600,
      concurrency: 2,
      breaker,
    });
    void annotator.run(signal);
  }
  for (let index = 0; index < (options.workers ?? 4); index += 1) startAnnotator(index);

  /** The table as the notifier sees it: a fault for chosen transitions. */
  const mailing: JobStore = {
    ...jobs,
    apply: (jobId, transition) =>
      memory
        .withFaults("jobs", jobs, () => options.onTransition?.(transition.name), { clock })
        .apply(jobId, transition),
  };
  const breaker = createBreaker({ clock, log });
  const table = breaker.watch("table", see("jobs", "jobs", mailing), (port) => port.get("probe"));
  const ports = {
    jobs: table,
    users: breaker.watch("users", see("users", "users", users), (port) => port.get("probe")),
    mailer: breaker.watch("mail", see("mailer", "mailer", mailer)),
    clock,
    publicUrl: "https://gas.example.org",
  };
  const notifier = createNotifier(ports);
  const topics = { job_requests: see("topics", "requests", requests), job_results: see("topics", "results", results) };
  const sweep = createSweep({ jobs: table, topics, notifier, resultMails: createResultMails(ports), clock });
  void consume({
    queue: see("queues", "notifyQueue", notifyQueue),
    parse: messageOf(jobResultSchema),
    handle: notifier.handle,
    clock,
    log,
    signal,
    concurrency: 2,
    visibilitySeconds: 60,
    breaker,
  });
  void periodically({ name: "sweep", seconds: 60, run: () => sweep(log), clock, log, signal });

  for (let index = 0; index < options.jobs; index += 1) {
    const job = memory.pendingJob(epochSeconds(clock), { input_file_name: `${index}.vcf` });
    objects.put({ bucket: job.s3_inputs_bucket, key: job.s3_key_input_file }, "##fileformat=VCFv4.2\n");
    await jobs.create(job);
    await requests.publish({ job_id: job.job_id, user_id: job.user_id });
    await jobs.apply(job.job_id, published("job_requests"));
  }

  const all = () => [...jobs.jobs.values()];
  return {
    clock,
    log,
    jobs,
    objects,
    mailer,
    requestQueue,
    notifyQueue,
    /** Starts an annotator more. */
    start: () => startAnnotator(99),
    /** A worker takes the job and is not heard of again; its lease is over. */
    async claimByTheDead(jobId: string) {
      dead += 1;
      const then = epochSeconds(clock) - 10_000 + dead * 100;
      const waiting = await jobs.apply(jobId, claim(`dead-${dead}`, then, 30));
      if (!waiting.applied) await jobs.apply(jobId, takeOver(`dead-${dead}`, then, 30));
    },
    /** From now on, for so long, no call of this dependency is answered. */
    begin(of: Dependency, seconds: number) {
      outage = { of, until: clock.now() + seconds * 1000 };
    },
    /** Steps virtual time until every job has ended and is told of. @throws after `limitSeconds`. */
    async settled(limitSeconds: number) {
      const waits = (job: Job) => job.awaits !== undefined || job.outbox !== undefined;
      for (let waited = 0; all().some(waits) || notifyQueue.contents().length > 0; waited += 10) {
        if (waited > limitSeconds)
          throw new Error(`not within ${limitSeconds} s: ${JSON.stringify(all().find(waits))}`);
        await clock.advance(10_000);
      }
    },
    /** What is wrong with the world after all has settled; empty when nothing is. */
    problems(): string[] {
      const completions = new Map<string, number>();
      for (const { jobId, name } of jobs.history) {
        if (name === "complete") completions.set(jobId, (completions.get(jobId) ?? 0) + 1);
      }
      const told = new Map<string, number>();
      for (const { text } of mailer.sent) {
        const id = /annotations\/([0-9a-f-]{36})/.exec(text)?.[1] ?? "";
        told.set(id, (told.get(id) ?? 0) + 1);
      }
      const kept = new Set(
        all().flatMap(({ s3_key_result_file: result = "", s3_key_log_file: log }) => [
          log,
          result,
          ...Object.values(companionKeys(result)),
        ]),
      );
      return [
        ...all().flatMap((job) => [
          job.job_status === "COMPLETED" ? "" : `${job.job_status}: ${job.failure_reason}`,
          completions.get(job.job_id) === 1 ? "" : `completed ${completions.get(job.job_id)} times`,
          told.get(job.job_id) === 1 ? "" : `mailed ${told.get(job.job_id)} times`,
          job.faults === undefined ? "" : `${job.faults} faults counted`,
        ]),
        ...[requestQueue, notifyQueue].flatMap(({ deadLetters }) => deadLetters.map((body) => `dead letter ${body}`)),
        ...[...objects.objects.keys()].flatMap((key) =>
          key.startsWith("results/") && !kept.has(key.slice("results/".length)) ? [`left behind: ${key}`] : [],
        ),
      ].filter((problem) => problem !== "");
    },
  };
}
