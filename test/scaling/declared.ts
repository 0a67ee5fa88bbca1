/** Small plans to scale by, as a program would have declared them. */
import type { PlannedResource } from "../../plan/types.ts";
import { type ReadScalingOptions, readScalingPlan } from "../../scaling/read/read-scaling-plan.ts";

export type Inputs = Readonly<Record<string, unknown>>;

export const resource = (type: string, name: string, inputs: Inputs, outputs: Inputs = {}): PlannedResource => ({
  urn: `urn:pulumi:test::farm::${type}::${name}`,
  type,
  name,
  parent: undefined,
  custom: true,
  dependencies: [],
  protect: false,
  inputs: { name, ...inputs },
  secretInputs: [],
  id: name,
  outputs: { name, ...outputs },
});

export const arnOf = (policy: string) => `arn:aws:autoscaling:us-east-1:1:scalingPolicy:x:policyName/${policy}`;
export const topic = "arn:aws:sns:us-east-1:1:operators";

export const group = (inputs: Inputs = {}, name = "farm") =>
  resource("aws:autoscaling/group:Group", name, {
    minSize: 1,
    maxSize: 10,
    vpcZoneIdentifiers: ["a", "b"],
    enabledMetrics: ["GroupInServiceInstances"],
    ...inputs,
  });

export const policy = (name: string, inputs: Inputs) =>
  resource(
    "aws:autoscaling/policy:Policy",
    name,
    { autoscalingGroupName: "farm", adjustmentType: "ChangeInCapacity", ...inputs },
    { arn: arnOf(name) },
  );

export const simple = (name: string, inputs: Inputs) => policy(name, { policyType: "SimpleScaling", ...inputs });
export const stepwise = (name: string, stepAdjustments: readonly Inputs[], inputs: Inputs = {}) =>
  policy(name, { policyType: "StepScaling", stepAdjustments, ...inputs });

/** Tracks `Shop Load` of the farm, which its program publishes. */
export const loadTracked = (targetValue: number, period: number, more: Inputs = {}, configured: Inputs = {}) =>
  policy("load", {
    policyType: "TargetTrackingScaling",
    adjustmentType: undefined,
    ...more,
    targetTrackingConfiguration: {
      targetValue,
      customizedMetricSpecification: {
        namespace: "Shop",
        metricName: "Load",
        metricDimensions: [{ name: "Farm", value: "farm" }],
        statistic: "Average",
        period,
      },
      ...configured,
    },
  });

/** Looks at `AWS/ApplicationELB RequestCount`: above 100 a minute sets off the policy of the same name. */
export const alarm = (name: string, inputs: Inputs = {}) =>
  resource("aws:cloudwatch/metricAlarm:MetricAlarm", name, {
    namespace: "AWS/ApplicationELB",
    metricName: "RequestCount",
    dimensions: { LoadBalancer: "app/farm/1" },
    statistic: "Sum",
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 100,
    alarmActions: [arnOf(name)],
    ...inputs,
  });

export const below = (name: string, inputs: Inputs = {}) =>
  alarm(name, { comparisonOperator: "LessThanThreshold", ...inputs });

export const schedule = (name: string, inputs: Inputs) =>
  resource("aws:autoscaling/schedule:Schedule", name, {
    autoscalingGroupName: "farm",
    scheduledActionName: name,
    ...inputs,
  });

export const hook = (name: string, lifecycleTransition: "LAUNCHING" | "TERMINATING", inputs: Inputs = {}) =>
  resource("aws:autoscaling/lifecycleHook:LifecycleHook", name, {
    autoscalingGroupName: "farm",
    lifecycleTransition: `autoscaling:EC2_INSTANCE_${lifecycleTransition}`,
    ...inputs,
  });

const quotient = (visible: Inputs): Inputs => ({
  metrics: [
    {
      id: "visible",
      metricStat: {
        metric: { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", ...visible },
        stat: "Average",
      },
      returnData: false,
    },
    {
      id: "inService",
      metricStat: {
        metric: {
          namespace: "AWS/AutoScaling",
          metricName: "GroupInServiceInstances",
          dimensions: [{ name: "AutoScalingGroupName", value: "farm" }],
        },
        stat: "Average",
      },
      returnData: false,
    },
    { id: "perInstance", expression: "visible / inService", returnData: true },
  ],
});

/** Keeps `visible / inService` of the queue near the target. */
export const tracking = (name: string, targetValue: number, queue = "jobs", inputs: Inputs = {}) =>
  policy(name, {
    policyType: "TargetTrackingScaling",
    estimatedInstanceWarmup: 60,
    targetTrackingConfiguration: {
      targetValue,
      customizedMetricSpecification: quotient({ dimensions: [{ name: "QueueName", value: queue }] }),
      ...inputs,
    },
  });

export const composite = (name: string, inputs: Inputs) =>
  resource("aws:cloudwatch/compositeAlarm:CompositeAlarm", name, inputs);

export const scalingOf = (resources: readonly PlannedResource[], options?: ReadScalingOptions) =>
  readScalingPlan({ resources }, options);
