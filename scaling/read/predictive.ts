/** Predictive scaling policies: what AWS would refuse of one is told, and what one would do is not modelled. */
import type { PlannedResource } from "../../plan/types.ts";
import { inputReader, recordOf, type ScalingFinding } from "./findings.ts";

const pairs = ["ASGCPUUtilization", "ASGNetworkIn", "ASGNetworkOut", "ALBRequestCount"] as const;
const path = "predictiveScalingConfiguration.";

/**
 * A forecast is made of a fortnight's metrics, which neither a simulation nor a local run has. A policy that only forecasts changes
 * nothing. One that scales is a remark to whoever runs the farm, and no curve of its group can be predicted.
 *
 * @returns the property that is not modelled.
 */
export function readPredictive(
  resource: PlannedResource,
  findings: ScalingFinding[],
  remarks: string[],
): string | undefined {
  const configuration = recordOf(resource.inputs.predictiveScalingConfiguration);
  const input = inputReader(resource, configuration, findings, path);
  const before = findings.length;
  const mode = input.choice("mode", ["ForecastOnly", "ForecastAndScale"]) ?? "ForecastOnly";
  const behaviour = input.choice("maxCapacityBreachBehavior", ["HonorMaxCapacity", "IncreaseMaxCapacity"]);
  const buffer = input.number("maxCapacityBuffer", { min: 0, max: 100 });
  if (buffer !== undefined && behaviour !== "IncreaseMaxCapacity") {
    input.report(
      "maxCapacityBuffer",
      `${buffer} is for IncreaseMaxCapacity; leave it out, or set maxCapacityBreachBehavior`,
    );
  }
  input.number("schedulingBufferTime", { min: 0, max: 3600 });
  const given = configuration.metricSpecification;
  const metric = recordOf(given);
  const inside = inputReader(resource, metric, findings, `${path}metricSpecification.`);
  if (given === undefined) input.report("metricSpecification", "it is left out; give a pair of metrics and a target");
  else if (inside.number("targetValue", { min: Number.MIN_VALUE, max: 1e15, whole: false }) === undefined) {
    if (metric.targetValue === undefined) inside.report("targetValue", "it is left out");
  }
  if (metric.predefinedMetricPairSpecification !== undefined) {
    const pair = recordOf(metric.predefinedMetricPairSpecification);
    const named = inputReader(
      resource,
      pair,
      findings,
      `${path}metricSpecification.predefinedMetricPairSpecification.`,
    );
    const type = named.choice("predefinedMetricType", pairs);
    if (type === "ALBRequestCount" && named.text("resourceLabel") === undefined) {
      named.report("resourceLabel", "it is left out; ALBRequestCount is of a balancer's target group");
    }
  }
  if (findings.length > before || mode === "ForecastOnly" || resource.inputs.enabled === false) return undefined;
  remarks.push(
    `${resource.name}: not modelled: ${path}mode ForecastAndScale; the forecast's launches are missing from the curve`,
  );
  return `${resource.name}.${path}mode`;
}
