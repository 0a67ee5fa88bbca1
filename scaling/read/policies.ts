/** Scaling policies of a plan. */
import type { PlannedResource } from "../../plan/types.ts";
import { stepProblems } from "../policies/steps.ts";
import { adjustmentTypes, type PolicyPlan, type Reading, type StepAdjustment } from "../scaling-plan.ts";
import { type InputReader, inputReader, recordOf, type ScalingFinding } from "./findings.ts";
import { isOfService, isTrackable, noSuchResolution } from "./known-metrics.ts";
import { type Query, readingOf, single, sourceOf } from "./readings.ts";

export const policyType = "aws:autoscaling/policy:Policy";

/** What of its group a policy falls back on. */
export interface GroupDefaults {
  readonly name: string;
  readonly cooldownSeconds: number;
  readonly defaultWarmUpSeconds?: number;
}

export interface ReadPolicy {
  readonly group: string;
  readonly arn: string;
  readonly policy: PolicyPlan;
  /** What a target tracking policy keeps near its target. */
  readonly reading?: Reading;
  /** How often its alarms have a datapoint. @default 60 */
  readonly periodSeconds?: number;
}

const capacities = { min: -10_000, max: 10_000 };
const unbounded = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY, whole: false };
const daySeconds = { min: 0, max: 86_400 };

export function readPolicy(
  resource: PlannedResource,
  groupOf: (name: string) => GroupDefaults | undefined,
  findings: ScalingFinding[],
): ReadPolicy | undefined {
  const input = inputReader(resource, resource.inputs, findings);
  const groupName = input.text("autoscalingGroupName") ?? "";
  const group = groupOf(groupName);
  if (group === undefined) {
    input.report("autoscalingGroupName", `there is no group ${JSON.stringify(groupName)} in this plan`);
    return undefined;
  }
  const kinds = ["SimpleScaling", "StepScaling", "TargetTrackingScaling"] as const;
  const kind = input.text("policyType") === undefined ? "SimpleScaling" : input.choice("policyType", kinds);
  const common = {
    urn: resource.urn,
    name: String(resource.outputs.name ?? input.text("name") ?? resource.id),
    enabled: input.flag("enabled") ?? true,
  };
  // EstimatedInstanceWarmup, else DefaultInstanceWarmup, else DefaultCooldown.
  const warmUpSeconds =
    input.number("estimatedInstanceWarmup", daySeconds) ?? group.defaultWarmUpSeconds ?? group.cooldownSeconds;
  const read = { group: group.name, arn: String(resource.outputs.arn ?? "") };

  if (kind === "SimpleScaling") {
    const amount = input.number("scalingAdjustment", capacities);
    if (amount === undefined && resource.inputs.scalingAdjustment === undefined) {
      input.report("scalingAdjustment", "it is left out; a simple policy needs the instances it adds or takes away");
    }
    const cooldownSeconds = input.number("cooldown", daySeconds) ?? group.cooldownSeconds;
    const adjustment = adjustmentOf(input);
    return { ...read, policy: { ...common, kind: "simple", adjustment, amount: amount ?? 0, cooldownSeconds } };
  }
  if (kind === "StepScaling") {
    const aggregation = input.choice("metricAggregationType", ["Average", "Minimum", "Maximum"]) ?? "Average";
    const steps = stepsOf(resource, input, findings);
    return {
      ...read,
      policy: { ...common, kind: "step", adjustment: adjustmentOf(input), steps, aggregation, warmUpSeconds },
    };
  }
  if (kind === "TargetTrackingScaling") {
    const tracking = recordOf(resource.inputs.targetTrackingConfiguration);
    const path = "targetTrackingConfiguration.";
    const inside = inputReader(resource, tracking, findings, path);
    const target = inside.number("targetValue", { min: Number.MIN_VALUE, max: 1e15, whole: false });
    if (tracking.targetValue === undefined) inside.report("targetValue", "it is left out");
    const scaleIn = !(inside.flag("disableScaleIn") ?? false);
    const reading = trackedReading(resource, tracking, group.name, findings);
    const policy = { ...common, kind: "target", target: target ?? 1, scaleIn, warmUpSeconds } as const;
    const periodSeconds = trackedPeriod(resource, recordOf(tracking.customizedMetricSpecification), findings);
    return { ...read, policy, periodSeconds, ...(reading === undefined ? {} : { reading }) };
  }
  return undefined;
}

function adjustmentOf(input: InputReader) {
  const type = input.choice("adjustmentType", adjustmentTypes) ?? "ChangeInCapacity";
  const minMagnitude = input.number("minAdjustmentMagnitude", { min: 1, max: 10_000 });
  if (minMagnitude !== undefined && type !== "PercentChangeInCapacity") {
    input.report(
      "minAdjustmentMagnitude",
      `${minMagnitude} is for PercentChangeInCapacity, not for ${type}; leave it out`,
    );
  }
  return minMagnitude === undefined ? { type } : { type, minMagnitude };
}

function stepsOf(resource: PlannedResource, input: InputReader, findings: ScalingFinding[]): StepAdjustment[] {
  const before = findings.length;
  const steps = input.list("stepAdjustments").map((value, index) => {
    const inside = inputReader(resource, recordOf(value), findings, `stepAdjustments[${index}].`);
    return {
      lower: inside.number("metricIntervalLowerBound", unbounded) ?? Number.NEGATIVE_INFINITY,
      upper: inside.number("metricIntervalUpperBound", unbounded) ?? Number.POSITIVE_INFINITY,
      amount: inside.number("scalingAdjustment", capacities) ?? 0,
    };
  });
  if (findings.length > before) return steps; // bounds that are no numbers say nothing about gaps
  for (const { index, property, problem } of stepProblems(steps)) {
    input.report(`stepAdjustments${index === undefined ? "" : `[${index}].${property}`}`, problem);
  }
  return steps.sort((a, b) => (a.lower < b.lower ? -1 : 1));
}

const predefined = {
  ASGAverageCPUUtilization: ["AWS/EC2", "CPUUtilization", "Average"],
  ASGAverageNetworkIn: ["AWS/EC2", "NetworkIn", "Average"],
  ASGAverageNetworkOut: ["AWS/EC2", "NetworkOut", "Average"],
  /** Sum stands for the average per target here. */
  ALBRequestCountPerTarget: ["AWS/ApplicationELB", "RequestCountPerTarget", "Sum"],
} as const;

function trackedReading(
  resource: PlannedResource,
  tracking: Readonly<Record<string, unknown>>,
  group: string,
  findings: ScalingFinding[],
): Reading | undefined {
  const path = "targetTrackingConfiguration.";
  const input = inputReader(resource, tracking, findings, path);
  if (tracking.predefinedMetricSpecification !== undefined) {
    const inside = inputReader(
      resource,
      recordOf(tracking.predefinedMetricSpecification),
      findings,
      `${path}predefinedMetricSpecification.`,
    );
    const type = inside.choice("predefinedMetricType", Object.keys(predefined) as (keyof typeof predefined)[]);
    if (type === undefined) return undefined;
    const [namespace, name, statistic] = predefined[type];
    if (type !== "ALBRequestCountPerTarget") {
      return single({ namespace, name, statistic, dimensions: { AutoScalingGroupName: group } });
    }
    // app/<balancer>/<id>/targetgroup/<group>/<id>
    const label = inside.text("resourceLabel") ?? "";
    const found = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label);
    if (found === null) {
      inside.report("resourceLabel", `${JSON.stringify(label)} is not app/<balancer>/<id>/targetgroup/<name>/<id>`);
      return undefined;
    }
    return single({ namespace, name, statistic, dimensions: { TargetGroup: found[2] as string } });
  }
  const custom = recordOf(tracking.customizedMetricSpecification);
  if (Object.keys(custom).length === 0) {
    input.report("customizedMetricSpecification", "no metric is named; give one, or a predefinedMetricSpecification");
    return undefined;
  }
  return customReading(resource, custom, findings);
}

/** What Auto Scaling takes; an alarm of one's own may have 20 s as well. */
const trackedPeriods = [10, 30, 60];

/** How often a tracked metric is looked at: each of the metrics of an expression alike. */
function trackedPeriod(
  resource: PlannedResource,
  custom: Readonly<Record<string, unknown>>,
  findings: ScalingFinding[],
): number {
  const path = "targetTrackingConfiguration.customizedMetricSpecification.";
  const input = inputReader(resource, custom, findings, path);
  const stats = input.list("metrics").flatMap((query, index) => {
    const { metricStat } = recordOf(query);
    if (metricStat === undefined) return [];
    const { period, metric } = recordOf(metricStat);
    return [{ at: `metrics[${index}].metricStat.period`, period, namespace: recordOf(metric).namespace }];
  });
  const given = stats.length > 0 ? stats : [{ at: "period", period: custom.period, namespace: custom.namespace }];
  const periods = given.map(({ at, period = 60, namespace }) => {
    const seconds = Number(period);
    if (!trackedPeriods.includes(seconds)) input.report(at, `${period} s is unknown; give 10, 30 or 60`);
    else if (seconds < 60 && isOfService(String(namespace)))
      input.report(at, noSuchResolution(String(namespace), seconds));
    return seconds;
  });
  const different = [...new Set(periods)];
  if (different.length > 1) {
    input.report("metrics", `periods ${different.join(", ")} differ; give all metrics the same`);
  }
  return periods[0] ?? 60;
}

const dimensionsOf = (list: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(list.map(recordOf).map(({ name, value }) => [String(name), String(value)]));

function customReading(
  resource: PlannedResource,
  custom: Readonly<Record<string, unknown>>,
  findings: ScalingFinding[],
): Reading | undefined {
  const path = "targetTrackingConfiguration.customizedMetricSpecification.";
  const input = inputReader(resource, custom, findings, path);
  const refuseUntrackable = (name: string, property: string) => {
    if (isTrackable(name)) return;
    const problem = `${name} does not fall in proportion as instances are added; track a quotient per instance instead`;
    input.report(property, problem);
  };
  if (custom.metrics === undefined) {
    const name = input.text("metricName") ?? "";
    refuseUntrackable(name, "metricName");
    const source = sourceOf(
      input,
      { metric: "metricName", statistic: "statistic" },
      {
        namespace: input.text("namespace") ?? "",
        name,
        dimensions: dimensionsOf(input.list("metricDimensions")),
        statistic: input.text("statistic") ?? "Average",
      },
    );
    return source && single(source);
  }
  const queries = input.list("metrics").map((value, index): Query => {
    const query = recordOf(value);
    const stat = recordOf(query.metricStat);
    const metric = recordOf(stat.metric);
    const at = `metrics[${index}]`;
    const common = { id: String(query.id), path: `${at}.expression`, returnsData: query.returnData !== false };
    if (typeof query.expression === "string") return { ...common, expression: query.expression };
    const source = sourceOf(
      input,
      { metric: `${at}.metricStat.metric.metricName`, statistic: `${at}.metricStat.stat` },
      {
        namespace: String(metric.namespace),
        name: String(metric.metricName),
        dimensions: dimensionsOf(Array.isArray(metric.dimensions) ? metric.dimensions : []),
        statistic: String(stat.stat),
      },
    );
    return source === undefined ? common : { ...common, source };
  });
  const reading = readingOf(input, "metrics", queries);
  if (reading?.expression.kind === "name")
    refuseUntrackable(reading.sources[reading.expression.name]?.name ?? "", "metrics");
  return reading;
}
