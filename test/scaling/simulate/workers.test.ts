// Worker farms on the virtual clock.
import test from "ava";
import fc from "fast-check";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { alarm, below, group, hook, scalingOf, simple } from "../declared.ts";
import { steady, workers } from "./given.ts";

const once = (...times: number[]) => [{ kind: "trace", times: Float64Array.from(times) }] as const;

test("jobs wait their turn: one worker, a minute each", (t) => {
  const { totals, rows } = simulate(workers({}, { sources: once(1, 1, 1), seconds: 600 }), 1);
  t.is(totals.ended, 3);
  t.is(totals.latency.max, 180);
  t.is(totals.wait, 60);
  t.deepEqual(
    rows.slice(0, 3).map(({ waiting }) => waiting),
    [2, 1, 0],
  );
});

test("several at once, where a worker has the slots", (t) => {
  t.is(simulate(workers({ concurrency: 3 }, { sources: once(0, 0, 0) }), 1).totals.latency.max, 60);
});

test("without a launch hook a worker is in service before it takes a job", (t) => {
  const growing = (...hooks: ReturnType<typeof hook>[]) => {
    const sent = { namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", dimensions: { QueueName: "jobs" } };
    const plan = scalingOf([
      group({ minSize: 0, desiredCapacity: 0 }),
      simple("out", { scalingAdjustment: 1, cooldown: 3600 }),
      alarm("out", { ...sent, threshold: 0 }),
      ...hooks,
    ]);
    return simulate(workers({ runningSeconds: 10, bootSeconds: 100 }, { plan, sources: once(1), seconds: 600 }), 1);
  };
  for (const [hooks, seconds] of [
    [[], 10],
    [[hook("boot", "LAUNCHING")], 100],
  ] as const) {
    const { decisions, totals } = growing(...hooks);
    t.is(decisions.find(({ kind }) => kind === "in-service")?.at, (60 + seconds) * 1000);
    t.is(totals.latency.max, 60 + 100 + 60 - 1, "the minute until the alarm, the boot, the job");
  }
});

/** Adds one for every job sent, takes one away when none is. */
const eager = (...more: Parameters<typeof scalingOf>[0]) => {
  const sent = { namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", dimensions: { QueueName: "jobs" } };
  return scalingOf([
    group({ protectFromScaleIn: true, desiredCapacity: 3 }),
    simple("out", { scalingAdjustment: 1, cooldown: 60 }),
    alarm("out", { ...sent, threshold: 3 }),
    simple("in", { scalingAdjustment: -1, cooldown: 0 }),
    below("in", { ...sent, threshold: 1 }),
    ...more,
  ]);
};

test("scale-in waits for busy workers: none loses a job", (t) => {
  const scenario = workers({ jobSeconds: 900 }, { plan: eager(), sources: once(1, 2, 3), seconds: 1800 });
  const { totals, rows } = simulate(scenario, 1);
  t.is(totals.failed, 0);
  t.is(totals.latency.max, 900);
  t.is(rows[10]?.inService, 3, "desired is 1 by then, but all are busy");
  t.is(rows[10]?.desired, 1);
  t.is(rows.at(-1)?.inService, 1);
});

test("unprotected workers are cut short, and their jobs are seen again after the visibility", (t) => {
  const scenario = workers(
    { jobSeconds: 900, protects: false },
    {
      plan: scalingOf([
        group({ desiredCapacity: 2 }),
        simple("in", { scalingAdjustment: -1, cooldown: 0 }),
        below("in", {
          namespace: "AWS/SQS",
          metricName: "NumberOfMessagesSent",
          dimensions: { QueueName: "jobs" },
          threshold: 1,
        }),
      ]),
      sources: once(1, 2),
      seconds: 3600,
    },
  );
  const { totals } = simulate(scenario, 1);
  t.is(totals.ended, 2);
  // Cut at 2:00, seen at 4:00, begun when the other is done at 15:01 or so, and a quarter of an hour long.
  t.true((totals.latency.max as number) > 1700);
});

test("a worker in its hook finishes its job and says so", (t) => {
  const plan = scalingOf([
    group({ desiredCapacity: 2 }),
    simple("in", { scalingAdjustment: -1, cooldown: 0 }),
    below("in", {
      namespace: "AWS/SQS",
      metricName: "NumberOfMessagesSent",
      dimensions: { QueueName: "jobs" },
      threshold: 1,
    }),
    hook("drain", "TERMINATING"),
  ]);
  const { totals, decisions } = simulate(
    workers({ jobSeconds: 900, protects: false }, { plan, sources: once(1, 2) }),
    1,
  );
  t.is(totals.latency.max, 900);
  t.like(
    decisions.find(({ kind }) => kind === "shut-down"),
    { timedOut: false },
  );
});

test("a job that takes longer than the hook's heartbeat is held by heartbeats, up to a hundred of them", (t) => {
  const leaving = (jobSeconds: number) => {
    const sent = { namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", dimensions: { QueueName: "jobs" } };
    const plan = scalingOf([
      group({ minSize: 0, desiredCapacity: 1 }),
      simple("in", { scalingAdjustment: -1, cooldown: 0 }),
      below("in", { ...sent, threshold: 1 }),
      hook("drain", "TERMINATING", { heartbeatTimeout: 30 }),
    ]);
    return simulate(workers({ jobSeconds, protects: false }, { plan, sources: once(1), seconds: 7200 }), 1);
  };
  const held = leaving(1800);
  t.is(held.totals.latency.max, 1800);
  t.like(
    held.decisions.find(({ kind }) => kind === "shut-down"),
    { timedOut: false },
  );
  const tooLong = leaving(6000).decisions;
  const told = tooLong.find(({ kind }) => kind === "terminate")?.at ?? 0;
  const ended = tooLong.find(({ kind }) => kind === "shut-down");
  t.like(ended, { timedOut: true });
  t.true((ended?.at ?? 0) - told >= 3_000_000 && (ended?.at ?? 0) - told <= 3_060_000, "100 × 30 s");
});

test("a job that loses its worker too often is set aside", (t) => {
  const { totals } = simulate(
    workers({ jobSeconds: 3600, lossesPerHour: 30, receives: 2 }, { sources: once(1), seconds: 4 * 3600 }),
    1,
  );
  t.deepEqual(totals.failures, { "set aside": 1 });
});

test("every job is done, fails or is set aside once, whatever is lost", (t) => {
  const world = fc.record({
    lossesPerHour: fc.constantFrom(0, 2, 10),
    concurrency: fc.integer({ min: 1, max: 3 }),
    jobSeconds: fc.integer({ min: 5, max: 120 }),
    protects: fc.boolean(),
    errorShare: fc.constantFrom(0, 0.2),
  });
  const times = Float64Array.from({ length: 200 }, (_, n) => n * 5);
  fc.assert(
    fc.property(world, fc.integer(), (service, seed) => {
      const plan = eager(hook("drain", "TERMINATING", { heartbeatTimeout: 60 }));
      const scenario = workers(service, { plan, sources: [{ kind: "trace", times }], seconds: 12 * 3600 });
      const { totals, rows } = simulate(scenario, seed);
      t.is(totals.ended, 200);
      t.is(rows.at(-1)?.waiting, 0);
    }),
    { numRuns: 40 },
  );
});

test("a queue that nobody uses has datapoints of 0, so the farm shrinks to its minimum", (t) => {
  const { rows } = simulate(workers({}, { plan: eager(), sources: [steady(0, 60)] }), 1);
  t.is(rows.at(-1)?.inService, 1);
});
