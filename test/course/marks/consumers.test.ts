// What is written is what the consumers' documents ask for: schemas written from those documents.
import test from "ava";
import fc from "fast-check";
import * as z from "zod";
import { classroom50Result, scaleOf, submissionOf } from "../../../course/marks/classroom50.ts";
import { gradescopeResults } from "../../../course/marks/gradescope.ts";
import { markOf } from "../../../course/marks/marks.ts";
import { classItems, marksOf, someItem, someMarks } from "../../support/course/some-marks.ts";

const visibility = z.enum(["hidden", "after_due_date", "after_published", "visible"]);
const format = z.enum(["text", "html", "simple_format", "md", "ansi"]);

/** gradescope-autograders.readthedocs.io/en/latest/specs, "Output format": nothing but what it names, in its types. */
const gradescope = z
  .strictObject({
    score: z.number().optional(),
    execution_time: z.number().int().optional(),
    output: z.string().optional(),
    output_format: format.optional(),
    test_output_format: format.optional(),
    test_name_format: format.optional(),
    visibility: visibility.optional(),
    stdout_visibility: visibility.optional(),
    extra_data: z.record(z.string(), z.unknown()).optional(),
    tests: z
      .array(
        z.strictObject({
          score: z.number().optional(),
          max_score: z.number().optional(),
          status: z.enum(["passed", "failed"]).optional(),
          name: z.string().optional(),
          name_format: format.optional(),
          number: z.string().optional(),
          output: z.string().optional(),
          output_format: format.optional(),
          tags: z.array(z.string()).optional(),
          visibility: visibility.optional(),
          extra_data: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .optional(),
    leaderboard: z.array(z.unknown()).optional(),
  })
  .refine(({ score, tests }) => score !== undefined || tests?.every((each) => each.score !== undefined));

const utcSecond = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const whole = z.number().int().min(0);

/** schemas/result-v1.schema.json of foundation50/classroom50, and the rules across fields of its runner.py, `validate_result`. */
const classroom50 = z
  .strictObject({
    schema: z.literal("classroom50/result/v1"),
    classroom: z.string().min(1),
    assignment: z.string().min(1),
    assignment_type: z.enum(["individual", "group", "team"]),
    owner: z.string().min(1),
    submission: z.string().regex(/^submit\//),
    commit: z.string().min(1),
    release: z.string().min(1),
    review: z.string().min(1),
    datetime: z.string().regex(utcSecond),
    graded_at: z.string().regex(utcSecond).optional(),
    score: whole,
    "max-score": whole,
    tests: z.array(
      z
        .looseObject({ "test-name": z.string().min(1), passed: z.boolean(), score: whole, "max-score": whole })
        .refine((each) => each.score <= each["max-score"]),
    ),
  })
  .refine((result) => result.score <= result["max-score"]);

const runner = {
  CLASSROOM: "cs-principles",
  ASSIGNMENT: "size-limit",
  ASSIGNMENT_TYPE: "individual",
  OWNER: "octo-007x",
  SUBMISSION_TAG: "submit/2026-06-01T14-32-05Z-a1b2c3d",
  COMMIT_URL: "https://github.com/c/r/commit/a1b2c3d",
  RELEASE_URL: "https://github.com/c/r/releases/tag/submit%2F2026",
};
const now = new Date("2026-10-01T12:00:00.123Z");

test("Gradescope: any marks are results by its specification, and the tests' points are the score", (t) => {
  fc.assert(
    fc.property(someMarks, ({ stacks }) => {
      for (const marks of stacks) {
        const results = JSON.parse(JSON.stringify(gradescopeResults(marks, marks.total)));
        t.deepEqual(gradescope.parse(results), results);
        const sum = (of: "score" | "max_score") =>
          results.tests.reduce(
            (total: number, each: Record<string, number>) => total + Math.round((each[of] ?? 0) * 100),
            0,
          ) / 100;
        t.is(sum("score"), marks.total);
        t.is(sum("max_score"), marks.max);
      }
    }),
  );
  t.pass();
});

test("Gradescope: no visible test tells what a hidden item is about; staff see each of them", (t) => {
  const [marks] = marksOf([{ name: "gas26-saaaaaa", members: ["saaaaaa"] }], () => classItems(3)).stacks;
  if (marks === undefined) return t.fail();
  const { tests, score } = gradescopeResults(marks, marks.total);
  const [open, hidden] = [
    tests.filter((each) => each.visibility === "visible"),
    tests.filter((each) => each.visibility === "hidden"),
  ];
  t.notRegex(JSON.stringify(open), /secret trick|without the browser|bypass/);
  t.deepEqual(
    hidden.map(({ name, score, max_score, output }) => [name, score, max_score, output]),
    [["Limit holds without the browser", 0, 0, "5 of 5 points\nsecret trick"]],
  );
  t.deepEqual(
    open.map((each) => [each.name, each.score, each.max_score, each.status]),
    [
      ["Check limit", 3, 10, "failed"],
      ["Check premium", 0, 5, "failed"],
      ["Hidden checks", 5, 5, "passed"],
    ],
  );
  t.is(score, 8);
});

test("Classroom 50: any marks are a result by its schema, exactly in proportion", (t) => {
  fc.assert(
    fc.property(someMarks, (marks) => {
      const scale = scaleOf(marks);
      for (const stack of marks.stacks) {
        const [member = ""] = stack.members;
        const result = classroom50Result(stack, markOf(stack, member), submissionOf(runner), scale, now);
        const parsed = classroom50.parse(JSON.parse(JSON.stringify(result)));
        t.is(parsed.score, Math.round(stack.total * scale));
        t.is(parsed["max-score"], Math.round(stack.max * scale));
        t.is(
          parsed.tests.reduce((sum, each) => sum + each.score, 0),
          parsed.score,
        );
      }
    }),
  );
  t.pass();
});

test("Classroom 50: points stay points as long as they are whole, for the whole class", (t) => {
  const scaleWith = (points: number) =>
    scaleOf(
      marksOf(
        [
          { name: "gas26-saaaaaa", members: ["saaaaaa"] },
          { name: "gas26-sbbbbbb", members: ["sbbbbbb"] },
        ],
        (at) => [someItem("a", at === 0 ? 1 : points, 4)],
      ),
    );
  t.deepEqual([2, 2.5, 2.25].map(scaleWith), [1, 10, 100]);
});

test("Classroom 50: what the runner does not say is named, all together", (t) => {
  const error = t.throws(() => submissionOf({ ...runner, OWNER: " ", COMMIT_URL: undefined }));
  t.regex(error?.message ?? "", /OWNER, COMMIT_URL are not set; run the command from the assignment's autograder\.py/);
  t.throws(() => submissionOf({ ...runner, SUBMISSION_TAG: "v1" }), {
    message: /SUBMISSION_TAG is v1; it has to begin with submit\//,
  });
  t.is(submissionOf(runner).review, runner.COMMIT_URL);
  t.is(submissionOf({ ...runner, REVIEW_URL: "https://x" }).review, "https://x");
});
