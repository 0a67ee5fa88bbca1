import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input, Resource } from "@pulumi/pulumi";
import { refusalPattern } from "../../runtime/contract/refusal.ts";
import { minutes } from "../base/duration.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";

export interface RefusalTransform {
  readonly refusalFilter?: Transform<cloudwatch.LogMetricFilterArgs>;
  readonly refusalAlarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

export interface RefusalNodes {
  readonly refusalFilter?: cloudwatch.LogMetricFilter;
  readonly refusalAlarm?: cloudwatch.MetricAlarm;
}

const namespace = "annofarm";

/**
 * Tells that AWS refuses calls of a group's services: a permission, a policy or a key is missing, and work waits. Such a call is
 * tried again every six minutes or sooner for as long as it is refused, so the alarm goes on until it is let in. Without anybody to
 * tell there is none: metric and alarm cost money.
 */
export function createRefusalAlarm(
  group: string,
  logGroup: cloudwatch.LogGroup,
  alarmActions: readonly Input<string>[],
  transform: RefusalTransform,
  parent: Resource,
): RefusalNodes {
  if (alarmActions.length === 0) return {};
  const name = `${group}-refused-calls`;
  const metricName = regionalName("metricFilter", name);
  const refusalFilter = new cloudwatch.LogMetricFilter(
    ...transformed<cloudwatch.LogMetricFilterArgs>(
      transform.refusalFilter,
      name,
      {
        name: metricName,
        logGroupName: logGroup.name,
        pattern: refusalPattern,
        metricTransformation: { namespace, name: metricName, value: "1", unit: "Count" },
      },
      { parent },
    ),
  );
  const refusalAlarm = new cloudwatch.MetricAlarm(
    ...transformed<cloudwatch.MetricAlarmArgs>(
      transform.refusalAlarm,
      name,
      {
        name: regionalName("alarm", name),
        alarmDescription:
          "AWS refuses calls of a service, and work waits: /healthz and the log name the call; permit it.",
        namespace,
        metricName,
        statistic: "Sum",
        period: minutes(15).toSeconds(),
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...alarmActions],
      },
      { parent },
    ),
  );
  return { refusalFilter, refusalAlarm };
}
