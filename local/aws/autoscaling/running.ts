/** What Auto Scaling's calls ask of the groups and instances that run here. */
import type { LeavingInstance } from "../../types.ts";
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { Activity } from "./activities.ts";
import type { CalledScaling } from "./called.ts";
import type { GroupCalls } from "./capacity-calls.ts";
import type { Groups } from "./groups.ts";
import type { LifecycleReceiver } from "./lifecycle-calls.ts";
import type { RefreshCalls } from "./refreshes.ts";
import type { ScheduleCalls } from "./schedule-calls.ts";

/** Of an instance on its way into service. */
export type ArrivingState = "Pending" | "Pending:Wait";

export interface RunningGroups {
  readonly lifecycle: LifecycleReceiver;
  readonly refreshes: RefreshCalls;
  /** Of a group, or of all; newest first. */
  activities(groupName?: string): readonly Activity[];
  /** Whether an instance still has time to become healthy. */
  inGrace(instanceId: string): boolean;
  /** Of an instance on its way out; `undefined`: it is not. */
  leaving(instanceId: string): LeavingInstance | undefined;
  /** All that are on their way out. */
  leavers(): readonly (LeavingInstance & { readonly instanceId: string })[];
  /** Lifecycle state of a member that is not in service yet; `undefined`: it is, or it is no member. */
  arriving(instanceId: string): ArrivingState | undefined;
  /** Launch template version that an instance was launched from; `undefined`: it is not known here. */
  templateVersion(instanceId: string): string | undefined;
  readonly calls: Omit<GroupCalls, "isCooling" | "arriving">;
  /** Name of the group that an instance belongs to, or has belonged to; `undefined`: it is not known here. */
  groupOf(instanceId: string): string | undefined;
}

/** What Auto Scaling's calls ask of the scaling loop. */
export interface RunningScaling {
  readonly schedules: ScheduleCalls;
  /** Whether a cooldown of the group is under way, or an activity that one follows. */
  isCooling(groupName: string): boolean;
  /** Groups, policies and alarms that calls set up. Missing: only what a program declares is followed. */
  readonly called: CalledScaling;
}

/** Parts that do not run yet are missing. */
export type Running = () => Partial<RunningGroups & RunningScaling>;

export function runningGroups(
  hypervisor: Pick<Hypervisor, "lifecycle" | "leaving" | "instances" | "on">,
  groups: Pick<Groups, "groups" | "refreshes" | "activities" | "inGrace" | "calls">,
): RunningGroups {
  const instance = (id: string) => hypervisor.instances().find(({ instanceId }) => instanceId === id);
  // What an instance reports may arrive after its end: it is judged as its group's all the same, and answered that there is none.
  const known = new Map(hypervisor.instances().map(({ instanceId, groupName }) => [instanceId, groupName]));
  hypervisor.on(({ instanceId, groupName }) => known.set(instanceId, groupName));
  const waits = (id: string) => hypervisor.lifecycle.waiting().some(({ instanceId }) => instanceId === id);
  const isMember = (id: string) =>
    groups.groups().some(({ instances }) => instances.some(({ instanceId }) => instanceId === id));

  function arriving(id: string): ArrivingState | undefined {
    const state = instance(id)?.state;
    if (state === "Pending") return waits(id) ? "Pending:Wait" : "Pending";
    return state === undefined && isMember(id) ? "Pending" : undefined; // its launch is being prepared
  }

  return {
    lifecycle: hypervisor.lifecycle,
    refreshes: groups.refreshes,
    calls: groups.calls,
    activities: (groupName) => groups.activities(groupName),
    inGrace: (instanceId) => groups.inGrace(instanceId),
    leaving: (instanceId) => hypervisor.leaving(instanceId),
    leavers: () =>
      hypervisor.instances().flatMap(({ instanceId }) => {
        const leaving = hypervisor.leaving(instanceId);
        return leaving === undefined ? [] : [{ instanceId, ...leaving }];
      }),
    arriving,
    templateVersion: (instanceId) => instance(instanceId)?.template.version,
    groupOf: (instanceId) => known.get(instanceId),
  };
}
