/** What students may learn: open items whole, hidden ones as one sum. Every report that a student can read is made of this. */
import { hundredths, type MarkedItem, type Outcome, type StackMarks } from "./marks.ts";

const hiddenName = "Hidden checks";

const sumOf = (items: readonly MarkedItem[], of: "points" | "max") =>
  items.reduce((sum, item) => sum + hundredths(item[of]), 0) / 100;

function outcomeOf(points: number, max: number): Outcome {
  if (points === max) return "passed";
  return points === 0 ? "failed" : "partial";
}

/** An id that no item of the rubric has. */
function freeId(items: readonly MarkedItem[]): string {
  let id = "hidden";
  while (items.some((item) => item.id === id)) id = `${id}-`;
  return id;
}

/** The open items in their order and, when there are hidden ones, one line for them all at the end. */
export function studentItems({ items }: StackMarks): MarkedItem[] {
  const [open, hidden] = [items.filter((item) => !item.hidden), items.filter((item) => item.hidden)];
  if (hidden.length === 0) return open;
  const [points, max] = [sumOf(hidden, "points"), sumOf(hidden, "max")];
  const outcome = outcomeOf(points, max);
  const sum = { id: freeId(items), name: hiddenName, points, max, hidden: false, outcome, message: "", evidence: [] };
  return [...open, sum];
}

/** An item's message and evidence as lines of text. */
export const detailsOf = ({ message, evidence }: MarkedItem): string =>
  [message, ...evidence].filter((line) => line !== "").join("\n");
