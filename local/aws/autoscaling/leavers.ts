/** Which members of a group go when it shrinks: by the engine's rule, which knows zones, templates and protection. */
import { type Candidate, chooseToTerminate } from "../../../scaling/engine/termination.ts";
import { stateFor } from "../../../scaling/random.ts";
import type { LocalInstance } from "./decide.ts";
import type { GroupState } from "./emulated.ts";

function candidatesOf(group: GroupState, here: readonly LocalInstance[], now: number): Candidate[] {
  return group.instances.map(({ instanceId: id, availabilityZone: zone, protectedFromScaleIn }) => {
    const instance = here.find((each) => each.instanceId === id);
    const version = Number((instance?.template ?? group.template).version) || 0;
    return { id, zone, version, launchedAt: instance?.launchedAt ?? now, protected: protectedFromScaleIn };
  });
}

/** @param seed decides between instances that are equally fit to go. @default 1 */
export function createLeavers(now: () => number, seed = 1) {
  let random = stateFor(seed, 0);
  /** At most `count`: fewer where the others are protected. */
  return (group: GroupState, here: readonly LocalInstance[], count: number): string[] => {
    const at = now();
    let left = candidatesOf(group, here, at);
    const chosen: string[] = [];
    while (chosen.length < count) {
      const choice = chooseToTerminate(left, group.terminationPolicies, random, at);
      random = choice.random;
      const { instanceId } = choice;
      if (instanceId === undefined) break;
      chosen.push(instanceId);
      left = left.filter(({ id }) => id !== instanceId);
    }
    return chosen;
  };
}
