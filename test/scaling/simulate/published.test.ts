// Metrics of a program's own, at their resolution: a farm that hears of its load every ten seconds grows sooner.
import test from "ava";
import type { PublishedMetric, Scenario } from "../../../scaling/simulate/model.ts";
import { checkScenario } from "../../../scaling/simulate/scenario/read.ts";
import { simulate } from "../../../scaling/simulate/simulate.ts";
import { group, loadTracked, scalingOf } from "../declared.ts";
import { steady, web, workers } from "./given.ts";

const tracked = (period: number) =>
  scalingOf([group({ minSize: 1, desiredCapacity: 1, maxSize: 10 }), loadTracked(2, period)]);

const every = (everySeconds: number): readonly PublishedMetric[] => [{ namespace: "Shop", name: "Load", everySeconds }];
/** Seconds until the farm first grows. */
function grows(scenario: Scenario, everySeconds: number): number | undefined {
  const { decisions } = simulate({ ...scenario, publishes: every(everySeconds) }, 1);
  const first = decisions.find((each) => each.kind === "desired");
  return first === undefined ? undefined : first.at / 1000;
}

test("workers grow after half a minute of load instead of three", (t) => {
  const jobs = { sources: [{ kind: "trace", times: Float64Array.from({ length: 20 }, () => 1) }] } as const;
  const under = (period: number) => workers({ jobSeconds: 600 }, { ...jobs, plan: tracked(period), seconds: 600 });
  t.is(grows(under(10), 10), 30);
  t.is(grows(under(60), 10), 180, "its minutes gather six samples each");
  t.is(grows(under(60), 60), 180);
});

test("a web farm too", (t) => {
  const under = (period: number) =>
    web({ rate: 5 }, { plan: tracked(period), sources: [steady(50, 600)], seconds: 600 });
  t.is(grows(under(10), 10), 30);
  t.is(grows(under(60), 60), 180);
});

test("what is published every half minute leaves holes between, which an alarm of ten seconds bridges no more", (t) => {
  const jobs = { sources: [{ kind: "trace", times: Float64Array.from({ length: 20 }, () => 1) }] } as const;
  const scenario = workers({ jobSeconds: 600 }, { ...jobs, plan: tracked(10), seconds: 600 });
  t.true((grows(scenario, 30) ?? 600) > 30);
});

test("a scenario says how often, and under a namespace of its own", (t) => {
  const file = (metric: object) => ({
    farm: "annotator",
    duration: "1 h",
    load: { kind: "users", stages: [] },
    publishes: [metric],
  });
  t.throws(() => checkScenario(file({ namespace: "AWS/SQS", name: "x" }), "it"), { message: /AWS\/ is for services/ });
  t.throws(() => checkScenario(file({ namespace: "Shop", name: "x", every: "7 s" }), "it"), {
    message: /publishes\[0\]\.every: give 10, 20, 30 or 60 s/,
  });
});
