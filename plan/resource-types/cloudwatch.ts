/** CloudWatch: alarms, dashboards, logs. */
import { alarm, compositeAlarm, dashboard, logGroup, metricFilter } from "../cost/rules/telemetry.ts";
import { free, known, priced } from "./cost.ts";
import { generic, named } from "./outputs.ts";
import { byName } from "./replacement.ts";
import { detail, goesWith, listedAs, noLister, notRunHere, plainBox, type ResourceTypes } from "./resource-type.ts";

export const cloudwatch: ResourceTypes = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    outputs: generic,
    replacement: notRunHere,
    cost: priced(
      compositeAlarm,
      known(
        "actionsEnabled actionsSuppressor alarmActions alarmDescription alarmName alarmRule insufficientDataActions okActions",
      ),
    ),
    picture: detail,
    inAccount: noLister,
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    outputs: generic,
    replacement: { replace: ["dashboardName"], source: "cloudwatch/dashboard.go" },
    cost: priced(dashboard, known("dashboardBody dashboardName")),
    picture: detail,
    inAccount: listedAs("CloudWatch dashboard"),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    outputs: named("events", "rule/"),
    replacement: byName("events/rule.go", "eventBusName"),
    cost: free("events of AWS's own services have no price"),
    picture: detail,
    inAccount: listedAs("EventBridge rule"),
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    outputs: ({ inputs: { rule, targetId } }) => ({ id: `${rule}-${targetId}` }),
    replacement: { replace: ["rule", "targetId", "eventBusName"], source: "events/target.go" },
    cost: free("an event that reaches a topic has no price of its own"),
    picture: detail,
    inAccount: goesWith("EventBridge rule"),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    outputs: named("logs", "log-group:"),
    replacement: byName("logs/group.go", "logGroupClass"),
    cost: priced(logGroup, known("kmsKeyId logGroupClass retentionInDays skipDestroy deletionProtectionEnabled")),
    picture: detail,
    inAccount: listedAs("log group"),
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    outputs: generic,
    replacement: {
      replace: ["logGroupName", "name"],
      name: "name",
      source: "logs/metric_filter.go",
    },
    cost: priced(
      metricFilter,
      known(
        "logGroupName metricTransformation.defaultValue metricTransformation.name metricTransformation.namespace " +
          "metricTransformation.unit metricTransformation.value metricTransformation.dimensions pattern",
      ),
    ),
    picture: detail,
    inAccount: goesWith("log group"),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    outputs: named("cloudwatch", "alarm:"),
    replacement: { replace: ["name"], name: "name", source: "cloudwatch/metric_alarm.go" },
    cost: priced(
      alarm,
      known(
        "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions " +
          "evaluateLowSampleCountPercentiles evaluationPeriods extendedStatistic insufficientDataActions metricName " +
          "metricQueries namespace okActions period statistic threshold thresholdMetricId treatMissingData unit",
      ),
    ),
    picture: detail,
    inAccount: listedAs("CloudWatch alarm"),
  },
  "aws:cloudwatch/queryDefinition:QueryDefinition": {
    outputs: generic,
    replacement: notRunHere,
    cost: free("a query that is kept; running it is charged by what it scans"),
    picture: plainBox,
    inAccount: noLister,
  },
};
