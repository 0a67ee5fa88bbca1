/** Runs a rubric's items in their order against one target. */
import type { Check, Part } from "../checks/check.ts";
import { checks } from "../checks/registry.ts";
import type { Recorder } from "../evidence/recorder.ts";
import type { Rubric, RubricItem } from "../rubric/schema.ts";
import type { Stage, Target } from "../stage/stage.ts";

type Outcome = "passed" | "partial" | "failed" | "skipped" | "not-run";

/** An item's mark, as `Marks` has it. */
export interface GradedItem {
  readonly id: string;
  readonly name: string;
  readonly points: number;
  readonly max: number;
  readonly hidden: boolean;
  readonly outcome: Outcome;
  readonly message: string;
  readonly evidence: readonly string[];
}

/** Points have two decimals. */
const rounded = (points: number) => Math.round(points * 100) / 100;

const messageMax = 500;
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, messageMax);

function failureWords(parts: readonly Part[]): string {
  const missing = parts.filter(({ holds }) => !holds);
  return missing.map(({ what, saw }) => `expected that ${what}; seen: ${saw}`).join(". ");
}

function markOf(item: RubricItem, parts: readonly Part[]): Pick<GradedItem, "points" | "outcome" | "message"> {
  const held = parts.filter(({ holds }) => holds).length;
  if (parts.length > 0 && held === parts.length) return { points: item.points, outcome: "passed", message: "" };
  const share = item.partial && parts.length > 0 ? held / parts.length : 0;
  const points = rounded(item.points * share);
  return { points, outcome: points > 0 ? "partial" : "failed", message: oneLine(failureWords(parts)) };
}

const shownOf = ({ id, title, points, hidden }: RubricItem) => ({ id, name: title, max: points, hidden });

async function runItem(
  item: RubricItem,
  check: Check,
  stage: Stage,
  broken: string | undefined,
): Promise<Omit<GradedItem, "evidence">> {
  const shown = shownOf(item);
  try {
    if (broken !== undefined && check.needs.some((need) => need !== "plan")) throw new Error(broken);
    const parts = await check.run(stage, check.parameters.parse(item.with), stage.evidence);
    for (const { what, holds, saw } of parts)
      stage.evidence.note(`${holds ? "holds" : "does not hold"}: ${what}${holds ? "" : ` (${saw})`}`);
    return { ...shown, ...markOf(item, parts) };
  } catch (error) {
    stage.signal.throwIfAborted();
    const message = oneLine(error instanceof Error ? error.message : String(error));
    stage.evidence.note(`failed: ${message}`);
    return { ...shown, points: 0, outcome: "failed", message };
  }
}

/** How an item went; excused: it could not be looked at, which says nothing against the student. */
interface Done {
  readonly outcome: Outcome;
  readonly excused: boolean;
}

/** Why an item is not run; undefined: it is. An item that cannot be looked at at all costs nobody points. */
function reasonNotTo(item: RubricItem, target: Pick<Target, "lacks">, done: ReadonlyMap<string, Done>) {
  if (item.off) return { outcome: "skipped", message: "switched off", max: 0, excused: true } as const;
  const lacking = (checks[item.check] as Check).needs.find((need) => target.lacks.has(need));
  if (lacking !== undefined)
    return { outcome: "not-run", message: target.lacks.get(lacking) ?? "", max: 0, excused: true } as const;
  const open = item.needs.find((need) => !["passed", "partial"].includes(done.get(need)?.outcome ?? ""));
  if (open === undefined) return undefined;
  const excused = done.get(open)?.excused === true;
  return { outcome: "not-run", message: `needs ${open} first`, max: excused ? 0 : item.points, excused } as const;
}

export interface GradingOptions {
  readonly rubric: Rubric;
  readonly target: Target;
  readonly stage: Stage;
  readonly evidence: Recorder;
  /** Only these items, and what they need. */
  readonly only?: readonly string[];
  readonly onItem?: (item: GradedItem) => void;
}

/** Items of `only` and their prerequisites. */
function chosen(rubric: Rubric, only: readonly string[] | undefined): ReadonlySet<string> {
  if (only === undefined || only.length === 0) return new Set(rubric.items.map(({ id }) => id));
  const wanted = new Set(only);
  for (const item of [...rubric.items].reverse())
    if (wanted.has(item.id)) for (const need of item.needs) wanted.add(need);
  return wanted;
}

/** @throws only when it is aborted; what goes wrong with an item is that item's failure. */
export async function grade({ rubric, target, stage, evidence, only, onItem }: GradingOptions): Promise<GradedItem[]> {
  const wanted = chosen(rubric, only);
  const done = new Map<string, Done>();
  const graded: GradedItem[] = [];
  for (const item of rubric.items.filter(({ id }) => wanted.has(id))) {
    stage.signal.throwIfAborted();
    evidence.begin();
    const reason = reasonNotTo(item, target, done);
    const mark =
      reason === undefined
        ? await runItem(item, checks[item.check] as Check, stage, target.broken)
        : { ...shownOf(item), points: 0, outcome: reason.outcome, message: reason.message, max: reason.max };
    if (mark.outcome === "failed" || mark.outcome === "partial") {
      for (const line of (await target.logs?.()) ?? []) evidence.note(`log: ${line}`);
    }
    const whole = { ...mark, evidence: [...evidence.lines()] };
    done.set(item.id, { outcome: whole.outcome, excused: reason?.excused === true });
    graded.push(whole);
    onItem?.(whole);
  }
  return graded;
}
