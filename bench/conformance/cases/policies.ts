/** Requests about scaling policies: what is refused, and what policies are described with. */
import {
  DeletePolicyCommand,
  ExecutePolicyCommand,
  type ExecutePolicyCommandInput,
  type PutScalingPolicyCommandInput,
  type StepAdjustment,
} from "@aws-sdk/client-auto-scaling";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

type Input = Partial<PutScalingPolicyCommandInput>;
const simple: Input = { AdjustmentType: "ChangeInCapacity", ScalingAdjustment: 1 };
const from = (lower: number | undefined, upper: number | undefined, ScalingAdjustment = 1): StepAdjustment => ({
  ...(lower === undefined ? {} : { MetricIntervalLowerBound: lower }),
  ...(upper === undefined ? {} : { MetricIntervalUpperBound: upper }),
  ScalingAdjustment,
});
const step = (...StepAdjustments: StepAdjustment[]): Input => ({
  PolicyType: "StepScaling",
  AdjustmentType: "ChangeInCapacity",
  StepAdjustments,
});
const cpu = { PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageCPUUtilization" } } as const;
const target: Input = {
  PolicyType: "TargetTrackingScaling",
  TargetTrackingConfiguration: { ...cpu, TargetValue: 50 },
};
const custom = {
  CustomizedMetricSpecification: { MetricName: "load", Namespace: "Conformance", Statistic: "Average" },
} as const;

const wrong: readonly [id: string, rule: string, input: Input][] = [
  ["type", "PolicyType is one of a fixed list", { ...simple, PolicyType: "Guessing" }],
  ["adjustment-type", "AdjustmentType is one of a fixed list", { ...simple, AdjustmentType: "Double" }],
  ["simple-no-adjustment", "a simple policy has a ScalingAdjustment", { AdjustmentType: "ChangeInCapacity" }],
  ["simple-no-type", "a simple policy has an AdjustmentType", { ScalingAdjustment: 1 }],
  ["simple-with-steps", "a simple policy has no steps", { ...simple, StepAdjustments: [from(0, undefined)] }],
  [
    "simple-with-warm-up",
    "EstimatedInstanceWarmup is not for simple policies",
    { ...simple, EstimatedInstanceWarmup: 60 },
  ],
  [
    "simple-with-aggregation",
    "MetricAggregationType is for step policies only",
    { ...simple, MetricAggregationType: "Average" },
  ],
  ["exact-negative", "an exact capacity is not negative", { AdjustmentType: "ExactCapacity", ScalingAdjustment: -1 }],
  [
    "magnitude-without-percent",
    "MinAdjustmentMagnitude is for PercentChangeInCapacity",
    { ...simple, MinAdjustmentMagnitude: 2 },
  ],
  ["step-none", "a step policy has steps", step()],
  ["step-no-type", "a step policy has an AdjustmentType", { ...step(from(0, undefined)), AdjustmentType: undefined }],
  ["step-with-cooldown", "Cooldown is for simple policies only", { ...step(from(0, undefined)), Cooldown: 60 }],
  [
    "step-with-adjustment",
    "ScalingAdjustment is for simple policies only",
    { ...step(from(0, undefined)), ScalingAdjustment: 1 },
  ],
  ["step-gap", "steps have no gaps", step(from(0, 10), from(20, undefined))],
  ["step-overlap", "steps do not overlap", step(from(0, 10), from(5, undefined))],
  ["step-upside-down", "a step's upper bound is above its lower bound", step(from(10, 0))],
  ["step-two-open-below", "at most one step has no lower bound", step(from(undefined, -5, -1), from(undefined, 0, -2))],
  ["step-two-open-above", "at most one step has no upper bound", step(from(0, undefined), from(5, undefined))],
  ["step-boundless", "a step has a bound", step(from(undefined, undefined))],
  [
    "step-no-open-below",
    "steps that begin below 0 have one without a lower bound",
    step(from(-10, 0, -1), from(0, undefined)),
  ],
  [
    "step-aggregation",
    "MetricAggregationType is Minimum, Maximum or Average",
    { ...step(from(0, undefined)), MetricAggregationType: "Median" },
  ],
  [
    "target-no-configuration",
    "a target tracking policy has its configuration",
    { PolicyType: "TargetTrackingScaling" },
  ],
  [
    "target-no-metric",
    "a target tracking policy has a metric",
    { ...target, TargetTrackingConfiguration: { TargetValue: 50 } },
  ],
  [
    "target-two-metrics",
    "predefined and customized metric exclude each other",
    { ...target, TargetTrackingConfiguration: { ...cpu, ...custom, TargetValue: 50 } },
  ],
  [
    "target-predefined",
    "a predefined metric is one of a fixed list",
    {
      ...target,
      TargetTrackingConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: "ASGAverageMood" as never },
      },
    },
  ],
  [
    "target-no-label",
    "ALBRequestCountPerTarget has a ResourceLabel",
    {
      ...target,
      TargetTrackingConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: "ALBRequestCountPerTarget" },
      },
    },
  ],
  ["target-with-cooldown", "Cooldown is not for target tracking policies", { ...target, Cooldown: 60 }],
  ["name-256", "a policy's name has at most 255 characters", { ...simple, PolicyName: "n".repeat(256) }],
];

type Execution = Partial<ExecutePolicyCommandInput>;
const wrongExecutions: readonly [id: string, rule: string, policy: Input, input: Execution][] = [
  [
    "execute-step-no-value",
    "MetricValue and BreachThreshold are required for a step policy",
    step(from(0, undefined)),
    {},
  ],
  [
    "execute-step-no-threshold",
    "BreachThreshold is required for a step policy",
    step(from(0, undefined)),
    { MetricValue: 1 },
  ],
  [
    "execute-step-no-step",
    "a metric value that corresponds to no step is an error",
    step(from(0, undefined)),
    { MetricValue: 1, BreachThreshold: 2 },
  ],
  [
    "execute-step-honor",
    "HonorCooldown is for simple policies only",
    step(from(0, undefined)),
    { MetricValue: 2, BreachThreshold: 1, HonorCooldown: true },
  ],
  ["execute-simple-value", "MetricValue is for step policies only", simple, { MetricValue: 2 }],
  ["execute-simple-threshold", "BreachThreshold is for step policies only", simple, { BreachThreshold: 2 }],
  ["execute-no-policy", "the policy exists", simple, { PolicyName: "no-such-policy" }],
];

async function execute(world: World, policy: Input, input: Execution) {
  const group = await world.group();
  const { PolicyName } = await world.policy(group, policy);
  const request = { AutoScalingGroupName: group, PolicyName, ...input };
  await expectRefused(() => world.clients.autoScaling.send(new ExecutePolicyCommand(request)));
}

/** Alarms of the account whose names begin as those of the group's target tracking policies do. */
async function trackingAlarms(world: World, group: string): Promise<string[]> {
  const { MetricAlarms = [] } = await world.clients.cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: `TargetTracking-${group}` }),
  );
  return MetricAlarms.map(({ AlarmName = "" }) => AlarmName).sort();
}

const states: readonly Case[] = [
  {
    id: "policies/arn",
    rule: "A policy's ARN names its group and itself.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const { PolicyARN, PolicyName } = await world.policy(group, simple);
      const end = `:autoScalingGroupName/${group}:policyName/${PolicyName}`;
      expect(/^arn:aws:autoscaling:.*:scalingPolicy:/.test(PolicyARN) && PolicyARN.endsWith(end), `it is ${PolicyARN}`);
    },
  },
  {
    id: "policies/update-keeps-arn",
    rule: "Putting a policy of the same name updates it and keeps its ARN.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const first = await world.policy(group, simple);
      const again = await world.policy(group, { ...simple, PolicyName: first.PolicyName, ScalingAdjustment: 2 });
      expectEqual("the ARN", again.PolicyARN, first.PolicyARN);
      expectEqual(
        "adjustments",
        (await world.policies(group)).map((each) => each.ScalingAdjustment),
        [2],
      );
    },
  },
  {
    id: "policies/default-type",
    rule: "A policy without a type is a simple one, and enabled.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.policy(group, simple);
      const [found] = await world.policies(group);
      expectEqual("type and Enabled", [found?.PolicyType, found?.Enabled], ["SimpleScaling", true]);
    },
  },
  {
    id: "policies/step-described",
    rule: "A step policy is described with its steps, its warm-up and its aggregation, Average by default.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.policy(group, { ...step(from(0, 10), from(10, undefined, 2)), EstimatedInstanceWarmup: 90 });
      const [found] = await world.policies(group);
      const steps = found?.StepAdjustments?.map((each) => [
        each.MetricIntervalLowerBound,
        each.MetricIntervalUpperBound,
      ]);
      const seen = [steps, found?.EstimatedInstanceWarmup, found?.MetricAggregationType];
      expectEqual("the policy", seen, [
        [
          [0, 10],
          [10, undefined],
        ],
        90,
        "Average",
      ]);
    },
  },
  {
    id: "policies/disabled",
    rule: "A policy can be put disabled.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.policy(group, { ...simple, Enabled: false });
      expectEqual("Enabled", (await world.policies(group))[0]?.Enabled, false);
    },
  },
  {
    id: "policies/target-makes-alarms",
    rule: "A target tracking policy creates two CloudWatch alarms and names them in its answer.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const { Alarms } = await world.policy(group, target);
      const named = Alarms.map(({ AlarmName = "" }) => AlarmName).sort();
      expectEqual("how many are named", named.length, 2);
      expectEqual("alarms", await trackingAlarms(world, group), named);
    },
  },
  {
    id: "policies/target-alarm-names",
    rule: "The alarms of a target tracking policy begin with TargetTracking and the group's name.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      await world.policy(group, target);
      const names = await trackingAlarms(world, group);
      const sides = names.map((name) => /Alarm(High|Low)/.exec(name)?.[1]);
      expectEqual("their sides", sides.sort(), ["High", "Low"]);
    },
  },
  {
    id: "policies/target-alarms-go",
    rule: "Deleting a target tracking policy deletes its alarms.",
    source: "targetTracking",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const { PolicyName } = await world.policy(group, target);
      expectEqual("alarms before", (await trackingAlarms(world, group)).length, 2);
      await world.clients.autoScaling.send(new DeletePolicyCommand({ AutoScalingGroupName: group, PolicyName }));
      await world.until(
        "they are gone",
        () => trackingAlarms(world, group),
        (names) => names.length === 0,
        5,
      );
    },
  },
  {
    id: "policies/deleted",
    rule: "A deleted policy is not described.",
    source: "putScalingPolicy",
    kind: "state",
    run: async (world) => {
      const group = await world.group();
      const { PolicyName } = await world.policy(group, simple);
      await world.clients.autoScaling.send(new DeletePolicyCommand({ AutoScalingGroupName: group, PolicyName }));
      expectEqual("policies", (await world.policies(group)).length, 0);
    },
  },
];

export const policyCases: readonly Case[] = [
  ...wrong.map(
    ([id, rule, input]): Case => ({
      id: `policies/${id}`,
      rule: `PutScalingPolicy: ${rule}.`,
      source: id.startsWith("target")
        ? "targetTrackingConfiguration"
        : id.startsWith("step-")
          ? "stepAndSimple"
          : "putScalingPolicy",
      kind: "validation",
      run: async (world) => {
        const group = await world.group();
        await expectRefused(() => world.policy(group, input));
      },
    }),
  ),
  {
    id: "policies/no-group",
    rule: "PutScalingPolicy: the group exists.",
    source: "putScalingPolicy",
    kind: "validation",
    run: (world) => expectRefused(() => world.policy(world.name(), simple)),
  },
  ...wrongExecutions.map(
    ([id, rule, policy, input]): Case => ({
      id: `policies/${id}`,
      rule: `ExecutePolicy: ${rule}.`,
      source: "executePolicy",
      kind: "validation",
      run: (world) => execute(world, policy, input),
    }),
  ),
  ...states,
];
