// Expectations as people write them, and what a run has to show for them.
import test from "ava";
import fc from "fast-check";
import type { SizeChange } from "../../loadtest/measure/measured.ts";
import { type Expectation, expectationText, readExpectation } from "../../loadtest/measure/verdicts/expectation.ts";
import {
  type Evidence,
  judgeBounds,
  judgeExpectation,
  judgeJobs,
  judgeThresholds,
} from "../../loadtest/measure/verdicts/judge.ts";

test("expectations are read in their words and units", (t) => {
  t.deepEqual(readExpectation("reached 10 by 40 min"), { kind: "reached", count: 10, byMinute: 40 });
  t.deepEqual(readExpectation(" Back at  2 by 1h20m "), { kind: "back", count: 2, byMinute: 80 });
  t.deepEqual(readExpectation("p95 below 500 ms"), { kind: "p95", seconds: 0.5 });
  t.deepEqual(readExpectation("failed below 1 %"), { kind: "failed", share: 0.01 });
});

for (const text of [
  "",
  "reached ten by 4 min",
  "reached 10 by soon",
  "back at 2",
  "p95 below 0 s",
  "failed below 101 %",
]) {
  test(`refused with the forms: ${JSON.stringify(text)}`, (t) => {
    t.throws(() => readExpectation(text), {
      instanceOf: RangeError,
      message: /is no expectation; write "reached 10 by/,
    });
  });
}

test("what is written of an expectation is read as the same", (t) => {
  const count = fc.integer({ min: 0, max: 999 });
  const byMinute = fc.integer({ min: 1, max: 1000 });
  const any: fc.Arbitrary<Expectation> = fc.oneof(
    fc.record({ kind: fc.constantFrom("reached" as const, "back" as const), count, byMinute }),
    fc.record({ kind: fc.constant("p95" as const), seconds: fc.integer({ min: 1, max: 600 }) }),
  );
  fc.assert(fc.property(any, (expectation) => t.deepEqual(readExpectation(expectationText(expectation)), expectation)));
});

const changes = (...sizes: readonly [minute: number, inService: number][]): SizeChange[] =>
  sizes.map(([minute, inService]) => ({
    minute,
    min: 2,
    max: 10,
    desired: inService,
    inService,
    instances: inService,
  }));

const evidence = (sizes: SizeChange[]): Evidence => ({
  measured: { sizes: { "gas-web": sizes }, minutes: 100 },
  group: "gas-web",
  totals: { requests: 200, failed: 4, latency: { min: 0, mean: 1, p50: 1, p95: 2, p99: 3, max: 4 } },
  thresholds: [],
  crossed: false,
  jobs: "no job was submitted",
});
const grown = evidence(changes([-1, 2], [12, 5], [38, 10], [60, 5], [78, 2]));
const judged = (text: string, given = grown) => judgeExpectation(readExpectation(text), given);

test("reached: when so many were in service for the first time", (t) => {
  t.like(judged("reached 10 by 40 min"), { verdict: "held", detail: "at 38 min" });
  t.like(judged("reached 10 by 37 min"), { verdict: "failed", detail: "at 38 min" });
  t.like(judged("reached 11 by 90 min"), { verdict: "failed", detail: "not reached: at most 10 were in service" });
  t.like(judged("reached 2 by 1 min"), { verdict: "held", detail: "at 0 min" });
});

test("back: for good, and only after having been more", (t) => {
  t.like(judged("back at 2 by 80 min"), { verdict: "held", detail: "at 78 min" });
  t.like(judged("back at 2 by 70 min"), { verdict: "failed" });
  const again = evidence(changes([0, 2], [5, 3], [10, 2], [20, 3]));
  t.is(judged("back at 2 by 80 min", again).verdict, "failed");
  t.regex(judged("back at 2 by 80 min", again).detail, /not during the recording: 3 were in service/);
  t.regex(judged("back at 2 by 80 min", evidence(changes([0, 2]))).detail, /no more than 2 were ever/);
});

test("p95 and failures", (t) => {
  t.is(judged("p95 below 3 s").verdict, "held");
  t.is(judged("p95 below 2 s").verdict, "failed");
  t.is(judged("failed below 2 %").verdict, "held");
  t.is(judged("failed below 1 %").verdict, "failed");
});

test("bounds are judged at every look, of every group", (t) => {
  t.is(judgeBounds(grown.measured.sizes).verdict, "held");
  t.regex(
    judgeBounds({ web: changes([0, 2], [7, 11]) }).detail,
    /web had a desired capacity of 11 and 11 in service at 7 min, max 10/,
  );
  t.regex(judgeBounds({ web: changes([0, 2]), other: changes([3, 1]) }).detail, /other .* min 2/);
});

test("within bounds, whatever the course: held; outside of them: failed", (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1 }), (sizes) => {
      const { verdict } = judgeBounds({ web: changes(...sizes.map((size, n): [number, number] => [n, size])) });
      t.is(verdict, sizes.every((size) => size >= 2 && size <= 10) ? "held" : "failed");
    }),
  );
});

test("a job that failed or was begun again was killed; without knowledge of jobs nothing is said", (t) => {
  const jobs = { submitted: 3, byStatus: { COMPLETED: 3 }, begunAgain: 0, seconds: [1, 2, 3] };
  t.is(judgeJobs(jobs).verdict, "held");
  t.is(judgeJobs({ ...jobs, begunAgain: 1 }).verdict, "failed");
  t.is(judgeJobs({ ...jobs, byStatus: { COMPLETED: 2, FAILED: 1 } }).verdict, "failed");
  t.deepEqual(judgeJobs("no table"), { what: "no running job killed", verdict: "unknown", detail: "no table" });
});

test("k6's thresholds are verdicts; a crossing that only the exit code tells is one as well", (t) => {
  t.is(judgeThresholds([{ metric: "checks", threshold: "rate>0.99", held: false }], true)[0]?.verdict, "failed");
  t.is(judgeThresholds([], true)[0]?.verdict, "failed");
  t.is(judgeThresholds([], false)[0]?.verdict, "unknown");
});
