/**
 * Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/, "Output format".
 *
 * Students see no hidden test, and Gradescope asks that hidden ones contribute no points: so hidden items stand as one open test that has
 * their points, and once more one by one, hidden and worth nothing, for staff.
 */
import type { MarkedItem, StackMarks } from "./marks.ts";
import { detailsOf, studentItems } from "./student-view.ts";

interface GradescopeTest {
  readonly name: string;
  readonly number: string;
  readonly score: number;
  readonly max_score: number;
  readonly status: "passed" | "failed";
  readonly output: string;
  readonly tags: readonly string[];
  readonly visibility: "visible" | "hidden";
}

export interface GradescopeResults {
  /** Points of the whole; overrides the sum of the tests. */
  readonly score: number;
  /** Seconds. */
  readonly execution_time?: number;
  readonly output: string;
  readonly output_format: "text";
  readonly test_output_format: "text";
  readonly test_name_format: "text";
  readonly visibility: "visible";
  /** What the grader prints is for staff. */
  readonly stdout_visibility: "hidden";
  readonly tests: readonly GradescopeTest[];
}

function openTest(item: MarkedItem, at: number): GradescopeTest {
  return {
    name: item.name,
    number: String(at + 1),
    score: item.points,
    max_score: item.max,
    status: item.outcome === "passed" ? "passed" : "failed",
    output: detailsOf(item),
    tags: [item.id, item.outcome],
    visibility: "visible",
  };
}

const staffTest = (item: MarkedItem, at: number): GradescopeTest => ({
  ...openTest(item, at),
  score: 0,
  max_score: 0,
  output: [`${item.points} of ${item.max} points`, detailsOf(item)].filter((text) => text !== "").join("\n"),
  visibility: "hidden",
});

/** @param points of the whole: `markOf` a member. */
export function gradescopeResults(marks: StackMarks, points: number): GradescopeResults {
  const open = studentItems(marks);
  const hidden = marks.items.filter((item) => item.hidden);
  return {
    score: points,
    ...(marks.seconds !== undefined && { execution_time: Math.round(marks.seconds) }),
    output: `${points} of ${marks.max} points`,
    output_format: "text",
    test_output_format: "text",
    test_name_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    tests: [...open.map(openTest), ...hidden.map((item, at) => staffTest(item, open.length + at))],
  };
}
