// Warm pools on the virtual clock: growing takes the start of a machine, and stopped instances run up no hours.
import test from "ava";
import type { RunResult } from "../../../scaling/simulate/recorder.ts";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { alarm, below, group, hook, type Inputs, scalingOf, simple } from "../declared.ts";
import { steady, web, workers } from "./given.ts";

const times = { runningSeconds: 15, bootSeconds: 90, startSeconds: 30 };
const sent = { namespace: "AWS/SQS", metricName: "NumberOfMessagesSent", dimensions: { QueueName: "jobs" } };

/** Adds one where a job is sent in a minute, at most 3 of them; takes one away where none is. */
const queued = (inputs: Inputs, ...more: Parameters<typeof scalingOf>[0]) =>
  scalingOf([
    group({ minSize: 0, maxSize: 3, desiredCapacity: 0, ...inputs }),
    simple("out", { scalingAdjustment: 1, cooldown: 600 }),
    alarm("out", { ...sent, threshold: 0 }),
    hook("boot", "LAUNCHING"),
    ...more,
  ]);
const once = (...seconds: number[]) => [{ kind: "trace", times: Float64Array.from(seconds) }] as const;
const atSeconds = ({ decisions }: RunResult, kind: string) =>
  decisions.filter((each) => each.kind === kind).map(({ at }) => at / 1000);

test("growing takes the start of a machine instead of a boot", (t) => {
  const run = (inputs: Inputs) => simulate(workers(times, { plan: queued(inputs), sources: once(1), seconds: 900 }), 1);
  const cold = run({});
  const warm = run({ warmPool: { poolState: "Stopped" } });
  t.deepEqual(atSeconds(cold, "in-service"), [60 + 90]);
  t.deepEqual(atSeconds(warm, "in-service"), [60 + 30]);
  t.is(warm.totals.latency.max, 59 + 30 + 60, "the minute until the alarm, the start, the job");
  t.deepEqual(atSeconds(warm, "launch"), []);
});

test("stopped instances run up no hours, those of a running pool do", (t) => {
  const run = (poolState: string) =>
    simulate(workers(times, { plan: queued({ warmPool: { poolState } }), sources: [], seconds: 3600 }), 1).totals;
  t.like(run("Stopped"), { instanceHours: 0, stoppedHours: 3 });
  t.like(run("Running"), { instanceHours: 3, stoppedHours: 0 });
});

test("a pool that is empty is no help, and it is filled again in the time of a boot", (t) => {
  const inputs = { warmPool: { maxGroupPreparedCapacity: 1, minSize: 1 } };
  const plan = queued(inputs);
  const run = simulate(workers(times, { plan, sources: once(1, 61), seconds: 900 }), 1);
  // The one of the pool at the first minute; by the cooldown nothing more.
  t.deepEqual(atSeconds(run, "start"), [60]);
  t.deepEqual(atSeconds(run, "warm"), [60]);
  t.deepEqual(atSeconds(run, "warmed"), [60 + 90]);
  const hours = run.totals.stoppedHours * 3600;
  t.is(Math.round(hours), 60 + (900 - 150), "until it is taken, and since its successor is ready");
});

test("an instance that goes back to the pool serves again, and loses no request by what was before", (t) => {
  const plan = scalingOf([
    group({ minSize: 1, maxSize: 2, desiredCapacity: 1, warmPool: { instanceReusePolicy: { reuseOnScaleIn: true } } }),
    simple("out", { scalingAdjustment: 1, cooldown: 0 }),
    alarm("out", { threshold: 150 }),
    simple("in", { scalingAdjustment: -1, cooldown: 0 }),
    below("in", { threshold: 100, treatMissingData: "breaching" }),
  ]);
  const wave = (at: number) => ({ ...steady(3, 240), at });
  const service = { ...times, rate: 100, deregistrationSeconds: 300 };
  const run = simulate(web(service, { plan, sources: [wave(0), wave(600), wave(1200)], seconds: 1800 }), 1);
  t.is(run.totals.failed, 0);
  t.true(atSeconds(run, "start").length >= 2);
  t.deepEqual(atSeconds(run, "launch"), []);
  t.deepEqual(atSeconds(run, "warm"), []);
});

test("a zone that goes takes its part of the pool along, and the pool is filled in the other zone meanwhile", (t) => {
  const sizes = { minSize: 2, maxSize: 6, desiredCapacity: 2 };
  const plan = scalingOf([group({ ...sizes, warmPool: { poolState: "Stopped" } }), hook("boot", "LAUNCHING")]);
  const conditions = { zoneOutages: [{ zone: 1, from: 300, to: 1200 }] };
  const run = simulate(workers(times, { plan, sources: [], seconds: 900, conditions }), 1);
  const zones = run.decisions.flatMap((each) => (each.kind === "warm" ? each.zones : []));
  // Of two in the group and four in the pool, three were in zone b; the group takes one of the pool's for its own.
  t.deepEqual(zones.slice(-3), ["a", "a", "a"]);
  t.deepEqual(atSeconds(run, "start"), [300]);
  t.deepEqual(atSeconds(run, "warmed"), [390, 390, 390]);
});
