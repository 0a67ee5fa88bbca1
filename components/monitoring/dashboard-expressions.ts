/** Plots of what a farm scales by where no other plot shows it: made of the rules, as alarms and policies are, so that all tell the same. */
import { type Input, type Output, output } from "@pulumi/pulumi";
import { mathQueries } from "../scaling/scaling.ts";
import type { MetricMath, RequestsPerTargetRule } from "../scaling/scaling-rules.ts";
import { alarmColour, alarmRules, plotSize, type Scaled, type Series, type Widget } from "./dashboard-widgets.ts";

/** Target tracking looks at minutes. */
const trackedPeriod = 60;

/** Entries of a plot's `metrics`; only the result is drawn. */
function mathSeries(math: MetricMath, period: number): Series[] {
  return mathQueries(math, period).map((query): Series => {
    const { id, returnData: visible } = query;
    if ("expression" in query) {
      const label = "label" in query ? query.label : id;
      return [{ id, expression: query.expression, label, visible }];
    }
    const { namespace, metricName, dimensions, stat } = query.metric;
    return [namespace, metricName, ...Object.entries(dimensions).flat(), { id, stat, period, visible }];
  });
}

function requestsSeries({ label }: RequestsPerTargetRule): Series[] {
  const begin = "targetgroup/";
  const part = (of: (whole: string, at: number) => string): Output<string> =>
    output(label).apply((whole) => of(whole, whole.indexOf(begin)));
  const balancer = part((whole, at) => whole.slice(0, at - 1));
  const targetGroup = part((whole, at) => whole.slice(at));
  const options = { label: "requests", stat: "Sum", period: trackedPeriod };
  const dimensions = ["LoadBalancer", balancer, "TargetGroup", targetGroup];
  return [["AWS/ApplicationELB", "RequestCountPerTarget", ...dimensions, options]];
}

function loadPlot(
  title: Input<string>,
  metrics: readonly Series[],
  line: { readonly label: Input<string>; readonly value: Input<number | undefined> },
  region: Input<string>,
): Widget {
  return {
    type: "metric",
    ...plotSize,
    properties: {
      title,
      region,
      view: "timeSeries",
      yAxis: { left: { min: 0, showUnits: false } },
      metrics,
      annotations: { horizontal: [{ ...line, color: alarmColour }] },
    },
  };
}

/**
 * One plot for each alarm over an expression, with its threshold, and for each policy that AWS makes the alarms of, with its target.
 *
 * @param begin of their titles.
 */
export function loadPlots(begin: string, farm: Scaled, region: Input<string>): Widget[] {
  const titleBy = (name: Output<string>) => name.apply((text) => `${begin}: load by ${text}`);
  const ofAlarms = alarmRules(farm).flatMap(({ rule, alarm }) => {
    if (!("expression" in rule.metric)) return [];
    const series = mathSeries(rule.metric, rule.period.toSeconds());
    return [loadPlot(titleBy(alarm.name), series, { label: alarm.name, value: alarm.threshold }, region)];
  });
  const ofTargets = farm.nodes.scalingPolicies.flatMap((policy, index) => {
    const rule = farm.scalingRules[index];
    if (rule === undefined || rule.kind === "alarm") return [];
    const series = rule.kind === "target" ? mathSeries(rule, trackedPeriod) : requestsSeries(rule);
    return [loadPlot(titleBy(policy.name), series, { label: "target", value: rule.target }, region)];
  });
  return [...ofAlarms, ...ofTargets];
}
