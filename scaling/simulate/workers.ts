/**
 * A queue and the workers that empty it, on the virtual clock. A worker is protected from scale-in as long as it has a job; one
 * that must go finishes what it has, if a hook gives it the time. A lost worker's job is seen again after its visibility.
 */
import { generator } from "../random.ts";
import { sampler } from "./distribution.ts";
import { createFarm, type Farm, gauge, groupMetrics, type MachineHooks } from "./farm.ts";
import { IdQueue } from "./id-queue.ts";
import { Kernel, kinds } from "./kernel.ts";
import { createLoad, type Load } from "./load.ts";
import type { Machine } from "./machines.ts";
import type { Scenario, WorkerService } from "./model.ts";
import { createPublished, type Published } from "./published.ts";
import { createRecorder, type Recorder, type RunResult } from "./recorder.ts";

interface Worker {
  readonly machine: Machine;
  /** Jobs at work. */
  readonly jobs: Set<number>;
  /** It runs: without a launch hook, that is after its machine is in service. */
  up: boolean;
  /** It takes no more. */
  leaving: boolean;
  /** Its machine is gone, or about to be. */
  stopped: boolean;
}

interface Job {
  readonly sent: number;
  readonly user: number;
  receives: number;
  /** Which attempt of it is under way; what an earlier one does any more is void. */
  worker: Worker | undefined;
}

export function simulateWorkers(scenario: Scenario, service: WorkerService, seed: number): RunResult {
  return new WorkerSimulation(scenario, service, seed).run();
}

class WorkerSimulation implements MachineHooks {
  readonly #scenario: Scenario;
  readonly #service: WorkerService;
  readonly #seed: number;
  readonly #kernel = new Kernel();
  readonly #random: () => number;
  readonly #jobTime: () => number;
  readonly #queue = new IdQueue();
  /** Jobs that are not done, by number. */
  readonly #jobs = new Map<number, Job>();
  #numbered = 0;
  readonly #workers = new Map<Machine, Worker>();
  readonly #farm: Farm;
  readonly #published: Published | undefined;
  readonly #recorder: Recorder;
  readonly #load: Load;
  /** Has a slot free, in the order in which they asked. */
  readonly #free = new Set<Worker>();
  #inFlight = 0;
  /** Messages of the minute under way. */
  #counts = { sent: 0, received: 0, deleted: 0 };

  constructor(scenario: Scenario, service: WorkerService, seed: number) {
    this.#scenario = scenario;
    this.#service = service;
    this.#seed = seed;
    this.#random = generator(seed, 1);
    this.#jobTime = sampler(service.distribution, service.jobSeconds, generator(seed, 2));
    const { group, conditions, begins = 0 } = scenario;
    const options = { group, seed, times: service, conditions, begins, random: this.#random };
    this.#farm = createFarm(this.#kernel, scenario.plan, options, this);
    this.#published = scenario.publishes && createPublished(this.#farm, scenario.publishes);
    this.#recorder = createRecorder(this.#farm);
    this.#load = createLoad(this.#kernel, scenario.sources, seed, (user, now) => this.#send(user, now));
  }

  run(): RunResult {
    const { seconds } = this.#scenario;
    for (const machine of this.#farm.standing) this.inService(machine);
    const handle = (kind: number, index: number, now: number) => {
      if (kind === kinds.arrival) this.#load.arrival(index, now);
      else this.#load.wake(index, now);
    };
    const published = this.#published;
    const tenSeconds = published && ((now: number) => published.tenSeconds(now, this.#queue.size + this.#inFlight));
    this.#kernel.run(seconds, handle, (now) => this.#minute(now), tenSeconds);
    return this.#recorder.result(this.#seed, seconds);
  }

  // Machines come and go.

  inService(machine: Machine): void {
    const worker: Worker = { machine, jobs: new Set(), up: false, leaving: false, stopped: false };
    this.#workers.set(machine, worker);
    if (machine.answersFrom <= this.#kernel.now()) this.#begin(worker);
    else this.#kernel.timer(machine.answersFrom, () => this.#begin(worker));
  }

  #begin(worker: Worker): void {
    if (worker.stopped) return;
    worker.up = true;
    if (worker.leaving) {
      this.#completeHook(worker);
      return;
    }
    // It says that it is idle, once it is up; new instances are protected until then.
    this.#protect(worker, false);
    this.#takeMore(worker);
  }

  terminate(machine: Machine, waits: boolean): void {
    const worker = this.#workers.get(machine);
    if (worker === undefined) this.#farm.gone(machine);
    else if (!waits) this.#stop(worker);
    else {
      worker.leaving = true;
      if (worker.up && worker.jobs.size === 0) this.#completeHook(worker);
      else if (worker.up) this.#holdHook(worker);
    }
  }

  shutDown(machine: Machine): void {
    this.#stop(this.#workers.get(machine) as Worker);
  }

  lost(machine: Machine): void {
    const worker = this.#workers.get(machine);
    if (worker !== undefined) this.#abandon(worker);
  }

  #milliseconds(): number {
    return Math.round(this.#kernel.now() * 1000);
  }

  #protect({ machine }: Worker, isProtected: boolean): void {
    if (!this.#service.protects) return;
    const at = this.#milliseconds();
    this.#farm.send({ kind: "protection", at, instanceId: machine.id, protected: isProtected });
  }

  #completeHook({ machine }: Worker): void {
    const at = this.#milliseconds();
    this.#farm.send({ kind: "hook-completed", at, instanceId: machine.id, result: "CONTINUE" });
  }

  /** As long as jobs run, the hook's time begins anew; AWS sets a limit to that, which the engine knows. */
  #holdHook(worker: Worker): void {
    const hooks = this.#farm.group.hooks.filter(({ transition }) => transition === "terminating");
    const pause = Math.min(...hooks.map(({ heartbeatSeconds }) => heartbeatSeconds)) / 3;
    const beat = () => {
      if (worker.stopped || worker.jobs.size === 0) return;
      this.#farm.send({ kind: "heartbeat", at: this.#milliseconds(), instanceId: worker.machine.id });
      this.#kernel.timer(this.#kernel.now() + pause, beat);
    };
    beat();
  }

  /** The machine goes now; what it has not finished is seen again later. */
  #stop(worker: Worker): void {
    this.#abandon(worker);
    this.#farm.gone(worker.machine);
  }

  #abandon(worker: Worker): void {
    worker.leaving = true;
    worker.stopped = true;
    this.#free.delete(worker);
    for (const id of worker.jobs) {
      this.#job(id).worker = undefined;
      this.#kernel.timer(this.#kernel.now() + this.#service.visibilitySeconds, () => this.#appear(id));
    }
    worker.jobs.clear();
  }

  // The queue.

  #job(id: number): Job {
    return this.#jobs.get(id) as Job;
  }

  #send(user: number, now: number): void {
    this.#counts.sent++;
    const id = this.#numbered++;
    this.#jobs.set(id, { sent: now, user, receives: 0, worker: undefined });
    this.#offer(id);
  }

  /** A message becomes visible again. */
  #appear(id: number): void {
    this.#inFlight--;
    const job = this.#job(id);
    if (job.receives < this.#service.receives) this.#offer(id);
    else {
      this.#jobs.delete(id);
      this.#recorder.failed("set aside", this.#kernel.now());
      this.#load.answered(job.user, this.#kernel.now());
    }
  }

  #offer(id: number): void {
    this.#queue.add(id);
    for (const worker of this.#free) {
      if (worker.leaving) continue;
      this.#takeMore(worker);
      return;
    }
  }

  // A worker's jobs.

  #takeMore(worker: Worker): void {
    this.#free.delete(worker);
    if (worker.leaving) return;
    const { concurrency } = this.#service;
    const idle = worker.jobs.size === 0;
    while (worker.jobs.size < concurrency && this.#queue.size > 0) this.#work(worker, this.#queue.take());
    if (idle && worker.jobs.size > 0) this.#protect(worker, true);
    if (worker.jobs.size < concurrency) this.#free.add(worker);
  }

  #work(worker: Worker, id: number): void {
    const job = this.#job(id);
    const now = this.#kernel.now();
    if (job.receives === 0) this.#recorder.waited(now - job.sent);
    job.receives++;
    job.worker = worker;
    worker.jobs.add(id);
    this.#counts.received++;
    this.#inFlight++;
    const attempt = job.receives;
    this.#kernel.timer(now + this.#jobTime(), () => {
      if (job.worker === worker && job.receives === attempt) this.#done(worker, id);
    });
  }

  #done(worker: Worker, id: number): void {
    const { errorShare } = this.#service;
    const job = this.#job(id);
    const now = this.#kernel.now();
    worker.jobs.delete(id);
    this.#jobs.delete(id);
    job.worker = undefined;
    this.#inFlight--;
    this.#counts.deleted++;
    if (errorShare > 0 && this.#random() < errorShare) this.#recorder.failed("failed", now);
    else this.#recorder.answered(now - job.sent, now);
    this.#load.answered(job.user, now);
    this.#takeMore(worker);
    if (worker.jobs.size > 0) return;
    if (worker.leaving) this.#completeHook(worker);
    else this.#protect(worker, false);
  }

  #minute(now: number): void {
    const dimensions = this.#farm.dimensions("AWS/SQS");
    const { sent, received, deleted } = this.#counts;
    const values = {
      NumberOfMessagesSent: sent,
      NumberOfMessagesReceived: received,
      NumberOfMessagesDeleted: deleted,
      ApproximateNumberOfMessagesVisible: this.#queue.size,
      ApproximateNumberOfMessagesNotVisible: this.#inFlight,
    };
    this.#counts = { sent: 0, received: 0, deleted: 0 };
    const data = Object.entries(values).map(([name, value]) => gauge("AWS/SQS", name, dimensions, value));
    this.#farm.minute([...data, ...groupMetrics(this.#farm), ...(this.#published?.minute() ?? [])]);
    this.#recorder.minute(Math.round(now / 60), this.#queue.size);
  }
}
