// The cases of the conformance suite: each can be named, looked up, and told of by the records.
import test from "ava";
import { areaOf, areas } from "../../bench/conformance/case.ts";
import { cases } from "../../bench/conformance/cases.ts";
import { Broken, expectEqual, expectRefused } from "../../bench/conformance/expect.ts";
import { reasons } from "../../bench/conformance/reasons.ts";
import { scoresOf } from "../../bench/conformance/run.ts";
import { sources } from "../../bench/conformance/sources.ts";
import { readPublished } from "../../bench/figures/records.ts";

const ids = cases.map(({ id }) => id);

test("each case has an id of its own, which begins with its area", (t) => {
  t.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
  t.deepEqual(
    cases.filter((each) => !(areaOf(each) in areas)).map(({ id }) => id),
    [],
  );
  t.true(cases.length >= 150);
});

test("each case states a rule and names a page of AWS's documentation; no page is listed for nothing", (t) => {
  for (const { id, rule, source } of cases) {
    t.regex(rule, /^\S.*\.$/, id);
    t.regex(sources[source].url, /^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/, id);
  }
  const named = new Set<string>(cases.map(({ source }) => source));
  t.deepEqual(
    Object.keys(sources).filter((name) => !named.has(name)),
    [],
  );
});

test("the published scores are of these cases, and each failure has its reason", (t) => {
  const { areas: scores, failures } = readPublished("conformance").figures;
  t.deepEqual(
    scores.map(({ area, cases: count }) => [area, count]),
    scoresOf(cases.map(({ id }) => ({ id, passed: true }))).map(({ area, cases: count }) => [areas[area], count]),
  );
  t.deepEqual(
    failures.map(({ id, reason }) => [id, reason]),
    failures.map(({ id }) => [id, reasons[id]]),
  );
});

const answered = (httpStatusCode: number, name: string) =>
  Promise.reject(Object.assign(new Error("no"), { name, $metadata: { httpStatusCode } }));

test("only the caller's mistake is a refusal: what is accepted, not offered or broken is not", async (t) => {
  await expectRefused(() => answered(400, "ValidationError"));
  await expectRefused(() => answered(400, "ScalingActivityInProgressFault"), /^ScalingActivityInProgress/);
  await t.throwsAsync(
    expectRefused(async () => {}),
    { instanceOf: Broken, message: /accepted/ },
  );
  await t.throwsAsync(
    expectRefused(() => answered(501, "NotImplemented")),
    { instanceOf: Broken },
  );
  await t.throwsAsync(
    expectRefused(() => answered(400, "NotImplemented")),
    { instanceOf: Broken },
  );
  await t.throwsAsync(
    expectRefused(() => Promise.reject(new Error("connection refused"))),
    { message: "connection refused" },
  );
  t.throws(() => expectEqual("the state", "OK", "ALARM"), {
    instanceOf: Broken,
    message: 'the state is "OK"; AWS: "ALARM"',
  });
});
