/**
 * A queue and the workers that empty it, on the virtual clock. A worker is protected from scale-in as long as it has a job; one
 * that must go finishes what it has, if a hook gives it the time. A lost worker's job is seen again after its visibility.
 */
import { generator } from "../random.ts";
import { sampler } from "./distribution.ts";
import { createFarm, gauge, groupMetrics, type Machine } from "./farm.ts";
import { IdQueue } from "./id-queue.ts";
import { Kernel, kinds } from "./kernel.ts";
import { createLoad } from "./load.ts";
import type { Scenario, WorkerService } from "./model.ts";
import { createRecorder, type RunResult } from "./recorder.ts";

interface Worker {
  readonly machine: Machine;
  /** Jobs at work. */
  readonly jobs: Set<number>;
  /** It takes no more. */
  leaving: boolean;
}

interface Job {
  readonly sent: number;
  readonly user: number;
  receives: number;
  /** Which attempt of it is under way; what an earlier one does any more is void. */
  worker: Worker | undefined;
}

export function simulateWorkers(scenario: Scenario, service: WorkerService, seed: number): RunResult {
  const kernel = new Kernel();
  const random = generator(seed, 1);
  const jobTime = sampler(service.distribution, service.jobSeconds, generator(seed, 2));
  const queue = new IdQueue();
  const jobs: Job[] = [];
  const workers = new Map<Machine, Worker>();
  /** Has a slot free, in the order in which they asked. */
  let free: Worker[] = [];
  let [sent, received, deleted, inFlight] = [0, 0, 0, 0];

  const milliseconds = () => Math.round(kernel.now() * 1000);
  const farm = createFarm(
    kernel,
    scenario.plan,
    { group: scenario.group, seed, times: service, random },
    {
      inService: start,
      terminate(machine, waits) {
        const worker = workers.get(machine);
        if (worker === undefined) farm.gone(machine);
        else if (!waits) stop(worker);
        else {
          worker.leaving = true;
          if (worker.jobs.size === 0) completeHook(worker);
        }
      },
      shutDown(machine) {
        stop(workers.get(machine) as Worker);
      },
      lost(machine) {
        const worker = workers.get(machine);
        if (worker !== undefined) abandon(worker);
      },
    },
  );
  const recorder = createRecorder(farm);
  const load = createLoad(kernel, scenario.sources, seed, send);

  function start(machine: Machine): void {
    const worker = { machine, jobs: new Set<number>(), leaving: false };
    workers.set(machine, worker);
    // It says that it is idle, once it is up; new instances are protected until then.
    protect(worker, false);
    takeMore(worker);
  }
  function protect({ machine }: Worker, isProtected: boolean): void {
    if (!service.protects) return;
    farm.send({ kind: "protection", at: milliseconds(), instanceId: machine.id, protected: isProtected });
  }
  function completeHook({ machine }: Worker): void {
    farm.send({ kind: "hook-completed", at: milliseconds(), instanceId: machine.id, result: "CONTINUE" });
  }
  /** The machine goes now; what it has not finished is seen again later. */
  function stop(worker: Worker): void {
    abandon(worker);
    farm.gone(worker.machine);
  }
  function abandon(worker: Worker): void {
    worker.leaving = true;
    free = free.filter((each) => each !== worker);
    for (const id of worker.jobs) {
      (jobs[id] as Job).worker = undefined;
      kernel.timer(kernel.now() + service.visibilitySeconds, () => appear(id));
    }
    worker.jobs.clear();
  }

  function send(user: number, now: number): void {
    sent++;
    const id = jobs.push({ sent: now, user, receives: 0, worker: undefined }) - 1;
    offer(id);
  }
  /** A message becomes visible again. */
  function appear(id: number): void {
    inFlight--;
    const job = jobs[id] as Job;
    if (job.receives < service.receives) offer(id);
    else {
      recorder.failed("set aside", kernel.now());
      load.answered(job.user, kernel.now());
    }
  }
  function offer(id: number): void {
    queue.add(id);
    const worker = free.find(({ leaving }) => !leaving);
    if (worker !== undefined) takeMore(worker);
  }

  function takeMore(worker: Worker): void {
    free = free.filter((each) => each !== worker);
    if (worker.leaving) return;
    const idle = worker.jobs.size === 0;
    while (worker.jobs.size < service.concurrency && queue.size > 0) work(worker, queue.take());
    if (idle && worker.jobs.size > 0) protect(worker, true);
    if (worker.jobs.size < service.concurrency) free.push(worker);
  }
  function work(worker: Worker, id: number): void {
    const job = jobs[id] as Job;
    if (job.receives === 0) recorder.waited(kernel.now() - job.sent);
    job.receives++;
    job.worker = worker;
    worker.jobs.add(id);
    received++;
    inFlight++;
    const attempt = job.receives;
    kernel.timer(kernel.now() + jobTime(), () => {
      if (job.worker === worker && job.receives === attempt) done(worker, id);
    });
  }
  function done(worker: Worker, id: number): void {
    const job = jobs[id] as Job;
    const now = kernel.now();
    worker.jobs.delete(id);
    job.worker = undefined;
    inFlight--;
    deleted++;
    if (service.errorShare > 0 && random() < service.errorShare) recorder.failed("failed", now);
    else recorder.answered(now - job.sent, now);
    load.answered(job.user, now);
    takeMore(worker);
    if (worker.jobs.size > 0) return;
    if (worker.leaving) completeHook(worker);
    else protect(worker, false);
  }

  function minute(now: number): void {
    const dimensions = farm.dimensions("AWS/SQS");
    const values = {
      NumberOfMessagesSent: sent,
      NumberOfMessagesReceived: received,
      NumberOfMessagesDeleted: deleted,
      ApproximateNumberOfMessagesVisible: queue.size,
      ApproximateNumberOfMessagesNotVisible: inFlight,
    };
    [sent, received, deleted] = [0, 0, 0];
    const data = Object.entries(values).map(([name, value]) => gauge("AWS/SQS", name, dimensions, value));
    farm.send({ kind: "minute", at: milliseconds(), data: [...data, ...groupMetrics(farm)] });
    recorder.minute(Math.round(now / 60), queue.size);
  }

  for (const machine of farm.machines) start(machine);
  const handle = (kind: number, index: number, now: number) => {
    if (kind === kinds.arrival) load.arrival(index, now);
    else load.wake(index, now);
  };
  kernel.run(scenario.seconds, handle, minute);
  return recorder.result(seed, scenario.seconds);
}
