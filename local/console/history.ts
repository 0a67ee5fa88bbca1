/**
 * The last hour of AWS's time, a minute at a time, as the scaling loop saw it: sizes of groups, requests and latencies, depths of
 * queues, and of each alarm what it looked at and what it made of it. Kept in memory, for the console's plots.
 */
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import { quantile } from "../../runtime/contract/statistic.ts";
import type { AlarmState } from "../../scaling/alarm.ts";
import { datapointsOf, takeIn } from "../../scaling/engine/metrics.ts";
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
  const watch: Pick<EngineState, "series"> = { series: {} };

  /** Of an alarm at a time before or after its last change. */
  function stateAt(name: string, end: number, { state }: Seen): AlarmState {
    const now = state.alarms[name];
    if (now === undefined) return "INSUFFICIENT_DATA";
    if (now.since <= end) return now.state;
    return kept.at(-1)?.alarms[name]?.state ?? "INSUFFICIENT_DATA";
  }

  function minuteOf(start: number, series: readonly MetricSeries[], now: Seen): Minute {
    const { plan, state } = now;
    const end = start + minuteMilliseconds;
    const turn = { plan, state: watch, at: end };
    takeIn(turn, metricData(series, start));
    const depth = (name: string, queue: string): Point => {
      const [first] = found(series, "AWS/SQS", name, start).filter(({ Dimensions = [] }) =>
        Dimensions.some(({ Name, Value }) => Name === "QueueName" && Value === queue),
      );
      return first?.Value ?? null;
    };
    const queues = plan.groups.flatMap(({ name }) => queuesOf(plan, name));
    return {
      start,
      groups: mapped(state.groups, groupMinute),
      web: webOf(series, start),
      queues: Object.fromEntries(
        queues.map((queue) => [
          queue,
          {
            visible: depth("ApproximateNumberOfMessagesVisible", queue),
            inFlight: depth("ApproximateNumberOfMessagesNotVisible", queue),
          },
        ]),
      ),
      alarms: Object.fromEntries(
        plan.alarms.map((alarm) => {
          const value = datapointsOf(turn, alarm).at(-1) ?? null;
          return [alarm.name, { value, state: stateAt(alarm.name, end, now) }];
        }),
      ),
    };
  }

  function groupHistory(name: string, plan: ScalingPlan): GroupHistory {
    const sizes = (part: keyof GroupMinute) => kept.map(({ groups }) => groups[name]?.[part] ?? 0);
    const web = (part: keyof Minute["web"]) => kept.map((minute) => minute.web[part]);
    return {
      name,
      min: sizes("min"),
      max: sizes("max"),
      desired: sizes("desired"),
      inService: sizes("inService"),
      ...(balanced.includes(name) ? { web: { requests: web("requests"), p50: web("p50"), p95: web("p95") } } : {}),
      queues: queuesOf(plan, name).map((queue) => ({
        name: queue,
        visible: kept.map(({ queues }) => queues[queue]?.visible ?? null),
        inFlight: kept.map(({ queues }) => queues[queue]?.inFlight ?? null),
      })),
    };
  }

  function alarmHistory(alarm: AlarmPlan, plan: ScalingPlan): AlarmHistory {
    const group = groupOf(alarm);
    const scales = scalesOf(plan, alarm);
    return {
      name: alarm.name,
      ...(group === undefined ? {} : { group }),
      ...(scales === undefined ? {} : { scales }),
      metric: metricOf(alarm),
      sign: comparisonSigns[alarm.rule.comparison] ?? "",
      threshold: alarm.rule.threshold,
      values: kept.map(({ alarms }) => alarms[alarm.name]?.value ?? null),
      states: kept.map(({ alarms }) => alarms[alarm.name]?.state ?? "INSUFFICIENT_DATA"),
    };
  }

  return {
    minutes({ starts, series }) {
      const now = seen();
      if (now === undefined) return;
      for (const start of starts) kept = [...kept, minuteOf(start, series, now)].slice(-minutesKept);
    },
    view() {
      const plan = seen()?.plan;
      return {
        minutes: kept.map(({ start }) => start),
        groups: plan?.groups.map(({ name }) => groupHistory(name, plan)) ?? [],
        alarms: plan?.alarms.map((alarm) => alarmHistory(alarm, plan)) ?? [],
      };
    },
  };
}
