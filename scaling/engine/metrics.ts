/** Takes in the data of a minute, or of ten seconds, and answers with the datapoints that an alarm sees. */
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
  readonly state: Pick<EngineState, "series" | "fine">;
  /** Epoch milliseconds: the end of the minute, or of the ten seconds. */
  readonly at: number;
}

export const minute = 60_000;

/** How often alarms with a period below a minute are evaluated, and how finely what they look at is kept. */
const tenSeconds = 10_000;

/** Length of what an alarm's series are made of, milliseconds. */
export type Grain = typeof minute | typeof tenSeconds;

/** Of an event that brings data. */
export const grainOf = (kind: "minute" | "ten-seconds"): Grain => (kind === "minute" ? minute : tenSeconds);

/** Of an alarm's series. */
export const alarmGrain = ({ periodSeconds }: Pick<AlarmPlan, "periodSeconds">): Grain =>
  periodSeconds * 1000 < minute ? tenSeconds : minute;

const seriesOf = (state: Watch["state"], grain: Grain) => (grain === minute ? state.series : state.fine);

/** Periods that an alarm looks at, those that its expression looks back to included. */
const lookedAt = ({ rule, reading }: Pick<AlarmPlan, "rule" | "reading">): number =>
  evaluationRange(rule) + periodsBefore(reading.expression);

/** Minutes that the alarm with the longest look looks back; 0 without alarms. */
export const lookBackMinutes = ({ alarms }: Watch["plan"]): number =>
  Math.max(0, ...alarms.map((alarm) => (lookedAt(alarm) * alarm.periodSeconds) / 60));

/** End of the last whole minute, or of the last ten seconds. */
const endOf = (at: number, grain: Grain): number => Math.floor(at / grain) * grain;

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

const watched = { [minute]: new WeakMap<Watch["plan"], Map<string, Watched>>(), [tenSeconds]: new WeakMap() } as const;

/** Series that some alarm of the plan looks at; the same answer every time. */
function watchedBy(plan: Watch["plan"], grain: Grain): Map<string, Watched> {
  const known = watched[grain].get(plan);
  if (known !== undefined) return known;
  const made = new Map<string, Watched>();
  for (const alarm of plan.alarms) {
    if (alarmGrain(alarm) !== grain) continue;
    const { periodSeconds, reading } = alarm;
    for (const source of Object.values(reading.sources)) {
      const key = keyOf(source);
      const known = made.get(key);
      const lookBack = Math.max(known?.lookBack ?? 0, lookedAt(alarm) * periodSeconds * 1000);
      made.set(key, { key, source, lookBack, values: isExtended(source.statistic) || known?.values === true });
    }
  }
  watched[grain].set(plan, made);
  return made;
}

const fits = ({ namespace, name, dimensions }: MetricSource, data: MetricData): boolean =>
  namespace === data.namespace &&
  name === data.name &&
  Object.entries(dimensions).every(([dimension, value]) => data.dimensions[dimension] === value);

/** Samples of several series in one minute, or ten seconds; each of them only if it is wanted and known. */
function gather(start: number, data: readonly MetricData[], wantsValues: boolean): MinuteStatistics {
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

/** What is known of a series after more data: what comes late of a time is all there is of it. */
function withMore(
  kept: readonly MinuteStatistics[],
  data: readonly MetricData[],
  latest: number,
  wantsValues: boolean,
): MinuteStatistics[] {
  if (data.length === 0) return [...kept];
  if (data.every(({ start }) => start === undefined)) return [...kept, gather(latest, data, wantsValues)];
  const known = new Map(kept.map((each) => [each.start, each]));
  for (const start of new Set(data.map((each) => each.start ?? latest))) {
    const own = data.filter((each) => (each.start ?? latest) === start);
    known.set(start, gather(start, own, wantsValues));
  }
  return [...known.values()].sort((a, b) => a.start - b.start);
}

/** Keeps what alarms look at of the time that ends now, and forgets what none looks at any more. */
export function takeIn({ plan, state, at }: Watch, data: readonly MetricData[], grain: Grain): void {
  const end = endOf(at, grain);
  const series = seriesOf(state, grain);
  for (const { key, source, lookBack, values } of watchedBy(plan, grain).values()) {
    const found = data.filter((each) => fits(source, each));
    const kept = (series[key] ?? []).filter(({ start }) => start >= end - lookBack);
    series[key] = withMore(kept, found, end - grain, values);
  }
}

/** The evaluation range of an alarm, oldest first, ending now; `undefined` where there is no value. */
export function datapointsOf({ state, at }: Watch, alarm: AlarmPlan): (number | undefined)[] {
  const { rule, periodSeconds, reading } = alarm;
  const count = lookedAt(alarm);
  const grain = alarmGrain(alarm);
  const end = endOf(at, grain);
  const series = seriesOf(state, grain);
  const values = Object.fromEntries(
    Object.entries(reading.sources).map(([id, source]) => [
      id,
      datapoints(series[keyOf(source)] ?? [], source.statistic, periodSeconds * 1000, count, end),
    ]),
  );
  const of = (name: string, index: number) => values[name]?.[index];
  return Array.from({ length: count }, (_, index) =>
    evaluateExpression(reading.expression, of, { index, seconds: periodSeconds }),
  ).slice(-evaluationRange(rule));
}
