/** What each alarm of a service watches, and what its mail tells people to do. Thresholds are the same for every stack. */
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import { type Duration, days } from "../base/duration.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { WorkerQueue } from "../pipelines/worker-queue.ts";
import type { WebFarm } from "../web/web-farm.ts";

export interface WatchRule {
  /** Logical name of the alarm. */
  readonly alarm: string;
  /** What has happened: what to do. CloudWatch's mail carries it. */
  readonly runbook: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  readonly statistic: "Sum" | "Maximum" | "Minimum";
  /** Seconds. */
  readonly period: number;
  /** So many of the last so many periods. */
  readonly breaches: { readonly of: number; readonly count: number };
  readonly above?: number;
  readonly below?: number;
}

/** Errors a minute that are no accident of a single request. */
const errorsMax = 5;
const errors = {
  namespace: "AWS/ApplicationELB",
  statistic: "Sum",
  period: 60,
  breaches: { of: 5, count: 3 },
} as const;

/** Failed requests and unhealthy instances. A balancer that others share is not ours to watch, our target group is. */
export function webAlarms(name: string, { balancerArn, nodes, targetDimensions }: WebFarm): WatchRule[] {
  const ofBalancer: WatchRule = {
    ...errors,
    alarm: `${name}-balancer-errors`,
    runbook:
      "The balancer itself answers 5xx: no instance is healthy, or instances close connections. " +
      "Look at the unhealthy instances and the web service's log; if all instances boot, raise webMin.",
    metric: "HTTPCode_ELB_5XX_Count",
    dimensions: { LoadBalancer: balancerArn.apply(balancerDimension) },
    above: errorsMax,
  };
  const failed: WatchRule = {
    ...errors,
    alarm: `${name}-failed-requests`,
    runbook:
      "Instances answer 5xx: look for level 50 in the web service's log and for `degraded` in /healthz; " +
      "after a deployment, roll back.",
    metric: "HTTPCode_Target_5XX_Count",
    dimensions: targetDimensions,
    above: errorsMax,
  };
  return [
    ...(nodes.balancer === undefined ? [] : [ofBalancer]),
    // A farm that is rolled by command has one already, which ends a roll.
    ...(nodes.failingAlarm === undefined ? [failed] : []),
    {
      alarm: `${name}-unhealthy-instances`,
      runbook:
        "An instance has been unhealthy for 15 minutes, and replacing it has not helped: " +
        "read its boot output (get-console-output) and the web service's log.",
      namespace: "AWS/ApplicationELB",
      metric: "UnHealthyHostCount",
      dimensions: targetDimensions,
      statistic: "Minimum",
      period: 60,
      breaches: { of: 15, count: 15 },
      above: 0,
    },
  ];
}

/** ACM renews 60 days before the end, a `pulumi up` renews a self-signed certificate 30 days before. */
const certificateDaysMin = 21;

export function certificateAlarm(name: string, { nodes: { certificate } }: WebFarm): WatchRule[] {
  if (certificate === undefined) return [];
  return [
    {
      alarm: `${name}-certificate-ends`,
      runbook:
        `The certificate ends in less than ${certificateDaysMin} days: if it is ACM's, restore the DNS record that proves ` +
        "the domain; if it is self-signed, run pulumi up.",
      namespace: "AWS/CertificateManager",
      metric: "DaysToExpiry",
      dimensions: { CertificateArn: certificate.arn },
      statistic: "Minimum",
      period: days(1).toSeconds(),
      breaches: { of: 1, count: 1 },
      below: certificateDaysMin,
    },
  ];
}

/** Messages that wait too long: their consumer stands still, or is too small. */
export function queueAlarm(queue: WorkerQueue, oldest: Duration): WatchRule {
  return {
    alarm: `${queue.logicalName}-oldest-message`,
    runbook:
      `A message has been in the queue for more than ${oldest}: its consumer stands still or is too small. ` +
      "Look at the consumer's log and /healthz, and at the group's maximum size.",
    namespace: "AWS/SQS",
    metric: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.queueName },
    statistic: "Maximum",
    period: 60,
    breaches: { of: 5, count: 5 },
    above: oldest.toSeconds(),
  };
}

/** `…:loadbalancer/app/NAME/ID` → `app/NAME/ID`. */
const balancerDimension = (arn: string): string => arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);

export function createAlarm(
  { alarm, runbook, namespace, metric, dimensions, statistic, period, breaches, above, below }: WatchRule,
  alarmActions: readonly Input<string>[],
  transform: Transform<cloudwatch.MetricAlarmArgs> | undefined,
  parent: Resource,
): cloudwatch.MetricAlarm {
  return new cloudwatch.MetricAlarm(
    ...transformed<cloudwatch.MetricAlarmArgs>(
      transform,
      alarm,
      {
        name: regionalName("alarm", alarm),
        alarmDescription: runbook,
        namespace,
        metricName: metric,
        dimensions: dimensions as Record<string, Output<string>>,
        statistic,
        period,
        evaluationPeriods: breaches.of,
        datapointsToAlarm: breaches.count,
        comparisonOperator: below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold: below ?? above ?? 0,
        treatMissingData: "notBreaching",
        alarmActions: [...alarmActions],
        okActions: [...alarmActions],
      },
      { parent },
    ),
  );
}
