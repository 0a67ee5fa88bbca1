/**
 * The last hour of AWS's time, a minute at a time, as the scaling loop saw it: sizes of groups, requests and latencies, depths of
 * queues, and of each alarm what it looked at and what it made of it. Kept in memory, for the console's plots.
 */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import { quantile } from "../../runtime/contract/statistic.ts";
import type { AlarmState } from "../../scaling/alarm.ts";
import { datapointsOf, minute, takeIn } from "../../scaling/engine/metrics.ts";
import type { EngineState } from "../../scaling/engine/state.ts";
import { expressionText } from "../../scaling/metric-math.ts";
import type { AlarmPlan, PolicyPlan, ScalingPlan } from "../../scaling/scaling-plan.ts";
import { type MetricSeries, type MinutesListener, minuteMilliseconds } from "../aws/cloudwatch/minutes.ts";
import { metricData } from "../aws/cloudwatch/statistics.ts";
import { comparisonSigns } from "./comparison-signs.ts";
import type { AlarmHistory, GroupHistory, HistoryView, Point } from "./view.ts";

/** What the history looks at each minute. */
interface Seen {
  readonly plan: ScalingPlan;
  readonly state: Pick<EngineState, "alarms" | "groups">;
}

/** Series of metrics, which the alarms are evaluated from. */
type Watch = Pick<EngineState, "series" | "fine">;

export interface HistoryOptions {
  /** The scaling engine after it has taken in the minutes; `undefined`: there is none yet. */
  readonly seen: () => Seen | undefined;
  /** Names of groups behind the balancer. */
  readonly balanced: readonly string[];
}

export interface ConsoleHistory {
  /** To be told after the engine. */
  readonly minutes: MinutesListener;
  view(): HistoryView;
}

const minutesKept = 60;

interface GroupMinute {
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly inService: number;
}

interface Minute {
  readonly start: number;
  readonly groups: Readonly<Record<string, GroupMinute>>;
  readonly web: { readonly requests: Point; readonly p50: Point; readonly p95: Point };
  /** By name of the queue. */
  readonly queues: Readonly<Record<string, { readonly visible: Point; readonly inFlight: Point }>>;
  readonly alarms: Readonly<Record<string, { readonly value: Point; readonly state: AlarmState }>>;
}

/** Data of one metric in one minute. */
function found(series: readonly MetricSeries[], namespace: string, name: string, start: number): MetricDatum[] {
  return series
    .filter((each) => each.namespace === namespace)
    .flatMap(({ data }) => data)
    .filter(({ MetricName, Timestamp }) => MetricName === name && Timestamp?.getTime() === start);
}

function webOf(series: readonly MetricSeries[], start: number): Minute["web"] {
  const requests = found(series, "AWS/ApplicationELB", "RequestCount", start);
  const times = found(series, "AWS/ApplicationELB", "TargetResponseTime", start).flatMap(
    ({ Values = [], Counts = [] }) => Values.map((value, index) => ({ value, count: Counts[index] ?? 1 })),
  );
  return {
    // A minute without a request has no datapoint; of a plot of requests that is a zero.
    requests: requests.reduce((sum, { Value = 0 }) => sum + Value, 0),
    p50: quantile(times, 0.5) ?? null,
    p95: quantile(times, 0.95) ?? null,
  };
}

/** Queues that the alarms of a group look at. */
export function queuesOf({ alarms }: Pick<ScalingPlan, "alarms">, group: string): string[] {
  const names = alarms
    .filter((alarm) => groupOf(alarm) === group)
    .flatMap(({ reading }) => Object.values(reading.sources))
    .filter(({ namespace }) => namespace === "AWS/SQS")
    .flatMap(({ dimensions }) => dimensions.QueueName ?? []);
  return [...new Set(names)];
}

function groupOf({ actions }: AlarmPlan): string | undefined {
  return Object.values(actions).flatMap(({ policies }) => policies)[0]?.group;
}

/** What a policy adds or takes away; one that sets a size, or does both, has no direction. */
function directionOf(policy: PolicyPlan, side: AlarmPlan["side"]): "in" | "out" | undefined {
  if (policy.kind === "target") return side === "low" ? "in" : "out";
  if (policy.adjustment.type === "ExactCapacity") return undefined;
  const amounts = policy.kind === "simple" ? [policy.amount] : policy.steps.map(({ amount }) => amount);
  if (amounts.every((amount) => amount <= 0)) return "in";
  return amounts.every((amount) => amount >= 0) ? "out" : undefined;
}

/** What becomes of the group while the alarm is in ALARM. */
function scalesOf({ groups }: ScalingPlan, { actions, side }: AlarmPlan): "in" | "out" | undefined {
  const directions = actions.ALARM.policies.map(({ group, policy }) => {
    const found = groups.find(({ name }) => name === group)?.policies.find(({ name }) => name === policy);
    return found && directionOf(found, side);
  });
  const [first] = directions;
  return directions.every((each) => each === first) ? first : undefined;
}

function metricOf({ reading }: AlarmPlan): string {
  const sources = Object.values(reading.sources);
  const [only] = sources;
  if (only === undefined || sources.length > 1) return expressionText(reading.expression);
  return `${only.name}, ${only.statistic}`;
}

function groupMinute({ min, max, desired, instances }: EngineState["groups"][string]): GroupMinute {
  return { min, max, desired, inService: instances.filter(({ phase }) => phase === "InService").length };
}

const mapped = <Value, Result>(record: Readonly<Record<string, Value>>, of: (value: Value) => Result) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));

export function createHistory({ seen, balanced }: HistoryOptions): ConsoleHistory {
  let kept: readonly Minute[] = [];
  /** As the engine's own, which does not tell it. */
  const watch: Watch = { series: {}, fine: {} };
  return {
    minutes({ starts, series }) {
      const now = seen();
      if (now === undefined) return;
      for (const start of starts) {
        kept = [...kept, minuteOf({ start, series }, now, watch, kept.at(-1))].slice(-minutesKept);
      }
    },
    view() {
      const plan = seen()?.plan;
      return {
        minutes: kept.map(({ start }) => start),
        groups: plan?.groups.map(({ name }) => groupHistory(kept, name, plan, balanced.includes(name))) ?? [],
        alarms: plan?.alarms.map((alarm) => alarmHistory(kept, alarm, plan)) ?? [],
      };
    },
  };
}

/** The metrics that have been measured by the end of one minute. */
interface Measured {
  readonly start: number;
  readonly series: readonly MetricSeries[];
}

const minutely = new WeakMap<ScalingPlan, ScalingPlan>();

/** A minute is the shortest time that is shown: of shorter periods, what they come to in it. The same answer every time. */
function byMinute(plan: ScalingPlan): ScalingPlan {
  const known = minutely.get(plan);
  if (known !== undefined) return known;
  const alarms = plan.alarms.map((alarm) => ({ ...alarm, periodSeconds: Math.max(60, alarm.periodSeconds) }));
  const made = { ...plan, alarms };
  minutely.set(plan, made);
  return made;
}

/** Takes the minute's metrics into `watch`, from which the alarms' datapoints are computed. */
function minuteOf(measured: Measured, now: Seen, watch: Watch, before: Minute | undefined): Minute {
  const { start, series } = measured;
  const { plan, state } = now;
  const turn = { plan: byMinute(plan), state: watch, at: start + minuteMilliseconds };
  takeIn(turn, metricData(series, start), minute);
  const queues = plan.groups.flatMap(({ name }) => queuesOf(plan, name));
  const alarms = turn.plan.alarms.map((alarm) => {
    const value = datapointsOf(turn, alarm).at(-1) ?? null;
    return [alarm.name, { value, state: stateAt(alarm.name, turn.at, now, before) }];
  });
  return {
    start,
    groups: mapped(state.groups, groupMinute),
    web: webOf(series, start),
    queues: Object.fromEntries(queues.map((queue) => [queue, queueMinute(measured, queue)])),
    alarms: Object.fromEntries(alarms),
  };
}

function queueMinute({ start, series }: Measured, queue: string): Minute["queues"][string] {
  const depth = (name: string): Point => {
    const [first] = found(series, "AWS/SQS", name, start).filter(({ Dimensions = [] }) =>
      Dimensions.some(({ Name, Value }) => Name === "QueueName" && Value === queue),
    );
    return first?.Value ?? null;
  };
  return {
    visible: depth("ApproximateNumberOfMessagesVisible"),
    inFlight: depth("ApproximateNumberOfMessagesNotVisible"),
  };
}

/** Of an alarm at a time before or after its last change. */
function stateAt(name: string, end: number, { state }: Seen, before: Minute | undefined): AlarmState {
  const now = state.alarms[name];
  if (now === undefined) return "INSUFFICIENT_DATA";
  if (now.since <= end) return now.state;
  return before?.alarms[name]?.state ?? "INSUFFICIENT_DATA";
}

function groupHistory(minutes: readonly Minute[], name: string, plan: ScalingPlan, isBalanced: boolean): GroupHistory {
  const sizes = (part: keyof GroupMinute) => minutes.map(({ groups }) => groups[name]?.[part] ?? 0);
  const web = (part: keyof Minute["web"]) => minutes.map((minute) => minute.web[part]);
  return {
    name,
    min: sizes("min"),
    max: sizes("max"),
    desired: sizes("desired"),
    inService: sizes("inService"),
    ...(isBalanced ? { web: { requests: web("requests"), p50: web("p50"), p95: web("p95") } } : {}),
    queues: queuesOf(plan, name).map((queue) => ({
      name: queue,
      visible: minutes.map(({ queues }) => queues[queue]?.visible ?? null),
      inFlight: minutes.map(({ queues }) => queues[queue]?.inFlight ?? null),
    })),
  };
}

function alarmHistory(minutes: readonly Minute[], alarm: AlarmPlan, plan: ScalingPlan): AlarmHistory {
  const group = groupOf(alarm);
  const scales = scalesOf(plan, alarm);
  return {
    name: alarm.name,
    ...(group === undefined ? {} : { group }),
    ...(scales === undefined ? {} : { scales }),
    metric: metricOf(alarm),
    sign: comparisonSigns[alarm.rule.comparison] ?? "",
    threshold: alarm.rule.threshold,
    values: minutes.map(({ alarms }) => alarms[alarm.name]?.value ?? null),
    states: minutes.map(({ alarms }) => alarms[alarm.name]?.state ?? "INSUFFICIENT_DATA"),
  };
}
