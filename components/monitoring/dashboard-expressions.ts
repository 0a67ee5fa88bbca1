/** Plots of what alarms look at where that is an expression: made of the alarm's own queries, so that both tell the same. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import { type Input, type Output, output } from "@pulumi/pulumi";
import { alarmColour, plotSize, type Widget } from "./dashboard-widgets.ts";

type Query = cloudwatch.MetricAlarm["metricQueries"] extends Output<(infer One)[] | undefined> ? One : never;

/** An entry of a plot's `metrics`; of the queries only the result is drawn. */
function seriesOf({ id, expression, label, metric, returnData }: Query): readonly unknown[] {
  const visible = returnData === true;
  if (metric === undefined) return [{ id, expression, label: label ?? id, visible }];
  const dimensions = Object.entries(metric.dimensions ?? {}).flat();
  return [
    metric.namespace,
    metric.metricName,
    ...dimensions,
    { id, stat: metric.stat, period: metric.period, visible },
  ];
}

/**
 * One plot for each alarm over an expression, with its threshold.
 *
 * @param begin of their titles.
 */
export function expressionPlots(
  begin: string,
  alarms: readonly cloudwatch.MetricAlarm[],
  region: Input<string>,
): Output<Widget[]> {
  const known = alarms.map(({ name, metricQueries, threshold }) => ({ name, metricQueries, threshold }));
  return output({ region, known }).apply((found) =>
    found.known.flatMap(({ name, metricQueries = [], threshold }): Widget[] => {
      if (metricQueries.length === 0) return [];
      return [
        {
          type: "metric",
          ...plotSize,
          properties: {
            title: `${begin}: load by ${name}`,
            region: found.region,
            view: "timeSeries",
            yAxis: { left: { min: 0, showUnits: false } },
            metrics: metricQueries.map(seriesOf),
            annotations: { horizontal: [{ label: name, value: threshold, color: alarmColour }] },
          },
        },
      ];
    }),
  );
}
