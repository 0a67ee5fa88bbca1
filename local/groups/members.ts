/** A group's members as an instance refresh sees them. Pure. */
import type { RefreshInstance } from "../../scaling/refresh/refresh.ts";
import type { LocalInstance } from "./decide.ts";
import type { GroupState } from "./emulated.ts";

/** A service that does not work makes its instance unhealthy, whoever checks the group's health: see `decide`. */
function isHealthy(group: GroupState, { state, failure, health }: LocalInstance): boolean {
  return state === "InService" && failure === undefined && (!group.checkedByBalancer || health === "healthy");
}

/** In the order of the emulator: the oldest first. */
export function refreshMembers(group: GroupState, here: readonly LocalInstance[]): RefreshInstance[] {
  return group.instances.map(({ instanceId, protectedFromScaleIn }) => {
    const instance = here.find((each) => each.instanceId === instanceId);
    return {
      id: instanceId,
      // One that is about to be launched is new, whatever it will be launched from.
      template: instance?.template ?? group.template,
      state: instance?.state === "InService" ? "InService" : "Pending",
      healthy: instance !== undefined && isHealthy(group, instance),
      protectedFromScaleIn,
    };
  });
}
