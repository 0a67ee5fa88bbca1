/** Several policies under the same load and the same chance, side by side. */
import type { Scenario } from "../model.ts";
import { type Interval, intervalOf, type Prediction, predict } from "../prediction.ts";
import { type Measures, measure } from "./measure.ts";
import { type Need, needOf } from "./need.ts";
import type { Variant } from "./variants.ts";

/** A variant with what it was declared as. */
export interface Candidate {
  readonly variant: Variant;
  /** Under the variant's plan; load and service are the same for all. */
  readonly scenario: Scenario;
  /** USD of the group and all that scales it, by its mean size over so many hours. */
  cost(meanSize: number, hours: number): number;
}

export type MeasureName = keyof Measures | "cost";

export interface Outcome {
  readonly variant: Variant;
  /** Of all runs; `undefined` where none has a value. */
  readonly measures: Readonly<Record<MeasureName, Interval | undefined>>;
  /** Of how many runs each has a value: the others never came so far. */
  readonly known: Readonly<Record<MeasureName, number>>;
  readonly prediction: Prediction;
}

export interface Comparison {
  readonly title: string;
  readonly group: string;
  readonly workers: boolean;
  readonly seconds: number;
  readonly seed: number;
  readonly runs: number;
  readonly need: Need;
  /** What is taken for granted of the load, and of each variant. */
  readonly notes: readonly string[];
  readonly outcomes: readonly Outcome[];
}

const measureNames = [
  "enoughAfter",
  "short",
  "backAfter",
  "failed",
  "p50",
  "p95",
  "instanceHours",
  "turns",
  "cost",
] as const satisfies readonly MeasureName[];

async function outcomeOf(
  { variant, scenario, cost }: Candidate,
  need: Need,
  options: { readonly seed: number; readonly runs: number; readonly onRun?: () => void | Promise<void> },
): Promise<Outcome> {
  const all: Record<MeasureName, number | undefined>[] = [];
  const hours = scenario.seconds / 3600;
  const prediction = await predict(scenario, {
    ...options,
    onRun(_, run) {
      const measures = measure(scenario, need, run);
      all.push({ ...measures, cost: cost(measures.instanceHours / hours, hours) });
      return options.onRun?.();
    },
  });
  const of = (name: MeasureName) => all.map((each) => each[name]);
  return {
    variant,
    measures: byName((name) => intervalOf(of(name))),
    known: byName((name) => of(name).filter((value) => value !== undefined).length),
    prediction,
  };
}

const byName = <Value>(of: (name: MeasureName) => Value) =>
  Object.fromEntries(measureNames.map((name) => [name, of(name)])) as Record<MeasureName, Value>;

/**
 * Runs each candidate with the seeds from `seed` on, the same for all.
 *
 * @param onRun told after each run, of how many; what it returns is waited for.
 * @throws {RangeError} when there is no candidate.
 */
export async function compare(
  candidates: readonly Candidate[],
  options: {
    readonly seed: number;
    readonly runs: number;
    readonly onRun?: (done: number, of: number) => void | Promise<void>;
  },
): Promise<Comparison> {
  const [first] = candidates;
  if (first === undefined) throw new RangeError("there is no variant to compare; give one at least");
  const { seed, runs } = options;
  // The bounds are the first's: what is needed is the same for all.
  const need = needOf(first.scenario);
  const outcomes: Outcome[] = [];
  let done = 0;
  for (const candidate of candidates) {
    const onRun = () => options.onRun?.(++done, runs * candidates.length);
    outcomes.push(await outcomeOf(candidate, need, { seed, runs, onRun }));
  }
  const { title, group, service, seconds, notes = [] } = first.scenario;
  return { title, group, workers: service.kind === "workers", seconds, seed, runs, need, notes, outcomes };
}
