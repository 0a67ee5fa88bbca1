/** Requests about alarms and metrics, and what they leave behind. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  type MetricDatum,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const hour = 3_600_000;
const dimensions = (count: number) => Array.from({ length: count }, (_, n) => ({ Name: `name${n}`, Value: "value" }));
const topics = (count: number) => Array.from({ length: count }, (_, n) => `arn:aws:sns:us-east-1:123456789012:t${n}`);
const query = (Id: string, ReturnData: boolean) => ({
  Id,
  MetricStat: { Metric: { Namespace: "Conformance", MetricName: Id }, Period: 60, Stat: "Sum" },
  ReturnData,
});
const without = (...names: (keyof PutMetricAlarmCommandInput)[]) =>
  Object.fromEntries(names.map((name) => [name, undefined]));

/** Requests that PutMetricAlarm refuses: what is wrong with them beside a request that is right. */
const wrongAlarms: readonly [id: string, rule: string, input: Partial<PutMetricAlarmCommandInput>][] = [
  ["period-45", "a period is 10, 20, 30 or a multiple of 60 seconds", { Period: 45 }],
  ["period-90", "a period above 60 seconds is a multiple of 60", { Period: 90 }],
  [
    "longer-than-a-day",
    "periods of less than an hour times their number are at most a day",
    { Period: 300, EvaluationPeriods: 289 },
  ],
  ["m-above-n", "DatapointsToAlarm is at most EvaluationPeriods", { EvaluationPeriods: 2, DatapointsToAlarm: 3 }],
  ["no-periods", "EvaluationPeriods is at least 1", { EvaluationPeriods: 0 }],
  ["no-datapoints", "DatapointsToAlarm is at least 1", { DatapointsToAlarm: 0 }],
  ["comparison", "ComparisonOperator is one of a fixed list", { ComparisonOperator: "GreaterThan" as never }],
  ["treatment", "TreatMissingData is breaching, notBreaching, ignore or missing", { TreatMissingData: "zero" }],
  ["two-statistics", "Statistic and ExtendedStatistic exclude each other", { ExtendedStatistic: "p90" }],
  ["no-statistic", "an alarm on a metric has a Statistic or an ExtendedStatistic", without("Statistic")],
  ["percentile-101", "a percentile is at most p100", { ...without("Statistic"), ExtendedStatistic: "p101" }],
  ["statistic", "Statistic is one of a fixed list", { Statistic: "Median" as never }],
  ["unit", "Unit is one of a fixed list", { Unit: "Furlongs" as never }],
  ["name-256", "an alarm's name has at most 255 characters", { AlarmName: "n".repeat(256) }],
  ["six-actions", "a state has at most 5 actions", { AlarmActions: topics(6) }],
  ["no-threshold", "a static alarm has a Threshold", without("Threshold")],
  ["no-period", "an alarm on a metric has a Period", without("Period")],
  ["metric-and-math", "MetricName and Metrics exclude each other", { Metrics: [query("a", true)] }],
  [
    "two-results",
    "exactly one query of metric math returns data",
    { ...without("MetricName", "Namespace", "Statistic", "Period"), Metrics: [query("a", true), query("b", true)] },
  ],
  [
    "low-samples",
    "EvaluateLowSampleCountPercentile is evaluate or ignore",
    { ...without("Statistic"), ExtendedStatistic: "p90", EvaluateLowSampleCountPercentile: "guess" },
  ],
  ["31-dimensions", "a metric has at most 30 dimensions", { Dimensions: dimensions(31) }],
];

/** Data that PutMetricData refuses. */
const wrongData: readonly [id: string, rule: string, datum: () => Partial<MetricDatum>][] = [
  [
    "two-weeks-old",
    "a datapoint is at most two weeks old",
    () => ({ Timestamp: new Date(Date.now() - 15 * 24 * hour) }),
  ],
  [
    "in-three-hours",
    "a datapoint is at most two hours in the future",
    () => ({ Timestamp: new Date(Date.now() + 3 * hour) }),
  ],
  ["infinite", "a value is a finite number", () => ({ Value: Number.POSITIVE_INFINITY })],
  ["datum-unit", "a datum's Unit is one of a fixed list", () => ({ Unit: "Furlongs" as never })],
  ["datum-31-dimensions", "a datum has at most 30 dimensions", () => ({ Dimensions: dimensions(31) })],
  ["values-and-counts", "as many Counts as Values", () => ({ Value: undefined, Values: [1, 2], Counts: [1] })],
  [
    "value-and-set",
    "a value and a statistic set exclude each other",
    () => ({ StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 } }),
  ],
];

const putData = ({ clients }: World, Namespace: string, datum: Partial<MetricDatum> = {}) =>
  clients.cloudWatch.send(
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "metric", Value: 1, ...datum }] }),
  );

/** Properties that an alarm is described with as it was put. */
const kept: Partial<PutMetricAlarmCommandInput> = {
  EvaluationPeriods: 5,
  DatapointsToAlarm: 3,
  TreatMissingData: "notBreaching",
  Threshold: 0.05,
  ComparisonOperator: "LessThanThreshold",
  AlarmDescription: "what is to be done",
};

async function history(world: World, AlarmName: string) {
  const { AlarmHistoryItems = [] } = await world.clients.cloudWatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "StateUpdate" }),
  );
  return AlarmHistoryItems.map(({ HistorySummary = "" }) => HistorySummary);
}

const stateOf = async (world: World, alarm: string) => (await world.alarmNamed(alarm)).StateValue;

const states: readonly Case[] = [
  {
    id: "alarms/begins-insufficient",
    rule: "A new alarm is INSUFFICIENT_DATA until it is evaluated.",
    source: "putMetricAlarm",
    kind: "state",
    run: async (world) => expectEqual("the state", await stateOf(world, await world.alarm()), "INSUFFICIENT_DATA"),
  },
  {
    id: "alarms/described-as-put",
    rule: "An alarm is described with what it was put with, M of N and the treatment of missing data included.",
    source: "putMetricAlarm",
    kind: "state",
    run: async (world) => {
      const found = await world.alarmNamed(await world.alarm(kept));
      const same = Object.fromEntries(Object.keys(kept).map((name) => [name, found[name as keyof typeof found]]));
      expectEqual("the alarm", same, kept);
    },
  },
  {
    id: "alarms/actions-enabled",
    rule: "An alarm's actions are enabled unless it says otherwise.",
    source: "putMetricAlarm",
    kind: "state",
    run: async (world) =>
      expectEqual("ActionsEnabled", (await world.alarmNamed(await world.alarm())).ActionsEnabled, true),
  },
  {
    id: "alarms/update-replaces",
    rule: "Putting an alarm of the same name replaces all that it was put with before.",
    source: "putMetricAlarm",
    kind: "state",
    run: async (world) => {
      const AlarmName = await world.alarm({ AlarmDescription: "before", TreatMissingData: "breaching" });
      await world.clients.cloudWatch.send(new PutMetricAlarmCommand(world.alarmInput({ AlarmName, Threshold: 3 })));
      const { Threshold, AlarmDescription, TreatMissingData = "missing" } = await world.alarmNamed(AlarmName);
      expectEqual("the alarm", [Threshold, AlarmDescription, TreatMissingData], [3, undefined, "missing"]);
    },
  },
  {
    id: "alarms/update-keeps-state",
    rule: "An update of an alarm leaves its state as it is.",
    source: "putMetricAlarm",
    kind: "state",
    run: async (world) => {
      const AlarmName = await world.alarm({ TreatMissingData: "ignore" });
      await world.setAlarm(AlarmName, "ALARM");
      const update = world.alarmInput({ AlarmName, TreatMissingData: "ignore", Threshold: 3 });
      await world.clients.cloudWatch.send(new PutMetricAlarmCommand(update));
      expectEqual("the state", await stateOf(world, AlarmName), "ALARM");
    },
  },
  {
    id: "alarms/actions-disabled-and-enabled",
    rule: "DisableAlarmActions and EnableAlarmActions are seen in the alarm.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const AlarmNames = [await world.alarm()];
      const enabled = async () => (await world.alarmNamed(AlarmNames[0] as string)).ActionsEnabled;
      await world.clients.cloudWatch.send(new DisableAlarmActionsCommand({ AlarmNames }));
      expectEqual("ActionsEnabled", await enabled(), false);
      await world.clients.cloudWatch.send(new EnableAlarmActionsCommand({ AlarmNames }));
      expectEqual("ActionsEnabled", await enabled(), true);
    },
  },
  {
    id: "alarms/deleted",
    rule: "A deleted alarm is not described.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const AlarmNames = [await world.alarm()];
      await world.clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));
      const { MetricAlarms } = await world.clients.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
      expectEqual("alarms", MetricAlarms?.length ?? 0, 0);
    },
  },
  {
    id: "alarms/found-by-state",
    rule: "DescribeAlarms finds alarms by their state.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const alarm = await world.alarm({ TreatMissingData: "ignore" });
      await world.setAlarm(alarm, "ALARM");
      const ask = async (StateValue: StateValue) =>
        (await world.clients.cloudWatch.send(new DescribeAlarmsCommand({ StateValue, AlarmNamePrefix: alarm })))
          .MetricAlarms?.length ?? 0;
      expectEqual("alarms in ALARM, in OK", [await ask("ALARM"), await ask("OK")], [1, 0]);
    },
  },
  {
    id: "alarms/set-state-reason",
    rule: "SetAlarmState sets the state and its reason at once.",
    source: "setAlarmState",
    kind: "state",
    run: async (world) => {
      const alarm = await world.alarm({ TreatMissingData: "ignore" });
      await world.setAlarm(alarm, "ALARM");
      const { StateValue, StateReason } = await world.alarmNamed(alarm);
      expectEqual("state and reason", [StateValue, StateReason], ["ALARM", "a case of the conformance suite"]);
    },
  },
  {
    id: "alarms/history",
    rule: "A change of state is an item of the alarm's history.",
    source: "describeAlarmHistory",
    kind: "state",
    run: async (world) => {
      const alarm = await world.alarm({ TreatMissingData: "ignore" });
      await world.setAlarm(alarm, "ALARM");
      const found = await world.until(
        "the history has the change",
        () => history(world, alarm),
        (items) => items.length > 0,
      );
      expect(/INSUFFICIENT_DATA to ALARM/.test(found[0] ?? ""), `the newest item is ${JSON.stringify(found[0])}`);
    },
  },
  {
    id: "alarms/set-state-is-temporary",
    rule: "A state that was set by hand lasts until the alarm is evaluated the next time.",
    source: "setAlarmState",
    kind: "timing",
    run: async (world) => {
      const alarm = await world.alarm({ TreatMissingData: "notBreaching" });
      await world.setAlarm(alarm, "ALARM");
      await world.until(
        "the alarm is evaluated",
        () => stateOf(world, alarm),
        (state) => state === "OK",
        130,
      );
    },
  },
];

/** Comparisons at the threshold itself. */
const atThreshold: readonly [
  comparison: NonNullable<PutMetricAlarmCommandInput["ComparisonOperator"]>,
  state: StateValue,
][] = [
  ["GreaterThanThreshold", "OK"],
  ["GreaterThanOrEqualToThreshold", "ALARM"],
  ["LessThanThreshold", "OK"],
  ["LessThanOrEqualToThreshold", "ALARM"],
];

/** Statistics of the samples 1, 2 and 9 of one minute. */
const statistics: readonly [statistic: NonNullable<PutMetricAlarmCommandInput["Statistic"]>, value: number][] = [
  ["Average", 4],
  ["Sum", 12],
  ["SampleCount", 3],
  ["Minimum", 1],
  ["Maximum", 9],
];

/** The alarm's state once data of the present and the next minutes have been evaluated. */
async function stateAfter(
  world: World,
  input: Partial<PutMetricAlarmCommandInput>,
  values: readonly number[],
  expected: StateValue,
) {
  const alarm = await world.alarm({ TreatMissingData: "ignore", ...input });
  await world.setAlarm(alarm, expected === "OK" ? "ALARM" : "OK");
  const put = () => Promise.all(values.map((Value) => putData(world, "Conformance", { MetricName: alarm, Value })));
  await put();
  await world.until(
    `the alarm is ${expected}`,
    () => stateOf(world, alarm),
    (state) => state === expected,
    130,
  );
}

const evaluated: readonly Case[] = [
  ...atThreshold.map(
    ([comparison, state]): Case => ({
      id: `alarms/at-threshold-${comparison}`,
      rule: `A value at the threshold is ${state} for ${comparison}.`,
      source: "putMetricAlarm",
      kind: "timing",
      run: (world) => stateAfter(world, { ComparisonOperator: comparison }, [10], state),
    }),
  ),
  ...statistics.map(
    ([Statistic, value]): Case => ({
      id: `alarms/statistic-${Statistic}`,
      rule: `${Statistic} of the samples 1, 2 and 9 in a period is ${value}.`,
      source: "putMetricAlarm",
      kind: "timing",
      // Not below the value by less than a half, and above it by less than a half: twice the same data.
      run: async (world) => {
        const watch = (Threshold: number, state: StateValue) =>
          stateAfter(world, { Statistic, Threshold }, [1, 2, 9], state);
        await Promise.all([watch(value - 0.5, "ALARM"), watch(value + 0.5, "OK")]);
      },
    }),
  ),
];

export const alarmCases: readonly Case[] = [
  ...wrongAlarms.map(
    ([id, rule, input]): Case => ({
      id: `alarms/${id}`,
      rule: `PutMetricAlarm: ${rule}.`,
      source: "putMetricAlarm",
      kind: "validation",
      run: (world) => expectRefused(() => world.alarm(input)),
    }),
  ),
  ...wrongData.map(
    ([id, rule, datum]): Case => ({
      id: `alarms/${id}`,
      rule: `PutMetricData: ${rule}.`,
      source: "putMetricData",
      kind: "validation",
      run: (world) => expectRefused(() => putData(world, "Conformance", datum())),
    }),
  ),
  {
    id: "alarms/set-unknown",
    rule: "SetAlarmState: the alarm exists.",
    source: "setAlarmState",
    kind: "validation",
    run: (world) => expectRefused(() => world.setAlarm(world.name(), "OK"), /^ResourceNotFound/),
  },
  {
    id: "alarms/set-strange-state",
    rule: "SetAlarmState: the state is OK, ALARM or INSUFFICIENT_DATA.",
    source: "setAlarmState",
    kind: "validation",
    run: async (world) => {
      const alarm = await world.alarm();
      await expectRefused(() => world.setAlarm(alarm, "FINE" as never));
    },
  },
  {
    id: "alarms/composite-cannot-scale",
    rule: "PutCompositeAlarm: a composite alarm cannot have Auto Scaling actions.",
    source: "alarms",
    kind: "validation",
    run: async (world) => {
      const { PolicyARN } = await world.policy(await world.group(), {
        AdjustmentType: "ChangeInCapacity",
        ScalingAdjustment: 1,
      });
      const AlarmRule = `ALARM("${await world.alarm()}")`;
      const composite = { AlarmName: world.name(), AlarmRule, AlarmActions: [PolicyARN] };
      world.onEnd(() => world.clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [composite.AlarmName] })));
      await expectRefused(() => world.clients.cloudWatch.send(new PutCompositeAlarmCommand(composite)));
    },
  },
  ...states,
  ...evaluated,
];
