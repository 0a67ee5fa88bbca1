/**
 * Users, a balancer, instances and what they share, on the virtual clock.
 *
 *     request ─▶ balancer ─▶ instance: queue ─▶ one of its slots ─▶ [shared: queue ─▶ one at a time] ─▶ answer
 *
 * A request whose client has given up is passed over as long as it waits; a slot that works on it is busy to the end.
 */
import { batched, generator } from "../random.ts";
import { sampler } from "./distribution.ts";
import { createFarm } from "./farm.ts";
import { IdQueue } from "./id-queue.ts";
import { Kernel, kinds } from "./kernel.ts";
import { createLoad } from "./load.ts";
import type { Scenario, WebService } from "./model.ts";
import { createRecorder, type RunResult } from "./recorder.ts";
import { createRequests, stages } from "./requests.ts";
import { createServers, type Server } from "./servers.ts";
import { createWebMetrics } from "./web-metrics.ts";

// Read a few times for each request, and a module's exports are not as near as its own constants.
const { free, queued, inService, shared: atShared, givenUp } = stages;
const { arrival: arrivalKind, wake: wakeKind, served: servedKind, shared: sharedKind, expire: expireKind } = kinds;

export function simulateWeb(scenario: Scenario, service: WebService, seed: number): RunResult {
  const { shared, concurrency, queueLimit, timeoutSeconds, clientSeconds, errorShare } = service;
  const kernel = new Kernel();
  const random = batched(generator(seed, 1));
  const serviceTime = sampler(service.distribution, concurrency / service.rate, generator(seed, 2));
  const sharedTime = shared && sampler(shared.distribution, 1 / shared.rate, generator(seed, 3));
  const requests = createRequests();
  const servers = createServers(service.balancing);
  const sharedQueue = new IdQueue();
  let sharedBusy = false;

  const milliseconds = () => Math.round(kernel.now() * 1000);
  const farm = createFarm(
    kernel,
    scenario.plan,
    { group: scenario.group, seed, times: service, random },
    {
      inService(machine) {
        const server = servers.of(machine);
        if (service.healthySeconds === 0) {
          servers.enter(server);
          return;
        }
        const say = (healthy: boolean) =>
          farm.send({ kind: "health", at: milliseconds(), instanceId: machine.id, by: "ELB", healthy });
        say(false);
        kernel.timer(kernel.now() + service.healthySeconds, () => {
          if (server.draining || machine.goneAt <= kernel.now()) return;
          say(true);
          servers.enter(server);
        });
      },
      terminate(machine, waits) {
        const server = servers.of(machine);
        servers.leave(server);
        server.draining = true;
        server.held = waits;
        kernel.timer(kernel.now() + service.deregistrationSeconds, () => cut(server));
        goWhenDrained(server);
      },
      shutDown(machine) {
        const server = servers.of(machine);
        server.held = false;
        goWhenDrained(server);
      },
      lost(machine) {
        const server = servers.of(machine);
        servers.leave(server);
        cut(server);
      },
    },
  );
  const recorder = createRecorder(farm);
  const metrics = createWebMetrics(farm);
  const load = createLoad(kernel, scenario.sources, seed, ask);

  function goWhenDrained(server: Server): void {
    if (server.draining && !server.held && server.outstanding === 0) farm.gone(server.machine);
  }

  function ask(user: number, now: number): void {
    const server = servers.choose();
    if (server === undefined) {
      metrics.refused();
      fail(user, "503 no instance", now);
      return;
    }
    metrics.requested();
    if (server.busy >= concurrency && server.queued >= queueLimit) {
      metrics.full();
      fail(user, "503 queue full", now);
      return;
    }
    const id = requests.take();
    requests.start[id] = now;
    requests.user[id] = user;
    requests.server[id] = server.machine.index;
    server.outstanding++;
    if (timeoutSeconds < Number.POSITIVE_INFINITY) {
      requests.expires[id] = now + timeoutSeconds;
      kernel.add(now + timeoutSeconds, expireKind, id);
    }
    if (server.busy < concurrency) serve(server, id, now);
    else {
      requests.stage[id] = queued;
      server.queued++;
      server.queue.add(id);
    }
  }

  function fail(user: number, what: string, now: number): void {
    recorder.failed(what, now);
    load.answered(user, now + clientSeconds);
  }

  function serve(server: Server, id: number, now: number): void {
    server.busy++;
    metrics.busy(1, now);
    requests.stage[id] = inService;
    recorder.waited(now - (requests.start[id] as number));
    kernel.add(now + serviceTime(), servedKind, id);
  }

  /** A slot is through with a request, and takes the next that somebody still waits for. */
  function served(id: number, now: number): void {
    const server = servers.at(requests.server[id] as number);
    server.busy--;
    metrics.busy(-1, now);
    if (requests.stage[id] !== inService) requests.give(id);
    else if (sharedTime === undefined) answer(id, now);
    else {
      requests.stage[id] = atShared;
      if (sharedBusy) sharedQueue.add(id);
      else useShared(id, now);
    }
    for (let next = server.queue.take(); next >= 0; next = server.queue.take()) {
      if (requests.stage[next] === queued) {
        server.queued--;
        serve(server, next, now);
        return;
      }
      requests.give(next);
    }
  }

  function useShared(id: number, now: number): void {
    sharedBusy = true;
    kernel.add(now + (sharedTime as () => number)(), sharedKind, id);
  }

  function sharedDone(id: number, now: number): void {
    sharedBusy = false;
    if (requests.stage[id] === atShared) answer(id, now);
    else requests.give(id);
    for (let next = sharedQueue.take(); next >= 0; next = sharedQueue.take()) {
      if (requests.stage[next] === atShared) {
        useShared(next, now);
        return;
      }
      requests.give(next);
    }
  }

  function answer(id: number, now: number): void {
    const seconds = now - (requests.start[id] as number);
    const withError = errorShare > 0 && random() < errorShare;
    metrics.answered(seconds, withError);
    if (withError) recorder.failed("500", now);
    else recorder.answered(seconds + clientSeconds, now);
    load.answered(requests.user[id] as number, now + clientSeconds);
    const server = servers.at(requests.server[id] as number);
    requests.give(id);
    server.outstanding--;
    goWhenDrained(server);
  }

  /** Its client gets an error. The row stays with whoever has it: a queue, or a slot at work. */
  function giveUp(id: number, what: string, now: number): void {
    const server = servers.at(requests.server[id] as number);
    if (requests.stage[id] === queued) server.queued--;
    requests.stage[id] = givenUp;
    server.outstanding--;
    fail(requests.user[id] as number, what, now);
  }

  const isWaitedFor = (id: number) => requests.stage[id] !== free && requests.stage[id] !== givenUp;

  function expire(id: number, now: number): void {
    if (requests.expires[id] !== now || !isWaitedFor(id)) return; // it was answered, and the row is another's by now
    giveUp(id, "client time-out", now);
    goWhenDrained(servers.at(requests.server[id] as number));
  }

  /** Whatever a server still has fails: it is gone, or its time to drain is over. */
  function cut(server: Server): void {
    if (server.machine.goneAt <= kernel.now()) return;
    for (let id = 0; id < requests.stage.length; id++) {
      if (requests.server[id] === server.machine.index && isWaitedFor(id))
        giveUp(id, "502 connection cut", kernel.now());
    }
    goWhenDrained(server);
  }

  function minute(now: number): void {
    const healthy = servers.healthy();
    const running = farm.inService();
    const hosts = { healthy, unhealthy: Math.max(0, running - healthy), slots: running * concurrency };
    farm.send({ kind: "minute", at: milliseconds(), data: metrics.minute(now, hosts) });
    recorder.minute(
      Math.round(now / 60),
      servers.all().reduce((sum, { queued }) => sum + queued, sharedQueue.size),
    );
  }

  for (const machine of farm.machines) servers.enter(servers.of(machine));
  const handle = (kind: number, index: number, now: number) => {
    if (kind === servedKind) served(index, now);
    else if (kind === wakeKind) load.wake(index, now);
    else if (kind === sharedKind) sharedDone(index, now);
    else if (kind === arrivalKind) load.arrival(index, now);
    else if (kind === expireKind) expire(index, now);
  };
  kernel.run(scenario.seconds, handle, minute);
  return recorder.result(seed, scenario.seconds);
}
