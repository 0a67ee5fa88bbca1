// AWS-documented arithmetic of policies, each rule by its name.
import test from "ava";
import fc from "fast-check";
import { adjusted, percentOf } from "../../scaling/policies/adjustment.ts";
import { stepFor, stepProblems } from "../../scaling/policies/steps.ts";
import { capacityFor, seenShape, trackingRule } from "../../scaling/policies/target-tracking.ts";

test("percent rounding: >1 down; 0..1 → 1; −1..0 → −1; < −1 toward zero", (t) => {
  t.is(percentOf(10, 12.7 * 10), 12);
  t.is(percentOf(10, 6.7), 1);
  t.is(percentOf(10, -5.8), -1);
  t.is(percentOf(10, -66.7), -6);
  t.is(percentOf(10, 0), 0);
});

test("then MinAdjustmentMagnitude", (t) => {
  const percent = { type: "PercentChangeInCapacity", minMagnitude: 2 } as const;
  t.is(adjusted(4, percent, 25), 6);
  t.is(adjusted(4, percent, -25), 2);
  t.is(adjusted(20, percent, 25), 25);
});

test("an exact capacity is a capacity, a change is a change", (t) => {
  t.is(adjusted(4, { type: "ExactCapacity" }, 7), 7);
  t.is(adjusted(4, { type: "ChangeInCapacity" }, -3), 1);
});

const steps = [
  { lower: 0, upper: 10, amount: 1 },
  { lower: 10, upper: 20, amount: 2 },
  { lower: 20, upper: Number.POSITIVE_INFINITY, amount: 3 },
];
const mirrored = steps.map(({ lower, upper, amount }) => ({ lower: -upper, upper: -lower, amount: -amount }));

test("bounds are relative to the threshold: above it [lower, upper)", (t) => {
  t.deepEqual(
    [0, 9.99, 10, 20, 1e9].map((distance) => stepFor(steps, distance, "above")?.amount),
    [1, 1, 2, 3, 3],
  );
  t.is(stepFor(steps, -0.01, "above"), undefined);
});

test("bounds are relative to the threshold: below it (lower, upper]", (t) => {
  const amounts = [0, -9.99, -10, -20, -1e9].map((distance) => stepFor(mirrored, distance, "below")?.amount);
  t.deepEqual(amounts, [-1, -1, -2, -3, -3]);
  t.is(stepFor(mirrored, 0.01, "below"), undefined);
});

test("no gaps, no overlaps", (t) => {
  t.deepEqual(stepProblems(steps), []);
  t.deepEqual(stepProblems(mirrored), []);
  const gap = stepProblems([steps[0], { lower: 15, upper: Number.POSITIVE_INFINITY, amount: 2 }] as typeof steps);
  t.like(gap[0], { index: 1, property: "metricIntervalLowerBound" });
  t.regex(gap[0]?.problem ?? "", /15 leaves a gap after the step that ends at 10/);
  const overlap = stepProblems([steps[0], { lower: 5, upper: Number.POSITIVE_INFINITY, amount: 2 }] as typeof steps);
  t.regex(overlap[0]?.problem ?? "", /5 overlaps the step that ends at 10/);
  t.regex(stepProblems([])[0]?.problem ?? "", /no step/);
  t.regex(stepProblems([{ lower: 3, upper: 3, amount: 1 }])[0]?.problem ?? "", /3 is not below the upper bound 3/);
  t.regex(stepProblems([{ lower: 0, upper: 9, amount: 1 }])[0]?.problem ?? "", /9 is the highest bound/);
  t.regex(stepProblems([{ lower: -9, upper: 0, amount: 1 }])[0]?.problem ?? "", /-9 is the lowest bound/);
});

test("every breach falls into exactly one of sound steps", (t) => {
  const bounds = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 0, maxLength: 5 });
  fc.assert(
    fc.property(bounds, fc.double({ min: 0, max: 200, noNaN: true }), (inner, distance) => {
      const edges = [0, ...inner.sort((a, b) => a - b), Number.POSITIVE_INFINITY];
      const made = edges.slice(1).map((upper, index) => ({ lower: edges[index] as number, upper, amount: index }));
      t.deepEqual(stepProblems(made), []);
      const found = made.filter((step) => stepFor([step], distance, "above") !== undefined);
      t.is(found.length, 1);
      t.is(stepFor(made, distance, "above"), found[0]);
    }),
  );
});

test("target tracking: alarms are 3 of 3 × 60 s high, 15 of 15 × 60 s low", (t) => {
  t.like(trackingRule("high", 50, seenShape, 60), { evaluationPeriods: 3, datapointsToAlarm: 3, threshold: 50 });
  t.like(trackingRule("low", 50, seenShape, 60), { evaluationPeriods: 15, datapointsToAlarm: 15, threshold: 45 });
});

test("target tracking of a high-resolution metric: 3 of 3 × 10 s high, a quarter of an hour low", (t) => {
  t.like(trackingRule("high", 50, seenShape, 10), { evaluationPeriods: 3, datapointsToAlarm: 3 });
  t.like(trackingRule("low", 50, seenShape, 10), { evaluationPeriods: 90, datapointsToAlarm: 90 });
});

test("target tracking: rounds up on scale-out, careful on scale-in", (t) => {
  t.is(capacityFor(4, 51, 50), 5);
  t.is(capacityFor(4, 50, 50), 4);
  t.is(capacityFor(10, 41, 50), 9, "8.2 instances would do, nine are kept");
  t.is(capacityFor(3, 0.1 + 0.2, 0.3), 3, "rounding errors cost no instance");
});
