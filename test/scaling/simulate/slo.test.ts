// Objectives are read as they are written, and judged by the totals of a run.
import test from "ava";
import fc from "fast-check";
import { meetsSlo, parseSlo, sloText, sloValue } from "../../../scaling/simulate/slo.ts";

test("objectives are read, in any order and with any unit of time", (t) => {
  t.deepEqual(parseSlo("p95 < 300 ms, failed < 0.1 %"), [
    { measure: "p95", below: 0.3 },
    { measure: "failed", below: 0.001 },
  ]);
  t.deepEqual(parseSlo("failed<1%,p99<1m30s"), [
    { measure: "failed", below: 0.01 },
    { measure: "p99", below: 90 },
  ]);
});

test("what is written is what was read", (t) => {
  const time = fc.integer({ min: 1, max: 99_999 }).map((milliseconds) => milliseconds / 1000);
  const latency = fc.record({ measure: fc.constantFrom("mean", "p50", "p90", "p95", "p99"), below: time });
  const failed = fc.record({
    measure: fc.constant("failed"),
    below: fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000),
  });
  const slos = fc.uniqueArray(fc.oneof(latency, failed), {
    minLength: 1,
    maxLength: 4,
    selector: ({ measure }) => measure,
  });
  fc.assert(
    fc.property(slos, (objectives) => {
      const read = parseSlo(sloText(objectives as ReturnType<typeof parseSlo>));
      t.deepEqual(
        read.map(({ measure }) => measure),
        objectives.map(({ measure }) => measure),
      );
      for (const [index, { below }] of read.entries()) t.true(Math.abs(below - (objectives[index]?.below ?? 0)) < 1e-9);
    }),
  );
});

test("what is no objective is told with the forms", (t) => {
  for (const [text, says] of [
    ["", /"" is no objective; write "p95 < 300 ms"/],
    ["p95 < 0 s", /"p95 < 0 s" is no objective/],
    ["p95 > 1 s", /"p95 > 1 s"/],
    ["p97 < 1 s", /of mean, p50, p90, p95, p99/],
    ["failed < 200 %", /above 0 to 100 %/],
    ["failed < 0.1", /"failed < 0.1"/],
    ["p95 < 1 s, p95 < 2 s", /two objectives of p95/],
    ["p95 < 1 s,", /"" is no objective/],
  ] as const) {
    t.throws(() => parseSlo(text), { instanceOf: RangeError, message: says }, text);
  }
});

test("a run meets what it is below, and nothing that it has no value of", (t) => {
  const slo = parseSlo("p95 < 300 ms, failed < 1 %");
  const run = { ended: 1000, failed: 9, latency: { p95: 0.299 } };
  t.true(meetsSlo(slo, run));
  t.false(meetsSlo(slo, { ...run, failed: 10 }));
  t.false(meetsSlo(slo, { ...run, latency: { p95: 0.3 } }));
  t.false(meetsSlo(slo, { ended: 0, failed: 0, latency: {} }));
  t.is(sloValue(slo[1] ?? { measure: "failed", below: 1 }, run), 0.009);
});
