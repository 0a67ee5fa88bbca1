import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import {
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import test from "ava";
import { metricData } from "../../../../local/aws/cloudwatch/statistics.ts";
import { type Balancer, startBalancer } from "../../../../local/aws/elb/balancer.ts";
import { readBalancer } from "../../../../local/aws/elb/declaration.ts";
import type { RequestSample } from "../../../../local/aws/elb/minutes.ts";
import { acceleratedClock } from "../../../../local/clock.ts";
import type { Emulator, TargetHealth } from "../../../../local/types.ts";
import { clientOptions, testEmulator } from "../../../support/emulator.ts";
import { declareFarm, type Farm } from "../../../support/farm.ts";
import { until } from "../../../support/until.ts";

let emulator: Emulator;
let farm: Farm;
let balancer: Balancer;
const clock = acceleratedClock(60);
const samples: RequestSample[] = [];
const health: [string, TargetHealth][] = [];
const backends: Server[] = [];

/** A target in this process; `handler` answers everything but the health check. */
async function backend(handler: (request: IncomingMessage) => string | undefined): Promise<number> {
  const server = createServer((incoming, response) => {
    if (incoming.url === "/healthz") response.end("well");
    else {
      const answer = handler(incoming);
      if (answer !== undefined) response.end(answer);
      else if (incoming.url === "/die") incoming.socket.destroy();
    }
  });
  server.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  backends.push(server);
  return (server.address() as AddressInfo).port;
}
const echo = (incoming: IncomingMessage) =>
  incoming.url === "/die" || incoming.url === "/hang" ? undefined : JSON.stringify(incoming.headers);
const register = async (instanceId: string, port: number) => {
  balancer.register({ instanceId, host: "127.0.0.1", port });
  await until(`${instanceId} is healthy`, () => balancer.health(instanceId) === "healthy");
};

test.before(async () => {
  emulator = await testEmulator();
  farm = await declareFarm(emulator, {
    name: "balanced",
    size: 0,
    idleTimeoutSeconds: 1,
    algorithm: "least_outstanding_requests",
  });
  balancer = await startBalancer({
    emulator,
    loadBalancerArn: farm.loadBalancerArn,
    port: 0,
    clock,
    intercept(incoming, response) {
      if (incoming.url !== "/_local") return false;
      response.end("console");
      return true;
    },
    onRequest: (sample) => samples.push(sample),
    onHealth: (target, state) => health.push([target.instanceId, state]),
  });
});
test.after.always(async () => {
  await balancer?.stop();
  for (const server of backends) server.close().closeAllConnections();
  await emulator?.stop();
});

test.serial("it knows itself from the declaration alone", (t) => {
  t.like(balancer.declaration, {
    targetGroupArn: farm.targetGroupArn,
    targetPort: 8000,
    idleTimeoutSeconds: 1,
    dropInvalidHeaders: true,
    deregistrationDelaySeconds: 30,
    algorithm: "least_outstanding_requests",
    healthCheck: {
      path: "/healthz",
      intervalSeconds: 10,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
    },
  });
  t.regex(balancer.declaration.loadBalancer, /^app\/balanced\/[0-9a-f]+$/);
  t.regex(balancer.declaration.targetGroup, /^targetgroup\/balanced\/[0-9a-f]+$/);
});

test.serial("without targets it answers 503 as AWS does; what is intercepted is answered all the same", async (t) => {
  const response = await fetch(balancer.url);
  t.is(response.status, 503);
  t.is(response.headers.get("server"), "awselb/2.0");
  t.regex(await response.text(), /503 Service Temporarily Unavailable/);
  const before = samples.length;
  t.is(await (await fetch(`${balancer.url}/_local`)).text(), "console");
  t.is(samples.length, before, "and is in no metric");
});

test.serial("a target gets requests after its first passed check, with the balancer's headers", async (t) => {
  await register("i-1", await backend(echo));
  t.deepEqual(health, [
    ["i-1", "initial"],
    ["i-1", "healthy"],
  ]);
  const response = await fetch(balancer.url, { headers: { x_user: "forged", "X-Forwarded-Proto": "https" } });
  const headers = (await response.json()) as Record<string, string>;
  t.like(headers, {
    host: `localhost:${balancer.port}`,
    "x-forwarded-proto": "http",
    "x-forwarded-port": String(balancer.port),
  });
  t.regex(headers["x-forwarded-for"] ?? "", /^(127\.0\.0\.1|::1)$/);
  t.regex(headers["x-amzn-trace-id"] ?? "", /^Root=1-/);
  t.false("x_user" in headers);
  const sample = samples.at(-1);
  t.like(sample, { target: "i-1", status: 200, own: false });
  t.true((sample?.responseSeconds ?? -1) > 0);
});

test.serial("a target that ends before it answers is a 502, one that does not answer in time a 504", async (t) => {
  const died = await fetch(`${balancer.url}/die`);
  t.is(died.status, 502);
  t.like(samples.at(-1), { status: 502, own: true });
  const hung = await fetch(`${balancer.url}/hang`);
  t.is(hung.status, 504);
  t.regex(await hung.text(), /504 Gateway Time-out/);
  t.like(samples.at(-1), { target: "i-1", status: 504, own: true });
  await until("nothing is outstanding", () => balancer.targets()[0]?.outstanding === 0);
  t.is((await fetch(balancer.url)).status, 200);
});

test.serial("a client that stands still is hung up on, in its head, in its body and after an answer", async (t) => {
  for (const sent of [
    "GET / HTTP/1.1\r\nHost: x\r\nX-Slow",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun",
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "",
  ]) {
    const socket = connect(balancer.port, "127.0.0.1").resume();
    socket.on("error", () => {});
    socket.write(sent);
    await once(socket, "close");
    t.pass();
  }
});

test.serial("ambiguous requests do not reach a target", async (t) => {
  const before = samples.length;
  const socket = connect(balancer.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  t.regex(answer.toString(), /^HTTP\/1\.1 400 /);
  t.is(samples.length, before);
  socket.destroy();
});

test.serial("web sockets pass, and hold their target while it drains", async (t) => {
  const upgrade = request(balancer.url, { headers: { connection: "Upgrade", upgrade: "websocket" } }).end();
  const [, socket] = (await once(upgrade, "upgrade")) as [IncomingMessage, Socket];
  socket.write("hello");
  const [echoed] = (await once(socket, "data")) as [Buffer];
  t.is(echoed.toString(), "hello");
  let gone = false;
  const drained = balancer.deregister("i-1").then(() => {
    gone = true;
  });
  t.is((await fetch(balancer.url)).status, 503);
  t.is(balancer.health("i-1"), "draining");
  t.false(gone);
  socket.destroy();
  await drained;
  t.is(balancer.health("i-1"), undefined);
});

test.serial("with least outstanding requests the idle target gets the next one", async (t) => {
  const names = ["i-a", "i-b"];
  for (const name of names)
    await register(name, await backend((incoming) => (incoming.url === "/" ? name : undefined)));
  const busy = fetch(`${balancer.url}/hang`).catch(() => undefined);
  const holder = await until("one is busy", () => balancer.targets().find((target) => target.outstanding === 1));
  const idle = holder.instanceId === "i-a" ? "i-b" : "i-a";
  for (let n = 0; n < 4; n++) t.is(await (await fetch(balancer.url)).text(), idle);
  await busy;
});

test.serial("a target that fails its checks gets no requests; when all do, all are tried", async (t) => {
  const server = backends.at(-1);
  server?.close();
  server?.closeAllConnections();
  await until("i-b is unhealthy", () => balancer.health("i-b") === "unhealthy");
  for (let n = 0; n < 4; n++) t.is(await (await fetch(balancer.url)).text(), "i-a");
  await balancer.deregister("i-a");
  t.is((await fetch(balancer.url)).status, 502, "fail open: better an attempt than a refusal");
  await balancer.deregister("i-b");
});

test.serial("its minutes are measured, each request in the one in which it was answered", async (t) => {
  const minutes = Array.from({ length: 60 }, (_, n) => (Math.floor(clock.now() / 60_000) - 59 + n) * 60_000);
  const [series, ...others] = await balancer.measure(minutes);
  t.deepEqual([series?.namespace, others], ["AWS/ApplicationELB", []]);
  const data = minutes.flatMap((start) => metricData(series ? [series] : [], start));
  const total = (name: string, part: "sum" | "count") =>
    data.filter((datum) => datum.name === name).reduce((all, datum) => all + datum[part], 0);
  t.is(total("RequestCount", "sum"), samples.filter((sample) => sample.target !== undefined).length);
  t.is(total("HTTPCode_ELB_5XX_Count", "sum"), samples.filter((sample) => sample.own).length);
  t.is(total("TargetResponseTime", "count"), samples.filter((sample) => sample.responseSeconds !== undefined).length);
  t.true(data.every(({ dimensions }) => dimensions.LoadBalancer === balancer.declaration.loadBalancer));
  const left = (await balancer.measure(minutes)).flatMap((each) => each.data);
  t.deepEqual(
    [...new Set(left.map(({ MetricName, Value }) => `${MetricName} ${Value}`))],
    ["RequestCountPerTarget 0"],
    "what was taken is gone, no target is registered any more, and AWS always reports this one",
  );
});

test.serial("a balancer before several target groups is refused by name", async (t) => {
  const elb = new ElasticLoadBalancingV2Client(clientOptions(emulator));
  const { Listeners: [listener] = [] } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: farm.loadBalancerArn }),
  );
  const { TargetGroups: [group] = [] } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [farm.targetGroupArn] }),
  );
  const { TargetGroups: [other] = [] } = await elb.send(
    new CreateTargetGroupCommand({ Name: "other", Protocol: "HTTP", Port: 81, VpcId: group?.VpcId }),
  );
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn: listener?.ListenerArn,
      DefaultActions: [
        {
          Type: "forward",
          ForwardConfig: {
            TargetGroups: [farm.targetGroupArn, other?.TargetGroupArn].map((TargetGroupArn) => ({
              TargetGroupArn,
              Weight: 1,
            })),
          },
        },
      ],
    }),
  );
  await t.throwsAsync(readBalancer(emulator, farm.loadBalancerArn), {
    message: /forwards to 2 target groups; the local balancer plays exactly one/,
  });
});
