/**
 * A group's instance maintenance policy on the instances of this machine, by the simulation's rules (scaling/engine/maintenance.ts). The
 * emulator has a successor for whatever it gives up, at once; the instance that was given up stays here until the policy lets it go. Pure.
 */
import { healthyBounds } from "../../../scaling/refresh/preferences.ts";
import type { MaintenancePlan } from "../../../scaling/scaling-plan.ts";
import type { GroupAction, LocalInstance } from "./decide.ts";
import type { GroupState } from "./emulated.ts";

/** What is known beside the groups. */
export interface Maintained {
  readonly here: readonly LocalInstance[];
  /** By group name; `undefined`: it has no policy. */
  readonly policyOf: (groupName: string) => MaintenancePlan | undefined;
  /** Given up by the emulator, and still serving or trying to. */
  readonly outgoing: ReadonlySet<string>;
  /** Members that the balancer knows nothing of are healthy when they are in service. */
  readonly balanced: (group: GroupState) => boolean;
}

type Replacement = Extract<GroupAction, { kind: "replace" }>;

/** A machine that is gone waits for nothing, and one that was never in service is missed by nobody. */
const waits = (here: readonly LocalInstance[], instanceId: string) =>
  here.some((each) => each.instanceId === instanceId && each.state === "InService" && each.failure === undefined);

function standing(group: GroupState, leaving: ReadonlySet<string>, { here, balanced }: Maintained) {
  const members = group.instances.filter(({ instanceId }) => !leaving.has(instanceId));
  const healthy = members.filter(({ instanceId }) => {
    const instance = here.find((each) => each.instanceId === instanceId);
    return instance?.state === "InService" && (!balanced(group) || instance.health === "healthy");
  }).length;
  return { healthy, pending: members.length - healthy };
}

function withinOf(
  group: GroupState,
  policy: MaintenancePlan,
  steps: readonly GroupAction[],
  given: Maintained,
): GroupAction[] {
  const replacements = steps.filter(
    (step): step is Replacement => step.kind === "replace" && waits(given.here, step.instanceId),
  );
  const leftOver = steps.filter(
    (step) => step.kind === "terminate" && given.outgoing.has(step.instanceId) && waits(given.here, step.instanceId),
  );
  const { least, most } = healthyBounds(policy, group.desired);
  const { healthy, pending } = standing(group, new Set(replacements.map(({ instanceId }) => instanceId)), given);
  const room = Math.max(0, Math.min(replacements.length + leftOver.length, most - group.desired) - leftOver.length);
  const surging = replacements.slice(0, room);
  const others = replacements.slice(room);
  // No more may be launched and none is on its way: one has to go for its successor.
  const isFull = pending === 0 && surging.length === 0;
  const ending = healthy >= least ? [...leftOver, ...others] : [...leftOver, ...others].slice(0, isFull ? 1 : 0);
  const kept = steps.filter((step) => !replacements.includes(step as Replacement) && !leftOver.includes(step));
  return [...kept, ...surging.map((step) => ({ ...step, stays: true })), ...ending];
}

/** What may be done of all that is to be done. Groups without a policy are replaced as they are. */
export function withinMaintenance(
  groups: readonly GroupState[],
  steps: readonly GroupAction[],
  given: Maintained,
): GroupAction[] {
  const nameOf = (step: GroupAction) => (step.kind === "terminate" ? step.groupName : step.group.name);
  const known = new Set(groups.map(({ name }) => name));
  const within = groups.flatMap((group) => {
    const own = steps.filter((step) => nameOf(step) === group.name);
    const policy = given.policyOf(group.name);
    return policy === undefined ? own : withinOf(group, policy, own, given);
  });
  return [...within, ...steps.filter((step) => !known.has(nameOf(step)))];
}
