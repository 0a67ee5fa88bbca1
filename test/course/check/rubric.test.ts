// rubric.yaml: what is wrong with it is told whole, with path, value and fix; the ready ones are in order.
import { readFileSync } from "node:fs";
import test from "ava";
import { checks } from "../../../course/check/checks/registry.ts";
import { parseRubric, readRubric } from "../../../course/check/rubric/read.ts";
import { readyRubrics, rubricFile } from "../../../course/check/rubric/ready.ts";
import { MistakesError } from "../../../course/mistakes.ts";

const mistakesOf = (text: string): string[] => {
  try {
    parseRubric(text, "rubric.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof MistakesError)) throw error;
    return error.mistakes.map(({ line, path, reason }) => `${line} ${path} ${reason}`);
  }
};

test("every ready rubric is in order; the whole service has 100 points", async (t) => {
  for (const name of readyRubrics) {
    const rubric = await readRubric(rubricFile(name));
    t.true(rubric.items.length > 4, name);
    const points = rubric.items.reduce((sum, item) => sum + item.points, 0);
    t.is(points, name === "whole-service" ? 100 : 20, name);
  }
});

test("every check is used by a ready rubric", (t) => {
  const text = readyRubrics.map((name) => readFileSync(rubricFile(name), "utf8")).join("\n");
  t.deepEqual(
    Object.keys(checks).filter((name) => !new RegExp(`check: ${name}\\b`).test(text)),
    [],
  );
});

test("an unknown check is refused with the known ones and the nearest", (t) => {
  const [mistake = "", ...others] = mistakesOf(
    "title: T\nitems:\n  - { id: a, title: A, points: 1, check: plan-bound, with: { group: web } }\n",
  );
  t.deepEqual(others, []);
  t.regex(mistake, /^3 items\[0\]\.check "plan-bound" is not a check; is plan-bounds meant\? Known: .*size-at-storage/);
});

test("wrong values, unknown keys, ids twice and prerequisites that come later are all told together", (t) => {
  const found = mistakesOf(
    [
      "title: T",
      "run: { speed: 0 }",
      "items:",
      "  - { id: A b, title: A, points: 1, check: sign-in }",
      "  - { id: b, title: B, points: -1, check: sign-in }",
      "  - { id: c, title: C, points: 1, check: plan-bounds, with: { group: webb, maxx: 3 } }",
      "  - { id: d, title: D, points: 1, check: sign-in, hiden: true }",
    ].join("\n"),
  );
  t.true(
    found.some((each) => /^2 run\.speed 0 is not valid; give 0\.1 or more$/.test(each)),
    found.join("\n"),
  );
  t.true(found.some((each) => each.startsWith('4 items[0].id "A b" is not valid; give small letters')));
  t.true(found.some((each) => each.startsWith("5 items[1].points -1 is not valid; give points from 0 to 1000")));
  t.true(found.some((each) => each.startsWith('6 items[2].with.group "webb" is not valid; give web or annotator')));
  t.true(found.some((each) => each.startsWith("6 items[2].with.maxx is not known here; is max meant?")));
  t.true(found.some((each) => each.startsWith("7 items[3].hiden is not known here; is hidden meant?")));
  t.is(found.length, 6);

  const order = mistakesOf(
    [
      "title: T",
      "items:",
      "  - { id: a, title: A, points: 1, check: sign-in, needs: [b] }",
      "  - { id: b, title: B, points: 1, check: sign-in }",
      "  - { id: b, title: B, points: 1, check: sign-in }",
    ].join("\n"),
  );
  t.is(order.length, 2);
  t.regex(order[0] ?? "", /^3 items\[0\]\.needs\[0\] "b" is not an earlier item/);
  t.regex(order[1] ?? "", /^5 items\[2\]\.id b is also the id of an earlier item/);
});

test("what is neither a file nor a ready rubric is refused with the nearest", (t) => {
  const error = t.throws(() => rubricFile("archiv"));
  t.regex(error?.message ?? "", /is archive meant\? Ready: whole-service/);
});
