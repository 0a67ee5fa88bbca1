import test from "ava";
import { box, lineWords, pathOf, scaleFor, stateText, stretchesOf } from "../../../local/console/ui/plot-shape.ts";
import { quantile } from "../../../runtime/contract/statistic.ts";

const minute = 60_000;
const end = Date.UTC(2026, 4, 12, 22, 8);
const last = (count: number) => Array.from({ length: count }, (_, n) => end - (count - n) * minute);

test("the newest minute ends at the right, an hour before it is the left", (t) => {
  const scale = scaleFor([7], end);
  t.is(scale.x(end), box.width - box.right);
  t.is(scale.x(end - 60 * minute), box.left);
  t.deepEqual(
    scale.quarters.map((time) => new Date(time).toISOString().slice(11, 16)),
    ["21:15", "21:30", "21:45", "22:00"],
  );
});

test("values have room, and ticks are round; counts have no halves", (t) => {
  t.deepEqual(scaleFor([3, null, 14.2], end).ticks, [0, 5, 10, 15]);
  t.deepEqual(scaleFor([1], end).ticks, [0, 1]);
  t.deepEqual(scaleFor([0.9], end).ticks, [0, 0.5, 1]);
  const empty = scaleFor([null], end);
  t.deepEqual(empty.ticks, [0, 1]);
  t.is(empty.y(0), box.height - box.bottom);
});

test("a line breaks where there is no value, and where minutes are missing", (t) => {
  const scale = { ...scaleFor([1], end), x: (time: number) => (time - end) / minute, y: (value: number) => value };
  t.is(pathOf(last(4), [1, 2, null, 3], scale, false), "M-3,1h0L-2,2M0,3h0");
  t.is(pathOf(last(3), [1, 1, 4], scale, true), "M-3,1H-2V1H-1V4H0");
  const [first = 0, , third = 0] = last(3);
  t.is(pathOf([first, third], [1, 4], scale, true), "M-3,1H-2M-1,4H0", "the runner slept");
  t.is(pathOf([], [], scale, true), "");
});

test("a band of states has a stretch for each run of the same", (t) => {
  const minutes = last(5);
  const stretches = stretchesOf(minutes, ["INSUFFICIENT_DATA", "OK", "ALARM", "ALARM", "OK"]);
  t.deepEqual(
    stretches.map(({ state, from, to }) => [state, (from - end) / minute, (to - end) / minute]),
    [
      ["INSUFFICIENT_DATA", -5, -4],
      ["OK", -4, -3],
      ["ALARM", -3, -1],
      ["OK", -1, 0],
    ],
  );
  t.is(stateText(stretches), "OK since 22:07; 2 of 5 minutes in ALARM");
  t.is(stateText([]), "not evaluated yet");
});

test("a line in words", (t) => {
  t.is(lineWords("p95", [null, 0.51234, 8.4, null], "s"), "p95: now –, between 0.512 s and 8.4 s");
  t.is(lineWords("in service", [2, 2], ""), "in service: now 2");
  t.is(lineWords("waiting", [null], ""), "waiting: no data");
});

test("quantiles of counted values", (t) => {
  const values = [
    { value: 5, count: 1 },
    { value: 1, count: 98 },
    { value: 3, count: 1 },
  ];
  t.is(quantile(values, 0.5), 1);
  t.is(quantile(values, 0.99), 3);
  t.is(quantile(values, 1), 5);
  t.is(quantile([], 0.5), undefined);
});
