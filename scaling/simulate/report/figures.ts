/** The figures of a prediction that every report shows, named and with their intervals. */
import type { Scenario } from "../model.ts";
import type { Interval, Prediction, TotalName } from "../prediction.ts";
import { figure, percent } from "./format.ts";

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** The 90 % interval; `undefined` of a single run. */
  readonly interval: string | undefined;
}

const spread = ({ low, high }: Interval): string => `${figure(low)} to ${figure(high)}`;

export function figuresOf(scenario: Scenario, prediction: Prediction): Figure[] {
  const { totals } = prediction.run;
  const workers = scenario.service.kind === "workers";
  const hasPool = scenario.plan.groups.some(({ name, warmPool }) => name === scenario.group && warmPool !== undefined);
  const many = prediction.runs > 1;
  const of = (name: string, key: TotalName, single: number | undefined, unit = ""): Figure => {
    const interval = prediction.totals[key];
    const value = many ? interval?.middle : single;
    return {
      name,
      value: value === undefined ? "–" : `${figure(value)}${unit}`,
      interval: many && interval !== undefined ? spread(interval) : undefined,
    };
  };
  const failed = of("failed", "failed", totals.failed);
  const ended = many ? (prediction.totals.ended?.middle ?? 0) : totals.ended;
  const failedCount = many ? (prediction.totals.failed?.middle ?? 0) : totals.failed;
  return [
    of(workers ? "jobs" : "requests", "ended", totals.ended),
    { ...failed, value: `${failed.value} (${percent(failedCount, ended)})` },
    of(workers ? "jobs a second" : "requests a second", "rate", totals.rate),
    of(workers ? "completion time, mean" : "response time, mean", "mean", totals.latency.mean, " s"),
    of("median", "p50", totals.latency.p50, " s"),
    of("95th percentile", "p95", totals.latency.p95, " s"),
    of("99th percentile", "p99", totals.latency.p99, " s"),
    of("longest", "max", totals.latency.max, " s"),
    of("queueing time, mean", "wait", totals.wait, " s"),
    of("instance-hours", "instanceHours", totals.instanceHours),
    ...(hasPool ? [of("instance-hours, stopped in the warm pool", "stoppedHours", totals.stoppedHours)] : []),
  ];
}
