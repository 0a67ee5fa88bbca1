/** Marks for tests: drawn, and a class's. */
import fc from "fast-check";
import { type MarkedItem, type Marks, outcomes, parseMarks } from "../../../course/marks/marks.ts";
import type { CourseStack } from "../../../course/types.ts";

const hundredths = (most: number) => fc.integer({ min: 0, max: most * 100 }).map((value) => value / 100);
const line = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", "</pre><script>alert(1)</script>", '" onload="x', "&amp;", "a\nb"),
);

const item = (id: string): fc.Arbitrary<MarkedItem> =>
  hundredths(30).chain((max) =>
    fc.record({
      id: fc.constant(id),
      name: line.map((text) => `${id} ${text}`),
      points: fc.integer({ min: 0, max: Math.round(max * 100) }).map((value) => value / 100),
      max: fc.constant(max),
      hidden: fc.boolean(),
      outcome: fc.constantFrom(...outcomes),
      message: line,
      evidence: fc.array(line, { maxLength: 3 }),
    }),
  );

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100;

/** Marks as they come out of a check: whatever submissions have printed is in them. */
export const someMarks: fc.Arbitrary<Marks> = fc
  .array(
    fc
      .integer({ min: 1, max: 5 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => item(`i${at}`)))),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((stacks) =>
    marksOf(
      stacks.map((_, at) => ({ name: `gas26-s${"abcdefg"[at]}aaaaa`, members: [`s${"abcdefg"[at]}aaaaa`] })),
      (at) => stacks[at] ?? [],
    ),
  );

/** Checked, so that a test never has marks that could not be. */
export function marksOf(
  stacks: readonly Pick<CourseStack, "name" | "members">[],
  itemsOf: (at: number) => readonly MarkedItem[],
  extra: Readonly<Record<string, unknown>> = {},
): Marks {
  const document = {
    course: "gas26",
    title: "Size limit",
    gradedAt: "2026-10-01T12:00:00Z",
    stacks: stacks.map(({ name, members }, at) => {
      const items = itemsOf(at);
      return {
        stack: name,
        members,
        items,
        total: sumOf(items.map(({ points }) => points)),
        max: sumOf(items.map(({ max }) => max)),
        ...extra,
      };
    }),
  };
  return parseMarks(JSON.stringify(document), "marks.json");
}

export const someItem = (id: string, points: number, max: number, extra: Partial<MarkedItem> = {}): MarkedItem => ({
  id,
  name: `Check ${id}`,
  points,
  max,
  hidden: false,
  outcome: points === max ? "passed" : points === 0 ? "failed" : "partial",
  message: "",
  evidence: [],
  ...extra,
});

/** Out of 20 points, with a hidden item; different for each stack. */
export const classItems = (at: number): MarkedItem[] => [
  someItem("limit", at % 11, 10, { message: "Uploads above the limit are refused", evidence: ["413 after 31 MiB"] }),
  someItem("bypass", 5, 5, { hidden: true, name: "Limit holds without the browser", evidence: ["secret trick"] }),
  someItem("premium", at % 2 === 0 ? 2.5 : 0, 5),
];
