import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { markOf, parseMarks } from "../../../course/marks/marks.ts";
import { studentItems } from "../../../course/marks/student-view.ts";
import { marksOf, someItem, someMarks } from "../../support/course/some-marks.ts";

const stack = { name: "gas26-saaaaaa", members: ["saaaaaa", "sbbbbbb"] };
const valid: unknown = JSON.parse(
  JSON.stringify(marksOf([stack], () => [someItem("a", 1, 2), someItem("b", 0.1, 0.2)])),
);

/** The document with one value replaced, or one added behind the end of a list. */
function changed(document: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(document) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest, value);
  return copy;
}

const refusal = (t: ExecutionContext, path: readonly (string | number)[], value: unknown): string =>
  t.throws(() => parseMarks(JSON.stringify(changed(valid, ["stacks", 0, ...path], value)), "marks.json"))?.message ??
  "";

test("marks of a member are the stack's with the member's own adjustments", (t) => {
  const adjustments = [
    { member: "saaaaaa", points: 0.5, reason: "wrote the report" },
    { member: "saaaaaa", points: -0.2, reason: "late" },
  ];
  const [marks] = marksOf([stack], () => [someItem("a", 1.1, 2)], { adjustments }).stacks;
  if (marks === undefined) return t.fail();
  t.is(markOf(marks, "saaaaaa"), 1.4);
  t.is(markOf(marks, "sbbbbbb"), 1.1);
});

test("marks that contradict themselves are refused by place, value and bound", (t) => {
  t.regex(refusal(t, ["total"], 2), /stacks\[0\]\.total: is 2, and the items have 1\.1 points/);
  t.regex(refusal(t, ["max"], 3), /stacks\[0\]\.max: is 3, and the items have at most 2\.2 points/);
  t.regex(refusal(t, ["items", 0, "points"], 3), /items\[0\]: has more points than its max/);
  t.regex(refusal(t, ["items", 0, "points"], 0.005), /points: 0\.005: has more than two decimals; round it/);
  t.regex(refusal(t, ["items", 1, "id"], "a"), /items: have the id a twice/);
  t.regex(refusal(t, ["members", 0], "Ada"), /members\[0\]: "Ada": is no pseudonym/);
  t.regex(refusal(t, ["score"], 1), /score/);
  const adjustments = (member: string, points: number) => [{ member, points, reason: "x" }];
  t.regex(refusal(t, ["adjustments"], adjustments("saaaaaa", 9)), /make 10\.1 points for saaaaaa; give from 0 to 2\.2/);
  t.regex(refusal(t, ["adjustments"], adjustments("scccccc", 0)), /scccccc is no member of the stack/);
  const twice = changed(valid, ["stacks", 1], (valid as { stacks: unknown[] }).stacks[0]);
  t.throws(() => parseMarks(JSON.stringify(twice), "marks.json"), {
    message: /stacks\[1\]: gas26-saaaaaa is in stack gas26-saaaaaa already/,
  });
  t.throws(() => parseMarks("{", "marks.json"), {
    message: /^marks\.json: is not JSON \(.*give what annofarm course check wrote$/,
  });
});

test("students see open items whole and hidden ones as one sum; no point is lost", (t) => {
  fc.assert(
    fc.property(someMarks, ({ stacks }) => {
      for (const marks of stacks) {
        const shown = studentItems(marks);
        const sum = (of: "points" | "max") =>
          shown.reduce((total, each) => total + Math.round(each[of] * 100), 0) / 100;
        t.is(sum("points"), marks.total);
        t.is(sum("max"), marks.max);
        const hidden = marks.items.filter((each) => each.hidden);
        t.is(shown.length, marks.items.length - hidden.length + Math.min(hidden.length, 1));
        t.false(shown.some(({ id }) => hidden.some((each) => each.id === id)));
        t.is(new Set(shown.map(({ id }) => id)).size, shown.length);
      }
    }),
  );
  t.pass();
});
