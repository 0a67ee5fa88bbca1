/** What has to be done so that the instances of this machine match the groups. Pure: states in, steps out. */
import { type Complaint, isHeeded, replacementCause } from "../../../scaling/engine/health.ts";
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
  /** Wall-clock milliseconds since its launch, or since it passed its launch hooks. */
  readonly ageMilliseconds: number;
  /** Local epoch milliseconds. */
  readonly launchedAt: number;
  readonly failure: InstanceFailure | undefined;
  /** True: it waits in a termination hook. @default false */
  readonly held?: boolean;
  /** By the balancer of its group; `undefined`: no balancer, or not registered with it yet. */
  readonly health: TargetHealth | undefined;
}

export type GroupAction =
  | { readonly kind: "launch"; readonly group: GroupState; readonly instance: GroupInstance }
  /** The group no longer has it. `group` is `undefined` when the group itself is gone. */
  | {
      readonly kind: "terminate";
      readonly instanceId: string;
      readonly groupName: string;
      readonly group: GroupState | undefined;
    }
  | {
      readonly kind: "replace";
      readonly instanceId: string;
      readonly group: GroupState;
      readonly cause: string;
      /** Its group's maintenance policy has it go on until its successor is in service. @default false */
      readonly stays?: boolean;
    }
  /** The emulator has another number than desired, and could do something about it. */
  | { readonly kind: "adjust"; readonly group: GroupState };

/** Grace in wall-clock milliseconds: processes start in real time, so a fast clock must not cut it short. */
export function graceMilliseconds(group: Pick<GroupState, "graceSeconds">, speed: number, least: number): number {
  return Math.max(least, (group.graceSeconds * 1_000) / speed);
}

/** What is said against an instance, the weightiest first. */
function complaintsOf(group: GroupState, member: GroupInstance, { failure, health }: LocalInstance): Complaint[] {
  const complaints: Complaint[] = [];
  if (member.unhealthy) complaints.push({ by: "user" });
  if (failure?.kind === "abandoned") complaints.push({ by: "hook", hook: failure.hook });
  else if (failure?.kind === "lost") complaints.push({ by: "lost" });
  if (health === "unhealthy" || health === "initial") complaints.push({ by: "ELB" });
  return complaints.filter(({ by }) => isHeeded(by, group));
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
): GroupAction[] {
  const here = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const wanted = new Set(groups.flatMap((group) => group.instances.map(({ instanceId }) => instanceId)));
  const steps: GroupAction[] = [];
  for (const group of groups) {
    const grace = graceMilliseconds(group, speed, leastGraceMilliseconds);
    for (const member of group.instances) {
      const instance = here.get(member.instanceId);
      const cause =
        instance &&
        replacementCause(complaintsOf(group, member, instance), {
          age: instance.ageMilliseconds,
          graceMilliseconds: grace,
          suspended: group.suspended,
        });
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
