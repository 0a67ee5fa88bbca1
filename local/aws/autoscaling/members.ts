/** A group's members as those see them who decide about it: an instance refresh, the scaling engine. Pure. */
import type { RefreshInstance } from "../../../scaling/refresh/refresh.ts";
import type { LocalInstance } from "./decide.ts";
import type { GroupInstance, GroupState } from "./emulated.ts";
import type { MeasuredGroup } from "./minutes.ts";

/** By what Auto Scaling knows: without a balancer, that the machine is in service and nobody has called it unhealthy. */
function isHealthy(
  group: GroupState,
  { unhealthy }: GroupInstance,
  { state, failure, health }: LocalInstance,
): boolean {
  if (state !== "InService" || unhealthy || failure?.kind === "lost") return false;
  return !group.checkedByBalancer || health === "healthy";
}

/** In the order of the emulator: the oldest first. */
export function refreshMembers(group: GroupState, here: readonly LocalInstance[]): RefreshInstance[] {
  return group.instances.map((member) => {
    const { instanceId, protectedFromScaleIn } = member;
    const instance = here.find((each) => each.instanceId === instanceId);
    return {
      id: instanceId,
      // One that is about to be launched is new, whatever it will be launched from.
      template: instance?.template ?? group.template,
      state: instance?.state === "InService" ? "InService" : "Pending",
      healthy: instance !== undefined && isHealthy(group, member, instance),
      protectedFromScaleIn,
    };
  });
}

/** As the scaling engine sees the group. Instances that the emulator has given up are on their way out, as long as they are here. */
export function observedGroup(group: GroupState, here: readonly LocalInstance[]): MeasuredGroup {
  const members = group.instances.map(({ instanceId, availabilityZone, protectedFromScaleIn }) => {
    const instance = here.find((each) => each.instanceId === instanceId);
    return {
      id: instanceId,
      zone: availabilityZone,
      version: Number((instance?.template ?? group.template).version) || 0,
      phase: instance?.state === "InService" ? ("InService" as const) : ("Pending" as const),
      protected: protectedFromScaleIn,
    };
  });
  const leaving = here
    .filter(({ instanceId, groupName }) => groupName === group.name && !members.some(({ id }) => id === instanceId))
    .map(({ instanceId: id, held = false }) => ({
      id,
      phase: held ? ("Terminating:Wait" as const) : ("Terminating" as const),
      protected: false,
    }));
  return {
    group: group.name,
    min: group.minSize,
    max: group.maxSize,
    desired: group.desired,
    suspended: [...group.suspended],
    instances: [...members, ...leaving],
    metrics: group.metrics,
  };
}
