// k6's points become a row a minute, whatever their order and number.
import test from "ava";
import fc from "fast-check";
import { cellsOf, createPoints } from "../../loadtest/measure/k6/points.ts";
import type { LoadMinute } from "../../loadtest/measure/timeline.ts";

const head = "metric_name,timestamp,metric_value,check,expected_response,extra_tags,metadata";
const request = (at: number, milliseconds: number, expected = true) =>
  `http_req_duration,${at},${milliseconds},,${expected},,`;

function reduce(lines: readonly string[], speed = 1) {
  const rows: LoadMinute[] = [];
  const points = createPoints(speed, (row) => void rows.push(row));
  for (const line of [head, ...lines]) points.line(line);
  return { totals: points.end(), rows, begun: points.begun() };
}

test("requests are counted by minute, those that failed apart, and their times left out", (t) => {
  const { rows, totals, begun } = reduce([
    "vus,1000,3.000000,,,,",
    request(1000, 200),
    request(2000, 9000, false),
    request(61_500, 400),
    "dropped_iterations,61500,2,,,,",
  ]);
  t.is(begun, 1000);
  t.like(rows[0], { minute: 1, users: 3, requests: 2, failed: 1, dropped: 0 });
  t.like(rows[1], { minute: 2, users: undefined, requests: 1, failed: 0, dropped: 2 });
  t.is(totals.latency.max, 0.4);
  t.is(totals.failed, 1);
});

test("accelerated: ten seconds at ten times the speed are more than a minute, and answers took ten times as long", (t) => {
  const { rows, totals } = reduce([request(0, 100), request(5_000, 100), request(10_000, 100)], 10);
  t.deepEqual(
    rows.map(({ minute, requests }) => [minute, requests]),
    [
      [1, 2],
      [2, 1],
    ],
  );
  t.is(totals.latency.mean, 1);
});

test("failed checks are counted by name, commas and quotes in it and all; k6's summary is no point", (t) => {
  const { totals } = reduce([
    'checks,1000,0.000000,"it is ""there"", whole",,,',
    'checks,1000,0.000000,"it is ""there"", whole",,,',
    "checks,1000,1.000000,status is 200,,,",
    "     iterations.................: 8       3.542465/s",
    "",
  ]);
  t.deepEqual(totals.failedChecks, { 'it is "there", whole': 2 });
});

test("cells are split as a CSV reader splits them", (t) => {
  const cell = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', " ") });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
      const line = cells.map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",");
      t.deepEqual(cellsOf(line), cells);
    }),
  );
});

test("no request is lost or counted twice: rows ascend and sum up, even when points come late", (t) => {
  const times = fc.array(fc.record({ at: fc.integer({ min: 0, max: 1_200_000 }), ok: fc.boolean() }), { minLength: 1 });
  fc.assert(
    fc.property(times, (points) => {
      const { rows, totals } = reduce(points.map(({ at, ok }) => request(at, 100, ok)));
      t.is(totals.requests, points.length);
      t.is(totals.failed, points.filter(({ ok }) => !ok).length);
      t.is(
        rows.reduce((sum, row) => sum + row.requests, 0),
        points.length,
      );
      t.true(rows.every((row, index) => index === 0 || row.minute > (rows[index - 1] as LoadMinute).minute));
    }),
  );
});
