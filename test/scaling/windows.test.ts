import test from "ava";
import { datapoints, type MinuteStatistics } from "../../scaling/windows.ts";

const minute = 60_000;
const at = (index: number, sum: number, count = 1): MinuteStatistics => ({
  start: index * minute,
  sum,
  count,
  minimum: sum / count,
  maximum: sum / count,
});

test("a period of fifteen minutes slides by minutes and sums what lies inside", (t) => {
  const jobs = Array.from({ length: 20 }, (_, index) => at(index, 2));
  t.deepEqual(datapoints(jobs, "Sum", 15 * minute, 1, 20 * minute), [30]);
  t.deepEqual(datapoints(jobs, "Sum", 15 * minute, 1, 5 * minute), [10]);
});

test("the minute under way does not count", (t) => {
  t.deepEqual(datapoints([at(3, 7)], "Sum", minute, 1, 3 * minute), [undefined]);
  t.deepEqual(datapoints([at(3, 7)], "Sum", minute, 1, 4 * minute), [7]);
});

test("windows without data are holes, oldest first", (t) => {
  t.deepEqual(datapoints([at(0, 1), at(2, 3)], "Sum", minute, 3, 3 * minute), [1, undefined, 3]);
});

test("an average is weighted by samples, not by minutes", (t) => {
  t.deepEqual(datapoints([at(0, 1, 1), at(1, 30, 10)], "Average", 2 * minute, 1, 2 * minute), [31 / 11]);
});
