import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Output, Resource } from "@pulumi/pulumi";
import { asDeclared } from "../../runtime/contract/statistic.ts";
import { standsBeside } from "../base/keep.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type {
  Adjustment,
  AlarmRule,
  MetricMath,
  RequestsPerTargetRule,
  ScalingRule,
  TargetRule,
} from "./scaling-rules.ts";

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
        { name: regionalName("scalingPolicy", child), autoscalingGroupName: groupName, ...args },
        { parent, ...standsBeside },
      ),
    );
    if (rule.kind === "alarm") alarms.push(createAlarm(child, rule, policy, transform.alarm, parent));
    return policy;
  });
  return { policies, alarms };
}

type PolicySettings = Omit<autoscaling.PolicyArgs, "autoscalingGroupName">;

function alarmPolicy({ adjustment, pacing, when }: AlarmRule): PolicySettings {
  const adjustmentType = typeof adjustment === "number" ? "ChangeInCapacity" : "PercentChangeInCapacity";
  if ("cooldown" in pacing) {
    return {
      policyType: "SimpleScaling",
      adjustmentType,
      scalingAdjustment: amountOf(adjustment),
      cooldown: pacing.cooldown.toSeconds(),
    };
  }
  return {
    policyType: "StepScaling",
    adjustmentType,
    // Inward by the busiest of the minutes that the alarm has waited.
    metricAggregationType: isAbove(when) ? "Average" : "Maximum",
    estimatedInstanceWarmup: pacing.warmUp.toSeconds(),
    stepAdjustments: stepsOf(adjustment, when),
  };
}

const isAbove = (when: AlarmRule["when"]) => when === "above" || when === "at or above";

function amountOf(adjustment: Adjustment): number {
  if (typeof adjustment === "number") return adjustment;
  if ("percent" in adjustment) return adjustment.percent;
  throw new RangeError("a policy with a cooldown has no steps; give it one adjustment, or a warm-up");
}

/** Bounds are relative to the threshold; the steps cover everything on the breaching side of it, without gaps. */
function stepsOf(adjustment: Adjustment, when: AlarmRule["when"]) {
  const steps = Array.isArray(adjustment) ? adjustment : [{ beyond: 0, percent: amountOf(adjustment) }];
  const above = isAbove(when);
  const [near, far] = above ? (["Lower", "Upper"] as const) : (["Upper", "Lower"] as const);
  // Twelve digits: 2.4 × 0.75 is no 1.7999999999999998 to anybody.
  const bound = (beyond: number) => String(Number((above ? beyond : -beyond).toPrecision(12)) + 0);
  return steps.map(({ beyond, percent }, index) => {
    const next = steps[index + 1];
    return {
      [`metricInterval${near}Bound`]: bound(beyond),
      ...(next === undefined ? {} : { [`metricInterval${far}Bound`]: bound(next.beyond) }),
      scalingAdjustment: percent,
    };
  });
}

function targetPolicy(rule: TargetRule | RequestsPerTargetRule): PolicySettings {
  const common = { policyType: "TargetTrackingScaling", estimatedInstanceWarmup: rule.warmUp.toSeconds() };
  if (rule.kind === "requests per target") {
    return {
      ...common,
      targetTrackingConfiguration: {
        targetValue: rule.target,
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: rule.label,
        },
      },
    };
  }
  return {
    ...common,
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
              ...(rule.period === undefined ? {} : { period: rule.period.toSeconds() }),
            },
            returnData: false,
          })),
          ...partsOf(rule),
          { id: "quotient", expression: rule.expression, returnData: true },
        ],
      },
    },
  };
}

const partsOf = ({ parts = {} }: MetricMath) =>
  Object.entries(parts).map(([id, expression]) => ({ id, expression, returnData: false }));

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
        name: regionalName("alarm", name),
        alarmDescription: rule.description,
        ...watched(rule),
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

/** One metric, or math over several, of which only the result is looked at. */
function watched({ metric, period }: AlarmRule): Partial<cloudwatch.MetricAlarmArgs> {
  const seconds = period.toSeconds();
  if (!("expression" in metric)) {
    const { namespace, name: metricName, dimensions, statistic } = metric;
    const looked = asDeclared(statistic, ["statistic", "extendedStatistic"]);
    return { namespace, metricName, dimensions, ...looked, period: seconds };
  }
  return { metricQueries: mathQueries(metric, seconds) };
}

/** What metric math is made of, as alarms are told; of these the last is the result. */
export function mathQueries(math: MetricMath, period: number) {
  return [
    ...Object.entries(math.metrics).map(([id, { namespace, name: metricName, dimensions, statistic }]) => ({
      id,
      metric: { namespace, metricName, dimensions, stat: statistic, period },
      returnData: false,
    })),
    ...partsOf(math),
    { id: "load", expression: math.expression, label: "load", returnData: true },
  ];
}
