/** What Auto Scaling publishes of groups that ask for it. */
import type { ObservedGroup } from "../../../scaling/engine/events.ts";
import { counts } from "../cloudwatch/datum.ts";
import type { Measure } from "../cloudwatch/minutes.ts";

export interface MeasuredGroup extends ObservedGroup {
  /** Group metrics that it publishes. */
  readonly metrics: readonly string[];
}

function valuesOf({ min, max, desired, instances }: ObservedGroup): Record<string, number> {
  const inPhase = (phase: string) => instances.filter((instance) => instance.phase === phase).length;
  return {
    GroupMinSize: min,
    GroupMaxSize: max,
    GroupDesiredCapacity: desired,
    GroupInServiceInstances: inPhase("InService"),
    GroupPendingInstances: inPhase("Pending"),
    GroupTerminatingInstances: inPhase("Terminating") + inPhase("Terminating:Wait"),
    GroupTotalInstances: instances.length,
  };
}

export const groupMeasure =
  (observe: () => Promise<readonly MeasuredGroup[]>): Measure =>
  async (starts) => {
    const groups = await observe();
    const data = starts.flatMap((start) =>
      groups.flatMap((group) => {
        const published = Object.entries(valuesOf(group)).filter(([name]) => group.metrics.includes(name));
        return counts(Object.fromEntries(published), { AutoScalingGroupName: group.group }, start);
      }),
    );
    return [{ namespace: "AWS/AutoScaling", data }];
  };
