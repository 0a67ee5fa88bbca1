/** Takes in a minute's data, and answers with the datapoints that an alarm sees. */
import { isExtended, valuesOf } from "../../runtime/contract/statistic.ts";
import { evaluationRange } from "../alarm.ts";
import { evaluateExpression, periodsBefore } from "../metric-math.ts";
import type { AlarmPlan, MetricSource, ScalingPlan } from "../scaling-plan.ts";
import { datapoints, type MinuteStatistics } from "../windows.ts";
import type { MetricData } from "./events.ts";
import type { EngineState } from "./state.ts";

/** As much of an engine, or of its turn, as looking at metrics takes. */
export interface Watch {
  readonly plan: Pick<ScalingPlan, "alarms">;
  readonly state: Pick<EngineState, "series">;
  /** Epoch milliseconds: the end of the minute. */
  readonly at: number;
}

export const minute = 60_000;

/** Periods that an alarm looks at, those that its expression looks back to included. */
const lookedAt = ({ rule, reading }: Pick<AlarmPlan, "rule" | "reading">): number =>
  evaluationRange(rule) + periodsBefore(reading.expression);

/** Minutes that the alarm with the longest look looks back; 0 without alarms. */
export const lookBackMinutes = ({ alarms }: Watch["plan"]): number =>
  Math.max(0, ...alarms.map((alarm) => (lookedAt(alarm) * alarm.periodSeconds) / 60));

/** End of the last whole minute. */
const endOf = (at: number): number => Math.floor(at / minute) * minute;

interface Watched {
  readonly key: string;
  readonly source: MetricSource;
  /** Milliseconds that the alarm with the longest look looks back. */
  lookBack: number;
  /** Some alarm needs each sample. */
  values: boolean;
}

function keyOf({ namespace, name, dimensions }: MetricSource): string {
  const parts = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
  return `${namespace}/${name}{${parts.sort().join(",")}}`;
}

const watched = new WeakMap<Watch["plan"], Map<string, Watched>>();

/** Series that some alarm of the plan looks at; the same answer every time. */
function watchedBy(plan: Watch["plan"]): Map<string, Watched> {
  const known = watched.get(plan);
  if (known !== undefined) return known;
  const made = new Map<string, Watched>();
  for (const alarm of plan.alarms) {
    const { periodSeconds, reading } = alarm;
    for (const source of Object.values(reading.sources)) {
      const key = keyOf(source);
      const known = made.get(key);
      const lookBack = Math.max(known?.lookBack ?? 0, lookedAt(alarm) * periodSeconds * 1000);
      made.set(key, { key, source, lookBack, values: isExtended(source.statistic) || known?.values === true });
    }
  }
  watched.set(plan, made);
  return made;
}

const fits = ({ namespace, name, dimensions }: MetricSource, data: MetricData): boolean =>
  namespace === data.namespace &&
  name === data.name &&
  Object.entries(dimensions).every(([dimension, value]) => data.dimensions[dimension] === value);

/** Samples of several series in one minute; each of them only if it is wanted and known. */
function gather(start: number, data: readonly MetricData[], wantsValues: boolean): MinuteStatistics | undefined {
  if (data.length === 0) return undefined;
  const values = data.map(valuesOf);
  return {
    start,
    sum: data.reduce((sum, each) => sum + each.sum, 0),
    count: data.reduce((count, each) => count + each.count, 0),
    minimum: Math.min(...data.map(({ minimum }) => minimum)),
    maximum: Math.max(...data.map(({ maximum }) => maximum)),
    ...(wantsValues && !values.includes(undefined) ? { values: values.flatMap((each) => each ?? []) } : {}),
  };
}

/** Minutes as they are after more data: what comes late of a minute is all there is of it. */
function withMinutes(
  kept: readonly MinuteStatistics[],
  data: readonly MetricData[],
  latest: number,
  wantsValues: boolean,
): MinuteStatistics[] {
  const minutes = new Map(kept.map((each) => [each.start, each]));
  for (const start of new Set(data.map((each) => each.start ?? latest))) {
    const own = data.filter((each) => (each.start ?? latest) === start);
    minutes.set(start, gather(start, own, wantsValues) as MinuteStatistics);
  }
  return [...minutes.values()].sort((a, b) => a.start - b.start);
}

/** Keeps what alarms look at of the minute that ends now, and forgets what none looks at any more. */
export function takeIn({ plan, state, at }: Watch, data: readonly MetricData[]): void {
  const end = endOf(at);
  for (const { key, source, lookBack, values } of watchedBy(plan).values()) {
    const found = data.filter((each) => fits(source, each));
    const kept = (state.series[key] ?? []).filter(({ start }) => start >= end - lookBack);
    state.series[key] = withMinutes(kept, found, end - minute, values);
  }
}

/** The evaluation range of an alarm, oldest first, ending now; `undefined` where there is no value. */
export function datapointsOf({ state, at }: Watch, alarm: AlarmPlan): (number | undefined)[] {
  const { rule, periodSeconds, reading } = alarm;
  const count = lookedAt(alarm);
  const end = endOf(at);
  const values = Object.fromEntries(
    Object.entries(reading.sources).map(([id, source]) => [
      id,
      datapoints(state.series[keyOf(source)] ?? [], source.statistic, periodSeconds * 1000, count, end),
    ]),
  );
  const of = (name: string, index: number) => values[name]?.[index];
  return Array.from({ length: count }, (_, index) =>
    evaluateExpression(reading.expression, of, { index, seconds: periodSeconds }),
  ).slice(-evaluationRange(rule));
}
