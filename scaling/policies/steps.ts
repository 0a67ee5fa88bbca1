/**
 * Step adjustments. Bounds are relative to the alarm's threshold. Source: "Step and simple scaling policies", section "Step
 * adjustments": above the threshold a lower bound belongs to its step and an upper does not; below it the other way round.
 */
import type { StepAdjustment } from "../scaling-plan.ts";

export interface StepProblem {
  /** Index into the steps as declared; `undefined`: the list as a whole. */
  readonly index?: number;
  readonly property?: "metricIntervalLowerBound" | "metricIntervalUpperBound";
  readonly problem: string;
}

const said = (bound: number) => (Number.isFinite(bound) ? String(bound) : "nothing");

/** What AWS refuses in a list of steps, given in any order. */
export function stepProblems(steps: readonly StepAdjustment[]): StepProblem[] {
  if (steps.length === 0) return [{ problem: "there is no step; give at least one" }];
  const problems: StepProblem[] = [];
  steps.forEach(({ lower, upper }, index) => {
    if (lower >= upper) {
      const problem = `${said(lower)} is not below the upper bound ${said(upper)}`;
      problems.push({ index, property: "metricIntervalLowerBound", problem });
    }
  });
  if (problems.length > 0) return problems;
  const order = steps
    .map((step, index) => ({ ...step, index }))
    .sort((a, b) => (a.lower < b.lower ? -1 : Number(a.lower > b.lower)));
  order.slice(1).forEach((step, previous) => {
    const before = order[previous] as (typeof order)[number];
    if (step.lower === before.upper) return;
    const what = step.lower < before.upper ? "overlaps" : "leaves a gap after";
    const problem = `${said(step.lower)} ${what} the step that ends at ${said(before.upper)}; let it begin there`;
    problems.push({ index: step.index, property: "metricIntervalLowerBound", problem });
  });
  const open = (bound: number) => !Number.isFinite(bound);
  if (order.some(({ lower }) => lower < 0) && !open(order[0]?.lower ?? 0)) {
    const problem = `${order[0]?.lower} is the lowest bound; the step below the threshold that is furthest from it needs none`;
    problems.push({ index: order[0]?.index as number, property: "metricIntervalLowerBound", problem });
  }
  const last = order.at(-1);
  if (last !== undefined && last.upper > 0 && !open(last.upper)) {
    const problem = `${last.upper} is the highest bound; the step above the threshold that is furthest from it needs none`;
    problems.push({ index: last.index, property: "metricIntervalUpperBound", problem });
  }
  return problems;
}

/** The step that a metric this far from the threshold falls into. */
export function stepFor(
  steps: readonly StepAdjustment[],
  distance: number,
  side: "above" | "below",
): StepAdjustment | undefined {
  return side === "above"
    ? steps.find(({ lower, upper }) => distance >= lower && distance < upper)
    : steps.find(({ lower, upper }) => distance > lower && distance <= upper);
}
