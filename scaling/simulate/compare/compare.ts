/** Several policies under the same load and the same chance, side by side. */
import type { Scenario } from "../model.ts";
import { type Interval, intervalOf, type Prediction, predict } from "../prediction.ts";
import type { Totals } from "../recorder.ts";
import { meetsSlo, type Objective } from "../slo.ts";
import { type Measures, measure } from "./measure.ts";
import { type Need, needOf } from "./need.ts";
import type { Variant } from "./variants.ts";

/** A variant with what it was declared as. */
export interface Candidate {
  readonly variant: Variant;
  /** Under the variant's plan; load and service are the same for all. */
  readonly scenario: Scenario;
  /** USD of the group and all that scales it over so many hours, by what its instances ran and, in a warm pool, stood still. */
  cost(used: Pick<Totals, "instanceHours" | "stoppedHours">, hours: number): number;
}

export type MeasureName = keyof Measures | "cost" | "unitCost";

export interface Outcome {
  readonly variant: Variant;
  /** Of all runs; `undefined` where none has a value. */
  readonly measures: Readonly<Record<MeasureName, Interval | undefined>>;
  /** Of how many runs each has a value: the others never came so far. */
  readonly known: Readonly<Record<MeasureName, number>>;
  /** Runs that met all objectives; `undefined`: none were given. */
  readonly met: number | undefined;
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
  /** `undefined`: none were given. */
  readonly slo: readonly Objective[] | undefined;
  readonly outcomes: readonly Outcome[];
}

/** Costs are of a million requests, or of a thousand jobs, that were answered or done. */
const unitOf = ({ service }: Scenario): number => (service.kind === "web" ? 1e6 : 1e3);

const speedOf = ({ service }: Scenario): number => (service.kind === "web" ? service.rate : service.jobSeconds);

/** Of the variants that meet the objectives in nine of ten runs, the one whose unit costs least. */
export function cheapestOf({ outcomes, runs }: Pick<Comparison, "outcomes" | "runs">): Outcome | undefined {
  const price = ({ measures }: Outcome) => measures.unitCost?.middle ?? Number.POSITIVE_INFINITY;
  return outcomes.filter(({ met = 0 }) => met >= 0.9 * runs).sort((a, b) => price(a) - price(b))[0];
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
  "unitCost",
] as const satisfies readonly MeasureName[];

async function outcomeOf(
  { variant, scenario, cost }: Candidate,
  need: Need,
  options: {
    readonly seed: number;
    readonly runs: number;
    readonly slo: readonly Objective[] | undefined;
    readonly onRun?: () => void | Promise<void>;
  },
): Promise<Outcome> {
  let met = 0;
  const all: Record<MeasureName, number | undefined>[] = [];
  const hours = scenario.seconds / 3600;
  const prediction = await predict(scenario, {
    ...options,
    onRun(_, run) {
      const measures = measure(scenario, need, run);
      const usd = cost(run.totals, hours);
      const { ended, failed } = run.totals;
      const done = ended - failed;
      all.push({ ...measures, cost: usd, unitCost: done > 0 ? (usd * unitOf(scenario)) / done : undefined });
      if (options.slo !== undefined && meetsSlo(options.slo, run.totals)) met++;
      return options.onRun?.();
    },
  });
  const of = (name: MeasureName) => all.map((each) => each[name]);
  return {
    variant,
    measures: byName((name) => intervalOf(of(name))),
    known: byName((name) => of(name).filter((value) => value !== undefined).length),
    met: options.slo === undefined ? undefined : met,
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
    /** What a run must meet. */
    readonly slo?: readonly Objective[];
    readonly onRun?: (done: number, of: number) => void | Promise<void>;
  },
): Promise<Comparison> {
  const [first] = candidates;
  if (first === undefined) throw new RangeError("there is no variant to compare; give one at least");
  const { seed, runs, slo } = options;
  // The bounds are the first's: of instances that get through the same, the same are needed.
  const need = needOf(first.scenario);
  const needFor = ({ scenario }: Candidate) =>
    speedOf(scenario) === speedOf(first.scenario) ? need : needOf(scenario);
  const outcomes: Outcome[] = [];
  let done = 0;
  for (const candidate of candidates) {
    const onRun = () => options.onRun?.(++done, runs * candidates.length);
    outcomes.push(await outcomeOf(candidate, needFor(candidate), { seed, runs, slo, onRun }));
  }
  const { title, group, service, seconds, notes = [] } = first.scenario;
  return { title, group, workers: service.kind === "workers", seconds, seed, runs, need, notes, slo, outcomes };
}
