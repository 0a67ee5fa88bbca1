// The course's record, its explanations, and the document that compares them.
import { readFileSync } from "node:fs";
import test from "ava";
import { courseMarkdown } from "../../../scaling/simulate/course/markdown.ts";
import { minimise } from "../../../scaling/simulate/course/minimise.ts";
import { loadSeconds, users } from "../../../scaling/simulate/course/record.ts";
import { type PolicyReport, studyCourse } from "../../../scaling/simulate/course/study.ts";
import { courseText } from "../../../scaling/simulate/course/text.ts";

test("the record's own figures: users by the response time law, length of the load", (t) => {
  t.is(users, 238);
  t.is(Math.round(loadSeconds / 60), 51);
});

test("the least of a function is found from far away", (t) => {
  const valley = ([x = 0, y = 0]: readonly number[]) => (1 - x) ** 2 + 10 * (y - x * x) ** 2;
  const [x = 0, y = 0] = minimise(valley, [-3, 4], { stride: 0.5, evaluations: 300 });
  t.true(Math.abs(x - 1) < 0.01 && Math.abs(y - 1) < 0.01);
});

const study = studyCourse(10);
const account = async (explanation: PolicyReport["explanation"]) =>
  (await study).accounts.find((each) => each.explanation === explanation) as PolicyReport;
const off = (value: number, record: number) => Math.abs(value / record - 1);

test("each fit hits what it was fitted to", async (t) => {
  const { accounts } = await study;
  for (const { explanation, figures, fittedTo } of accounts) {
    t.true(off(figures.min.middle, 1.888) < 0.01, explanation);
    t.true(off(figures.requests.middle, 89_199) < 0.015, explanation);
    t.is(fittedTo.includes("max"), explanation === "both");
  }
  t.true(off((await account("instance")).parameters.instanceRate, 4.9) < 0.05);
  t.true(off((await account("shared")).parameters.sharedRate ?? 0, 29.3) < 0.02);
});

test("what the document concludes is what the figures say", async (t) => {
  const [instance, shared, both] = [await account("instance"), await account("shared"), await account("both")];
  // The median and the way back are for something shared, the longest answer is against it.
  t.true(off(shared.figures.p50.middle, 5.9) < 0.05);
  t.true(off(instance.figures.p50.middle, 5.9) > 0.2);
  t.true(off(both.figures.p50.middle, 5.9) > 0.08);
  t.true(off(shared.figures.max.middle, 22.576) > 0.5);
  t.true(off(instance.figures.max.middle, 22.576) < 0.5);
  t.true(shared.evenings.every(({ backAt, scaleInEvery }) => backAt !== undefined && off(scaleInEvery ?? 0, 5) < 0.35));
  t.true(instance.evenings.filter(({ scaleInEvery }) => (scaleInEvery ?? 0) > 8).length >= 9);
  t.true(both.evenings.filter(({ scaleInEvery }) => (scaleInEvery ?? 99) > 8).length >= 9);
  // A farm that does not scale tells them apart.
  const spread = ({ fixed }: PolicyReport) => (fixed.at(-1)?.rate ?? 0) / (fixed[0]?.rate ?? 1);
  t.true(spread(instance) > 4 && spread(shared) < 1.05);
});

test("instances pass through 2, 3, 5 and 10, by ones", async (t) => {
  for (const { evenings } of (await study).accounts) {
    for (const { sizes } of evenings) t.deepEqual(sizes, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
  }
});

test("exercise 14 ends at two", async (t) => {
  const { annotator } = await study;
  t.true(annotator.every(({ end, peak }) => end === 2 && peak > 2));
});

test("docs/course-run.md is as the code is: `annofarm simulate course --markdown > docs/course-run.md`", async (t) => {
  const written = readFileSync(new URL("../../../docs/course-run.md", import.meta.url), "utf8");
  t.is(courseMarkdown(await study), written);
});

test("the terminal's report fits 80 columns", async (t) => {
  const lines = courseText(await study).split("\n");
  t.deepEqual(
    lines.filter((line) => [...line].length > 80),
    [],
  );
});
