import test from "ava";
import { UsageError, usageFields, usageOf } from "../../../plan/cost/usage.ts";

test("what is not given is the default; defaults are within their bounds", (t) => {
  t.is(usageOf({ jobs: 5 }).jobs, 5);
  t.is(usageOf().requests, usageFields.requests.otherwise);
  t.notThrows(() => usageOf());
});

test("numbers out of bounds are told together, with flag, value and bounds", (t) => {
  const error = t.throws(() => usageOf({ jobs: -1, premiumPercent: 101, inputBytes: Number.NaN }), {
    instanceOf: UsageError,
  });
  const lines = (error?.message ?? "").split("\n");
  t.deepEqual(lines, [
    "--jobs -1: give 0 to 1,000,000,000 jobs",
    "--input-size NaN: give 1 to 10,737,418,240 bytes",
    "--premium 101: give 0 to 100 percent",
  ]);
});

test("a stack that stands for a few hours is in use all the while, unless more is asked", (t) => {
  t.is(usageOf({ upHours: 4 }).activeHours, 4);
  t.throws(() => usageOf({ upHours: 4, activeHours: 5 }), { message: /--active-hours 5.*4 h/ });
});

test("nothing can be restored that is not kept", (t) => {
  t.is(usageOf({ jobs: 3 }).restores, 3);
  t.throws(() => usageOf({ jobs: 3, restores: 4 }), { message: /--restores 4: only 3/ });
});
