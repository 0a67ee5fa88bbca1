/** A group's predictive scaling: what AWS forecasts of its load, and launches for ahead of time. */
import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import type { Output, Resource } from "@pulumi/pulumi";
import { type Duration, hours, seconds } from "../base/duration.ts";
import { standsBeside } from "../base/keep.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { type MaybeMistake, range, rule, within } from "../base/validate.ts";
import { given } from "../bundle/service.ts";

/** Whether a forecast is only made, to be compared with what came, or also scales. */
export type PredictiveMode = "ForecastOnly" | "ForecastAndScale";
export const predictiveModes: readonly PredictiveMode[] = ["ForecastOnly", "ForecastAndScale"];

/**
 * Forecasts of the group's CPU time, two days ahead, from what CloudWatch has of it: a day's metrics at least. A forecast only adds
 * instances; the other policies take them away.
 */
export interface PredictiveArgs {
  /** Average CPU utilisation that the forecast's instances should have, 1 to 100 %. */
  readonly cpuPercent: number;
  /** `ForecastAndScale` launches what is forecast. @default "ForecastOnly" */
  readonly mode?: PredictiveMode;
  /** How long before a forecast's hour its instances are launched, 0 s to 1 h. @default 5 minutes, AWS's own */
  readonly launchAhead?: Duration;
  /** Lets a forecast near or above the greatest size raise that, so many per cent above the forecast, 0 to 100. @default the size holds */
  readonly beyondMaxPercent?: number;
}

/** What AWS takes. */
export function predictiveRules(predictive: PredictiveArgs | undefined): MaybeMistake[] {
  if (predictive === undefined) return [];
  const { cpuPercent, mode, launchAhead, beyondMaxPercent } = predictive;
  const known = mode === undefined || predictiveModes.includes(mode);
  return [
    range("predictive.cpuPercent", cpuPercent, { min: 1, max: 100, unit: "percent", fraction: true }),
    rule("predictive.mode", !known, `${JSON.stringify(mode)} is unknown; give one of ${predictiveModes.join(", ")}`),
    within("predictive.launchAhead", launchAhead, { min: seconds(0), max: hours(1) }),
    range("predictive.beyondMaxPercent", beyondMaxPercent, { min: 0, max: 100, unit: "percent" }),
  ];
}

/** The policy, a child of the group's component. */
export function createPredictive(
  name: string,
  groupName: Output<string>,
  { cpuPercent, mode = "ForecastOnly", launchAhead, beyondMaxPercent }: PredictiveArgs,
  transform: Transform<autoscaling.PolicyArgs> | undefined,
  parent: Resource,
): autoscaling.Policy {
  const child = `${name}-forecast`;
  const predictiveScalingConfiguration = {
    mode,
    metricSpecification: {
      targetValue: cpuPercent,
      predefinedMetricPairSpecification: { predefinedMetricType: "ASGCPUUtilization" },
    },
    // Texts, as the provider has them.
    ...given({
      schedulingBufferTime: launchAhead && String(launchAhead.toSeconds()),
      maxCapacityBuffer: beyondMaxPercent === undefined ? undefined : String(beyondMaxPercent),
      maxCapacityBreachBehavior: beyondMaxPercent === undefined ? undefined : "IncreaseMaxCapacity",
    }),
  };
  return new autoscaling.Policy(
    ...transformed<autoscaling.PolicyArgs>(
      transform,
      child,
      {
        name: regionalName("scalingPolicy", child),
        autoscalingGroupName: groupName,
        policyType: "PredictiveScaling",
        predictiveScalingConfiguration,
      },
      { parent, ...standsBeside },
    ),
  );
}
