// The simulator's parts: heap, histogram, levels, chance.
import test from "ava";
import fc from "fast-check";
import { generator } from "../../../scaling/random.ts";
import { sampler } from "../../../scaling/simulate/distribution.ts";
import { EventHeap } from "../../../scaling/simulate/event-heap.ts";
import { Histogram } from "../../../scaling/simulate/histogram.ts";
import { IdQueue } from "../../../scaling/simulate/id-queue.ts";
import { beginnings, levelAt, nextArrival, piecesOf } from "../../../scaling/simulate/levels.ts";

test("events come out in order of time, whatever the order they went in", (t) => {
  const time = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.oneof(time, fc.constant(undefined)), { maxLength: 3000 }), (moves) => {
      const heap = new EventHeap();
      const model: number[] = [];
      moves.forEach((move, code) => {
        if (move !== undefined) {
          heap.add(move, code);
          model.push(move);
          model.sort((a, b) => a - b);
        } else if (heap.take() >= 0) t.is(heap.time, model.shift() as number);
        else t.is(model.length, 0);
      });
      t.is(heap.size, model.length);
      t.is(heap.take((model[0] ?? 1) - 1e-9), -1, "nothing is due before the soonest");
    }),
    { numRuns: 50 },
  );
});

test("a queue of numbers grows and keeps its order", (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (moves) => {
      const queue = new IdQueue();
      const model: number[] = [];
      moves.forEach((adds, id) => {
        if (adds) {
          queue.add(id);
          model.push(id);
        } else t.is(queue.take(), model.shift() ?? -1);
      });
      t.is(queue.size, model.length);
    }),
  );
});

test("percentiles are right to half a percent, least, greatest and mean exactly", (t) => {
  const seconds = fc.double({ min: 1e-5, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(seconds, { minLength: 1, maxLength: 400 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const sorted = [...values].sort((a, b) => a - b);
        const rank = share * (sorted.length - 1);
        const [low, high] = [sorted[Math.floor(rank)] as number, sorted[Math.ceil(rank)] as number];
        const [found = Number.NaN] = histogram.quantiles([share]);
        t.true(found >= low * 0.992 && found <= high * 1.008, `${found} of ${low} to ${high}`);
        t.is(histogram.least, sorted[0] as number);
        t.is(histogram.greatest, sorted.at(-1) as number);
      },
    ),
  );
});

test("what a histogram has counted, each value right to half a percent", (t) => {
  const histogram = new Histogram();
  for (const seconds of [0, 0.25, 0.25, 3, 8]) histogram.add(seconds);
  const values = histogram.values();
  t.deepEqual(
    values.map(({ count }) => count),
    [1, 2, 1, 1],
  );
  for (const [index, seconds] of [0, 0.25, 3, 8].entries()) {
    t.true(Math.abs((values[index]?.value ?? Number.NaN) - seconds) <= 0.005 * seconds + 1e-6);
  }
});

test("a drained histogram is empty, the other has both", (t) => {
  const [all, some] = [new Histogram(), new Histogram()];
  all.add(1);
  some.add(3);
  all.drain(some);
  t.deepEqual([all.count, all.mean(), all.greatest], [2, 2, 3]);
  t.deepEqual([some.count, some.mean(), some.quantiles([0.5])], [0, undefined, [undefined]]);
});

test("distributions have the mean and the spread they say", (t) => {
  for (const [distribution, variation] of [
    [{ kind: "deterministic" }, 0],
    [{ kind: "exponential" }, 1],
    [{ kind: "lognormal", variation: 0.5 }, 0.5],
  ] as const) {
    const draw = sampler(distribution, 4, generator(7));
    const values = Array.from({ length: 50_000 }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    t.true(Math.abs(mean - 4) < 0.06, distribution.kind);
    t.true(Math.abs(spread / 4 - variation) < 0.02, distribution.kind);
  }
});

const ramp = piecesOf(10, 2, [
  { seconds: 0, to: 4 },
  { seconds: 20, to: 8 },
  { seconds: 10, to: 0 },
]);

test("levels run through their stages and are 0 outside", (t) => {
  t.deepEqual(
    [0, 10, 20, 29.999, 35, 41].map((time) => Math.round(levelAt(ramp, time))),
    [0, 4, 6, 8, 4, 0],
  );
});

test("a user begins each time that the level rises through a whole number", (t) => {
  t.deepEqual(beginnings(ramp), [10, 10, 10, 10, 15, 20, 25, 30]);
  const twice = piecesOf(
    0,
    0,
    [2, 0, 2].map((to) => ({ seconds: 2, to })),
  );
  t.deepEqual(beginnings(twice), [1, 2, 5, 6]);
});

test("Poisson arrivals are as many as the rate's integral, where the rate is", (t) => {
  const pieces = piecesOf(100, 0, [
    { seconds: 1000, to: 20 },
    { seconds: 1000, to: 20 },
  ]);
  const random = generator(3);
  const times: number[] = [];
  for (
    let time = nextArrival(pieces, 0, random);
    time < Number.POSITIVE_INFINITY;
    time = nextArrival(pieces, time, random)
  ) {
    times.push(time);
  }
  t.true(Math.abs(times.length - 30_000) < 4 * Math.sqrt(30_000));
  t.true((times[0] as number) >= 100 && (times.at(-1) as number) < 2100);
  const early = times.filter((time) => time < 600).length;
  t.true(Math.abs(early - 2500) < 4 * 50);
});
