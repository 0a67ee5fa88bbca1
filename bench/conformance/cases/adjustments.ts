/** What policies make of the capacity: adjustments, their rounding and bounds, steps by the breach, and alarms that set them off. */
import {
  ExecutePolicyCommand,
  type ExecutePolicyCommandInput,
  type PutScalingPolicyCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { PutMetricAlarmCommandInput, StateValue } from "@aws-sdk/client-cloudwatch";
import type { Case } from "../case.ts";
import { expect, expectEqual } from "../expect.ts";
import type { World } from "../world.ts";

type Type = "ChangeInCapacity" | "ExactCapacity" | "PercentChangeInCapacity";

interface Adjustment {
  readonly id: string;
  /** Capacity before. */
  readonly from: number;
  readonly type: Type;
  readonly by: number;
  /** MinAdjustmentMagnitude. */
  readonly least?: number;
  /** Bounds; default 0 and 10. */
  readonly min?: number;
  readonly max?: number;
  /** Capacity after. */
  readonly to: number;
  readonly why: string;
}

const adjustments: readonly Adjustment[] = [
  { id: "add", from: 3, type: "ChangeInCapacity", by: 2, to: 5, why: "a positive change adds" },
  { id: "remove", from: 5, type: "ChangeInCapacity", by: -2, to: 3, why: "a negative change removes" },
  { id: "exact-up", from: 2, type: "ExactCapacity", by: 7, to: 7, why: "an exact capacity replaces" },
  { id: "exact-down", from: 4, type: "ExactCapacity", by: 1, to: 1, why: "an exact capacity replaces" },
  { id: "exact-zero", from: 2, type: "ExactCapacity", by: 0, to: 0, why: "an exact capacity may be 0" },
  { id: "percent-whole", from: 4, type: "PercentChangeInCapacity", by: 50, to: 6, why: "50 % of 4 is 2" },
  { id: "percent-above-one", from: 5, type: "PercentChangeInCapacity", by: 50, to: 7, why: "2.5 is rounded down to 2" },
  { id: "percent-below-one", from: 3, type: "PercentChangeInCapacity", by: 10, to: 4, why: "0.3 is rounded to 1" },
  {
    id: "percent-above-minus-one",
    from: 3,
    type: "PercentChangeInCapacity",
    by: -10,
    to: 2,
    why: "−0.3 is rounded to −1",
  },
  {
    id: "percent-below-minus-one",
    from: 5,
    type: "PercentChangeInCapacity",
    by: -70,
    to: 2,
    why: "−3.5 is rounded to −3",
  },
  { id: "percent-double", from: 4, type: "PercentChangeInCapacity", by: 100, to: 8, why: "100 % doubles" },
  {
    id: "magnitude-out",
    from: 4,
    type: "PercentChangeInCapacity",
    by: 25,
    least: 2,
    to: 6,
    why: "25 % of 4 is 1, but 2 is the least",
  },
  {
    id: "magnitude-in",
    from: 6,
    type: "PercentChangeInCapacity",
    by: -20,
    least: 3,
    to: 3,
    why: "20 % of 6 is 1, but 3 is the least",
  },
  {
    id: "magnitude-smaller",
    from: 4,
    type: "PercentChangeInCapacity",
    by: 75,
    least: 2,
    to: 7,
    why: "75 % of 4 is more than the least",
  },
  { id: "above-maximum", from: 3, type: "ChangeInCapacity", by: 8, max: 6, to: 6, why: "the maximum bounds it" },
  { id: "below-minimum", from: 4, type: "ChangeInCapacity", by: -4, min: 2, to: 2, why: "the minimum bounds it" },
  { id: "exact-above-maximum", from: 2, type: "ExactCapacity", by: 20, max: 5, to: 5, why: "the maximum bounds it" },
  {
    id: "magnitude-bounded",
    from: 4,
    type: "PercentChangeInCapacity",
    by: 25,
    least: 4,
    max: 6,
    to: 6,
    why: "the maximum bounds the least magnitude as well",
  },
];

const execute = (world: World, group: string, input: Omit<ExecutePolicyCommandInput, "AutoScalingGroupName">) =>
  world.clients.autoScaling.send(new ExecutePolicyCommand({ AutoScalingGroupName: group, ...input }));

async function adjust(world: World, { from, type, by, least, min = 0, max = 10, to }: Adjustment): Promise<void> {
  const group = await world.running(from, { MinSize: min, MaxSize: max });
  const magnitude = least === undefined ? {} : { MinAdjustmentMagnitude: least };
  const { PolicyName } = await world.policy(group, { AdjustmentType: type, ScalingAdjustment: by, ...magnitude });
  await execute(world, group, { PolicyName });
  await world.untilDesired(group, to, 15);
}

/** Steps of a policy that adds, and of one that removes, relative to a threshold of 50. */
const out: PutScalingPolicyCommandInput["StepAdjustments"] = [
  { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
  { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 2 },
  { MetricIntervalLowerBound: 20, ScalingAdjustment: 3 },
];
const inward: PutScalingPolicyCommandInput["StepAdjustments"] = [
  { MetricIntervalUpperBound: 0, MetricIntervalLowerBound: -10, ScalingAdjustment: -1 },
  { MetricIntervalUpperBound: -10, MetricIntervalLowerBound: -20, ScalingAdjustment: -2 },
  { MetricIntervalUpperBound: -20, ScalingAdjustment: -3 },
];

const breaches: readonly [metric: number, to: number, where: string][] = [
  [50, 6, "a lower bound above the threshold is inclusive"],
  [59.9, 6, "within the first step"],
  [60, 7, "an upper bound above the threshold is exclusive"],
  [69, 7, "within the second step"],
  [70, 8, "the last step begins at its lower bound"],
  [5000, 8, "the last step has no end"],
  [49, 4, "within the first step below"],
  [40, 3, "a lower bound below the threshold is exclusive"],
  [41, 4, "just above that bound"],
  [30, 2, "the last step below begins at its upper bound"],
  [-500, 2, "the last step below has no end"],
];

async function breach(world: World, MetricValue: number, to: number): Promise<void> {
  const group = await world.running(5);
  const { PolicyName } = await world.policy(group, {
    PolicyType: "StepScaling",
    AdjustmentType: "ChangeInCapacity",
    StepAdjustments: MetricValue >= 50 ? out : inward,
  });
  await execute(world, group, { PolicyName, MetricValue, BreachThreshold: 50 });
  await world.untilDesired(group, to, 15);
}

/** The property of an alarm that has what a state does. */
const actionsOf = { ALARM: "AlarmActions", OK: "OKActions", INSUFFICIENT_DATA: "InsufficientDataActions" } as const;

interface SetOff {
  readonly alarm?: Partial<PutMetricAlarmCommandInput>;
  readonly policy?: Partial<PutScalingPolicyCommandInput>;
  readonly when?: StateValue;
}

/** A group of 2 whose policy, +1, hears an alarm that is about to change its state. */
async function setOff(world: World, { alarm, policy, when = "ALARM" }: SetOff) {
  const group = await world.running(2);
  const { PolicyARN } = await world.policy(group, {
    AdjustmentType: "ChangeInCapacity",
    ScalingAdjustment: 1,
    ...policy,
  });
  // Ignored missing data: no evaluation changes what is set by hand.
  const name = await world.alarm({ TreatMissingData: "ignore", [actionsOf[when]]: [PolicyARN], ...alarm });
  await world.setAlarm(name, when === "OK" ? "ALARM" : "OK");
  await world.setAlarm(name, when);
  return { group, name };
}

const heard = (when: StateValue): Case => ({
  id: `adjustments/alarm-${when}`,
  rule: `A policy among the actions of ${when} is executed when the alarm gets into that state, set by hand as well.`,
  source: "setAlarmState",
  kind: "state",
  run: async (world) => {
    const { group } = await setOff(world, { when });
    await world.untilDesired(group, 3, 15);
  },
});

const unheard = (id: string, rule: string, how: SetOff): Case => ({
  id: `adjustments/${id}`,
  rule,
  source: id === "policy-disabled" ? "putScalingPolicy" : "alarms",
  kind: "state",
  run: async (world) => {
    // That nothing happens says something only where something would.
    const [quiet, loud] = await Promise.all([setOff(world, how), setOff(world, {})]);
    await world.untilDesired(loud.group, 3, 15);
    await world.settle(1);
    expectEqual("the desired capacity", await world.desired(quiet.group), 2);
  },
});

const alarms: readonly Case[] = [
  heard("ALARM"),
  heard("OK"),
  heard("INSUFFICIENT_DATA"),
  unheard("actions-disabled", "An alarm whose actions are disabled sets off no policy.", {
    alarm: { ActionsEnabled: false },
  }),
  unheard("policy-disabled", "A disabled policy does not heed its alarm.", { policy: { Enabled: false } }),
  {
    id: "adjustments/greatest-of-several",
    rule: "Of several policies at once the one with the greatest capacity is followed.",
    source: "dynamic",
    kind: "state",
    run: async (world) => {
      const group = await world.running(2);
      const steps = async (ScalingAdjustment: number) => {
        const { PolicyARN } = await world.policy(group, {
          PolicyType: "StepScaling",
          AdjustmentType: "ChangeInCapacity",
          EstimatedInstanceWarmup: 300,
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
        });
        return PolicyARN;
      };
      const AlarmActions = [await steps(1), await steps(3)];
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions });
      await world.setAlarm(alarm, "ALARM");
      await world.untilDesired(group, 5, 15);
      await world.settle(1);
      expectEqual("the desired capacity", await world.desired(group), 5);
    },
  },
  {
    id: "adjustments/repeats-while-in-alarm",
    rule: "An Auto Scaling action is invoked again each minute while its state holds.",
    source: "alarms",
    kind: "timing",
    run: async (world) => {
      const { group } = await setOff(world, {});
      await world.untilDesired(group, 3, 15);
      await world.until(
        "a second adjustment",
        () => world.desired(group),
        (found) => found >= 4,
        130,
      );
    },
  },
  {
    id: "adjustments/activity-names-alarm",
    rule: "The activity's cause names the alarm and the policy.",
    source: "dynamic",
    kind: "state",
    run: async (world) => {
      const { group, name } = await setOff(world, {});
      await world.untilInService(group, 3);
      const [{ Cause = "" } = {}] = await world.activities(group);
      expect(Cause.includes(name) && Cause.includes("triggered policy"), `the cause is ${JSON.stringify(Cause)}`);
    },
  },
];

/** Adjustments by data that an alarm has seen, not by hand: the value decides which step is taken. */
const measured: readonly Case[] = (
  [
    [12, 3],
    [25, 4],
    [40, 5],
  ] as const
).map(
  ([metric, to]): Case => ({
    id: `adjustments/measured-${metric}`,
    rule: `A step policy takes the step in which the alarm's datapoint lies: ${metric} above a threshold of 10 takes a group from 2 to ${to}.`,
    source: "stepAndSimple",
    kind: "timing",
    run: async (world) => {
      const group = await world.running(2);
      const { PolicyARN } = await world.policy(group, {
        PolicyType: "StepScaling",
        AdjustmentType: "ChangeInCapacity",
        EstimatedInstanceWarmup: 600,
        StepAdjustments: out,
      });
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [PolicyARN] });
      await world.putMetric(alarm, metric);
      await world.untilDesired(group, to, 130);
    },
  }),
);

export const adjustmentCases: readonly Case[] = [
  ...adjustments.map(
    (each): Case => ({
      id: `adjustments/${each.id}`,
      rule: `${each.type} by ${each.by} takes ${each.from} to ${each.to}: ${each.why}.`,
      source: each.least === undefined ? "stepAndSimple" : "putScalingPolicy",
      kind: "state",
      run: (world) => adjust(world, each),
    }),
  ),
  ...breaches.map(
    ([metric, to, where]): Case => ({
      id: `adjustments/step-at-${metric}`,
      rule: `A metric of ${metric} at a threshold of 50 takes a group from 5 to ${to}: ${where}.`,
      source: "stepAndSimple",
      kind: "state",
      run: (world) => breach(world, metric, to),
    }),
  ),
  ...alarms,
  ...measured,
];
