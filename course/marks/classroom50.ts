/**
 * Classroom 50's result.json: its wiki, "Advanced Autograding", section "The result.json contract", and schemas/result-v1.schema.json of
 * foundation50/classroom50. Its runner gives an autograder the submission's identity in the environment, and stamps `owner`,
 * `assignment_type`, `datetime` and `graded_at` itself.
 */
import { hundredths, type MarkedItem, type Marks, type StackMarks } from "./marks.ts";
import { detailsOf, studentItems } from "./student-view.ts";

/** Who handed in what, as the runner says. */
export interface Submission {
  readonly classroom: string;
  readonly assignment: string;
  readonly assignment_type: string;
  readonly owner: string;
  readonly submission: string;
  readonly commit: string;
  readonly release: string;
  readonly review: string;
}

export interface Classroom50Result extends Submission {
  readonly schema: "classroom50/result/v1";
  readonly datetime: string;
  readonly score: number;
  readonly "max-score": number;
  readonly tests: readonly {
    readonly "test-name": string;
    readonly passed: boolean;
    readonly score: number;
    readonly "max-score": number;
    readonly outcome: string;
    readonly output: string;
  }[];
}

const variables = {
  classroom: "CLASSROOM",
  assignment: "ASSIGNMENT",
  assignment_type: "ASSIGNMENT_TYPE",
  owner: "OWNER",
  submission: "SUBMISSION_TAG",
  commit: "COMMIT_URL",
  release: "RELEASE_URL",
} as const;

/** @throws {Error} naming the variables that are not there. */
export function submissionOf(environment: Readonly<Record<string, string | undefined>>): Submission {
  const given = (name: string) => environment[name]?.trim() ?? "";
  const missing = Object.values(variables).filter((name) => given(name) === "");
  if (missing.length > 0) {
    throw new Error(
      `Classroom 50's runner says in the environment what was handed in, and ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not ` +
        "set; run the command from the assignment's autograder.py, or set them",
    );
  }
  const fields = Object.entries(variables).map(([field, name]) => [field, given(name)]);
  const submission = Object.fromEntries(fields) as Omit<Submission, "review">;
  if (!submission.submission.startsWith("submit/")) {
    throw new Error(`SUBMISSION_TAG is ${submission.submission}; it has to begin with submit/`);
  }
  return { ...submission, review: given("REVIEW_URL") || submission.commit };
}

/**
 * Scores are whole numbers there. Where an item of anybody's has a fraction of a point, all scores of the class are counted in tenths or
 * hundredths, so that results stay exact and can be compared.
 *
 * @returns 1, 10 or 100.
 */
export function scaleOf({ stacks }: Marks): number {
  const all = stacks.flatMap(({ items, adjustments }) => [
    ...items.flatMap(({ points, max }) => [hundredths(points), hundredths(max)]),
    ...adjustments.map(({ points }) => hundredths(points)),
  ]);
  return [1, 10].find((scale) => all.every((value) => (value * scale) % 100 === 0)) ?? 100;
}

/**
 * @param points of the whole: `markOf` a member.
 * @param scale what a point counts: see `scaleOf`.
 * @param now for `datetime`, until the runner stamps it.
 */
export function classroom50Result(
  marks: StackMarks,
  points: number,
  submission: Submission,
  scale: number,
  now: Date,
): Classroom50Result {
  const scaled = (value: number) => (hundredths(value) * scale) / 100;
  const test = (item: MarkedItem) => ({
    "test-name": item.name,
    passed: item.outcome === "passed",
    score: scaled(item.points),
    "max-score": scaled(item.max),
    outcome: item.outcome,
    output: detailsOf(item),
  });
  return {
    schema: "classroom50/result/v1",
    ...submission,
    datetime: `${now.toISOString().slice(0, 19)}Z`,
    score: scaled(points),
    "max-score": scaled(marks.max),
    tests: studentItems(marks).map(test),
  };
}
