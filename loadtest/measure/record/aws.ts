/** What AWS tells of groups, alarms and metrics, through its own APIs: of an account and of a local gateway alike. */
import {
  AutoScalingClient,
  paginateDescribeAutoScalingGroups,
  paginateDescribeScalingActivities,
} from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchClient,
  type Datapoint,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  type MetricAlarm,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
  type Statistic,
} from "@aws-sdk/client-cloudwatch";
import type { AlarmState } from "../../../scaling/alarm.ts";
import type { MinuteStatistics } from "../../../scaling/windows.ts";
import type { GroupSize, RecordedAlarm, TimelineLine } from "../timeline.ts";
import type { AwsSettings } from "./target.ts";

export interface AlarmFound extends RecordedAlarm {
  readonly state: AlarmState;
  readonly declared: MetricAlarm;
}

/** GetMetricStatistics answers so many at most. */
const datapointsMost = 1_440;
/** What all others are made of. */
const setOfAll: Statistic[] = ["Sum", "SampleCount", "Minimum", "Maximum"];

/** The group whose policy an alarm sets off. */
function groupOf({ AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: MetricAlarm): string | undefined {
  return [...AlarmActions, ...OKActions, ...InsufficientDataActions]
    .map((arn) => /:scalingPolicy:.*:?autoScalingGroupName\/([^:]+):policyName/.exec(arn)?.[1])
    .find((name) => name !== undefined);
}

function alarmOf(alarm: MetricAlarm, group: string): AlarmFound {
  const math = alarm.Metrics?.find(({ ReturnData }) => ReturnData !== false);
  return {
    name: alarm.AlarmName ?? "",
    group,
    metric: alarm.MetricName ?? math?.Label ?? math?.Expression ?? "an expression",
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic ?? "expression",
    periodSeconds: alarm.Period ?? math?.Period ?? 60,
    threshold: alarm.Threshold,
    comparison: alarm.ComparisonOperator ?? "",
    state: (alarm.StateValue ?? "INSUFFICIENT_DATA") as AlarmState,
    declared: alarm,
  };
}

export function openAws(settings: AwsSettings) {
  // Compressed requests are a local emulator's trouble only; there is little to compress.
  const config = { ...settings, disableRequestCompression: true };
  const autoScaling = new AutoScalingClient(config);
  const cloudWatch = new CloudWatchClient(config);
  return {
    /** @throws {Error} naming those that are not there. */
    async groups(names: readonly string[]): Promise<GroupSize[]> {
      const found = await groupSizes(autoScaling, names);
      const missing = names.filter((name) => !found.some((group) => group.name === name));
      if (missing.length === 0) return found;
      const where = settings.endpoint ?? settings.region;
      throw new Error(`${where} has no group ${missing.join(", ")}: is it the stack that is loaded (-s, -c)?`);
    },

    /** Alarms that set off a policy of one of these groups. */
    alarms: (groups: readonly string[]) => alarmsOf(cloudWatch, groups),

    /** Those that began in a time, oldest first. */
    activities: (group: string, from: number, to: number) => activitiesOf(autoScaling, group, from, to),

    /** Changes of state in a time, oldest first. */
    history: (name: string, from: number, to: number) => historyOf(cloudWatch, name, from, to),

    /** What an alarm looks at, a minute each. */
    metric({ declared }: AlarmFound, from: number, to: number): Promise<MinuteStatistics[]> {
      if ((declared.Metrics?.length ?? 0) > 0) return expressionMinutes(cloudWatch, declared, from, to);
      if (declared.ExtendedStatistic !== undefined) return extendedMinutes(cloudWatch, declared, from, to);
      return metricMinutes(cloudWatch, declared, from, to);
    },

    destroy() {
      autoScaling.destroy();
      cloudWatch.destroy();
    },
  };
}
export type Aws = ReturnType<typeof openAws>;

type Activity = Extract<TimelineLine, { kind: "activity" }>;
type AlarmChange = Extract<TimelineLine, { kind: "alarm" }>;

async function groupSizes(client: AutoScalingClient, names: readonly string[]): Promise<GroupSize[]> {
  const found: GroupSize[] = [];
  const asked = { AutoScalingGroupNames: [...names] };
  for await (const page of paginateDescribeAutoScalingGroups({ client }, asked)) {
    for (const { AutoScalingGroupName: name = "", ...group } of page.AutoScalingGroups ?? []) {
      const instances = group.Instances ?? [];
      found.push({
        name,
        min: group.MinSize ?? 0,
        max: group.MaxSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        inService: instances.filter(({ LifecycleState: state }) => state === "InService").length,
        instances: instances.filter(({ LifecycleState: state }) => state !== "Terminated").length,
      });
    }
  }
  return found;
}

async function alarmsOf(client: CloudWatchClient, groups: readonly string[]): Promise<AlarmFound[]> {
  const found: AlarmFound[] = [];
  for await (const page of paginateDescribeAlarms({ client }, { AlarmTypes: ["MetricAlarm"] })) {
    for (const alarm of page.MetricAlarms ?? []) {
      const group = groupOf(alarm);
      if (group !== undefined && groups.includes(group)) found.push(alarmOf(alarm, group));
    }
  }
  return found;
}

async function activitiesOf(client: AutoScalingClient, group: string, from: number, to: number): Promise<Activity[]> {
  const found: Activity[] = [];
  const asked = { AutoScalingGroupName: group };
  for await (const page of paginateDescribeScalingActivities({ client }, asked)) {
    const list = page.Activities ?? [];
    for (const activity of list) {
      const at = activity.StartTime?.getTime() ?? 0;
      if (at < from || at >= to) continue;
      found.push({
        kind: "activity",
        at,
        end: activity.EndTime?.getTime(),
        group,
        description: activity.Description ?? "",
        cause: activity.Cause ?? "",
        status: activity.StatusCode ?? "",
      });
    }
    if ((list.at(-1)?.StartTime?.getTime() ?? 0) < from) break;
  }
  return found.reverse();
}

async function historyOf(client: CloudWatchClient, name: string, from: number, to: number): Promise<AlarmChange[]> {
  const asked = {
    AlarmName: name,
    HistoryItemType: "StateUpdate" as const,
    StartDate: new Date(from),
    EndDate: new Date(to),
    ScanBy: "TimestampAscending" as const,
  };
  const found: AlarmChange[] = [];
  for await (const page of paginateDescribeAlarmHistory({ client }, asked)) {
    for (const { Timestamp: time, HistorySummary: summary = "" } of page.AlarmHistoryItems ?? []) {
      const state = /\bto (OK|ALARM|INSUFFICIENT_DATA)\b/.exec(summary)?.[1] as AlarmState | undefined;
      if (time !== undefined && state !== undefined) {
        found.push({ kind: "alarm", at: time.getTime(), name, to: state });
      }
    }
  }
  return found;
}

/** As many requests as the answers' bound takes. */
async function statisticsOf(
  client: CloudWatchClient,
  { Namespace, MetricName, Dimensions }: MetricAlarm,
  asked: Pick<GetMetricStatisticsCommandInput, "Statistics" | "ExtendedStatistics"> & { readonly Period: number },
  [from, to]: readonly [from: number, to: number],
): Promise<Datapoint[]> {
  const points: Datapoint[] = [];
  const most = datapointsMost * asked.Period * 1000;
  for (let begin = from; begin < to; begin += most) {
    const times = { StartTime: new Date(begin), EndTime: new Date(Math.min(to, begin + most)) };
    const command = new GetMetricStatisticsCommand({ Namespace, MetricName, Dimensions, ...times, ...asked });
    points.push(...((await client.send(command)).Datapoints ?? []));
  }
  return points;
}

async function metricMinutes(
  client: CloudWatchClient,
  alarm: MetricAlarm,
  from: number,
  to: number,
): Promise<MinuteStatistics[]> {
  const points = await statisticsOf(client, alarm, { Statistics: setOfAll, Period: 60 }, [from, to]);
  const minutes = points.map((point) => ({
    start: point.Timestamp?.getTime() ?? 0,
    sum: point.Sum ?? 0,
    count: point.SampleCount ?? 0,
    minimum: point.Minimum ?? 0,
    maximum: point.Maximum ?? 0,
  }));
  return minutes.sort((a, b) => a.start - b.start);
}

/** One of a minute each, or of the alarm's longer period: what lies behind such a statistic is not to be had. */
async function extendedMinutes(
  client: CloudWatchClient,
  alarm: MetricAlarm,
  from: number,
  to: number,
): Promise<MinuteStatistics[]> {
  const { ExtendedStatistic: statistic = "", Period = 60 } = alarm;
  const points = await statisticsOf(client, alarm, { ExtendedStatistics: [statistic], Period }, [from, to]);
  return points.map(({ Timestamp: time, ExtendedStatistics: found }) => {
    const value = found?.[statistic];
    if (value === undefined) throw new Error(`there is no ${statistic} in the answer`);
    return { start: time?.getTime() ?? 0, sum: value, count: 1, minimum: value, maximum: value };
  });
}

/** An expression's own series, where the other end computes it. */
async function expressionMinutes(
  client: CloudWatchClient,
  alarm: MetricAlarm,
  from: number,
  to: number,
): Promise<MinuteStatistics[]> {
  const { MetricDataResults: results = [] } = await client.send(
    new GetMetricDataCommand({
      MetricDataQueries: alarm.Metrics,
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: "TimestampAscending",
    }),
  );
  const { Timestamps: times = [], Values: values = [] } = results[0] ?? {};
  return times.map((time, index) => {
    const value = values[index] ?? 0;
    return { start: time.getTime(), sum: value, count: 1, minimum: value, maximum: value };
  });
}
