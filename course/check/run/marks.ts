/** Graded items as marks of one stack. */
import type { StackMarks } from "../../marks/marks.ts";
import type { Pseudonym } from "../../types.ts";
import type { GradedItem } from "./grade.ts";

/** Points are counted in hundredths: sums of them are exact. */
const sum = (points: readonly number[]) => points.reduce((all, each) => all + Math.round(each * 100), 0) / 100;

export function stackMarks(
  stack: string,
  members: readonly Pseudonym[],
  items: readonly GradedItem[],
  seconds: number,
): StackMarks {
  return {
    stack,
    members: [...members],
    items: items.map((item) => ({ ...item, evidence: [...item.evidence] })),
    total: sum(items.map(({ points }) => points)),
    max: sum(items.map(({ max }) => max)),
    seconds: Math.round(seconds),
    adjustments: [],
  };
}
