/** What has to be done so that the instances of this machine match the groups. Pure: states in, steps out. */

import type { InstanceState, TargetHealth } from "../../types.ts";
import type { InstanceFailure } from "../ec2/instances/events.ts";
import type { TemplateVersion } from "../ec2/instances/template.ts";
import type { GroupInstance, GroupState } from "./emulated.ts";

/** An instance as it is on this machine. */
export interface LocalInstance {
  readonly instanceId: string;
  readonly groupName: string;
  readonly state: InstanceState;
  readonly template: TemplateVersion;
  /** Wall-clock milliseconds since its launch. */
  readonly ageMilliseconds: number;
  readonly failure: InstanceFailure | undefined;
  /** By the balancer of its group; `undefined`: no balancer, or not registered with it yet. */
  readonly health: TargetHealth | undefined;
}

export type Step =
  | { readonly kind: "launch"; readonly group: GroupState; readonly instance: GroupInstance }
  /** The group no longer has it. `group` is `undefined` when the group itself is gone. */
  | {
      readonly kind: "terminate";
      readonly instanceId: string;
      readonly groupName: string;
      readonly group: GroupState | undefined;
    }
  | { readonly kind: "replace"; readonly instanceId: string; readonly group: GroupState; readonly cause: string }
  /** The emulator has another number than desired, and could do something about it. */
  | { readonly kind: "adjust"; readonly group: GroupState };

/** Grace in wall-clock milliseconds: processes start in real time, so a fast clock must not cut it short. */
export function graceMilliseconds(group: Pick<GroupState, "graceSeconds">, speed: number, least: number): number {
  return Math.max(least, (group.graceSeconds * 1_000) / speed);
}

/** Why the group should replace the instance; `undefined`: it should not (yet). */
function replacementCause(
  group: GroupState,
  member: GroupInstance,
  instance: LocalInstance,
  grace: number,
): string | undefined {
  const { failure, health } = instance;
  if (group.suspended.has("ReplaceUnhealthy") || group.suspended.has("Terminate")) return undefined;
  if (member.unhealthy) return "a user health-check"; // whose grace was looked at when it came
  if (group.suspended.has("HealthCheck")) return undefined;
  // A machine that is gone is replaced at once; a service that does not come up has its time of grace.
  if (failure?.kind === "lost") return "an EC2 health check indicating it has been terminated or stopped";
  if (instance.ageMilliseconds < grace) return undefined;
  if (failure !== undefined) return `a health check failure: ${failure.reason}`;
  if (group.checkedByBalancer && (health === "unhealthy" || health === "initial")) {
    return "an ELB system health check failure";
  }
  return undefined;
}

export interface DecideOptions {
  readonly speed: number;
  /** Wall-clock milliseconds that an instance has at least to become healthy. */
  readonly leastGraceMilliseconds: number;
}

export function decide(
  groups: readonly GroupState[],
  instances: readonly LocalInstance[],
  { speed, leastGraceMilliseconds }: DecideOptions,
): Step[] {
  const here = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const wanted = new Set(groups.flatMap((group) => group.instances.map(({ instanceId }) => instanceId)));
  const steps: Step[] = [];
  for (const group of groups) {
    const grace = graceMilliseconds(group, speed, leastGraceMilliseconds);
    for (const member of group.instances) {
      const instance = here.get(member.instanceId);
      const cause = instance && replacementCause(group, member, instance, grace);
      if (instance === undefined) {
        if (!group.suspended.has("Launch")) steps.push({ kind: "launch", group, instance: member });
      } else if (cause !== undefined) steps.push({ kind: "replace", instanceId: member.instanceId, group, cause });
    }
    // Members protected at the time of a scale-in stayed; as soon as one is not any more, it may go.
    const tooMany = group.instances.length > group.desired && !group.suspended.has("Terminate");
    const tooFew = group.instances.length < group.desired && !group.suspended.has("Launch");
    const mayGo = group.instances.some((member) => !member.protectedFromScaleIn);
    if (tooFew || (tooMany && mayGo)) steps.push({ kind: "adjust", group });
  }
  for (const instance of instances) {
    if (wanted.has(instance.instanceId) || instance.state === "Terminating") continue;
    const { instanceId, groupName } = instance;
    const group = groups.find(({ name }) => name === groupName);
    if (!group?.suspended.has("Terminate")) steps.push({ kind: "terminate", instanceId, groupName, group });
  }
  return steps;
}
