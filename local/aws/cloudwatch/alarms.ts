/**
 * Alarms where CloudWatch shows them: their states in the emulator, their history, and word of them to SNS topics. What sets them
 * off is decided elsewhere.
 */
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { asDeclared } from "../../../runtime/contract/statistic.ts";
import type { AlarmState } from "../../../scaling/alarm.ts";
import { expressionText } from "../../../scaling/metric-math.ts";
import type { AlarmPlan } from "../../../scaling/scaling-plan.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import { createServicePublisher } from "../sns/publish.ts";
import { type AlarmChange, createAlarmHistory, type HistoryItem } from "./alarm-calls.ts";

/** What is said to those who are to be told, once at a transition. */
interface Notice {
  readonly at: number;
  readonly alarm: string;
  readonly state: AlarmState;
  readonly reason: string;
  /** ARNs. */
  readonly actions: readonly string[];
}

export interface AlarmBoard {
  /** Shows alarms as they are before their first evaluation; those of target tracking, which no program declares, are made. */
  begin(alarms: readonly AlarmPlan[]): Promise<void>;
  change(change: AlarmChange): Promise<void>;
  notify(notice: Notice): Promise<void>;
  /** A policy has done something for an alarm. */
  acted(at: number, alarm: string, action: string): void;
  /** Newest first. */
  history(): readonly HistoryItem[];
  destroy(): void;
}

function watched({ reading, periodSeconds }: AlarmPlan): Partial<PutMetricAlarmCommandInput> {
  const sources = Object.entries(reading.sources);
  const metricOf = (source: (typeof sources)[number][1]) => ({
    Namespace: source.namespace,
    MetricName: source.name,
    Dimensions: Object.entries(source.dimensions).map(([Name, Value]) => ({ Name, Value })),
  });
  const [only] = sources;
  if (reading.expression.kind === "name" && only !== undefined) {
    return {
      ...metricOf(only[1]),
      ...asDeclared(only[1].statistic, ["Statistic", "ExtendedStatistic"]),
      Period: periodSeconds,
    };
  }
  const Metrics: MetricDataQuery[] = sources.map(([Id, source]) => ({
    Id,
    MetricStat: { Metric: metricOf(source), Stat: source.statistic, Period: periodSeconds },
    ReturnData: false,
  }));
  return { Metrics: [...Metrics, { Id: "result", Expression: expressionText(reading.expression), ReturnData: true }] };
}

function trackingAlarm(alarm: AlarmPlan): PutMetricAlarmCommandInput {
  const { name, rule } = alarm;
  return {
    AlarmName: name,
    AlarmDescription: "Made for a target tracking policy, and deleted with it.",
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    ComparisonOperator: rule.comparison,
    Threshold: rule.threshold,
    TreatMissingData: rule.treatMissingData,
    ...watched(alarm),
  };
}

export function createAlarmBoard(
  emulator: Pick<Emulator, "endpoint" | "region" | "accountId">,
  onError: (error: unknown) => void,
): AlarmBoard {
  const config = administrator(emulator);
  const cloudwatch = new CloudWatchClient(config);
  const topics = createServicePublisher(emulator, "cloudwatch.amazonaws.com");
  const history = createAlarmHistory();
  const states = new Map<string, AlarmState>();
  /** Before the last change. */
  const before = new Map<string, AlarmState>();
  let tracking: readonly string[] = [];

  async function show(AlarmName: string, StateValue: AlarmState, StateReason: string): Promise<void> {
    states.set(AlarmName, StateValue);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  return {
    async begin(alarms) {
      const made = alarms.filter(({ side }) => side !== undefined);
      const gone = tracking.filter((name) => !made.some((alarm) => alarm.name === name));
      if (gone.length > 0) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: gone }));
      await Promise.all(made.map((alarm) => cloudwatch.send(new PutMetricAlarmCommand(trackingAlarm(alarm)))));
      tracking = made.map(({ name }) => name);
      // The emulator's new alarms are OK, which AWS's are not.
      await Promise.all(
        alarms.map(({ name }) =>
          show(name, states.get(name) ?? "INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"),
        ),
      );
    },
    async change(change) {
      history.changed(change);
      before.set(change.alarm, change.from);
      await show(change.alarm, change.to, change.reason);
    },
    async notify({ at, alarm, state, reason, actions }) {
      for (const TopicArn of actions) {
        if (!TopicArn.startsWith("arn:aws:sns:")) continue;
        const message = {
          AlarmName: alarm,
          AWSAccountId: emulator.accountId,
          NewStateValue: state,
          OldStateValue: before.get(alarm),
          NewStateReason: reason,
          StateChangeTime: new Date(at).toISOString(),
        };
        const Subject = `${state}: "${alarm}" in ${emulator.region}`.slice(0, 100);
        try {
          const from = `arn:aws:cloudwatch:${emulator.region}:${emulator.accountId}:alarm:${alarm}`;
          await topics.publish({ from, topicArn: TopicArn, subject: Subject, text: JSON.stringify(message) });
          history.acted(at, alarm, state, TopicArn);
        } catch (error) {
          onError(error);
        }
      }
    },
    acted(at, alarm, action) {
      history.acted(at, alarm, states.get(alarm) ?? "INSUFFICIENT_DATA", action);
    },
    history: history.list,
    destroy() {
      cloudwatch.destroy();
      topics.destroy();
    },
  };
}
