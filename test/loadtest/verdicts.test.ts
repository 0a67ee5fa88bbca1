// Expectations as people write them, and what a run has to show for them.
import test from "ava";
import fc from "fast-check";
import type { SizeChange } from "../../loadtest/measure/measured.ts";
import { type Expectation, expectationText, readExpectation } from "../../loadtest/measure/verdicts/expectation.ts";
import {
  type Evidence,
  judge,
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
  measured: { sizes: { "gas-web": sizes }, minutes: 100, unseen: [] },
  group: "gas-web",
  totals: { requests: 200, failed: 4, latency: { min: 0, mean: 1, p50: 1, p95: 2, p99: 3, max: 4 } },
  thresholds: [],
  crossed: false,
  broken: undefined,
  own: { seconds: 0.002, speed: 10 },
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
  t.is(judgeBounds(grown.measured).verdict, "held");
  t.regex(
    judgeBounds({ sizes: { web: changes([0, 2], [7, 11]) }, unseen: [] }).detail,
    /web had a desired capacity of 11 and 11 in service at 7 min, max 10/,
  );
  t.regex(
    judgeBounds({ sizes: { web: changes([0, 2]), other: changes([3, 1]) }, unseen: [] }).detail,
    /other .* min 2/,
  );
});

test("within bounds, whatever the course: held; outside of them: failed", (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1 }), (sizes) => {
      const web = changes(...sizes.map((size, n): [number, number] => [n, size]));
      const { verdict } = judgeBounds({ sizes: { web }, unseen: [] });
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

const { own } = grown;

test("k6's thresholds are verdicts; a crossing that only the exit code tells is one as well", (t) => {
  const thresholds = [{ metric: "checks", threshold: "rate>0.99", held: false }];
  t.is(judgeThresholds({ thresholds, crossed: true, own })[0]?.verdict, "failed");
  t.is(judgeThresholds({ thresholds: [], crossed: true, own })[0]?.verdict, "failed");
  t.is(judgeThresholds({ thresholds: [], crossed: false, own })[0]?.verdict, "unknown");
});

test("of what was not seen nothing is said that it could have changed", (t) => {
  const blind = (sizes: SizeChange[], from: number, to: number): Evidence => {
    const given = evidence(sizes);
    return { ...given, measured: { ...given.measured, unseen: [{ from, to }] } };
  };
  const late = blind(grown.measured.sizes["gas-web"] as SizeChange[], 80, 94);
  t.deepEqual(judgeBounds(late.measured), {
    what: "never below min or above max",
    verdict: "unknown",
    detail: "not seen for 14 min from minute 80 on",
  });
  t.is(judged("reached 10 by 40 min", late).verdict, "held", "it was seen before");
  t.is(judged("reached 11 by 90 min", late).verdict, "unknown");
  t.is(judged("back at 2 by 80 min", late).verdict, "unknown", "it may have grown again");
  const early = blind(changes([-1, 2], [38, 10]), 10, 38);
  t.is(judged("reached 10 by 20 min", early).verdict, "unknown", "it may have been there at 11");
  t.is(judgeBounds({ sizes: { web: changes([0, 11]) }, unseen: early.measured.unseen }).verdict, "failed");
});

test("a limit that this machine alone takes a fifth of is not said to be missed by the service", (t) => {
  const slow = { ...grown, own: { seconds: 0.05, speed: 10 } };
  t.deepEqual(judged("p95 below 2 s", slow), {
    what: "p95 below 2 s",
    verdict: "unknown",
    detail: "this machine itself takes 500 ms for an answer, and the limit is 2,000 ms",
  });
  t.is(judged("p95 below 3 s", slow).verdict, "held", "it held all the same");
  const threshold = (metric: string, limit: string) =>
    judgeThresholds({ thresholds: [{ metric, threshold: limit, held: false }], crossed: true, own: slow.own })[0];
  t.is(threshold("http_req_duration", "p(95)<200")?.verdict, "unknown");
  t.is(threshold("http_req_duration", "p(95)<2000")?.verdict, "failed");
  t.is(threshold("http_req_failed", "rate<0.1")?.verdict, "failed");
});

test("a load that broke off is a verdict", (t) => {
  const verdicts = judge([], { ...grown, broken: "k6 ended by SIGKILL: it said nothing" });
  t.true(verdicts.some(({ what, verdict }) => what === "the load ran to its end" && verdict === "failed"));
  t.false(judge([], grown).some(({ what }) => what === "the load ran to its end"));
});
