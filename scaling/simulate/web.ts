/**
 * Users, a balancer, instances and what they share, on the virtual clock.
 *
 *     request ─▶ balancer ─▶ instance: queue ─▶ one of its slots ─▶ [shared: queue ─▶ one at a time] ─▶ answer
 *
 * A request whose client has given up is passed over as long as it waits, unless servers do not notice; a slot that works on it is
 * busy to the end. A client may ask again after a failure: to the farm that is another request, to the record the same one.
 */
import { batched, generator } from "../random.ts";
import { sampler } from "./distribution.ts";
import { createFarm, type Farm, type MachineHooks } from "./farm.ts";
import { Kernel, kinds } from "./kernel.ts";
import { createLoad, type Load } from "./load.ts";
import type { Machine } from "./machines.ts";
import type { Scenario, WebService } from "./model.ts";
import { createPublished, type Published } from "./published.ts";
import { createRecorder, type Recorder, type RunResult } from "./recorder.ts";
import { createRequests, stages } from "./requests.ts";
import { createServers, type Server, type Servers } from "./servers.ts";
import { SharedResource } from "./shared-resource.ts";
import { createWebMetrics, type WebMetrics } from "./web-metrics.ts";

// Read a few times for each request, and a module's exports are not as near as its own constants.
const { free, queued, inService, shared: atShared, givenUp } = stages;
/** Seconds until a client hears of an error that took no time. Without it one who asks again at once would never let time go on. */
const quickestAnswer = 0.01;
const { arrival: arrivalKind, wake: wakeKind, served: servedKind, shared: sharedKind, expire: expireKind } = kinds;

export function simulateWeb(scenario: Scenario, service: WebService, seed: number): RunResult {
  return new WebSimulation(scenario, service, seed).run();
}

class WebSimulation implements MachineHooks {
  readonly #scenario: Scenario;
  readonly #service: WebService;
  readonly #seed: number;
  readonly #kernel = new Kernel();
  readonly #requests = createRequests();
  readonly #servers: Servers;
  readonly #random: () => number;
  readonly #serviceTime: () => number;
  readonly #shared: SharedResource | undefined;
  readonly #farm: Farm;
  readonly #recorder: Recorder;
  readonly #metrics: WebMetrics;
  readonly #published: Published | undefined;
  readonly #load: Load;

  constructor(scenario: Scenario, service: WebService, seed: number) {
    const { shared, concurrency, rate, distribution, balancing } = service;
    this.#scenario = scenario;
    this.#service = service;
    this.#seed = seed;
    this.#servers = createServers(balancing);
    this.#random = batched(generator(seed, 1));
    this.#serviceTime = sampler(distribution, concurrency / rate, generator(seed, 2));
    const sharedTime = shared && sampler(shared.distribution, 1 / shared.rate, generator(seed, 3));
    this.#shared = sharedTime && new SharedResource(this.#kernel, this.#requests, sharedTime);
    const { group, conditions, begins = 0 } = scenario;
    const options = { group, seed, times: service, conditions, begins, random: this.#random };
    this.#farm = createFarm(this.#kernel, scenario.plan, options, this);
    this.#recorder = createRecorder(this.#farm);
    this.#metrics = createWebMetrics(this.#farm, conditions.zeroDatapoints);
    this.#published = scenario.publishes && createPublished(this.#farm, scenario.publishes);
    this.#load = createLoad(this.#kernel, scenario.sources, seed, (user, now) => this.#ask(user, now, now, 0));
  }

  run(): RunResult {
    const { seconds } = this.#scenario;
    for (const machine of this.#farm.standing) this.#servers.enter(this.#servers.of(machine));
    const published = this.#published;
    this.#kernel.run(
      seconds,
      (kind, index, now) => this.#handle(kind, index, now),
      (now) => this.#minute(now),
      published && ((now) => published.tenSeconds(now, this.#atServers())),
    );
    return this.#recorder.result(this.#seed, seconds);
  }

  #handle(kind: number, index: number, now: number): void {
    if (kind === servedKind) this.#served(index, now);
    else if (kind === wakeKind) this.#load.wake(index, now);
    else if (kind === sharedKind) this.#sharedDone(index, now);
    else if (kind === arrivalKind) this.#load.arrival(index, now);
    else if (kind === expireKind) this.#expire(index, now);
  }

  // Machines come and go.

  inService(machine: Machine): void {
    const server = this.#servers.of(machine);
    server.draining = false; // of one that has been through the warm pool
    const now = this.#kernel.now();
    // The balancer's checks fail until its service answers, which without a launch hook is long after this.
    const healthyAt = Math.max(now, machine.answersFrom) + this.#service.healthySeconds;
    if (healthyAt === now) {
      this.#servers.enter(server);
      return;
    }
    this.#sayHealth(machine, false);
    this.#kernel.timer(healthyAt, () => {
      if (server.draining || machine.goneAt <= this.#kernel.now()) return;
      this.#sayHealth(machine, true);
      this.#servers.enter(server);
    });
  }

  terminate(machine: Machine, waits: boolean): void {
    const server = this.#servers.of(machine);
    this.#servers.leave(server);
    server.draining = true;
    server.held = waits;
    const { answersFrom } = machine;
    this.#kernel.timer(this.#kernel.now() + this.#service.deregistrationSeconds, () => {
      if (machine.answersFrom === answersFrom) this.#cut(server); // it has not been started anew since
    });
    this.#goWhenDrained(server);
  }

  shutDown(machine: Machine): void {
    const server = this.#servers.of(machine);
    server.held = false;
    this.#goWhenDrained(server);
  }

  lost(machine: Machine): void {
    const server = this.#servers.of(machine);
    this.#servers.leave(server);
    this.#cut(server);
  }

  #milliseconds(): number {
    return Math.round(this.#kernel.now() * 1000);
  }

  #sayHealth({ id: instanceId }: Machine, healthy: boolean): void {
    this.#farm.send({ kind: "health", at: this.#milliseconds(), instanceId, by: "ELB", healthy });
  }

  /** Whatever a server still has fails: it is gone, or its time to drain is over. */
  #cut(server: Server): void {
    const requests = this.#requests;
    const now = this.#kernel.now();
    if (server.machine.goneAt <= now) return;
    for (let id = 0; id < requests.stage.length; id++) {
      if (requests.server[id] === server.machine.index && this.#isWaitedFor(id))
        this.#giveUp(id, "502 connection cut", now);
    }
    this.#goWhenDrained(server);
  }

  #goWhenDrained(server: Server): void {
    if (server.draining && !server.held && server.outstanding === 0) this.#farm.gone(server.machine);
  }

  // A request, from the user's call to the answer.

  /** @param first when the user asked for the first time; `attempt`: how often since. */
  #ask(user: number, now: number, first: number, attempt: number): void {
    const { concurrency, queueLimit } = this.#service;
    const server = this.#servers.choose();
    if (server === undefined) {
      this.#metrics.refused();
      this.#refuse(user, "503 no instance", now, first, attempt);
      return;
    }
    this.#metrics.requested();
    if (server.busy >= concurrency && server.queued >= queueLimit) {
      this.#metrics.full();
      this.#refuse(user, "503 queue full", now, first, attempt);
      return;
    }
    const id = this.#accept(server, user, now);
    this.#requests.first[id] = first;
    this.#requests.attempt[id] = attempt;
    if (server.busy < concurrency) this.#serve(server, id, now);
    else {
      this.#requests.stage[id] = queued;
      server.queued++;
      server.queue.add(id);
    }
  }

  /** Takes a row for a request that a server will answer. */
  #accept(server: Server, user: number, now: number): number {
    const requests = this.#requests;
    const { timeoutSeconds } = this.#service;
    const id = requests.take();
    requests.start[id] = now;
    requests.user[id] = user;
    requests.server[id] = server.machine.index;
    server.outstanding++;
    if (timeoutSeconds < Number.POSITIVE_INFINITY) {
      requests.expires[id] = now + timeoutSeconds;
      this.#kernel.add(now + timeoutSeconds, expireKind, id);
    }
    return id;
  }

  #serve(server: Server, id: number, now: number): void {
    this.#requests.stage[id] = inService;
    this.#recorder.waited(now - (this.#requests.start[id] as number));
    this.#occupy(server, id, now);
  }

  #occupy(server: Server, id: number, now: number): void {
    server.busy++;
    this.#metrics.busy(1, now);
    this.#kernel.add(now + this.#serviceTime(), servedKind, id);
  }

  /** A slot is through with a request, and takes the next that somebody still waits for. */
  #served(id: number, now: number): void {
    const requests = this.#requests;
    const server = this.#servers.at(requests.server[id] as number);
    server.busy--;
    this.#metrics.busy(-1, now);
    if (requests.stage[id] !== inService) requests.give(id);
    else if (this.#shared === undefined) this.#answer(id, now);
    else this.#shared.enter(id, now);
    for (let next = server.queue.take(); next >= 0; next = server.queue.take()) {
      if (requests.stage[next] === queued) {
        server.queued--;
        this.#serve(server, next, now);
        return;
      }
      if (this.#service.servesAbandoned) {
        server.queued--;
        this.#occupy(server, next, now);
        return;
      }
      requests.give(next);
    }
  }

  #sharedDone(id: number, now: number): void {
    if (this.#requests.stage[id] === atShared) this.#answer(id, now);
    else this.#requests.give(id);
    this.#shared?.next(now);
  }

  #answer(id: number, now: number): void {
    const requests = this.#requests;
    const { errorShare, clientSeconds } = this.#service;
    const seconds = now - (requests.start[id] as number);
    const withError = errorShare > 0 && this.#random() < errorShare;
    const user = requests.user[id] as number;
    const first = requests.first[id] as number;
    this.#metrics.answered(seconds, withError);
    if (withError) this.#fail(user, "500", now, first, requests.attempt[id] as number);
    else {
      this.#recorder.answered(now - first + clientSeconds, now);
      this.#load.answered(user, now + clientSeconds);
    }
    const server = this.#servers.at(requests.server[id] as number);
    requests.give(id);
    server.outstanding--;
    this.#goWhenDrained(server);
  }

  // A request that ends without an answer.

  #expire(id: number, now: number): void {
    if (this.#requests.expires[id] !== now || !this.#isWaitedFor(id)) return; // it was answered, and the row is another's by now
    this.#giveUp(id, "client time-out", now);
    this.#goWhenDrained(this.#servers.at(this.#requests.server[id] as number));
  }

  #isWaitedFor(id: number): boolean {
    const stage = this.#requests.stage[id];
    return stage !== free && stage !== givenUp;
  }

  /** Its client gets an error. The row stays with whoever has it: a queue, or a slot at work. */
  #giveUp(id: number, what: string, now: number): void {
    const requests = this.#requests;
    const server = this.#servers.at(requests.server[id] as number);
    if (requests.stage[id] === queued && !this.#service.servesAbandoned) server.queued--;
    requests.stage[id] = givenUp;
    server.outstanding--;
    this.#fail(requests.user[id] as number, what, now, requests.first[id] as number, requests.attempt[id] as number);
  }

  #refuse(user: number, what: string, now: number, first: number, attempt: number): void {
    this.#fail(user, what, now, first, attempt, Math.max(quickestAnswer, this.#service.clientSeconds));
  }

  /** A failure counts once its client does not ask again. @param seconds until the client has it. */
  #fail(
    user: number,
    what: string,
    now: number,
    first: number,
    attempt: number,
    seconds = this.#service.clientSeconds,
  ): void {
    const { attempts, pauseSeconds } = this.#service.retries;
    if (attempt < attempts) {
      const again = now + seconds + pauseSeconds * (0.5 + this.#random());
      this.#kernel.timer(again, () => this.#ask(user, again, first, attempt + 1));
      return;
    }
    this.#recorder.failed(what, now);
    this.#load.answered(user, now + seconds);
  }

  #minute(now: number): void {
    const healthy = this.#servers.healthy();
    const running = this.#farm.inService();
    const slots = running * this.#service.concurrency;
    const hosts = { healthy, unhealthy: Math.max(0, running - healthy), slots };
    this.#farm.minute([...this.#metrics.minute(now, hosts), ...(this.#published?.minute() ?? [])]);
    this.#recorder.minute(Math.round(now / 60), this.#atServers() + (this.#shared?.waiting() ?? 0));
  }

  /** Requests that instances have, waiting or not. */
  #atServers(): number {
    return this.#servers.all().reduce((sum, { queued }) => sum + queued, 0);
  }
}
