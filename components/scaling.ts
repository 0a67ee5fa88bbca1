import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Duration } from "./duration.ts";
import { physicalName } from "./naming.ts";
import { type Transform, transformed } from "./transform.ts";

/** A CloudWatch metric as an alarm looks at it. */
export interface Metric {
  /** Such as `AWS/SQS`. */
  readonly namespace: string;
  /** Such as `NumberOfMessagesSent`. */
  readonly name: string;
  /** Of what it is measured. */
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  /** How a period's samples become one datapoint. */
  readonly statistic: "Sum" | "Average" | "Minimum" | "Maximum" | "SampleCount";
}

/**
 * How a policy paces itself. `warmUp` makes it a step policy: it answers every breach, but instances that still warm up
 * count as if they were not there yet, so the same breach adds nothing twice. `cooldown` makes it a simple policy: after an
 * activity it hears nothing until the cooldown is over.
 */
export type Pacing = { readonly warmUp: Duration } | { readonly cooldown: Duration };

/** One alarm and the one policy it sets off. */
export interface AlarmRule {
  /** Chooses this rule. */
  readonly kind: "alarm";
  /** `scale-out`, `scale-in`: last part of both names. */
  readonly name: string;
  /** What the alarm means, for people. */
  readonly description: string;
  /** What it watches. */
  readonly metric: Metric;
  /** Length of one datapoint, whole minutes. */
  readonly period: Duration;
  /** Consecutive periods that must breach. */
  readonly periods: number;
  /** On which side of the threshold it is in alarm. */
  readonly when: "above" | "at or above" | "below" | "at or below";
  /** In the metric's unit. */
  readonly threshold: number;
  /** What a period without samples counts as. */
  readonly whenMissing: "breaching" | "notBreaching" | "ignore" | "missing";
  /** Instances added (positive) or taken away (negative). */
  readonly adjustment: number;
  /** How often it may act. */
  readonly pacing: Pacing;
}

/** Keeps a quotient of metrics near a target. AWS makes the alarms itself. */
export interface TargetRule {
  /** Chooses this rule. */
  readonly kind: "target";
  /** Last part of the policy's name. */
  readonly name: string;
  /** What the expression is kept at. */
  readonly target: number;
  /** Metric math over `metrics`, by their keys: `(visible + inFlight) / inService`. */
  readonly expression: string;
  /** What the expression is made of, by the names in it. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Time until a new instance counts. */
  readonly warmUp: Duration;
}

export type ScalingRule = AlarmRule | TargetRule;

export interface ScalingTransform {
  readonly policy?: Transform<autoscaling.PolicyArgs>;
  readonly alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

export interface ScalingNodes {
  readonly policies: readonly autoscaling.Policy[];
  readonly alarms: readonly cloudwatch.MetricAlarm[];
}

/** Policies and alarms of a group, one pair for each alarm rule, children of `parent` and named after it. */
export function createScaling(
  name: string,
  groupName: Output<string>,
  rules: readonly ScalingRule[],
  transform: ScalingTransform,
  parent: Resource,
): ScalingNodes {
  const alarms: cloudwatch.MetricAlarm[] = [];
  const policies = rules.map((rule) => {
    const child = `${name}-${rule.name}`;
    const args = rule.kind === "alarm" ? alarmPolicy(rule) : targetPolicy(rule);
    const policy = new autoscaling.Policy(
      ...transformed(
        transform.policy,
        child,
        { name: physicalName("scalingPolicy", child), autoscalingGroupName: groupName, ...args },
        { parent },
      ),
    );
    if (rule.kind === "alarm") alarms.push(createAlarm(child, rule, policy, transform.alarm, parent));
    return policy;
  });
  return { policies, alarms };
}

function alarmPolicy(rule: AlarmRule): Omit<autoscaling.PolicyArgs, "autoscalingGroupName"> {
  const adjustmentType = "ChangeInCapacity";
  if ("cooldown" in rule.pacing) {
    return {
      policyType: "SimpleScaling",
      adjustmentType,
      scalingAdjustment: rule.adjustment,
      cooldown: rule.pacing.cooldown.toSeconds(),
    };
  }
  // Bounds are relative to the threshold: one step that covers everything on the breaching side of it.
  const bound = rule.when === "above" || rule.when === "at or above" ? "Lower" : "Upper";
  return {
    policyType: "StepScaling",
    adjustmentType,
    metricAggregationType: "Average",
    estimatedInstanceWarmup: rule.pacing.warmUp.toSeconds(),
    stepAdjustments: [{ [`metricInterval${bound}Bound`]: "0", scalingAdjustment: rule.adjustment }],
  };
}

function targetPolicy(rule: TargetRule): Omit<autoscaling.PolicyArgs, "autoscalingGroupName"> {
  return {
    policyType: "TargetTrackingScaling",
    estimatedInstanceWarmup: rule.warmUp.toSeconds(),
    targetTrackingConfiguration: {
      targetValue: rule.target,
      customizedMetricSpecification: {
        metrics: [
          ...Object.entries(rule.metrics).map(([id, metric]) => ({
            id,
            metricStat: {
              metric: {
                namespace: metric.namespace,
                metricName: metric.name,
                dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
              },
              stat: metric.statistic,
            },
            returnData: false,
          })),
          { id: "quotient", expression: rule.expression, returnData: true },
        ],
      },
    },
  };
}

const operators = {
  above: "GreaterThanThreshold",
  "at or above": "GreaterThanOrEqualToThreshold",
  below: "LessThanThreshold",
  "at or below": "LessThanOrEqualToThreshold",
} as const;

function createAlarm(
  name: string,
  rule: AlarmRule,
  policy: autoscaling.Policy,
  transform: Transform<cloudwatch.MetricAlarmArgs> | undefined,
  parent: Resource,
): cloudwatch.MetricAlarm {
  return new cloudwatch.MetricAlarm(
    ...transformed(
      transform,
      name,
      {
        name: physicalName("alarm", name),
        alarmDescription: rule.description,
        namespace: rule.metric.namespace,
        metricName: rule.metric.name,
        dimensions: rule.metric.dimensions,
        statistic: rule.metric.statistic,
        period: rule.period.toSeconds(),
        evaluationPeriods: rule.periods,
        comparisonOperator: operators[rule.when],
        threshold: rule.threshold,
        treatMissingData: rule.whenMissing,
        alarmActions: [policy.arn],
      },
      { parent },
    ),
  );
}
