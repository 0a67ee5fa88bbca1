/**
 * Widgets of the dashboard, in CloudWatch's "dashboard body structure and syntax". Sizes are in its grid of 24 columns.
 */
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type { Input } from "@pulumi/pulumi";
import { type Statistic, statisticInWords } from "../../runtime/contract/statistic.ts";
import type { ScaledGroupNodes } from "../group/scaled-group.ts";
import type { AnnotatorFarm } from "../pipelines/annotator-farm.ts";
import type { WorkerQueue } from "../pipelines/worker-queue.ts";
import type { AlarmRule, ScalingRule } from "../scaling/scaling-rules.ts";
import type { WebFarm } from "../web/web-farm.ts";

export interface Widget {
  readonly type: "metric" | "alarm";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A metric of a plot: `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
export type Series = readonly Input<unknown>[];

const gridColumns = 24;
/** Three plots side by side. */
export const plotSize = { width: gridColumns / 3, height: 6 } as const;
const alarmHeight = 2;
export const alarmColour = "#d13212";

/** Widgets from left to right, a new row where one does not fit any more. */
export function laidOut(widgets: readonly Widget[]): object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > gridColumns) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const placed = { ...widget, x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return placed;
  });
}

/** A farm that grows and shrinks by rules. What is shown follows from the rules; resources give only names and values. */
export interface Scaled {
  readonly scalingRules: readonly ScalingRule[];
  readonly nodes: Pick<ScaledGroupNodes, "alarms" | "scalingPolicies">;
}

/** Rules of alarms, each with its alarm. */
export function alarmRules({ scalingRules, nodes }: Scaled): { rule: AlarmRule; alarm: cloudwatch.MetricAlarm }[] {
  const rules = scalingRules.filter((rule) => rule.kind === "alarm");
  return nodes.alarms.flatMap((alarm, index) => {
    const rule = rules[index];
    return rule === undefined ? [] : [{ rule, alarm }];
  });
}

/** Thresholds of those alarms that watch the metric itself, as lines across its plot. */
function thresholds(farm: Scaled, metric: string): object[] {
  return alarmRules(farm)
    .filter(({ rule }) => !("expression" in rule.metric) && rule.metric.name === metric)
    .map(({ alarm }) => ({ label: alarm.name, value: alarm.threshold, color: alarmColour }));
}

function plot(
  title: string,
  metrics: readonly Series[],
  more: {
    readonly region: Input<string>;
    readonly stat: Statistic;
    readonly label: string;
    /** Lines across it. */
    readonly lines?: readonly object[];
  },
): Widget {
  const { region, stat, label, lines = [] } = more;
  return {
    type: "metric",
    ...plotSize,
    properties: {
      title,
      region,
      view: "timeSeries",
      stat,
      period: 60,
      yAxis: { left: { min: 0, label, showUnits: false } },
      metrics,
      annotations: { horizontal: lines },
    },
  };
}

function instancesPlot(title: string, group: Input<string>, region: Input<string>): Widget {
  const of = (metric: string, label: string): Series => [
    "AWS/AutoScaling",
    metric,
    "AutoScalingGroupName",
    group,
    { label },
  ];
  const series = [of("GroupDesiredCapacity", "desired"), of("GroupInServiceInstances", "in service")];
  return plot(title, series, { region, stat: "Maximum", label: "instances" });
}

/** None without alarms of ours, as with target tracking: CloudWatch takes no such widget that shows none. */
function alarmStates(title: string, farm: Scaled): Widget[] {
  const alarms = alarmRules(farm).map(({ alarm }) => alarm.arn);
  if (alarms.length === 0) return [];
  return [{ type: "alarm", width: gridColumns, height: alarmHeight, properties: { title, alarms } }];
}

/** Load, answers and instances of the pages; states of its alarms below, if it has some. */
export function webWidgets(farm: WebFarm, region: Input<string>): Widget[] {
  const { groupName, metricDimensions } = farm;
  const of = (metric: string, options: object): Series => [
    "AWS/ApplicationELB",
    metric,
    ...Object.entries(metricDimensions).flat(),
    options,
  ];
  return [
    plot(
      "Web: requests and failures a minute",
      [
        of("RequestCount", { label: "requests" }),
        of("HTTPCode_Target_5XX_Count", { label: "failed at an instance" }),
        of("HTTPCode_ELB_5XX_Count", { label: "failed at the balancer" }),
      ],
      { region, stat: "Sum", label: "requests", lines: thresholds(farm, "RequestCount") },
    ),
    plot(
      "Web: response time",
      [
        ...(["Average", "p50", "p95"] as const).map((stat) =>
          of("TargetResponseTime", { label: statisticInWords(stat), stat }),
        ),
      ],
      { region, stat: "Average", label: "seconds", lines: thresholds(farm, "TargetResponseTime") },
    ),
    instancesPlot("Web: instances", groupName, region),
    ...alarmStates("Web: alarms", farm),
  ];
}

/** Jobs sent, backlog and instances of the workers; states of its alarms below, if it has some. */
export function annotatorWidgets(farm: AnnotatorFarm, region: Input<string>): Widget[] {
  const { queue, groupName } = farm;
  const of = (metric: string, options: object): Series => ["AWS/SQS", metric, "QueueName", queue.queueName, options];
  const hidden = { visible: false };
  return [
    plot(
      "Annotator: jobs sent a minute",
      [of("NumberOfMessagesSent", { label: "jobs sent" }), of("NumberOfMessagesDeleted", { label: "jobs done" })],
      { region, stat: "Sum", label: "jobs", lines: thresholds(farm, "NumberOfMessagesSent") },
    ),
    plot(
      "Annotator: backlog",
      [
        of("ApproximateNumberOfMessagesVisible", { id: "waiting", label: "waiting" }),
        of("ApproximateNumberOfMessagesNotVisible", { id: "running", label: "running" }),
        [
          "AWS/AutoScaling",
          "GroupInServiceInstances",
          "AutoScalingGroupName",
          groupName,
          { id: "instances", ...hidden },
        ],
        [{ expression: "(waiting + running) / instances", label: "per instance", id: "backlog" }],
      ],
      { region, stat: "Average", label: "jobs" },
    ),
    instancesPlot("Annotator: instances", groupName, region),
    ...alarmStates("Annotator: alarms", farm),
  ];
}

/** What every queue has set aside. */
export function deadLetterWidget(queues: readonly WorkerQueue[], region: Input<string>): Widget {
  const series = queues.map(
    ({ nodes }): Series => [
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      "QueueName",
      nodes.deadLetters.name,
      { label: nodes.deadLetters.name },
    ],
  );
  return plot("Dead letters", series, { region, stat: "Maximum", label: "messages" });
}
