import test from "ava";
import { type Minutes, startMinutes } from "../../../../local/aws/cloudwatch/minutes.ts";
import { metricData } from "../../../../local/aws/cloudwatch/statistics.ts";
import { handClock } from "../../gateway/world.ts";

const begin = Date.UTC(2026, 0, 5, 12);
const settled = () => new Promise((resolve) => setImmediate(resolve));

function ticking(speed = 1) {
  const clock = { ...handClock(begin + 20_000), speed };
  const told: Minutes[] = [];
  const errors: unknown[] = [];
  const faults = { measure: false, listener: false };
  const ticker = startMinutes({
    clock,
    measures: [
      (starts) => [
        { namespace: "A", data: starts.map((start) => ({ MetricName: "m", Value: 1, Timestamp: new Date(start) })) },
      ],
      () => {
        if (faults.measure) throw new Error("unmeasurable");
        return [];
      },
    ],
    listeners: [
      () => {
        if (faults.listener) throw new Error("deaf");
      },
      (minutes) => void told.push(minutes),
    ],
    onError: (error) => errors.push((error as Error).message),
  });
  return { clock, told, errors, faults, ticker };
}

test("each minute is told once, at its end", async (t) => {
  const { clock, told, ticker } = ticking();
  clock.advance(39_999);
  await settled();
  t.is(told.length, 0);
  clock.advance(1);
  await settled();
  t.deepEqual(told[0]?.starts, [begin]);
  clock.advance(60_000);
  await settled();
  t.deepEqual(told[1]?.starts, [begin + 60_000]);
  await ticker.stop();
  clock.advance(600_000);
  await settled();
  t.is(told.length, 2);
});

test("minutes that ended during a round come together, and a long sleep is not made up for", async (t) => {
  const { clock, told, ticker } = ticking();
  clock.advance(40_000 + 180_000);
  await settled();
  clock.advance(0);
  await settled();
  t.deepEqual(
    told.flatMap(({ starts }) => starts),
    [0, 1, 2, 3].map((n) => begin + n * 60_000),
  );
  clock.advance(24 * 3_600_000);
  await settled();
  clock.advance(0);
  await settled();
  t.is(told.at(-1)?.starts.length, 30);
  await ticker.stop();
});

test("a measure or a listener that fails spoils neither the others nor the next minute", async (t) => {
  const { clock, told, errors, faults, ticker } = ticking();
  Object.assign(faults, { measure: true, listener: true });
  clock.advance(40_000);
  await settled();
  t.deepEqual(errors, ["unmeasurable", "deaf"]);
  t.is(metricData(told[0]?.series ?? [], begin).length, 1);
  Object.assign(faults, { measure: false, listener: false });
  clock.advance(60_000);
  await settled();
  t.is(told.length, 2);
  t.is(errors.length, 2);
  await ticker.stop();
});

test("data of values and counts become the statistics of their minute", (t) => {
  const data = [
    {
      MetricName: "t",
      Timestamp: new Date(begin),
      Values: [1, 2, 4],
      Counts: [2, 1, 1],
      Dimensions: [{ Name: "D", Value: "d" }],
    },
    { MetricName: "t", Timestamp: new Date(begin + 60_000), Value: 9 },
    { MetricName: "none", Timestamp: new Date(begin), Values: [] },
  ];
  const set = { sum: 8, count: 4, minimum: 1, maximum: 4 };
  const values = [
    { value: 1, count: 2 },
    { value: 2, count: 1 },
    { value: 4, count: 1 },
  ];
  t.deepEqual(metricData([{ namespace: "N", data }], begin), [
    { namespace: "N", name: "t", dimensions: { D: "d" }, ...set, values },
  ]);
});

test("a statistic set has no values of its own, so that none are made up", (t) => {
  const StatisticValues = { Sum: 8, SampleCount: 4, Minimum: 1, Maximum: 4 };
  const data = [{ MetricName: "t", Timestamp: new Date(begin), StatisticValues }];
  t.deepEqual(metricData([{ namespace: "N", data }], begin), [
    { namespace: "N", name: "t", dimensions: {}, sum: 8, count: 4, minimum: 1, maximum: 4 },
  ]);
});
