// Alarms and target tracking policies with periods below a minute, on the engine.
import test from "ava";
import { alarm, group, type Inputs, loadTracked, scalingOf, simple } from "../declared.ts";
import { drive, gauge } from "../drive.ts";

const load = (value: number) => [gauge("Shop", "Load", { Farm: "farm" }, value)];
const watching = { namespace: "Shop", metricName: "Load", dimensions: { Farm: "farm" }, statistic: "Average" };

const tracked = (period: number, more: Inputs = {}) => loadTracked(10, period, { estimatedInstanceWarmup: 0 }, more);

test("an alarm of ten seconds goes off after one of them, and repeats itself once a minute", (t) => {
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: 1, cooldown: 0 }),
    alarm("out", { ...watching, period: 10, threshold: 5 }),
  ]);
  const farm = drive(plan, { inService: 1, bootSeconds: 1 });
  t.deepEqual(farm.tenSeconds(3, load(4)), [1, 1, 1]);
  t.deepEqual(farm.tenSeconds(8, load(6)), [2, 2, 2, 2, 2, 2, 3, 3]);
  t.is(farm.of("alarm").length, 2, "INSUFFICIENT_DATA to OK to ALARM");
});

test("an alarm of thirty seconds looks at three times ten, wherever they begin", (t) => {
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: 1, cooldown: 0 }),
    alarm("out", { ...watching, statistic: "Sum", period: 30, threshold: 17 }),
  ]);
  const farm = drive(plan, { inService: 1, bootSeconds: 1 });
  t.deepEqual(farm.tenSeconds(4, load(4)), [1, 1, 1, 1]);
  t.deepEqual(farm.tenSeconds(3, load(6)), [1, 1, 2], "18 in thirty seconds, at the third");
});

test("a policy of ten seconds grows after three of them, and shrinks after a quarter of an hour", (t) => {
  const farm = drive(scalingOf([group({ maxSize: 20 }), tracked(10)]), { inService: 2, bootSeconds: 1 });
  t.deepEqual(farm.tenSeconds(3, load(21)), [2, 2, 5]);
  const quiet = farm.tenSeconds(90, load(2));
  t.deepEqual([...new Set(quiet.slice(0, -1))], [5]);
  t.is(quiet.at(-1), 1);
});

test("a policy of a minute beside it has to agree before the farm shrinks", (t) => {
  const slow = { ...tracked(60), name: "slow", urn: "slow", inputs: { ...tracked(60).inputs, name: "slow" } };
  const plan = scalingOf([group(), tracked(10), { ...slow, outputs: { name: "slow", arn: "slow" } }]);
  const farm = drive(plan, { inService: 4, bootSeconds: 1 });
  const both = farm.tenSeconds(90, load(2));
  t.deepEqual([...new Set(both.slice(0, -1))], [4]);
  t.is(both.at(-1), 1, "fifteen minutes of the one end with ninety times ten seconds of the other");
});

test("a minute's data do not reach an alarm of ten seconds", (t) => {
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: 1, cooldown: 0 }),
    alarm("out", { ...watching, period: 10, threshold: 5 }),
  ]);
  const farm = drive(plan, { inService: 1 });
  t.deepEqual(farm.minutes(3, load(9)), [1, 1, 1]);
});
