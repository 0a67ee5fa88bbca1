/**
 * Archiver and restorer as they run, on ports in memory: queues with dead letters, faults at any call, processes that die
 * and are started again. After every call of a port it is checked that no result is lost.
 */
import { setMaxListeners } from "node:events";
import { createArchiver } from "../../runtime/archiver/archiver.ts";
import { createArchiveSweep } from "../../runtime/archiver/sweep.ts";
import type { Job } from "../../runtime/contract/job.ts";
import {
  type ArchiveMessage,
  archiveEventSchema,
  archiveMessageSchema,
  restoreMessageSchema,
} from "../../runtime/contract/messages.ts";
import type { ArchiveStoreKind } from "../../runtime/contract/storage.ts";
import { consume, messageOf } from "../../runtime/jobs/consumer.ts";
import { isDeleted, markDeleted } from "../../runtime/jobs/deletion.ts";
import { periodically } from "../../runtime/jobs/periodic.ts";
import { epochSeconds } from "../../runtime/jobs/ports.ts";
import { createEventHandler } from "../../runtime/restorer/events.ts";
import { createRestorer } from "../../runtime/restorer/restorer.ts";
import * as memory from "./memory.ts";

export const retentionSeconds = 1800;
const user_id = "user-1";

export interface ArchiveWorldOptions {
  readonly kind: ArchiveStoreKind;
  /** Results of the user, completed when the world begins. Omitted: 1. */
  readonly jobs?: number;
  readonly role?: "free_user" | "premium_user";
  /** Asked at every call of a port; omitted: nothing fails. */
  readonly faults?: memory.FaultSource;
}

const isRemoved = (job: Job | undefined) => job === undefined || isDeleted(job);

export function createArchiveWorld(options: ArchiveWorldOptions) {
  const clock = memory.createVirtualClock();
  const log = memory.createMemoryLog();
  const start = epochSeconds(clock);
  const queueOptions = { maxReceiveCount: 12, pollSeconds: 86_400 };
  const archiveQueue = memory.createMemoryQueue(clock, queueOptions);
  const restoreQueue = memory.createMemoryQueue(clock, queueOptions);
  const eventQueue = memory.createMemoryQueue(clock, queueOptions);
  const restoreTopic = memory.createMemoryTopic(restoreQueue);
  const users = memory.createMemoryUserStore([memory.sampleUser({ user_id, role: options.role ?? "free_user" })]);
  const objects = memory.createMemoryObjectStore();
  const archive = memory.createMemoryArchiveStore({
    kind: options.kind,
    clock,
    objects,
    onEvent: (event) => eventQueue.sendRaw(JSON.stringify(event)),
  });
  const texts = Array.from({ length: options.jobs ?? 1 }, (_, index) => `${memory.sampleResult}#${index}\n`);
  const initial = texts.map((text) => memory.completedJob(start, { user_id }, text));
  const jobs = memory.createMemoryJobStore(initial);
  for (const [index, job] of initial.entries()) {
    objects.put(memory.resultRef(job), texts[index] as string);
    objects.put({ bucket: "results", key: job.s3_key_log_file ?? "" }, "log");
  }

  /** What no interleaving may break, at any instant. */
  function losses(): string[] {
    return initial.flatMap(({ job_id }, index) => {
      const job = jobs.jobs.get(job_id);
      if (job === undefined || isRemoved(job)) return [];
      const result = objects.text(memory.resultRef(job));
      const archived = archive.archives.get(job.results_file_archive_id ?? "")?.toString();
      const cold = job.result_state === "ARCHIVED" || job.result_state === "RESTORING";
      return [
        (cold ? archived : result) === texts[index] ? [] : [`job ${index} is ${job.result_state}, its result is lost`],
        objects.text({ bucket: "results", key: job.s3_key_log_file ?? "" }) === "log"
          ? []
          : [`job ${index} lost its log`],
      ].flat();
    });
  }

  const lost = new Set<string>();
  let faults = options.faults;
  const source: memory.FaultSource = (call) => {
    for (const loss of losses()) lost.add(`${loss} (before ${call})`);
    return faults?.(call);
  };
  const lives: memory.Life[] = [];
  let crashes = 0;

  function run(begin: (life: memory.Life, see: <Port extends object>(name: string, port: Port) => Port) => void): void {
    const life = memory.createLife();
    lives.push(life);
    void life.died.then(() => {
      crashes += 1;
      clock.at(clock.now() + 1000, () => run(begin));
    });
    begin(life, (name, port) => memory.withFaults(name, port, source, { clock, life }));
  }

  const signal = new AbortController().signal;
  // Every life listens, the dead ones too.
  setMaxListeners(0, signal);
  run((life, see) => {
    const queue = see("archiveQueue", archiveQueue);
    const mortal = memory.mortalClock(clock, life);
    const ports = {
      jobs: see("jobs", jobs),
      users: see("users", users),
      objects: see("objects", objects),
      archive: see("archive", archive),
      archiveQueue: queue,
      restoreTopic: see("restoreTopic", restoreTopic),
      clock: mortal,
      name: "archiver",
      resultsBucket: "results",
      retentionSeconds,
    };
    const sweep = createArchiveSweep(ports);
    void periodically({ name: "sweep", seconds: 3_600, run: () => sweep(log), clock: mortal, log, signal });
    void consume<ArchiveMessage>({
      queue,
      parse: messageOf(archiveMessageSchema),
      handle: createArchiver(ports),
      clock: mortal,
      log,
      signal,
      concurrency: 3,
      visibilitySeconds: 60,
      freshWaits: true,
    });
  });
  run((life, see) => {
    const mortal = memory.mortalClock(clock, life);
    const store = see("jobs", jobs);
    const restorer = createRestorer({
      jobs: store,
      users: see("users", users),
      objects: see("objects", objects),
      archive: see("archive", archive),
      archiveQueue: see("archiveQueue", archiveQueue),
      clock: mortal,
      name: "restorer",
      tier: "Expedited",
    });
    const loop = { clock: mortal, log, signal, concurrency: 3, visibilitySeconds: 60 };
    void consume({
      ...loop,
      queue: see("restoreQueue", restoreQueue),
      parse: messageOf(restoreMessageSchema),
      handle: restorer.handleRequest,
      freshWaits: true,
    });
    void consume({
      ...loop,
      queue: see("eventQueue", eventQueue),
      parse: messageOf(archiveEventSchema),
      handle: createEventHandler(store, restorer),
    });
    void periodically({ name: "sweep", seconds: 600, run: () => restorer.sweep(log), clock: mortal, log, signal });
  });

  const announce = async () => {
    for (const { job_id, job_status } of initial) await archiveQueue.send({ job_id, user_id, job_status });
  };

  return {
    clock,
    log,
    jobs,
    users,
    objects,
    archive,
    archiveQueue,
    restoreQueue,
    eventQueue,
    restoreTopic,
    resultsBucket: "results",
    /** The messages that the annotator's `job_results` put into the archive queue. Call again for duplicates. */
    announce,
    /** As web does it: role first, then the message. */
    async upgrade() {
      await users.setPlan(user_id, { role: "premium_user" });
      await restoreTopic.publish({ user_id });
    },
    /** The role alone, as when the message is lost. */
    async becomePremium() {
      await users.setPlan(user_id, { role: "premium_user" });
    },
    async downgrade() {
      await users.setPlan(user_id, { role: "free_user" });
      await archiveQueue.send({ user_id, reason: "downgrade" });
    },
    /** As web does it: the mark first, then the message. */
    async remove(index = 0) {
      const job_id = initial[index]?.job_id ?? "";
      if ((await jobs.apply(job_id, markDeleted(epochSeconds(clock)))).applied) {
        await archiveQueue.send({ job_id, reason: "deletion" });
      }
    },
    isDeleted: (index: number) => isRemoved(jobs.jobs.get(initial[index]?.job_id ?? "")),
    /** What is left of a job anywhere. */
    leftOf(index = 0): string[] {
      const { job_id = "" } = initial[index] ?? {};
      const files = [...objects.objects.keys()].filter((key) => key.includes(job_id));
      const archives = [...archive.archives].filter(([, body]) => body.toString() === texts[index]).map(([id]) => id);
      return [...files, ...archives, ...(jobs.jobs.has(job_id) ? ["item"] : [])];
    },
    /** Nothing fails any more. */
    calm() {
      faults = undefined;
      archive.unavailable.clear();
    },
    /** Ends all processes at once; each is started again a second later. */
    killAll() {
      for (const life of lives.splice(0)) life.kill();
    },
    crashes: () => crashes,
    job: (index = 0) => jobs.jobs.get(initial[index]?.job_id ?? "") as Job,
    states: () => initial.map(({ job_id }) => jobs.jobs.get(job_id)?.result_state),
    /** Losses seen so far, before any call, and now. */
    lost: () => [...lost, ...losses()],
    hasObject: (index = 0) => objects.text(memory.resultRef(initial[index] as Job)) !== undefined,
  };
}

export type ArchiveWorld = ReturnType<typeof createArchiveWorld>;
