/**
 * The alarm evaluation that the emulator lacks: once a minute of local time every declared alarm is evaluated over its
 * metric, and its state is written back through CloudWatch's own API.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type MetricAlarm,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  type AlarmRule,
  type AlarmState,
  type Comparison,
  comparisons,
  evaluateAlarm,
  evaluationRange,
  type MissingDataTreatment,
} from "../../scaling/alarm.ts";
import { datapoints, type MinuteStatistics, type Statistic, statistics } from "../../scaling/windows.ts";
import { administrator } from "../emulator/administrator.ts";
import type { Emulator, LocalClock } from "../types.ts";

const minute = 60_000;

export interface AlarmChange {
  readonly name: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

export interface AlarmEvaluator {
  /** Evaluates all alarms at this local time (epoch milliseconds); resolves with those that changed state. */
  evaluate(now: number): Promise<AlarmChange[]>;
  stop(): void;
}

/** Why an alarm cannot be evaluated here; `undefined` when it can. */
function unsupported(alarm: MetricAlarm): string | undefined {
  if (alarm.Metrics !== undefined && alarm.Metrics.length > 0) return "metric math is not evaluated locally yet";
  if (!((alarm.Statistic ?? "") in statistics)) return `statistic ${alarm.ExtendedStatistic ?? alarm.Statistic} is not`;
  if (!((alarm.ComparisonOperator ?? "") in comparisons)) return `operator ${alarm.ComparisonOperator} is not`;
  if ((alarm.Period ?? 0) < 60) return `period ${alarm.Period} s is shorter than the metrics' minute`;
  return undefined;
}

function ruleOf(alarm: MetricAlarm): AlarmRule {
  const evaluationPeriods = alarm.EvaluationPeriods ?? 1;
  return {
    comparison: alarm.ComparisonOperator as Comparison,
    threshold: alarm.Threshold ?? 0,
    evaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? evaluationPeriods,
    treatMissingData: (alarm.TreatMissingData as MissingDataTreatment | undefined) ?? "missing",
  };
}

export function startAlarmEvaluator(options: {
  emulator: Pick<Emulator, "endpoint" | "region">;
  clock: LocalClock;
  onChange?: (change: AlarmChange) => void;
  onError?: (error: unknown) => void;
}): AlarmEvaluator {
  const { emulator, clock } = options;
  const client = new CloudWatchClient(administrator(emulator));
  const explained = new Set<string>();

  async function minutesOf(alarm: MetricAlarm, from: number, to: number): Promise<MinuteStatistics[]> {
    const answer = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: alarm.Namespace,
        MetricName: alarm.MetricName,
        Dimensions: alarm.Dimensions,
        StartTime: new Date(from),
        EndTime: new Date(to),
        Period: 60,
        Statistics: ["Sum", "SampleCount", "Minimum", "Maximum"],
      }),
    );
    return (answer.Datapoints ?? []).map((point) => ({
      start: point.Timestamp?.getTime() ?? 0,
      sum: point.Sum ?? 0,
      count: point.SampleCount ?? 0,
      minimum: point.Minimum ?? 0,
      maximum: point.Maximum ?? 0,
    }));
  }

  async function evaluateOne(alarm: MetricAlarm, end: number): Promise<AlarmChange | undefined> {
    const name = alarm.AlarmName ?? "";
    const from = (alarm.StateValue ?? "INSUFFICIENT_DATA") as AlarmState;
    const obstacle = unsupported(alarm);
    if (obstacle !== undefined) {
      if (!explained.has(name)) options.onError?.(new Error(`alarm ${name} stays ${from}: ${obstacle}`));
      explained.add(name);
      return undefined;
    }
    const rule = ruleOf(alarm);
    const period = (alarm.Period ?? 60) * 1000;
    const count = evaluationRange(rule);
    const minutes = await minutesOf(alarm, end - count * period, end);
    const values = datapoints(minutes, alarm.Statistic as Statistic, period, count, end);
    const { state, reason } = evaluateAlarm(rule, values, from);
    if (state === from) return undefined;
    await client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: reason }));
    return { name, from, to: state, reason };
  }

  async function allAlarms(): Promise<MetricAlarm[]> {
    const alarms: MetricAlarm[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(new DescribeAlarmsCommand({ NextToken: token, AlarmTypes: ["MetricAlarm"] }));
      alarms.push(...(page.MetricAlarms ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return alarms;
  }

  async function evaluate(now: number): Promise<AlarmChange[]> {
    const end = Math.floor(now / minute) * minute;
    const changes: AlarmChange[] = [];
    for (const alarm of await allAlarms()) {
      const change = await evaluateOne(alarm, end);
      if (change === undefined) continue;
      changes.push(change);
      options.onChange?.(change);
    }
    return changes;
  }

  let stopped = false;
  let cancel = () => {};
  async function round(): Promise<void> {
    try {
      await evaluate(clock.now());
    } catch (error) {
      if (!stopped) options.onError?.(error);
    }
    // Counted from the end of the round: at high speeds a round may take longer than a local minute.
    if (!stopped) cancel = clock.after(minute, () => void round());
  }
  cancel = clock.after(minute, () => void round());

  return {
    evaluate,
    stop() {
      stopped = true;
      cancel();
      client.destroy();
    },
  };
}
