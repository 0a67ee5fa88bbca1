// "Step scaling" of the AWS rules, on the engine.
import test from "ava";
import type { Inputs } from "../declared.ts";
import { alarm, below, group, scalingOf, simple, stepwise } from "../declared.ts";
import { drive, minute, requests, second } from "../drive.ts";

const two = [
  { metricIntervalLowerBound: "0", metricIntervalUpperBound: "100", scalingAdjustment: 1 },
  { metricIntervalLowerBound: "100", scalingAdjustment: 2 },
];
const farmOf = (policy: Inputs = {}, groupInputs: Inputs = {}, steps = two) =>
  scalingOf([group(groupInputs), stepwise("out", steps, policy), alarm("out")]);

test("desired = counted + step: 4 warm, +1 → 5; again +1 → 5; then +2 → 6", (t) => {
  const farm = drive(farmOf({ estimatedInstanceWarmup: 600 }), { inService: 4, bootSeconds: 90 });
  t.deepEqual(farm.minutes(1, [requests(150)]), [5]);
  t.deepEqual(farm.minutes(1, [requests(150)]), [5]);
  t.deepEqual(farm.minutes(1, [requests(250)]), [6]);
  t.deepEqual(
    farm.of("ignored").map(({ why }) => why),
    ["enough"],
  );
});

test("answers every alarm message, also during activities: a greater breach asks for more, the same one does not", (t) => {
  const farm = drive(farmOf({ estimatedInstanceWarmup: 0 }), { bootSeconds: 1000 });
  t.deepEqual(farm.minutes(3, [requests(150)]), [2, 2, 2]);
  t.deepEqual(farm.minutes(2, [requests(250)]), [3, 3]);
});

test("DefaultInstanceWarmup 0: an instance that is still launching counts as warming until it is InService", (t) => {
  const farm = drive(farmOf({}, { defaultInstanceWarmup: 0, maxSize: 12 }), { inService: 2, bootSeconds: 300 });
  t.deepEqual(farm.minutes(6, [requests(150)]), [3, 3, 3, 3, 3, 4], "in service at 6:00, and counted from then on");
});

test("DefaultInstanceWarmup −1 is none: the policy's warm-up is the group's cooldown", (t) => {
  const [found] = farmOf({}, { defaultInstanceWarmup: -1, defaultCooldown: 30 }).groups[0]?.policies ?? [];
  t.like(found, { warmUpSeconds: 30 });
});

test("what could not be launched is part of the desired capacity: launches that fail do not drive the group to its maximum", (t) => {
  const farm = drive(farmOf({ estimatedInstanceWarmup: 60 }), {
    inService: 2,
    answer: ({ kind, at }) => (kind === "launch" ? [{ kind: "launch-failed", at, group: "farm" }] : []),
  });
  t.deepEqual(farm.minutes(6, [requests(150)]), [3, 3, 3, 3, 3, 3]);
  t.is(farm.of("launch").length, 6, "it is tried again every minute");
});

test("while launches fail a smaller load still takes the desired capacity back", (t) => {
  const plan = scalingOf([
    group(),
    stepwise("out", two, { estimatedInstanceWarmup: 60 }),
    alarm("out"),
    stepwise("in", [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }]),
    below("in", { threshold: 50 }),
  ]);
  const farm = drive(plan, {
    inService: 2,
    answer: ({ kind, at }) => (kind === "launch" ? [{ kind: "launch-failed", at, group: "farm" }] : []),
  });
  t.deepEqual(farm.minutes(2, [requests(150)]), [3, 3]);
  t.deepEqual(farm.minutes(1, [requests(1)]), [2]);
  t.is(farm.of("terminate").length, 0);
});

test("warm-up starts at InService", (t) => {
  const farm = drive(farmOf({ estimatedInstanceWarmup: 120 }), { bootSeconds: 90 });
  // Out at 1:00, in service at 2:30, warm at 4:30: the fifth minute counts it.
  t.deepEqual(farm.minutes(5, [requests(150)]), [2, 2, 2, 2, 3]);
});

test("scale-in is blocked while instances warm", (t) => {
  const plan = scalingOf([
    group(),
    stepwise("out", two, { estimatedInstanceWarmup: 180 }),
    alarm("out"),
    stepwise("in", [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }]),
    below("in", { threshold: 50 }),
    simple("in-simple", { scalingAdjustment: -1 }),
    below("in-simple", { threshold: 50 }),
  ]);
  const farm = drive(plan, { inService: 3, bootSeconds: 60 });
  t.deepEqual(farm.minutes(1, [requests(150)]), [4]);
  // In service at 2:00, warm at 5:00.
  t.deepEqual(farm.minutes(4, [requests(0)]), [4, 4, 4, 3]);
  t.true(farm.of("ignored").some(({ policy, why }) => policy === "in" && why === "warm-up"));
});

test("on the way in, what terminates still counts: the same breach takes nothing away twice", (t) => {
  const plan = scalingOf([
    group(),
    stepwise("in", [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }]),
    below("in", { threshold: 50 }),
  ]);
  const farm = drive(plan, { inService: 5, goneSeconds: 150 });
  t.deepEqual(farm.minutes(5, [requests(0)]), [4, 4, 4, 3, 3]);
});

test("warm-up falls back: EstimatedInstanceWarmup → DefaultInstanceWarmup → DefaultCooldown", (t) => {
  const warmUp = (policy: Inputs, groupInputs: Inputs) => {
    const [found] = farmOf(policy, groupInputs).groups[0]?.policies ?? [];
    return found?.kind === "step" ? found.warmUpSeconds : undefined;
  };
  t.is(warmUp({ estimatedInstanceWarmup: 10 }, { defaultInstanceWarmup: 20, defaultCooldown: 30 }), 10);
  t.is(warmUp({}, { defaultInstanceWarmup: 20, defaultCooldown: 30 }), 20);
  t.is(warmUp({}, { defaultCooldown: 30 }), 30);
  t.is(warmUp({}, {}), 300);
});

test("a percentage is of what counts, rounded, at least the magnitude, clamped to min and max", (t) => {
  const percent = { adjustmentType: "PercentChangeInCapacity", estimatedInstanceWarmup: 600 };
  const half = [{ metricIntervalLowerBound: "0", scalingAdjustment: 50 }];
  t.deepEqual(drive(farmOf(percent, {}, half), { inService: 5 }).minutes(2, [requests(150)]), [7, 7]);
  const least = { ...percent, minAdjustmentMagnitude: 4 };
  t.deepEqual(drive(farmOf(least, {}, half), { inService: 5 }).minutes(1, [requests(150)]), [9]);
  t.deepEqual(drive(farmOf(least, { maxSize: 6 }, half), { inService: 5 }).minutes(1, [requests(150)]), [6]);
});

test("the metric is aggregated as declared before its step is chosen", (t) => {
  const over = (metricAggregationType: string) => {
    const plan = scalingOf([
      group(),
      stepwise("out", two, { metricAggregationType, estimatedInstanceWarmup: 600 }),
      alarm("out", { evaluationPeriods: 3, datapointsToAlarm: 2 }),
    ]);
    const farm = drive(plan);
    for (const count of [150, 150, 260]) farm.minutes(1, [requests(count)]);
    return farm.group().desired;
  };
  t.is(over("Average"), 2);
  t.is(over("Minimum"), 2);
  t.is(over("Maximum"), 3);
});

test("an alarm for missing data alone takes the mildest step of its side", (t) => {
  const plan = scalingOf([
    group(),
    stepwise("in", [
      { metricIntervalLowerBound: "-0.02", metricIntervalUpperBound: "0", scalingAdjustment: -1 },
      { metricIntervalUpperBound: "-0.02", scalingAdjustment: -3 },
    ]),
    below("in", {
      metricName: "TargetResponseTime",
      statistic: "Average",
      threshold: 0.05,
      treatMissingData: "breaching",
    }),
  ]);
  t.deepEqual(drive(plan, { inService: 5 }).minutes(1, []), [4]);
});

test("of several proposals the greatest capacity counts, whatever the order", (t) => {
  const plan = scalingOf([
    group(),
    stepwise("one", [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }], { estimatedInstanceWarmup: 600 }),
    alarm("one"),
    stepwise("three", [{ metricIntervalLowerBound: "0", scalingAdjustment: 3 }], { estimatedInstanceWarmup: 600 }),
    alarm("three"),
    simple("in", { scalingAdjustment: -1 }),
    alarm("in"),
  ]);
  const farm = drive(plan, { inService: 4 });
  t.deepEqual(farm.minutes(1, [requests(150)]), [7]);
  t.like(farm.of("desired")[0], { by: "three" });
});

test("what replaces a lost instance does not warm up for a policy", (t) => {
  const farm = drive(farmOf({ estimatedInstanceWarmup: 600 }), { inService: 4, bootSeconds: 60 });
  farm.send({ kind: "lost", at: 10 * second, instanceId: "i-2" });
  t.deepEqual(farm.minutes(1, [requests(150)]), [5]);
  t.is(farm.group().instances.find(({ id }) => id === "i-4")?.warmUpSeconds, undefined);
  farm.minutes(1, []);
  t.is(farm.group().instances.length, 5);
  t.is(farm.state().now, 2 * minute);
});
