// When a load test stops looking on.
import test from "ava";
import { createEnd } from "../../loadtest/measure/after.ts";
import type { Sample } from "../../loadtest/measure/record/recorder.ts";

const minute = 60_000;
const loadEnd = 1000 * minute;

const sampleOf = (at: number, desired: number): Sample => ({
  kind: "sample",
  at,
  groups: [{ name: "gas-web", min: 2, max: 10, desired, inService: desired, instances: desired }],
  alarms: {},
});

/** Minutes after the load's end at which it is over, looked at each minute: instances, or `undefined` for a look that fails. */
function endOf(after: number, look: (minutes: number) => number | undefined): number {
  const isOver = createEnd(loadEnd, after);
  for (let n = 1; n <= 1000; n++) {
    const at = loadEnd + n * minute;
    const desired = look(n);
    if (isOver(desired === undefined ? undefined : sampleOf(at, desired), at)) return n;
  }
  return Number.POSITIVE_INFINITY;
}

test("a farm that has been at its minimum for five minutes has gone back", (t) => {
  t.is(
    endOf(60, () => 2),
    6,
  );
  t.is(
    endOf(60, (n) => (n < 20 ? 4 : 2)),
    25,
  );
});

test("a farm that does not go back is watched as long as it was said", (t) => {
  t.is(
    endOf(60, () => 3),
    60,
  );
});

test("a farm that nobody can see is given up after five minutes, and its time runs on", (t) => {
  t.is(
    endOf(60, () => undefined),
    5,
  );
  t.is(
    endOf(60, (n) => (n < 30 ? 3 : undefined)),
    34,
  );
  t.is(
    endOf(3, () => undefined),
    3,
  );
  t.is(
    endOf(60, (n) => (n % 2 === 0 ? undefined : 2)),
    7,
    "a look that fails now and then hides nothing",
  );
});
