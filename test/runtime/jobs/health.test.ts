import test from "ava";
import { createLoopHealth, examine, startHealthServer } from "../../../runtime/jobs/health.ts";
import { createVirtualClock } from "../../support/memory.ts";

test("health tells what is wrong: 200 while fit, 503 when a check fails", async (t) => {
  let trouble: string | undefined;
  const server = await startHealthServer({ port: 0, checks: { loop: () => trouble, other: () => undefined } });
  t.teardown(() => server.close());
  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [response.status, await response.json()] as const;
  };
  t.deepEqual(await ask("/healthz"), [200, { status: "ok", checks: { loop: "ok", other: "ok" } }]);
  trouble = "the loop has stood still";
  t.deepEqual(await ask("/healthz?x=1"), [503, { status: "failing", checks: { loop: trouble, other: "ok" } }]);
  t.is((await ask("/else"))[0], 404);
  t.is((await ask("/healthz", "POST"))[0], 405);
});

test('"a health check that is too strict relaunches instances in a loop": a sick neighbour is shown, not failed', async (t) => {
  const report = await examine({ queue: () => ({ degraded: "the queue could not be read 9 times in a row" }) });
  t.deepEqual(report, { status: "degraded", checks: { queue: "the queue could not be read 9 times in a row" } });
});

test("a check that throws or never answers is failing", async (t) => {
  const clock = createVirtualClock();
  const report = await clock.until(
    examine(
      {
        throws: () => {
          throw new Error("broken");
        },
        hangs: () => new Promise(() => {}),
      },
      clock,
    ),
  );
  t.deepEqual(report, { status: "failing", checks: { throws: "broken", hangs: "no answer within 3 s" } });
});

test("a loop is healthy while it turns", async (t) => {
  const clock = createVirtualClock();
  const health = createLoopHealth(clock, 60);
  await clock.advance(60_000);
  t.is(health.check(), undefined);
  await clock.advance(1_000);
  t.is(health.check(), "the loop has stood still for 61 s");
  health.beat("queue away");
  t.deepEqual(health.check(), { degraded: "queue away" });
  health.beat();
  t.is(health.check(), undefined);
});

test("a taken port is an error that names it", async (t) => {
  const server = await startHealthServer({ port: 0, checks: {} });
  t.teardown(() => server.close());
  await t.throwsAsync(startHealthServer({ port: server.port, checks: {} }), {
    message: `health endpoint: port ${server.port} is not free`,
  });
});
