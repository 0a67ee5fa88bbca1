import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { type Balancer, startBalancer } from "../../../../local/aws/elb/balancer.ts";
import type { RequestSample } from "../../../../local/aws/elb/minutes.ts";
import type { WebCapacity } from "../../../../local/capacity/capacity.ts";
import type { Emulator } from "../../../../local/types.ts";
import { testEmulator } from "../../../support/emulator.ts";
import { declareFarm } from "../../../support/farm.ts";
import { until } from "../../../support/until.ts";
import { handClock } from "../../gateway/world.ts";

const capacity: WebCapacity = {
  kind: "web",
  rate: 0.5,
  concurrency: 1,
  queueLimit: 2,
  distribution: { kind: "deterministic" },
  seed: 1,
};

const capacities: Readonly<Record<string, WebCapacity>> = {
  "i-slow": capacity,
  "i-far": { ...capacity, rate: 1, clientSeconds: 5 },
  "i-slowest": { ...capacity, rate: 1 / 31 },
};

// Ten times as fast as a wall clock would be that stood still: only `advance` moves it.
const clock = { ...handClock(), speed: 10 };
let emulator: Emulator;
let balancer: Balancer;
let backend: Server;
/** What the real process has been asked, health checks aside. */
const asked: string[] = [];
const samples: RequestSample[] = [];

test.before(async () => {
  emulator = await testEmulator();
  const farm = await declareFarm(emulator, { name: "handicapped", size: 0, idleTimeoutSeconds: 30 });
  backend = createServer((incoming, response) => {
    if (incoming.url === "/healthz") return void response.end("well");
    asked.push(incoming.url ?? "");
    response.writeHead(201, { "set-cookie": ["a=1", "b=2"], "x-kept": "yes" }).end(`answer to ${incoming.url}`);
  });
  backend.listen(0, "127.0.0.1");
  await once(backend, "listening");
  balancer = await startBalancer({
    emulator,
    loadBalancerArn: farm.loadBalancerArn,
    port: 0,
    clock,
    onRequest: (sample) => samples.push(sample),
    capacityOf: (instanceId) => capacities[instanceId],
  });
  balancer.register({ instanceId: "i-slow", host: "127.0.0.1", port: (backend.address() as AddressInfo).port });
  await until("it is healthy", () => balancer.health("i-slow") === "healthy");
});
test.after.always(async () => {
  await balancer?.stop();
  backend?.close().closeAllConnections();
  await emulator?.stop();
});
test.beforeEach(() => {
  asked.length = 0;
  samples.length = 0;
});

const outstanding = () => balancer.targets()[0]?.outstanding;

/** Asks, and resolves once the real process has answered what the balancer holds back. */
async function ask(path: string) {
  const answer = { status: 0, text: "", headers: {} as Record<string, unknown> };
  const sent = request(`${balancer.url}${path}`);
  sent.on("response", async (response) => {
    response.setEncoding("utf8");
    answer.status = response.statusCode ?? 0;
    answer.headers = response.headers;
    for await (const chunk of response) answer.text += chunk;
  });
  sent.on("error", () => {});
  sent.end();
  await until(`${path} has reached the process`, () => asked.includes(path));
  return { answer, leave: () => sent.destroy() };
}

test.serial("the process answers at once, its clients hear of it at the declared rate, in order", async (t) => {
  const first = await ask("/1");
  const second = await ask("/2");
  t.is(outstanding(), 2);
  clock.advance(1_999);
  t.deepEqual(samples, []);
  clock.advance(1);
  await until("the first is answered", () => first.answer.text === "answer to /1");
  t.is(first.answer.status, 201);
  t.like(first.answer.headers, { "set-cookie": ["a=1", "b=2"], "x-kept": "yes" });
  t.is(outstanding(), 1);
  clock.advance(2_000);
  await until("the second is answered", () => second.answer.text === "answer to /2");
  t.deepEqual(
    samples.map(({ target, status, own }) => ({ target, status, own })),
    Array.from({ length: 2 }, () => ({ target: "i-slow", status: 201, own: false })),
  );
});

test.serial("beyond the queue the instance answers 503 at once, and the process is not asked", async (t) => {
  const waiting = [await ask("/1"), await ask("/2"), await ask("/3")];
  const refused = await fetch(`${balancer.url}/4`);
  t.is(refused.status, 503);
  t.deepEqual(samples, [{ target: "i-slow", status: 503, own: false, responseSeconds: 0 }]);
  t.false(asked.includes("/4"));
  clock.advance(6_000);
  for (const [n, { answer }] of waiting.entries()) {
    await until(`${n + 1} is answered`, () => answer.text === `answer to /${n + 1}`);
  }
});

test.serial("a client that leaves while it waits takes nobody's time", async (t) => {
  const first = await ask("/1");
  const second = await ask("/2");
  const third = await ask("/3");
  second.leave();
  await until("it is gone", () => outstanding() === 2);
  t.like(samples.at(-1), { status: 460, own: true });
  clock.advance(4_000);
  await until("the third is answered", () => third.answer.text === "answer to /3");
  t.is(first.answer.text, "answer to /1");
});

test.serial("who waits longer than the balancer's idle timeout, in AWS's time, gets a 504", async (t) => {
  const port = (backend.address() as AddressInfo).port;
  await balancer.deregister("i-slow");
  balancer.register({ instanceId: "i-slowest", host: "127.0.0.1", port });
  await until("it is healthy", () => balancer.health("i-slowest") === "healthy");
  const { answer } = await ask("/1");
  clock.advance(29_999);
  t.deepEqual(samples, []);
  clock.advance(1);
  await until("it is answered", () => answer.status === 504);
  t.deepEqual(samples, [{ target: "i-slowest", status: 504, own: true, responseSeconds: undefined }]);
  await balancer.deregister("i-slowest");
  balancer.register({ instanceId: "i-slow", host: "127.0.0.1", port });
  await until("it is healthy", () => balancer.health("i-slow") === "healthy");
});

test.serial("health checks are not held back; a lost instance's clients are told", async (t) => {
  t.is(balancer.health("i-slow"), "healthy");
  const waiting = await ask("/1");
  balancer.cut("i-slow");
  await until("it is told", () => waiting.answer.status === 502);
  clock.advance(2_000);
  t.like(samples.at(-1), { status: 502, own: true });
});

test.serial("draining waits for what is held back", async (t) => {
  const waiting = await ask("/1");
  let gone = false;
  const drained = balancer.deregister("i-slow").then(() => {
    gone = true;
  });
  t.is(balancer.health("i-slow"), "draining");
  t.false(gone);
  clock.advance(2_000);
  await drained;
  t.is(balancer.health("i-slow"), undefined);
  await until("it is answered", () => waiting.answer.text === "answer to /1");
});

test.serial("what is spent beyond the balancer delays the answer and is in no metric", async (t) => {
  const only = { instanceId: "i-far", host: "127.0.0.1", port: (backend.address() as AddressInfo).port };
  for (const { instanceId } of balancer.targets()) await balancer.deregister(instanceId);
  balancer.register(only);
  await until("it is healthy", () => balancer.health("i-far") === "healthy");
  const { answer } = await ask("/far");
  clock.advance(1_001);
  await until("the balancer has its answer", () => samples.length === 1);
  clock.advance(4_998);
  t.is(answer.status, 0);
  clock.advance(10);
  await until("the client has it", () => answer.text === "answer to /far");
  t.is(samples.length, 1);
});
