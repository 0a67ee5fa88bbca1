import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
import test from "ava";
import express from "express";
import { webConfig } from "../../../runtime/web/config.ts";
import { createHealth } from "../../../runtime/web/health.ts";
import { serve } from "../../../runtime/web/serve.ts";
import {
  createMemoryJobStore,
  createMemoryLog,
  createMemoryUserStore,
  createVirtualClock,
} from "../../support/memory.ts";
import { startWeb } from "./support/web.ts";

test("a request in work when the drain begins is answered, new ones are taken while the balancer looks away", async (t) => {
  const clock = createVirtualClock();
  const draining = new AbortController();
  let answer = () => {};
  const app = express().get("/slow", (_request, response) => {
    answer = () => void response.send("done");
  });
  app.get("/quick", (_request, response) => void response.send("quick"));
  const { port, drained } = await serve(app, { port: 0, draining: draining.signal, clock, lingerMilliseconds: 10_000 });
  const origin = `http://127.0.0.1:${port}`;
  const slow = fetch(`${origin}/slow`).then((response) => response.text());
  await fetch(`${origin}/quick`);
  draining.abort();
  const late = await fetch(`${origin}/quick`);
  t.is(late.status, 200);
  t.is(late.headers.get("connection"), "close");
  for (let second = 0; second < 9; second++) {
    await clock.advance(900);
    t.is((await fetch(`${origin}/quick`)).status, 200);
  }
  await clock.advance(1_900);
  await t.throwsAsync(fetch(`${origin}/quick`));
  let over = false;
  void drained.then(() => {
    over = true;
  });
  await clock.advance(1);
  t.false(over);
  answer();
  t.is(await slow, "done");
  await drained;
});

test("a drain that nobody sends requests to is over in a second; one that is never left in peace, after the limit", async (t) => {
  const clock = createVirtualClock();
  const app = express().get("/healthz", (_request, response) => void response.send("leaving"));
  const quiet = new AbortController();
  const { port, drained } = await serve(app, { port: 0, draining: quiet.signal, clock, lingerMilliseconds: 10_000 });
  quiet.abort();
  await clock.advance(900);
  t.is((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  await clock.advance(100);
  await drained;

  const busy = new AbortController();
  const second = await serve(app, { port: 0, draining: busy.signal, clock, lingerMilliseconds: 3_000 });
  busy.abort();
  for (let i = 0; i < 6; i++) {
    await fetch(`http://127.0.0.1:${second.port}/`);
    await clock.advance(500);
  }
  await second.drained;
  await t.throwsAsync(fetch(`http://127.0.0.1:${second.port}/`));
});

test("a port that is taken is said", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const port = Number(new URL(web.origin).port);
  const options = { port, draining: new AbortController().signal, clock: web.clock, lingerMilliseconds: 0 };
  await t.throwsAsync(serve(express(), options), { message: `web: cannot listen on port ${port}` });
});

test("health: out of service only while draining, or before the tables were ever reached", async (t) => {
  const clock = createVirtualClock();
  const draining = new AbortController();
  const [jobs, users] = [createMemoryJobStore(), createMemoryUserStore()];
  let down = true;
  let looks = 0;
  const get = async (id: string) => {
    looks += 1;
    if (down) throw new Error("AccessDenied: no such role");
    return jobs.get(id);
  };
  const payments = { trouble: () => undefined };
  const health = createHealth({
    jobs: { get },
    users,
    payments,
    clock,
    log: createMemoryLog(),
    draining: draining.signal,
  });
  t.deepEqual(await health(), {
    healthy: false,
    report: {
      status: "failing",
      checks: { annotations_table: "AccessDenied: no such role", users_table: "ok", payments: "ok" },
    },
  });
  down = false;
  t.is((await health()).healthy, false);
  t.is(looks, 1);
  await clock.advance(5_000);
  t.is((await health()).healthy, true);
  down = true;
  await clock.advance(5_000);
  t.like(await health(), { healthy: true, report: { status: "degraded" } });
  draining.abort();
  t.like(await health(), { healthy: false, report: { status: "draining" } });
});

test("health is answered to balancers in words, and is not theirs alone", async (t) => {
  const web = await startWeb();
  t.teardown(web.close);
  const forwarded = { "x-forwarded-for": "203.0.113.7" };
  const fit = await web.client().get("/healthz", forwarded);
  t.is(fit.status, 200);
  t.deepEqual(fit.json(), { status: "ok" });
  t.deepEqual((await web.client().get("/healthz")).json(), {
    status: "ok",
    checks: { annotations_table: "ok", users_table: "ok", payments: "ok" },
  });
  web.draining.abort();
  const leaving = await web.client().get("/healthz", forwarded);
  t.is(leaving.status, 503);
  t.deepEqual(leaving.json(), { status: "failing" });
});

test("what is wrong is for operators: the public hears one word, the instance itself and the log hear it all", async (t) => {
  const denied =
    "User: arn:aws:sts::123456789012:assumed-role/gas-web/i-1 is not authorized to perform: dynamodb:GetItem";
  const web = await startWeb({
    ports: ({ users, payments, clock, log, draining }) => {
      payments.wrong = "Stripe has no price price_1";
      const get = async () => {
        throw new Error(denied);
      };
      return { health: createHealth({ jobs: { get }, users, payments, clock, log, draining: draining.signal }) };
    },
  });
  t.teardown(web.close);
  for (const header of ["x-forwarded-for", "forwarded"]) {
    const told = await web.client().get("/healthz", { [header]: "for=203.0.113.7" });
    t.is(told.status, 503);
    t.is(told.text, '{"status":"failing"}');
  }
  const checks = { annotations_table: denied, users_table: "ok", payments: "Stripe has no price price_1" };
  t.deepEqual((await web.client().get("/healthz")).json(), { status: "failing", checks });
  t.is(web.log.lines.filter(({ message }) => message === "health: not well").length, 1);
});

test("a session secret that is too short keeps the service from starting, and is not shown", (t) => {
  const environment = { SESSION_SECRET_PARAMETER: "/gas/session" } as Parameters<typeof webConfig>[0];
  for (const secret of ["", "short-secret", `${"x".repeat(32)} short-secret`]) {
    const error = t.throws(() => webConfig(environment, secret), { message: /\/gas\/session.*32 or more/ });
    t.false(error?.message.includes("short-secret"));
  }
});

test("connections outlive the balancer's interest in them, and an upload may take an hour", async (t) => {
  const servers: Server[] = [];
  const note = (message: unknown) => void servers.push((message as { server: Server }).server);
  subscribe("http.server.request.start", note);
  t.teardown(() => unsubscribe("http.server.request.start", note));
  const draining = new AbortController();
  const app = express().get("/", (_request, response) => void response.send("here"));
  const clock = createVirtualClock();
  const { port, drained } = await serve(app, { port: 0, draining: draining.signal, clock, lingerMilliseconds: 0 });
  await fetch(`http://127.0.0.1:${port}/`);
  draining.abort();
  await drained;
  const [server] = servers;
  t.true((server?.keepAliveTimeout ?? 0) > 65_000);
  t.true((server?.headersTimeout ?? 0) > (server?.keepAliveTimeout ?? 0));
  t.is(server?.requestTimeout, 3_600_000);
});
