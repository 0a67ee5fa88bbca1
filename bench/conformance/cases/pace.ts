/** Cooldown, which simple policies wait for, and warm-up, which step policies reckon with. */
import {
  type CreateAutoScalingGroupCommandInput,
  ExecutePolicyCommand,
  type PutScalingPolicyCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Case } from "../case.ts";
import { expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

type GroupInput = Partial<CreateAutoScalingGroupCommandInput>;
type PolicyInput = Partial<PutScalingPolicyCommandInput>;

const busy = /^ScalingActivityInProgress/;

const execute = (world: World, group: string, PolicyName: string, HonorCooldown?: boolean) =>
  world.clients.autoScaling.send(new ExecutePolicyCommand({ AutoScalingGroupName: group, PolicyName, HonorCooldown }));

/** A group of 2 whose simple policy, +1, has been executed once: whatever cooldown follows is under way. */
async function cooling(world: World, groupInput: GroupInput, policyInput: PolicyInput = {}) {
  const group = await world.running(2, groupInput);
  const { PolicyName, PolicyARN } = await world.policy(group, {
    AdjustmentType: "ChangeInCapacity",
    ScalingAdjustment: 1,
    ...policyInput,
  });
  await execute(world, group, PolicyName);
  await world.untilInService(group, 3);
  return { group, PolicyName, PolicyARN };
}

const long = { DefaultCooldown: 600 };

const cooldown: readonly Case[] = [
  {
    id: "pace/honored",
    rule: "An execution that honors the cooldown is refused while one is under way.",
    source: "executePolicy",
    kind: "state",
    run: async (world) => {
      const { group, PolicyName } = await cooling(world, long);
      await expectRefused(() => execute(world, group, PolicyName, true), busy);
    },
  },
  {
    id: "pace/not-honored",
    rule: "An execution that does not honor the cooldown takes place.",
    source: "executePolicy",
    kind: "state",
    run: async (world) => {
      const { group, PolicyName } = await cooling(world, long);
      await execute(world, group, PolicyName, false);
      await world.untilDesired(group, 4, 15);
    },
  },
  {
    id: "pace/policy-overrides-longer",
    rule: "A policy's own cooldown counts instead of the group's shorter one.",
    source: "cooldowns",
    kind: "state",
    run: async (world) => {
      const { group, PolicyName } = await cooling(world, { DefaultCooldown: 0 }, { Cooldown: 600 });
      await expectRefused(() => execute(world, group, PolicyName, true), busy);
    },
  },
  {
    id: "pace/policy-overrides-shorter",
    rule: "A policy's own cooldown counts instead of the group's longer one.",
    source: "cooldowns",
    kind: "timing",
    run: async (world) => {
      const { group, PolicyName } = await cooling(world, long, { Cooldown: 1 });
      await world.settle(4);
      await execute(world, group, PolicyName, true);
      await world.untilDesired(group, 4, 15);
    },
  },
  {
    id: "pace/ends",
    rule: "After the cooldown's end an execution that honors it takes place.",
    source: "cooldowns",
    kind: "timing",
    run: async (world) => {
      const { group, PolicyName } = await cooling(world, { DefaultCooldown: 15 });
      await expectRefused(() => execute(world, group, PolicyName, true), busy);
      await world.settle(18);
      await execute(world, group, PolicyName, true);
      await world.untilDesired(group, 4, 15);
    },
  },
  {
    id: "pace/simple-ignores-alarms",
    rule: "A simple policy does not answer alarms while a cooldown is under way.",
    source: "stepAndSimple",
    kind: "state",
    run: async (world) => {
      const { group, PolicyARN } = await cooling(world, long);
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [PolicyARN] });
      // That nothing happens says something only where something would.
      const ready = await cooling(world, { DefaultCooldown: 0 });
      const other = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [ready.PolicyARN] });
      await Promise.all([world.setAlarm(alarm, "ALARM"), world.setAlarm(other, "ALARM")]);
      await world.untilDesired(ready.group, 4, 15);
      await world.settle(1);
      expectEqual("the desired capacity", await world.desired(group), 3);
    },
  },
  {
    id: "pace/step-has-none",
    rule: "A step policy answers alarms whatever cooldown is under way.",
    source: "stepAndSimple",
    kind: "state",
    run: async (world) => {
      const { group } = await cooling(world, long);
      const { PolicyARN } = await world.policy(group, stepPolicy({ EstimatedInstanceWarmup: 0 }));
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [PolicyARN] });
      await world.setAlarm(alarm, "ALARM");
      await world.untilDesired(group, 4, 15);
    },
  },
  {
    id: "pace/manual-ignores",
    rule: "SetDesiredCapacity does not honor the cooldown unless it says so.",
    source: "setDesired",
    kind: "state",
    run: async (world) => {
      const { group } = await cooling(world, long);
      await world.setDesired(group, 5);
      await world.untilDesired(group, 5, 15);
    },
  },
  {
    id: "pace/manual-honors",
    rule: "SetDesiredCapacity that honors the cooldown is refused while one is under way.",
    source: "setDesired",
    kind: "state",
    run: async (world) => {
      const { group } = await cooling(world, long);
      await expectRefused(() => world.setDesired(group, 5, true), busy);
    },
  },
  {
    id: "pace/default-cooldown",
    rule: "A group's default cooldown is 300 seconds.",
    source: "cooldowns",
    kind: "state",
    run: async (world) => {
      const group = await world.group({ DefaultCooldown: undefined });
      expectEqual("DefaultCooldown", (await world.described(group)).DefaultCooldown, 300);
    },
  },
];

/** +1 at the threshold, +2 from 10 above it on, −1 below it. */
const stepPolicy = (input: PolicyInput): PolicyInput => ({
  PolicyType: "StepScaling",
  AdjustmentType: "ChangeInCapacity",
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
    { MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
  ],
  ...input,
});

/** A group to which one instance has been added, and how it answers values of a metric whose threshold is 50. */
async function warming(world: World, from: number, groupInput: GroupInput, policyInput: PolicyInput) {
  const group = await world.running(from, groupInput);
  const { PolicyName } = await world.policy(group, stepPolicy(policyInput));
  const breach = (MetricValue: number) =>
    world.clients.autoScaling.send(
      new ExecutePolicyCommand({ AutoScalingGroupName: group, PolicyName, MetricValue, BreachThreshold: 50 }),
    );
  await breach(50);
  await world.untilInService(group, from + 1);
  return { group, breach };
}

interface WarmUp {
  readonly id: string;
  readonly rule: string;
  readonly group?: GroupInput;
  readonly policy?: PolicyInput;
  /** Seconds after the first launch. */
  readonly after?: number;
  readonly metric: number;
  /** Capacity before the first breach, which adds one; 0 where instances of before would warm up as well. @default 4 */
  readonly from?: number;
  /** Capacity after the second breach. */
  readonly to: number;
  readonly source?: Case["source"];
}

const estimated = { EstimatedInstanceWarmup: 600 };

const warmUps: readonly WarmUp[] = [
  {
    id: "same-step",
    rule: "While an instance warms up, a breach in the same step adds nothing",
    policy: estimated,
    metric: 50,
    to: 5,
    source: "stepAndSimple",
  },
  {
    id: "larger-step",
    rule: "While an instance warms up, a breach in a larger step adds the difference",
    policy: estimated,
    metric: 60,
    to: 6,
    source: "stepAndSimple",
  },
  {
    id: "no-way-in",
    rule: "While an instance warms up, step policies do not scale in",
    policy: estimated,
    metric: 40,
    to: 5,
    source: "stepAndSimple",
  },
  {
    id: "warm",
    rule: "After its warm-up an instance counts, and a breach in the same step adds another",
    policy: { EstimatedInstanceWarmup: 2 },
    after: 6,
    metric: 50,
    to: 6,
  },
  {
    id: "warm-way-in",
    rule: "After the warm-up step policies scale in",
    policy: { EstimatedInstanceWarmup: 2 },
    after: 6,
    metric: 40,
    to: 4,
  },
  {
    id: "group-default",
    rule: "Without EstimatedInstanceWarmup the group's DefaultInstanceWarmup counts",
    group: { DefaultInstanceWarmup: 600 },
    metric: 50,
    from: 0,
    to: 1,
  },
  {
    id: "policy-overrides",
    rule: "EstimatedInstanceWarmup counts instead of the group's DefaultInstanceWarmup",
    group: { DefaultInstanceWarmup: 600 },
    policy: { EstimatedInstanceWarmup: 2 },
    after: 6,
    metric: 50,
    from: 0,
    to: 2,
  },
  {
    id: "falls-back-to-cooldown",
    rule: "Without either warm-up the group's default cooldown counts",
    group: { DefaultCooldown: 600 },
    metric: 50,
    to: 5,
    source: "putScalingPolicy",
  },
];

export const paceCases: readonly Case[] = [
  ...cooldown,
  ...warmUps.map(
    ({ id, rule, group: groupInput = {}, policy = {}, after, metric, from = 4, to, source = "warmUp" }): Case => ({
      id: `pace/warm-up-${id}`,
      rule: `${rule}.`,
      source,
      kind: after === undefined ? "state" : "timing",
      run: async (world) => {
        const { group, breach } = await warming(world, from, groupInput, policy);
        if (after !== undefined) await world.settle(after);
        await breach(metric);
        if (to === from + 1) await world.settle();
        await world.untilDesired(group, to, 15);
      },
    }),
  ),
];
