/**
 * What PutScalingPolicy refuses of a request as a whole: which parameters a policy's type takes and needs. Values are looked at by the
 * reader of declared policies.
 *
 * @see PutScalingPolicy in the Auto Scaling API reference
 */
import type { QueryMap } from "../../gateway/query.ts";

const types: Readonly<Record<string, { readonly needs: readonly string[]; readonly takesNo: readonly string[] }>> = {
  SimpleScaling: {
    needs: ["AdjustmentType", "ScalingAdjustment"],
    takesNo: ["StepAdjustments", "EstimatedInstanceWarmup", "MetricAggregationType", "TargetTrackingConfiguration"],
  },
  StepScaling: {
    needs: ["AdjustmentType", "StepAdjustments"],
    takesNo: ["ScalingAdjustment", "Cooldown", "TargetTrackingConfiguration"],
  },
  TargetTrackingScaling: {
    needs: ["TargetTrackingConfiguration"],
    takesNo: [
      ...["ScalingAdjustment", "StepAdjustments", "Cooldown"],
      ...["MetricAggregationType", "MinAdjustmentMagnitude"],
    ],
  },
};

const metrics = ["PredefinedMetricSpecification", "CustomizedMetricSpecification"] as const;

const mapOf = (value: unknown) => (typeof value === "object" && value !== null ? (value as QueryMap) : {});

const nameMax = 255;

/** The first problem; `undefined`: there is none. */
export function policyRequestProblem(input: QueryMap): string | undefined {
  const { PolicyName: name = "", PolicyType: type = "SimpleScaling", TargetTrackingConfiguration: tracking } = input;
  const known = types[String(type)];
  if (String(name).length === 0 || String(name).length > nameMax) return `PolicyName has 1 to ${nameMax} characters`;
  if (known === undefined) return `PolicyType is ${type}; give one of ${Object.keys(types).join(", ")}`;
  const missing = known.needs.find((each) => input[each] === undefined);
  if (missing !== undefined) return `${missing} is required for ${type}`;
  const strange = known.takesNo.find((each) => input[each] !== undefined);
  if (strange !== undefined) return `${strange} is not supported for ${type}`;
  if (input.AdjustmentType === "ExactCapacity" && Number(input.ScalingAdjustment) < 0) {
    return `ScalingAdjustment is ${input.ScalingAdjustment}; an exact capacity is not negative`;
  }
  const boundless = (Array.isArray(input.StepAdjustments) ? input.StepAdjustments : []).some((step) => {
    const { MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper } = mapOf(step);
    return lower === undefined && upper === undefined;
  });
  if (boundless) return "a step needs a lower or an upper bound";
  if (tracking !== undefined && metrics.every((each) => mapOf(tracking)[each] !== undefined)) {
    return `${metrics.join(" and ")} exclude each other`;
  }
  return undefined;
}

/** Of ExecutePolicy: what the policy's kind takes. */
export function executionProblem(input: QueryMap, type: string): string | undefined {
  const step = type === "StepScaling";
  const given = (name: string) => input[name] !== undefined;
  for (const name of ["MetricValue", "BreachThreshold"]) {
    if (step && !given(name)) return `${name} is required for ${type}`;
    if (!step && given(name)) return `${name} is not supported for ${type}`;
  }
  if (step && String(input.HonorCooldown).toLowerCase() === "true") return `HonorCooldown is not supported for ${type}`;
  return undefined;
}
