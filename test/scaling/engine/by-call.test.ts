// What calls bring to the engine beside a declaration: policies that are executed by hand, and data that come late.
import test from "ava";
import { step } from "../../../scaling/engine/engine.ts";
import { datapointsOf } from "../../../scaling/engine/metrics.ts";
import { startState } from "../../../scaling/engine/state.ts";
import { alarm, group, scalingOf, simple, stepwise } from "../declared.ts";

const minute = 60_000;
const start = Date.UTC(2026, 0, 5, 12);
const steps = [
  { metricIntervalLowerBound: "0", metricIntervalUpperBound: "10", scalingAdjustment: 1 },
  { metricIntervalLowerBound: "10", scalingAdjustment: 2 },
];

test("an executed step policy takes the step of the distance it is told, and refuses one that it has none for", (t) => {
  const plan = scalingOf([group({ minSize: 1 }), stepwise("out", steps), alarm("out")]);
  const state = startState(plan, { at: start, seed: 1 });
  const execute = (distance: number) =>
    step(plan, state, { kind: "execute", at: start, group: "farm", policy: "out", distance }).state.groups.farm
      ?.desired;
  t.deepEqual([execute(0), execute(9.9), execute(10)], [2, 2, 3]);
  t.throws(() => execute(-1), { instanceOf: RangeError, message: /no step of out/ });
  t.throws(() => step(plan, state, { kind: "execute", at: start, group: "farm", policy: "in" }), {
    message: /has no policy in/,
  });
});

test("an executed simple policy begins a cooldown, as one that heard its alarm does", (t) => {
  const plan = scalingOf([group(), simple("out", { scalingAdjustment: 1, cooldown: 60 }), alarm("out")]);
  const { state } = step(plan, startState(plan, { at: start, seed: 1 }), {
    kind: "execute",
    at: start,
    group: "farm",
    policy: "out",
  });
  t.deepEqual(state.groups.farm?.pace, { policy: "out", cooldownSeconds: 60 });
});

test("data that come late take the place of what was known of their minute", (t) => {
  const plan = scalingOf([group(), simple("out", { scalingAdjustment: 1 }), alarm("out")]);
  const [watched] = plan.alarms;
  if (watched === undefined) return t.fail();
  const [source] = Object.values(watched.reading.sources);
  const datum = (sum: number, began?: number) => ({
    namespace: source?.namespace ?? "",
    name: source?.name ?? "",
    dimensions: source?.dimensions ?? {},
    ...{ sum, count: 1, minimum: sum, maximum: sum },
    ...(began === undefined ? {} : { start: began }),
  });
  const first = step(plan, startState(plan, { at: start, seed: 1 }), {
    kind: "minute",
    at: start + minute,
    data: [datum(1)],
  }).state;
  const at = start + 2 * minute;
  const { state } = step(plan, first, { kind: "minute", at, data: [datum(7, start), datum(2, start + minute)] });
  t.deepEqual(datapointsOf({ plan, state, at }, watched).slice(-2), [7, 2]);
});
