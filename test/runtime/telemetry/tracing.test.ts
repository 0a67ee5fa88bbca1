// The tracing port as OpenTelemetry implements it, against a collector; and what of the services goes on in which trace.
import test, { type ExecutionContext } from "ava";
import { consume } from "../../../runtime/jobs/consumer.ts";
import type { Queue } from "../../../runtime/jobs/ports.ts";
import { rememberingTraces } from "../../../runtime/jobs/tracing.ts";
import { createSweep } from "../../../runtime/notifier/sweep.ts";
import { startTracing, type TracingOptions, tracesUrl } from "../../../runtime/telemetry/open-telemetry.ts";
import { startCollector } from "../../support/collector.ts";
import { createMemoryJobStore, createMemoryLog, createVirtualClock, pendingJob } from "../../support/memory.ts";

async function setup(
  t: ExecutionContext,
  options: Partial<TracingOptions> = {},
  answer?: Parameters<typeof startCollector>[0],
) {
  const collector = await startCollector(answer);
  t.teardown(() => collector.close());
  const log = createMemoryLog();
  const tracing = startTracing({
    service: "web",
    endpoint: collector.url,
    percent: 100,
    stack: "dev",
    instance: "i-1",
    log,
    ...options,
  });
  return { ...tracing, collector, log };
}

const remote = (flags: "00" | "01") => `00-${"a".repeat(32)}-${"b".repeat(16)}-${flags}`;
const nothing = async () => {};

test("an endpoint may have a path, and a slash at its end", (t) => {
  t.is(tracesUrl("http://collector:4318"), "http://collector:4318/v1/traces");
  t.is(tracesUrl("https://collector/otlp/"), "https://collector/otlp/v1/traces");
});

test("a span belongs to what it is said to come from, else to what is being worked on; outside, to nothing", async (t) => {
  const { tracer, close, collector } = await setup(t);
  t.is(tracer.current(), undefined);
  await tracer.span({ name: "request", parent: "no traceparent" }, async (request) => {
    t.is(tracer.current(), request.traceparent);
    await tracer.span({ name: "inner" }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await tracer.span({ name: "deepest", links: [remote("01"), undefined, "broken"] }, nothing);
    });
    t.is(
      tracer.outside(() => tracer.current()),
      undefined,
    );
    await tracer.span({ name: "of a message", kind: "consumer", parent: remote("01") }, nothing);
  });
  await close();
  const of = (name: string) => collector.spans.find((span) => span.name === name);
  t.is(of("request")?.parentSpanId, undefined);
  t.is(of("inner")?.parentSpanId, of("request")?.spanId);
  t.is(of("deepest")?.parentSpanId, of("inner")?.spanId);
  t.deepEqual(of("deepest")?.links, [{ traceId: "a".repeat(32), spanId: "b".repeat(16) }]);
  t.is(of("of a message")?.traceId, "a".repeat(32));
  t.is(of("of a message")?.parentSpanId, "b".repeat(16));
  t.deepEqual([...new Set(collector.spans.map(({ service, stack }) => `${service} ${stack}`))], ["web dev"]);
});

test("a failure has its class and no message, and reaches the caller", async (t) => {
  const { tracer, close, collector } = await setup(t);
  const secret = new TypeError("ada@example.org may not read lovelace.vcf");
  t.is(await t.throwsAsync(tracer.span({ name: "work" }, () => Promise.reject(secret))), secret);
  await close();
  t.deepEqual(collector.spans[0]?.attributes, { "error.type": "TypeError" });
  t.deepEqual(collector.spans[0]?.status, { code: 2 });
  t.notRegex(collector.bodies.join(), /ada@|lovelace/);
});

test("a share of the requests is traced, with all that follows; what follows from elsewhere is as it was decided there", async (t) => {
  const { tracer, close, collector } = await setup(t, { percent: 20 });
  const flags: string[] = [];
  for (let request = 0; request < 400; request += 1) {
    await tracer.span({ name: "request" }, async ({ traceparent = "" }) => {
      flags.push(traceparent.slice(-2));
      await tracer.span({ name: "call" }, async (call) => t.is(call.traceparent?.slice(-2), traceparent.slice(-2)));
    });
  }
  await tracer.span({ name: "not recorded there", parent: remote("00") }, nothing);
  await tracer.span({ name: "recorded there", parent: remote("01") }, nothing);
  await close();
  const recorded = flags.filter((each) => each === "01").length;
  // 80 in the mean, 8 the standard deviation: beyond six of it is no chance.
  t.true(recorded > 32 && recorded < 128, String(recorded));
  t.is(collector.spans.filter(({ name }) => name === "request").length, recorded);
  t.is(collector.spans.filter(({ name }) => name === "call").length, recorded);
  t.deepEqual(
    collector.spans.map(({ name }) => name).filter((name) => name.endsWith("there")),
    ["recorded there"],
  );
});

test("while nobody takes spans, so many are kept and the rest is dropped: told once, counted at the end", async (t) => {
  const bounds = { pendingMax: 4, everyMilliseconds: 1, closeMilliseconds: 50 };
  const { tracer, close, log } = await setup(t, { bounds }, () => "never");
  for (let work = 0; work < 10; work += 1) await tracer.span({ name: "work" }, nothing);
  t.is(log.lines.filter(({ level }) => level === "warn").length, 1);
  await close();
  const { fields } = log.lines.at(-1) ?? {};
  t.deepEqual(fields, { spans_delivered: 0, spans_dropped: 10 });
});

test("what is refused is dropped, and told once", async (t) => {
  const bounds = { everyMilliseconds: 1 };
  const { tracer, close, log } = await setup(t, { bounds }, () => 400);
  await tracer.span({ name: "work" }, nothing);
  await tracer.span({ name: "work" }, nothing);
  await close();
  t.is(log.lines.filter(({ level }) => level === "warn").length, 1);
  t.deepEqual(log.lines.at(-1)?.fields, { spans_delivered: 0, spans_dropped: 2 });
});

test("the outbox remembers: what a sweep publishes goes on in the trace of the request that was not told of", async (t) => {
  const { tracer, close, collector } = await setup(t);
  const clock = createVirtualClock();
  const log = createMemoryLog();
  const table = createMemoryJobStore();
  const jobs = rememberingTraces(table, tracer);
  const told: (string | undefined)[] = [];
  const topic = { publish: async () => void told.push(tracer.current()) };
  // Web creates the job; its process dies before it publishes.
  await tracer.span({ name: "request", kind: "server" }, async () => {
    await jobs.create(pendingJob(Math.floor(clock.now() / 1000)));
  });
  const created = [...table.jobs.values()][0];
  t.is(created?.outbox, "job_requests");
  t.regex(created?.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  await clock.advance(120_000);
  const notifier = { handle: async () => ({ done: true }) as const };
  const topics = { job_requests: topic, job_results: topic };
  await createSweep({ jobs, topics, notifier, resultMails: async () => {}, clock, tracer })(log);
  await close();
  const [request] = collector.spans.filter(({ name }) => name === "request");
  const [swept] = collector.spans.filter(({ name }) => name === "sweep outbox");
  t.is(swept?.parentSpanId, request?.spanId);
  t.is(told[0]?.split("-")[2], swept?.spanId);
});

test("a message that waits afresh keeps the trace of what has sent it; its receipts are siblings", async (t) => {
  const { tracer, close, collector } = await setup(t);
  const clock = createVirtualClock();
  const log = createMemoryLog();
  const stop = new AbortController();
  const sent: (string | undefined)[] = [];
  let receipts = 0;
  const queue: Queue = {
    async receive() {
      receipts += 1;
      if (receipts > 2) stop.abort();
      const delivery = { messageId: "m", receiptHandle: "h", body: "{}", receiveCount: receipts };
      return receipts > 2 ? [] : [{ ...delivery, traceparent: remote("01") }];
    },
    delete: async () => {},
    hide: async () => {},
    send: async (_message, traceparent) => void sent.push(traceparent),
  };
  const handle = async () => ({ retryAfterSeconds: 60 });
  const traces = { tracer, name: "job_archive" };
  await consume({
    queue,
    handle,
    clock,
    log,
    signal: stop.signal,
    concurrency: 1,
    visibilitySeconds: 30,
    freshWaits: true,
    traces,
  });
  await close();
  t.deepEqual(sent, [remote("01")]);
  t.deepEqual(
    collector.spans.map(({ parentSpanId, attributes }) => [parentSpanId, attributes["annofarm.outcome"]]),
    [
      ["b".repeat(16), "waits"],
      ["b".repeat(16), "waits"],
    ],
  );
});
