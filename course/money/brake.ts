/**
 * Which steps of the brake are due: a pure function of what was spent, of the budgets, and of the steps that were taken before.
 *
 * A rule of a budget is due once, for each stack, when so much of the budget has been spent. Budget and creation are part of a step's
 * key: after a raise the steps of the new budget begin anew, and so they do for a stack that was destroyed and made again. Whoever
 * undoes a step by hand has the last word until the next rule is due. A class's rule concerns each of its stacks, those that come
 * later too.
 */
import { type Brake, type BrakeStep, brakeSteps, type Course } from "../course-file/course.ts";
import type { SizesBefore } from "../stacks/sizes.ts";
import { isLoose } from "../stacks/sizes.ts";
import { stands } from "../stands.ts";
import type { StackRecord } from "../types.ts";
import type { SeenGroup } from "./account.ts";

/** USD over the life of the ledger. Absent: no such budget. */
export type Budgets = Course["budgets"];

/** A rule that is due for a stack, or for the class as a whole (`warn` only). */
export interface DueStep {
  readonly key: string;
  readonly scope: "student" | "class";
  /** Absent: the class. */
  readonly stack?: string;
  readonly step: BrakeStep;
  /** Per cent. */
  readonly at: number;
  readonly budgetUsd: number;
  readonly spentUsd: number;
}

export interface BrakeAction {
  readonly stack: string;
  /** `none`: the stack is frozen already. */
  readonly step: Exclude<BrakeStep, "warn"> | "none";
  /** Sizes that the ledger remembers. */
  readonly before: SizesBefore;
  /** Rules that this settles; none when a frozen stack has come loose and is held again. */
  readonly settles: readonly DueStep[];
}

export interface BrakeDecision {
  /** Due, and nothing but told. */
  readonly warnings: readonly DueStep[];
  /** One for a stack at most: the strongest step that is due. */
  readonly actions: readonly BrakeAction[];
  /** Due, and waiting until the stack's creation has ended. */
  readonly waiting: readonly DueStep[];
}

export interface BrakeInput {
  readonly records: readonly StackRecord[];
  /** USD so far, by stack. Stacks without a record count towards the class. */
  readonly spent: ReadonlyMap<string, number>;
  readonly budgets: Budgets;
  /** Keys of the steps that were taken. */
  readonly taken: ReadonlySet<string>;
  /** As the account has them; a frozen stack whose groups can grow is frozen again. */
  readonly groups: readonly SeenGroup[];
  /** Stacks that something is being done to. */
  readonly busy: ReadonlySet<string>;
}

const strength = (step: BrakeStep) => brakeSteps.indexOf(step);

/** Of one budget. `whose`: what the step is taken for, within its key. */
function dueOf(
  scope: DueStep["scope"],
  whose: { readonly key: string; readonly stack?: string },
  spentUsd: number,
  budgetUsd: number | undefined,
  brake: readonly Brake[],
): DueStep[] {
  if (budgetUsd === undefined) return [];
  const { stack } = whose;
  return brake
    .filter(({ at }) => spentUsd >= (budgetUsd * at) / 100)
    .map(({ at, step }) => ({
      key: `${whose.key} ${scope} ${budgetUsd} ${at} ${step}`,
      scope,
      step,
      at,
      budgetUsd,
      spentUsd,
      ...(stack === undefined ? {} : { stack }),
    }));
}

/** The strongest step that is due, `undefined` when there is none. A frozen stack has nothing left to freeze. */
function actionOf(record: StackRecord, due: readonly DueStep[], groups: readonly SeenGroup[]): BrakeAction | undefined {
  const { stack, state, sizesBefore: before = {} } = record;
  const steps = due.flatMap(({ step }) => (step === "warn" ? [] : [step]));
  const [strongest] = steps.sort((a, b) => strength(b) - strength(a));
  const isFrozen = state === "frozen" && strongest !== "destroy";
  if (isFrozen && groups.some(isLoose)) return { stack, step: "freeze", before, settles: due };
  if (strongest === undefined) return undefined;
  return { stack, step: isFrozen ? "none" : strongest, before, settles: due };
}

/** What is due now. Asked again after its steps were taken, it has nothing more to say. */
export function brakeOf({ records, spent, budgets, taken, groups, busy }: BrakeInput): BrakeDecision {
  const { brake } = budgets;
  const total = [...spent.values()].reduce((sum, usd) => sum + usd, 0);
  const isNew = ({ key }: DueStep) => !taken.has(key);
  const isWarning = ({ step }: DueStep) => step === "warn";
  const warnings = dueOf("class", { key: "class" }, total, budgets.class, brake).filter(isWarning).filter(isNew);
  const actions: BrakeAction[] = [];
  const waiting: DueStep[] = [];
  for (const record of records) {
    const { stack, state, createdAt = "" } = record;
    // What is gone costs nothing more; should it be made again, its steps are due then.
    if (!stands(record) || state === "destroying" || busy.has(stack)) continue;
    const whose = { key: `${stack} ${createdAt}`, stack };
    const own = dueOf("student", whose, spent.get(stack) ?? 0, budgets.student, brake).filter(isNew);
    const shared = dueOf("class", whose, total, budgets.class, brake).filter(isNew);
    warnings.push(...own.filter(isWarning));
    const due = [...own, ...shared].filter((step) => !isWarning(step));
    if (state === "creating") {
      waiting.push(...due);
      continue;
    }
    const held = groups.filter(({ owner }) => owner === stack);
    const action = actionOf(record, due, held);
    if (action !== undefined) actions.push(action);
  }
  // What a few calls stop comes before what an engine takes minutes for.
  actions.sort((a, b) => strength(a.step === "none" ? "warn" : a.step) - strength(b.step === "none" ? "warn" : b.step));
  return { warnings, actions, waiting };
}
