// Web farms on the virtual clock, against theory and against common sense.
import test from "ava";
import fc from "fast-check";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { alarm, below, group, hook, policy, scalingOf, schedule, simple, stepwise } from "../declared.ts";
import { steady, web } from "./given.ts";

/** Mean wait of M/M/c by Erlang's C formula: arrivals and services a second. */
function erlangWait(arrivals: number, service: number, servers: number): number {
  const load = arrivals / service;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < servers; n++) {
    term *= load / n;
    sum += term;
  }
  const last = ((term * load) / servers) * (servers / (servers - load));
  return last / (sum + last) / (servers * service - arrivals);
}

test("an M/M/10 queue waits as Erlang's C formula says, within the confidence interval of 20 runs", (t) => {
  const scenario = web({ rate: 10, concurrency: 10 }, { seconds: 6000, sources: [steady(8.5, 6000)] });
  const waits = Array.from({ length: 20 }, (_, seed) => simulate(scenario, seed).totals.wait as number);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / 20;
  const deviation = Math.sqrt(waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / 19);
  const halfWidth = (2.861 * deviation) / Math.sqrt(20); // Student's t, 19 degrees of freedom, 99 %
  const expected = erlangWait(8.5, 1, 10);
  t.true(Math.abs(mean - expected) < halfWidth, `${mean} ± ${halfWidth}, expected ${expected}`);
  t.true(halfWidth < 0.1 * expected, "an interval that says something");
});

test("a saturated closed system obeys the interactive response time law", (t) => {
  const sources = [{ kind: "closed", at: 0, from: 100, stages: [{ seconds: 3600, to: 100 }], think: [1, 3] }] as const;
  const { totals } = simulate(web({ rate: 20, concurrency: 4 }, { sources }), 1);
  t.true(Math.abs(totals.rate - 20) < 0.3);
  t.true(Math.abs((totals.latency.mean as number) - (100 / totals.rate - 2)) < 0.1);
});

test("clients that ask again at once let time go on, though their errors take none", (t) => {
  const plan = scalingOf([group({ minSize: 0, desiredCapacity: 0 })]);
  const sources = [{ kind: "closed", at: 0, from: 5, stages: [{ seconds: 60, to: 5 }], think: [0, 0] }] as const;
  const nobody = simulate(web({}, { plan, sources, seconds: 60 }), 1).totals;
  t.true(Math.abs(nobody.failed - 5 * 60 * 100) < 10, "each of five hears of it after 10 ms");
  const full = simulate(web({ queueLimit: 0, rate: 1 }, { sources, seconds: 60 }), 1).totals;
  t.true(full.failed > 10_000 && (full.failures["503 queue full"] ?? 0) === full.failed);
});

test("what is shared saturates, however many instances there are", (t) => {
  const plan = scalingOf([group({ desiredCapacity: 10 })]);
  const shared = { rate: 15, distribution: { kind: "exponential" } } as const;
  const sources = [{ kind: "closed", at: 0, from: 100, stages: [{ seconds: 3600, to: 100 }], think: [1, 3] }] as const;
  const { totals } = simulate(web({ shared }, { plan, sources }), 1);
  t.true(Math.abs(totals.rate - 15) < 0.3);
});

test("everybody who asks is answered, fails, or is still waiting", (t) => {
  const failing = fc.record({
    rate: fc.integer({ min: 2, max: 12 }),
    queueLimit: fc.integer({ min: 0, max: 20 }),
    timeoutSeconds: fc.constantFrom(0.5, 5, Number.POSITIVE_INFINITY),
    errorShare: fc.constantFrom(0, 0.1),
    lossesPerHour: fc.constantFrom(0, 6),
    concurrency: fc.integer({ min: 1, max: 4 }),
    balancing: fc.constantFrom("round robin" as const, "least outstanding" as const),
    shared: fc.constantFrom(undefined, { rate: 6, distribution: { kind: "exponential" } as const }),
  });
  const times = Float64Array.from({ length: 6000 }, (_, n) => n * 0.2);
  fc.assert(
    fc.property(failing, fc.integer(), ({ shared, ...service }, seed) => {
      const given = shared === undefined ? service : { ...service, shared };
      const plan = scalingOf([group({ desiredCapacity: 2 })]);
      // An hour after the last arrival nobody is left who waits.
      const { totals } = simulate(web(given, { plan, seconds: 4800, sources: [{ kind: "trace", times }] }), seed);
      t.is(totals.ended, 6000);
      t.is(
        totals.failed,
        Object.values(totals.failures).reduce((sum, count) => sum + count, 0),
      );
      if (service.timeoutSeconds !== Number.POSITIVE_INFINITY) {
        t.true((totals.latency.max ?? 0) <= service.timeoutSeconds);
      }
    }),
    { numRuns: 40 },
  );
});

test("no queue, and whoever finds the slot busy fails at once", (t) => {
  const times = Float64Array.from([1, 1.01, 1.02, 5]);
  const scenario = web(
    { rate: 1, distribution: { kind: "deterministic" }, queueLimit: 0 },
    { sources: [{ kind: "trace", times }] },
  );
  const { totals } = simulate(scenario, 1);
  t.deepEqual(totals.failures, { "503 queue full": 2 });
  t.is(totals.latency.max, 1);
});

test("the farm of the plan grows under load and shrinks after it, and says why", (t) => {
  const plan = scalingOf([
    group({ minSize: 2, maxSize: 5 }),
    stepwise("out", [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }], { estimatedInstanceWarmup: 60 }),
    alarm("out", { threshold: 600 }),
    simple("in", { scalingAdjustment: -1, cooldown: 120 }),
    below("in", { threshold: 60, treatMissingData: "breaching" }),
  ]);
  const { rows, decisions, totals } = simulate(web({ rate: 8 }, { plan, sources: [steady(20, 1200)] }), 1);
  t.is(rows[0]?.inService, 2);
  t.is(Math.max(...rows.map(({ inService }) => inService)), 5);
  t.is(rows.at(-1)?.inService, 2);
  t.true(
    decisions.some(
      (each) => each.kind === "desired" && /alarm out in state ALARM triggered policy out/.test(each.cause),
    ),
  );
  t.true(totals.instanceHours > 2 && totals.instanceHours < 5);
});

test("a draining instance finishes its requests before it goes; nothing fails", (t) => {
  const plan = scalingOf([
    group({ desiredCapacity: 4 }),
    simple("in", { scalingAdjustment: -1, cooldown: 0 }),
    below("in", { threshold: 1e6 }),
  ]);
  const { totals, rows } = simulate(
    web({ rate: 5, concurrency: 2 }, { plan, seconds: 600, sources: [steady(4, 500)] }),
    1,
  );
  t.is(rows.at(-1)?.inService, 1);
  t.is(totals.failed, 0);
});

test("a drain that is too short cuts what is under way", (t) => {
  const plan = scalingOf([
    group({ desiredCapacity: 2 }),
    simple("in", { scalingAdjustment: -1 }),
    below("in", { threshold: 1e6 }),
  ]);
  const service = { rate: 0.05, distribution: { kind: "deterministic" }, deregistrationSeconds: 1 } as const;
  const { totals } = simulate(
    web(service, { plan, seconds: 600, sources: [{ kind: "trace", times: Float64Array.from([50, 51]) }] }),
    1,
  );
  t.deepEqual(totals.failures, { "502 connection cut": 1 });
});

test("a health check that is too strict relaunches instances in a loop", (t) => {
  const strict = (healthCheckGracePeriod: number) => {
    const plan = scalingOf([group({ desiredCapacity: 2, healthCheckType: "ELB", healthCheckGracePeriod })]);
    const { decisions } = simulate(
      web({ healthySeconds: 200, lossesPerHour: 2 }, { plan, sources: [steady(1, 3600)] }),
      5,
    );
    return decisions.filter((each) => each.kind === "terminate" && /ELB/.test(each.cause)).length;
  };
  t.true(strict(60) > 5);
  t.is(strict(300), 0);
});

test("a web instance in a termination hook that nobody answers waits for its time-out", (t) => {
  const plan = scalingOf([
    group({ desiredCapacity: 2 }),
    simple("in", { scalingAdjustment: -1 }),
    below("in", { threshold: 1e6 }),
    hook("drain", "TERMINATING", { heartbeatTimeout: 600 }),
  ]);
  const { decisions } = simulate(web({}, { plan, sources: [steady(1, 3600)] }), 1);
  t.like(
    decisions.find(({ kind }) => kind === "shut-down"),
    { at: 11 * 60_000, timedOut: true },
  );
});

/** A class of 600 requests a second; an instance runs 15 s after its order, and answers 110 s after it. */
const classComes = (...hooks: ReturnType<typeof hook>[]) =>
  simulate(
    web(
      { rate: 40, concurrency: 4, queueLimit: 100, timeoutSeconds: 10, runningSeconds: 15, bootSeconds: 110 },
      {
        plan: scalingOf([
          group({ minSize: 2, desiredCapacity: 2, maxSize: 100, defaultInstanceWarmup: 30 }),
          stepwise("out", [{ metricIntervalLowerBound: "0", scalingAdjustment: 100 }], {
            adjustmentType: "PercentChangeInCapacity",
            estimatedInstanceWarmup: 30,
          }),
          alarm("out", { metricName: "RequestCountPerTarget", threshold: 1440 }),
          ...hooks,
        ]),
        sources: [{ kind: "open", at: 60, from: 600, stages: [{ seconds: 1800, to: 600 }] }],
      },
    ),
    1,
  );

test("without a launch hook an instance is in service, and warm, long before it answers: the group grows too far", (t) => {
  const peak = ({ rows }: ReturnType<typeof simulate>) => Math.max(...rows.map(({ desired }) => desired));
  const [held, early] = [classComes(hook("boot", "LAUNCHING")), classComes()];
  const wait = ({ decisions }: ReturnType<typeof simulate>) => {
    const ordered = decisions.find(({ kind }) => kind === "launch")?.at ?? 0;
    return ((decisions.find(({ kind }) => kind === "in-service")?.at ?? 0) - ordered) / 1000;
  };
  t.deepEqual([wait(held), wait(early)], [110, 15]);
  t.true(peak(early) > peak(held), `${peak(early)} instead of ${peak(held)}`);
});

test("an instance whose services answer as soon as it runs completes its launch hook then, however many are launched", (t) => {
  const plan = scalingOf([
    group({ minSize: 2, desiredCapacity: 2 }),
    schedule("class", { startTime: "1970-01-01T00:01:00Z", minSize: 10 }),
    hook("boot", "LAUNCHING"),
  ]);
  const { rows } = simulate(
    web({ runningSeconds: 60, bootSeconds: 60 }, { plan, sources: [steady(5, 600)], seconds: 600 }),
    1,
  );
  t.is(rows[1]?.inService, 10);
});

test("scheduled actions go by the time at which a recorded load began, and everything else by the time since", (t) => {
  const plan = scalingOf([
    group({ minSize: 2, desiredCapacity: 2, maxSize: 10 }),
    schedule("class", { recurrence: "5 9 * * *", minSize: 10 }),
  ]);
  const scenario = web({}, { plan, sources: [steady(5, 900)], seconds: 900 });
  const begun = simulate({ ...scenario, begins: Date.parse("2026-11-20T09:00:30Z") }, 1);
  const sizes = begun.decisions.flatMap((each) => (each.kind === "desired" ? [[each.at, each.to]] : []));
  t.deepEqual(sizes, [[300_000, 10]], "looked at once a minute of the run: the first look after 09:05 is at 09:05:30");
  t.deepEqual(
    simulate(scenario, 1).decisions.filter(({ kind }) => kind === "desired"),
    [],
    "a run that begins at midnight ends before nine",
  );
});

test("a machine that is in service before its service answers gets nothing from the balancer", (t) => {
  const plan = scalingOf([group({ desiredCapacity: 1, minSize: 1 })]);
  const { totals } = simulate(
    web({ lossesPerHour: 20, runningSeconds: 10, bootSeconds: 100 }, { plan, sources: [steady(5, 3600)] }),
    1,
  );
  t.deepEqual(Object.keys(totals.failures).sort(), ["502 connection cut", "503 no instance"]);
  t.true((totals.failures["503 no instance"] ?? 0) > 400, "a loss costs the whole boot, not the ten seconds");
});

test("same seed, same run; another seed, another", (t) => {
  const scenario = web({ lossesPerHour: 1 }, { sources: [steady(5, 3600)] });
  t.deepEqual(simulate(scenario, 4), simulate(scenario, 4));
  t.notDeepEqual(simulate(scenario, 4).totals, simulate(scenario, 5).totals);
});

test("an idle farm has no response times: unless missing data is breaching, it never scales in", (t) => {
  const sizeAtEnd = (treatMissingData: string) => {
    const latency = { metricName: "TargetResponseTime", statistic: "Average", threshold: 0.05, treatMissingData };
    const plan = scalingOf([
      group({ minSize: 2, desiredCapacity: 10 }),
      simple("in", { scalingAdjustment: -1, cooldown: 300 }),
      below("in", latency),
    ]);
    const scenario = web({ rate: 100 }, { plan, seconds: 2 * 3600, sources: [steady(1, 60)] });
    return simulate(scenario, 1).rows.at(-1)?.inService;
  };
  t.is(sizeAtEnd("breaching"), 2);
  t.is(sizeAtEnd("missing"), 9, "the one minute with requests took one away");
  t.is(sizeAtEnd("ignore"), 2, "the alarm stays as the last datapoint left it");
});

test("RequestCountPerTarget is reported as 0 without requests, so target tracking has an idle farm back in 15 minutes", (t) => {
  const track = policy("track", {
    policyType: "TargetTrackingScaling",
    estimatedInstanceWarmup: 60,
    targetTrackingConfiguration: {
      targetValue: 600,
      predefinedMetricSpecification: {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: "app/farm/1/targetgroup/farm/2",
      },
    },
  });
  const plan = scalingOf([group({ minSize: 2, desiredCapacity: 10 }), track]);
  const { decisions } = simulate(web({ rate: 100 }, { plan, seconds: 3600, sources: [] }), 1);
  t.deepEqual(
    decisions.flatMap((each) => (each.kind === "desired" ? [[each.at / 60_000, each.to]] : [])),
    [[15, 2]],
  );
});

const growing = (inputs = {}) =>
  scalingOf([
    group({ minSize: 2, desiredCapacity: 2, ...inputs }),
    stepwise("out", [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }], { estimatedInstanceWarmup: 60 }),
    alarm("out", { threshold: 600 }),
  ]);
const firstOut = (scenario: Parameters<typeof simulate>[0]) =>
  simulate(scenario, 1).decisions.find(({ kind }) => kind === "desired")?.at;

test("metrics that come late are heard of so much later", (t) => {
  const sources = [steady(15, 3600)];
  const at = (metricDelayMinutes: number) =>
    firstOut(web({}, { plan: growing(), sources, conditions: { metricDelayMinutes } }));
  t.deepEqual([at(0), at(3)], [60_000, 4 * 60_000]);
});

test("launches that fail are ordered again every minute, and the desired capacity stays", (t) => {
  const conditions = { launchFailures: [{ from: 0, to: 600 }] };
  const { rows } = simulate(web({}, { plan: growing(), sources: [steady(15, 1800)], seconds: 1800, conditions }), 1);
  t.deepEqual([...new Set(rows.slice(0, 9).map(({ desired, inService }) => `${desired} ${inService}`))], ["3 2"]);
  t.true((rows.at(-1)?.inService ?? 0) >= 3, "they come once there is capacity");
});

test("a zone that goes takes its instances along; the others take over, and the zone gets its share back", (t) => {
  const plan = scalingOf([group({ minSize: 4, desiredCapacity: 4 })]);
  const conditions = { zoneOutages: [{ zone: 1, from: 300, to: 1200 }] };
  const { rows, decisions } = simulate(web({}, { plan, sources: [steady(5, 3600)], conditions }), 1);
  const inService = (minute: number) => rows[minute - 1]?.inService;
  t.deepEqual([inService(4), inService(5), inService(8), inService(60)], [4, 2, 4, 4]);
  const zones = decisions.flatMap((each) => (each.kind === "launch" ? [each.zones.join("")] : []));
  t.is(zones.at(-1), "bb", "moved back when launches in b work again");
});

test("zero datapoints: an alarm for few requests hears of none at all", (t) => {
  const plan = scalingOf([
    group({ minSize: 1, desiredCapacity: 3 }),
    simple("in", { scalingAdjustment: -1, cooldown: 0 }),
    below("in", { threshold: 10 }),
  ]);
  const end = (zeroDatapoints: boolean) =>
    simulate(web({}, { plan, seconds: 1800, conditions: { zeroDatapoints } }), 1).rows.at(-1)?.inService;
  t.deepEqual([end(false), end(true)], [3, 1]);
});

test("work for clients that have given up and clients that ask again keep a farm down after its overload: metastable", (t) => {
  const plan = scalingOf([group({ minSize: 1, maxSize: 1 })]);
  // 80 % of what the instance does; for a minute, twice as much.
  const burst = { kind: "open", at: 600, from: 10, stages: [{ seconds: 60, to: 10 }] } as const;
  const lateFailures = (service: Parameters<typeof web>[0]) => {
    const scenario = web({ timeoutSeconds: 2, ...service }, { plan, sources: [steady(8, 3600), burst] });
    return simulate(scenario, 1)
      .rows.slice(40)
      .reduce((sum, { failed }) => sum + failed, 0);
  };
  const retries = { attempts: 3, pauseSeconds: 1 };
  t.true(lateFailures({}) < 300);
  t.true(lateFailures({ servesAbandoned: true, retries }) > 5000, "it never recovers");
});

test("a client that asks again and is answered has not failed, and has waited from the first time on", (t) => {
  const plan = scalingOf([group({ minSize: 1, maxSize: 1 })]);
  const totals = (attempts: number) =>
    simulate(web({ errorShare: 0.5, retries: { attempts, pauseSeconds: 10 } }, { plan, sources: [steady(1, 3600)] }), 1)
      .totals;
  const [once, often] = [totals(0), totals(8)];
  t.true(once.failed > 0.4 * once.ended);
  t.true(often.failed < 0.02 * often.ended);
  t.true((often.latency.p90 ?? 0) > 10);
});

test("an alarm on a percentile hears of the slow answers that half of the users do not notice", (t) => {
  const desired = (extendedStatistic: string) => {
    const slow = { metricName: "TargetResponseTime", statistic: undefined, extendedStatistic, threshold: 3 };
    const plan = scalingOf([group(), alarm("out", slow), simple("out", { scalingAdjustment: 1, cooldown: 300 })]);
    // Ten at a time, a second each in the mean: one of a hundred takes 4.6 s or more.
    const scenario = web({ rate: 10, concurrency: 10 }, { plan, seconds: 900, sources: [steady(3, 900)] });
    return simulate(scenario, 1).decisions.filter(({ kind }) => kind === "desired").length;
  };
  t.true(desired("p99") > 0);
  t.is(desired("p50"), 0);
});
