/** Takes in what stands, where instances live without the engine: it knows them only by being told. */
import type { ObservedGroup, ScalingEvent } from "./events.ts";
import { enterService, newInstance } from "./lifecycle.ts";
import { active, type Group, groupOf, type Turn } from "./turn.ts";

export function observe(turn: Turn, { groups }: Extract<ScalingEvent, { kind: "observed" }>): void {
  for (const seen of groups) observeGroup(turn, groupOf(turn, seen.group), seen);
}

function observeGroup(turn: Turn, group: Group, { min, max, desired, suspended = [], instances }: ObservedGroup): void {
  const { state } = group;
  const known = new Map(state.instances.map((instance) => [instance.id, instance]));
  // Somebody else has changed it, so whatever was ordered is ordered no more.
  if (desired !== state.desired) state.ordered = [];
  Object.assign(state, { min, max, desired, suspended });
  state.instances = [];
  for (const { id, zone, version, phase, protected: isProtected } of instances) {
    const instance = known.get(id) ?? newInstance(turn, group, { id, zone, version });
    instance.protected = isProtected;
    state.instances.push(instance);
    if (phase === "InService" && instance.inServiceAt === undefined) enterService(turn, group, instance);
    // What a hook has held goes on from there.
    else if (phase === "Terminating" && instance.phase.startsWith("Terminating:"))
      instance.phase = "Terminating:Proceed";
    else instance.phase = phase;
  }
  state.ordered.length = Math.min(state.ordered.length, Math.max(0, desired - active(state).length));
}
