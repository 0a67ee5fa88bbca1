/** The course's record beside what each explanation of it predicts. */
import { type Interval, intervalOf } from "../prediction.ts";
import type { RunResult } from "../recorder.ts";
import { simulate } from "../simulate.ts";
import { type AnnotatorOutcome, annotatorOutcome, annotatorScenario } from "./annotator.ts";
import { loadSeconds, webRecord } from "./record.ts";
import {
  type Compared,
  compared,
  courseScenario,
  type Explanation,
  explanations,
  fitted,
  fittedTo,
  type Parameters,
} from "./web.ts";

/** Of the evening as a whole. */
export interface Evening {
  readonly failures: number;
  /** Sizes the farm had, each once, in order, up to the greatest. */
  readonly sizes: readonly number[];
  /** Minutes from the start until ten were in service. */
  readonly tenAt: number | undefined;
  /** Minutes between two steps inward, on average. */
  readonly scaleInEvery: number | undefined;
  /** Minutes from the start until two were in service again. */
  readonly backAt: number | undefined;
  /** How often the scale-in alarm changed its state after the load. */
  readonly swings: number;
}

export interface PolicyReport {
  readonly explanation: Explanation;
  readonly parameters: Parameters;
  /** Where nine of ten runs lie, and their middle. */
  readonly figures: Readonly<Record<Compared, Interval>>;
  readonly fittedTo: readonly Compared[];
  readonly evenings: readonly Evening[];
  /** Were the farm of that size from beginning to end: requests a second and median, seconds. */
  readonly fixed: readonly { readonly size: number; readonly rate: number; readonly p50: number }[];
}

export interface Study {
  readonly runs: number;
  readonly accounts: readonly PolicyReport[];
  readonly annotator: readonly AnnotatorOutcome[];
}

function eveningOf({ rows, decisions, totals }: RunResult): Evening {
  const minuteOf = (at: number) => at / 60_000;
  const sizes = rows.map(({ inService }) => inService);
  const top = sizes.indexOf(Math.max(...sizes));
  const inward = decisions.flatMap((each) =>
    each.kind === "desired" && each.to < each.from ? [minuteOf(each.at)] : [],
  );
  const [first = 0, last = 0] = [inward[0], inward.at(-1)];
  const back = rows.find(({ inService, minute }) => minute > loadSeconds / 60 && inService === webRecord.instances[0]);
  return {
    failures: totals.failed,
    sizes: [...new Set([webRecord.instances[0], ...sizes.slice(0, top + 1)])],
    tenAt: rows.find(({ inService }) => inService === 10)?.minute,
    scaleInEvery: inward.length < 2 ? undefined : (last - first) / (inward.length - 1),
    backAt: back?.minute,
    swings: decisions.filter(
      (each) => each.kind === "alarm" && each.alarm === "scale-in" && each.at > loadSeconds * 1000,
    ).length,
  };
}

const seeds = (runs: number) => Array.from({ length: runs }, (_, index) => index + 1);

/** @param onStep told what is being done, and waited for. */
export async function studyCourse(
  runs: number,
  onStep: (what: string) => void | Promise<void> = () => {},
): Promise<Study> {
  const accounts: PolicyReport[] = [];
  for (const explanation of explanations) {
    await onStep(`fitting ${explanation}`);
    const parameters = fitted(explanation, 1);
    const evenings: Evening[] = [];
    const loads: RunResult[] = [];
    for (const seed of seeds(runs)) {
      await onStep(`${explanation}, run ${seed} of ${runs}`);
      loads.push(simulate(courseScenario(explanation, parameters, loadSeconds), seed));
      evenings.push(eveningOf(simulate(courseScenario(explanation, parameters), seed)));
    }
    const names = Object.keys(compared) as Compared[];
    const figures = names.map((name) => [name, intervalOf(loads.map(compared[name].of))]);
    const fixed = [2, 5, 10].map((size) => {
      const { rate, latency } = simulate(courseScenario(explanation, parameters, 1200, size), 1).totals;
      return { size, rate, p50: latency.p50 ?? 0 };
    });
    accounts.push({
      explanation,
      parameters,
      figures: Object.fromEntries(figures),
      fittedTo: fittedTo[explanation],
      evenings,
      fixed,
    });
  }
  await onStep("annotator");
  const annotator = seeds(runs).map((seed) => annotatorOutcome(simulate(annotatorScenario, seed)));
  return { runs, accounts, annotator };
}
