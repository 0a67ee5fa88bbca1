import test from "ava";
import {
  asDeclared,
  computeStatistic,
  isExtended,
  isStatistic,
  type Samples,
  type Statistic,
  statisticInWords,
} from "../../../runtime/contract/statistic.ts";

const counted = (...values: readonly (readonly [value: number, count: number])[]): Samples => ({
  sum: values.reduce((sum, [value, count]) => sum + value * count, 0),
  count: values.reduce((sum, [, count]) => sum + count, 0),
  minimum: Math.min(...values.map(([value]) => value)),
  maximum: Math.max(...values.map(([value]) => value)),
  values: values.map(([value, count]) => ({ value, count })),
});

test("names of CloudWatch's statistics, as declarations have them", (t) => {
  const known = ["Sum", "SampleCount", "Average", "Minimum", "Maximum", "p0", "p50", "p99.99", "p100", "p100.0"];
  t.deepEqual(known.filter(isStatistic), known);
  t.deepEqual(["", "sum", "p", "p101", "p-1", "p99.", "95", "toString", "p1e1"].filter(isStatistic), []);
});

test("of statistic sets", (t) => {
  const samples = [counted([1, 2], [2, 1]), { sum: 8, count: 1, minimum: 8, maximum: 8 }];
  const of = (statistic: Statistic) => computeStatistic(statistic, samples);
  t.deepEqual([of("Sum"), of("SampleCount"), of("Average"), of("Minimum"), of("Maximum")], [12, 4, 3, 1, 8]);
  t.is(computeStatistic("Sum", []), undefined);
});

test("a percentile is the least value that so many samples do not exceed, over all minutes", (t) => {
  const hundred = counted(...Array.from({ length: 100 }, (_, index) => [100 - index, 1] as const));
  t.deepEqual(
    (["p0", "p1", "p50", "p94.5", "p95", "p100"] as const).map((each) => computeStatistic(each, [hundred])),
    [1, 1, 50, 95, 95, 100],
  );
  t.is(computeStatistic("p95", [counted([0.1, 90]), counted([2, 10])]), 2);
  t.is(computeStatistic("p90", [counted([0.1, 90]), counted([2, 10])]), 0.1);
});

test("a trimmed mean is that of so large a share of the least samples", (t) => {
  t.is(computeStatistic("tm90", [counted([0.1, 9]), counted([5, 1])]), 0.1);
  t.is(computeStatistic("tm100", [counted([1, 3], [5, 1])]), 2);
  t.is(computeStatistic("tm50", [counted([4, 1], [2, 1], [1, 1])]), 2 / 1.5);
  t.is(computeStatistic("tm99", [{ sum: 9, count: 3, minimum: 1, maximum: 5 }]), undefined);
  t.is(statisticInWords("tm99"), "mean of the least 99 %");
  t.true(isExtended("tm99"));
});

test("a percentile of a statistic set is known only when all samples are equal", (t) => {
  t.is(computeStatistic("p50", [{ sum: 9, count: 3, minimum: 3, maximum: 3 }]), 3);
  t.is(computeStatistic("p50", [counted([1, 1]), { sum: 9, count: 3, minimum: 1, maximum: 5 }]), undefined);
});

test("there is no percentile of values below 0", (t) => {
  t.is(computeStatistic("p50", [counted([-1, 1], [2, 5])]), undefined);
});

test("in words", (t) => {
  const words = (["Average", "p50", "p95", "p99.9", "p1", "p2", "p3", "p11", "p92"] as const).map(statisticInWords);
  t.deepEqual(words, [
    "mean",
    "median",
    "95th percentile",
    "99.9th percentile",
    "1st percentile",
    "2nd percentile",
    "3rd percentile",
    "11th percentile",
    "92nd percentile",
  ]);
});

test("alarms have a property of its own for those that need each sample", (t) => {
  const names = ["statistic", "extendedStatistic"] as const;
  t.deepEqual(
    [asDeclared("Sum", names), asDeclared("p95", names)],
    [{ statistic: "Sum" }, { extendedStatistic: "p95" }],
  );
  t.deepEqual([isExtended("Maximum"), isExtended("p95")], [false, true]);
});
