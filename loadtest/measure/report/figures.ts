/** Measured figures beside predicted ones, and how far apart they are. Pure. */
import type { Interval, Prediction } from "../../../scaling/simulate/prediction.ts";
import type { LoadTotals } from "../k6/points.ts";
import { atMinutes, type Measured } from "../measured.ts";
import type { JobCounts } from "../record/jobs.ts";

export interface Figure {
  readonly name: string;
  readonly unit: "" | "%" | "s" | "min" | "h";
  readonly measured: number | undefined;
  readonly predicted: number | undefined;
  /** The 90 % interval of the simulated runs. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Measured over predicted, less 1; of percentages, minutes and instances the difference. `undefined`: one is missing. */
  readonly error: number | undefined;
  readonly relative: boolean;
}

export interface FigureInput {
  readonly measured: Measured;
  readonly totals: LoadTotals;
  readonly group: string;
  readonly jobs: JobCounts | string;
  /** Which of both the prediction is of. */
  readonly farm: "web" | "annotator";
  readonly prediction: Prediction | undefined;
}

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of ascending values. */
const quantile = (values: readonly number[], share: number): number | undefined =>
  values[Math.min(values.length - 1, Math.floor(share * values.length))];

/** Mean distance of two courses, minute by minute, as far as both go. */
export function meanDistance(a: readonly number[], b: readonly number[]): number | undefined {
  const both = a.slice(0, b.length);
  return mean(both.map((value, index) => Math.abs(value - (b[index] as number))));
}

/** Minutes until more were in service than stood at the start; `undefined`: never. Values are at each minute's end, perhaps middles. */
export function firstOut(inService: readonly number[], stood: number): number | undefined {
  const index = inService.findIndex((value) => value >= stood + 0.5);
  return index === -1 ? undefined : index + 1;
}

/** Instances of all states over time; `minutes` long. */
export function instanceHours(changes: Measured["sizes"][string], minutes: number): number {
  const ends = changes.map((_, index) => changes[index + 1]?.minute ?? minutes);
  return changes.reduce((sum, { minute, instances }, index) => {
    const from = Math.max(0, minute);
    return sum + (instances * Math.max(0, Math.min(minutes, ends[index] as number) - from)) / 60;
  }, 0);
}

/** @param relative false: the error is a difference, not a share. */
function figure(
  name: string,
  unit: Figure["unit"],
  measured: number | undefined,
  interval: Interval | undefined,
  relative = true,
): Figure {
  const predicted = interval?.middle;
  return {
    name,
    unit,
    measured,
    predicted,
    low: interval?.low,
    high: interval?.high,
    error: errorOf(measured, predicted, relative),
    relative,
  };
}

function errorOf(measured: number | undefined, predicted: number | undefined, relative: boolean): number | undefined {
  if (measured === undefined || predicted === undefined) return undefined;
  if (!relative) return measured - predicted;
  return predicted === 0 ? undefined : measured / predicted - 1;
}

/** Of what is foretold without an interval. */
const only = (middle: number | undefined): Interval | undefined =>
  middle === undefined ? undefined : { low: middle, middle, high: middle };

/** Percent. */
function share(part: Interval | undefined, of: Interval | undefined): Interval | undefined {
  if (part === undefined || of === undefined || of.middle === 0) return undefined;
  const percent = (value: number) => (100 * value) / of.middle;
  return { low: percent(part.low), middle: percent(part.middle), high: percent(part.high) };
}

export function figuresOf({ measured, totals, group, jobs, farm, prediction }: FigureInput): Figure[] {
  const changes = measured.sizes[group] ?? [];
  const sizes = atMinutes(changes, measured.minutes).map(({ inService }) => inService);
  const simulated = prediction?.inService.map(({ middle }) => middle) ?? [];
  const foretold: Partial<Prediction["totals"]> = prediction?.totals ?? {};
  const answers = farm === "web" ? foretold : {};
  const done = farm === "annotator" ? foretold : {};

  const stood = changes[0]?.inService ?? 0;
  const { requests, failed, latency } = totals;
  const load: Figure[] = [
    figure("requests", "", requests, answers.ended),
    figure(
      "requests failed",
      "%",
      requests === 0 ? undefined : (100 * failed) / requests,
      share(answers.failed, answers.ended),
      false,
    ),
    ...(["mean", "p50", "p95", "p99"] as const).map((name) =>
      figure(name === "mean" ? "answer, mean" : `answer, ${name.slice(1)} % within`, "s", latency[name], answers[name]),
    ),
  ];
  const work: Figure[] =
    typeof jobs === "string" || jobs.submitted === 0
      ? []
      : [
          figure("jobs submitted", "", jobs.submitted, undefined),
          figure("jobs done", "", jobs.seconds.length, done.ended),
          figure("job done after, mean", "s", mean(jobs.seconds), done.mean),
          figure("job done after, 95 % within", "s", quantile(jobs.seconds, 0.95), done.p95),
        ];
  return [
    ...load,
    ...work,
    figure(
      "most instances in service",
      "",
      Math.max(0, ...sizes),
      only(simulated.length === 0 ? undefined : Math.max(...simulated)),
      false,
    ),
    figure("first instance more", "min", firstOut(sizes, stood), only(firstOut(simulated, stood)), false),
    figure("instance-hours", "h", instanceHours(changes, measured.minutes), foretold.instanceHours),
    figure(
      "instances, mean distance",
      "",
      meanDistance(sizes, simulated),
      only(simulated.length === 0 ? undefined : 0),
      false,
    ),
  ];
}
