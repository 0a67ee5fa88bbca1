/** Settings that have to agree with each other. Each rule looks at what is there, so that it holds beside other mistakes. */
import type { Mistake } from "../mistakes.ts";
import { brakeSteps } from "./course.ts";

/** A mistake at a place of the document. */
export interface Disagreement extends Mistake {
  readonly at: readonly (string | number)[];
}

const field = (value: unknown, key: string | number): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function ofBudgets(budgets: unknown): Disagreement[] {
  const [student, all, brake] = ["student", "class", "brake"].map((key) => field(budgets, key));
  const found: Disagreement[] = [];
  if (Array.isArray(brake) && brake.length > 0 && student === undefined && all === undefined) {
    const reason = "has steps but no budget that they are per cent of; give budgets.student or budgets.class";
    found.push({ at: ["budgets", "brake"], reason });
  }
  if (isNumber(student) && isNumber(all) && all < student) {
    const reason = `${all} is less than budgets.student, ${student}; give at least that`;
    found.push({ at: ["budgets", "class"], reason });
  }
  return found;
}

/** Steps come later and are never milder than those before. */
function ofBrake(brake: unknown): Disagreement[] {
  if (!Array.isArray(brake)) return [];
  return brake.slice(1).flatMap((step: unknown, before): Disagreement[] => {
    const [last, here] = [brake[before] as unknown, before + 1];
    const found: Disagreement[] = [];
    const [from, to] = [field(last, "at"), field(step, "at")];
    if (isNumber(from) && isNumber(to) && to <= from) {
      const reason = `${to} is not above ${from}, the step before; put the steps in rising order, one for each figure`;
      found.push({ at: ["budgets", "brake", here, "at"], reason });
    }
    const [mild, milder] = [field(last, "step"), field(step, "step")].map((name) => brakeSteps.indexOf(name as never));
    if (mild !== undefined && milder !== undefined && milder !== -1 && milder < mild) {
      const reason = `${field(step, "step")} is milder than ${field(last, "step")}, the step before; the order is ${brakeSteps.join(", ")}`;
      found.push({ at: ["budgets", "brake", here, "step"], reason });
    }
    return found;
  });
}

function ofConfig(config: unknown): Disagreement[] {
  if (typeof config !== "object" || config === null) return [];
  return Object.keys(config)
    .filter((key) => key.split(":").at(-1) === "owner")
    .map((key) => ({
      at: ["config", key],
      reason: "is set for each stack to its own name, which keeps the stacks apart; remove it",
    }));
}

export function disagreements(document: unknown): Disagreement[] {
  const budgets = field(document, "budgets");
  return [...ofBudgets(budgets), ...ofBrake(field(budgets, "brake")), ...ofConfig(field(document, "config"))];
}
