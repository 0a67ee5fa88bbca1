/**
 * Widgets of the dashboard, in CloudWatch's "dashboard body structure and syntax". Sizes are in its grid of 24 columns.
 */
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import { type Input, output } from "@pulumi/pulumi";
import { type Statistic, statisticInWords } from "../../runtime/contract/statistic.ts";
import type { AnnotatorFarm } from "../pipelines/annotator-farm.ts";
import type { WorkerQueue } from "../pipelines/worker-queue.ts";
import type { WebFarm } from "../web/web-farm.ts";

export interface Widget {
  readonly type: "metric" | "alarm";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A metric of a plot: `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
type Series = readonly Input<unknown>[];

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

/** Thresholds of those alarms that watch the metric, as lines across its plot. */
function thresholds(alarms: readonly cloudwatch.MetricAlarm[], metric: string | undefined): Input<object[]> {
  return output(alarms.map(({ name, metricName, threshold }) => ({ name, metricName, threshold }))).apply((watching) =>
    watching
      .filter(({ metricName }) => metricName === metric)
      .map(({ name, threshold }) => ({ label: name, value: threshold, color: alarmColour })),
  );
}

function plot(
  title: string,
  metrics: readonly Series[],
  more: {
    readonly region: Input<string>;
    readonly stat: Statistic;
    readonly label: string;
    /** Alarms whose thresholds are drawn, if they watch `metric`. */
    readonly alarms?: readonly cloudwatch.MetricAlarm[];
    readonly metric?: string;
  },
): Widget {
  const { region, stat, label, alarms = [], metric } = more;
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
      annotations: { horizontal: thresholds(alarms, metric) },
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

const alarmStates = (title: string, alarms: readonly cloudwatch.MetricAlarm[]): Widget => ({
  type: "alarm",
  width: gridColumns,
  height: alarmHeight,
  properties: { title, alarms: alarms.map(({ arn }) => arn) },
});

/** Load, answers and instances of the pages; alarm states below. */
export function webWidgets({ nodes, groupName, metricDimensions }: WebFarm, region: Input<string>): Widget[] {
  const { alarms } = nodes;
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
      { region, stat: "Sum", label: "requests", alarms, metric: "RequestCount" },
    ),
    plot(
      "Web: response time",
      [
        ...(["Average", "p50", "p95"] as const).map((stat) =>
          of("TargetResponseTime", { label: statisticInWords(stat), stat }),
        ),
      ],
      { region, stat: "Average", label: "seconds", alarms, metric: "TargetResponseTime" },
    ),
    instancesPlot("Web: instances", groupName, region),
    alarmStates("Web: alarms", alarms),
  ];
}

/** Jobs sent, backlog and instances of the workers; alarm states below. */
export function annotatorWidgets({ nodes, queue, groupName }: AnnotatorFarm, region: Input<string>): Widget[] {
  const { alarms } = nodes;
  const of = (metric: string, options: object): Series => ["AWS/SQS", metric, "QueueName", queue.queueName, options];
  const hidden = { visible: false };
  return [
    plot(
      "Annotator: jobs sent a minute",
      [of("NumberOfMessagesSent", { label: "jobs sent" }), of("NumberOfMessagesDeleted", { label: "jobs done" })],
      { region, stat: "Sum", label: "jobs", alarms, metric: "NumberOfMessagesSent" },
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
    alarmStates("Annotator: alarms", alarms),
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
