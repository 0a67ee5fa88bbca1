import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input, Resource } from "@pulumi/pulumi";
import { minutes } from "../base/duration.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { Rolling } from "../group/launch-template.ts";
import type { TargetDimensions } from "./existing-balancer.ts";

/** Answers in a minute from which on a farm counts as failing: a few may be a user's odd request. */
const failuresAllowed = 5;

interface FailingAlarmArgs {
  readonly rolls?: Rolling;
  readonly alarmActions?: readonly Input<string>[];
  readonly transform?: { readonly failingAlarm?: Transform<cloudwatch.MetricAlarmArgs> };
}

/**
 * For a farm that is rolled by command; any other has none.
 *
 * Tells that the farm answers requests with errors of its own, and ends a roll that brought this about: a version may pass the health
 * check and still fail its users. A minute without requests is a good one, so that the alarm is OK when a roll begins, as AWS wants it.
 */
export function createFailingAlarm(
  farm: string,
  { rolls, alarmActions = [], transform }: FailingAlarmArgs,
  dimensions: TargetDimensions,
  parent: Resource,
): cloudwatch.MetricAlarm | undefined {
  if (rolls !== "byCommand") return undefined;
  const name = `${farm}-failing`;
  return new cloudwatch.MetricAlarm(
    ...transformed<cloudwatch.MetricAlarmArgs>(
      transform?.failingAlarm,
      name,
      {
        name: regionalName("alarm", name),
        alarmDescription: `${failuresAllowed} or more requests a minute are answered with 5xx by instances: see the log. Rolls go back.`,
        namespace: "AWS/ApplicationELB",
        metricName: "HTTPCode_Target_5XX_Count",
        dimensions: { ...dimensions },
        statistic: "Sum",
        period: minutes(1).toSeconds(),
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: failuresAllowed,
        treatMissingData: "notBreaching",
        alarmActions: [...alarmActions],
      },
      { parent },
    ),
  );
}
