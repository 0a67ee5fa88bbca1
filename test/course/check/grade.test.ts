// From parts to points: partial credit, prerequisites, items that are off, targets that lack something.
import test from "ava";
import * as z from "zod";
import type { Check } from "../../../course/check/checks/check.ts";
import { checks } from "../../../course/check/checks/registry.ts";
import { createRecorder } from "../../../course/check/evidence/recorder.ts";
import { redact } from "../../../course/check/evidence/redact.ts";
import { parseRubric } from "../../../course/check/rubric/read.ts";
import { grade } from "../../../course/check/run/grade.ts";
import { stackMarks } from "../../../course/check/run/marks.ts";
import { createStage, type Target } from "../../../course/check/stage/stage.ts";
import { parseMarks } from "../../../course/marks/marks.ts";

/** A plan that declares one group, as a hostile or honest program might. */
const target = (minSize: number, maxSize: number, lacks: Target["lacks"] = new Map()): Target => ({
  url: "http://localhost:1",
  speed: 60,
  lacks,
  plan: async () =>
    ({
      config: {},
      outputs: {},
      resources: [
        { urn: "u", type: "aws:autoscaling/group:Group", name: "gas-web", inputs: { minSize, maxSize }, outputs: {} },
      ],
    }) as never,
  close: async () => {},
});

const items = (...lines: readonly string[]) =>
  parseRubric(`title: T\nitems:\n${lines.map((line) => `  - { ${line} }\n`).join("")}`, "r");
const bounds = (id: string, rest = "") =>
  `id: ${id}, title: Bounds, points: 3, check: plan-bounds, with: { group: web, min: 2, max: 4 }${rest}`;

async function graded(rubric: ReturnType<typeof items>, of: Target) {
  const evidence = createRecorder();
  const stage = createStage(of, evidence, new AbortController().signal);
  return grade({ rubric, target: of, stage, evidence });
}

test("parts that hold give partial credit where the item allows it, and nothing where it does not", async (t) => {
  const [whole, partial] = await graded(items(bounds("whole"), bounds("partial", ", partial: true")), target(2, 9));
  t.like(whole, { points: 0, max: 3, outcome: "failed" });
  t.like(partial, { points: 1.5, max: 3, outcome: "partial" });
  t.regex(partial?.message ?? "", /expected that the web group's greatest size is 4; seen: 9/);
  t.true(partial?.evidence.includes("holds: the web group's least size is 2"));
});

test("an item waits for its prerequisites; one that is off costs nothing, nor one that cannot be looked at", async (t) => {
  const rubric = items(
    bounds("first"),
    bounds("second", ", needs: [first]"),
    bounds("off", ", off: true"),
    "id: mail, title: Mail, points: 5, check: mail",
    bounds("after-mail", ", needs: [mail]"),
  );
  const marks = await graded(rubric, target(1, 4, new Map([["mail", "no mail is read"]])));
  t.deepEqual(
    marks.map(({ id, points, max, outcome, message }) => [id, points, max, outcome, message.slice(0, 20)]),
    [
      ["first", 0, 3, "failed", "expected that the we"],
      ["second", 0, 3, "not-run", "needs first first"],
      ["off", 0, 0, "skipped", "switched off"],
      ["mail", 0, 0, "not-run", "no mail is read"],
      ["after-mail", 0, 0, "not-run", "needs mail first"],
    ],
  );
  const stack = stackMarks("gas26-s7k2m9x", ["s7k2m9x"], marks, 1.4);
  const document = { course: "gas26", title: "T", gradedAt: new Date().toISOString(), stacks: [stack] };
  t.is(parseMarks(JSON.stringify(document), "marks.json").stacks[0]?.max, 6);
});

test("a submission that does not start fails what needs it, and keeps what its declaration shows", async (t) => {
  const broken = { ...target(2, 4), broken: "the submission does not start" };
  const marks = await graded(items(bounds("plan"), "id: home, title: Home, points: 5, check: public-pages"), broken);
  t.deepEqual(
    marks.map(({ points, max, message }) => [points, max, message]),
    [
      [3, 3, ""],
      [0, 5, "the submission does not start"],
    ],
  );
});

test("every check says what it looks at, and refuses parameters that it does not have", (t) => {
  for (const [name, check] of Object.entries(checks) as [string, Check<unknown>][]) {
    t.regex(check.about, /\.$/, name);
    t.true(check.needs.length > 0, name);
    t.true(check.parameters instanceof z.ZodObject && !check.parameters.safeParse({ nonsense: 1 }).success, name);
  }
});

test("evidence keeps no secrets, and neither more than it should", (t) => {
  const kept = redact(
    "Authorization: Bearer gas_0123456789abcdef0123, sk_" +
      "test_4eC39HqLyjWDarjtT1zdp7dc, AKIAIOSFODNN7EXAMPLE, " +
      "https://s3/?X-Amz-Signature=abc123&key=a my-own-secret",
    ["my-own-secret"],
  );
  for (const secret of ["0123456789abcdef", "4eC39", "AKIAIOS", "abc123", "my-own"])
    t.false(kept.includes(secret), kept);
  t.true(kept.includes("key=a"));
  const recorder = createRecorder();
  recorder.begin();
  for (let at = 0; at < 500; at++) recorder.note(`line ${at}`);
  for (let at = 0; at < 500; at++) recorder.note("the same");
  t.is(recorder.lines().length, 81);
  t.is(recorder.lines()[40], "(421 lines left out)");
  t.is(recorder.lines().at(-1), "the same (500 times)");
});
