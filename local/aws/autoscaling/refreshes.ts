/**
 * Instance refreshes of the groups on this machine: what `scaling/refresh` decides, done. New instances come from the desired
 * configuration while a refresh goes forward; the emulator's group is told of it once that has been successful.
 */
import { randomUUID } from "node:crypto";
import type { DesiredConfiguration } from "@aws-sdk/client-auto-scaling";
import { advanceRefresh } from "../../../scaling/refresh/advance.ts";
import { type RefreshPreferences, RefreshRefusal } from "../../../scaling/refresh/preferences.ts";
import { manualRollback } from "../../../scaling/refresh/reasons.ts";
import {
  type InstanceRefresh,
  isActive,
  launchSource,
  type RefreshInstance,
  type TemplateVersion,
} from "../../../scaling/refresh/refresh.ts";
import { cancelRefresh, rollbackRefresh, startRefresh } from "../../../scaling/refresh/requests.ts";
import type { LocalClock } from "../../types.ts";
import type { EmulatedGroups, GroupState, TemplateReference } from "./emulated.ts";

interface RefreshRequest {
  readonly groupName: string;
  readonly preferences: Partial<RefreshPreferences>;
  /** What the group is to run; omitted: what it is declared to run. */
  readonly desired?: DesiredConfiguration;
}

/** A refresh as it is told to who asks. */
export interface RefreshRecord extends InstanceRefresh {
  readonly desiredConfiguration: DesiredConfiguration | undefined;
}

/** Auto Scaling's four calls. Each throws `RefreshRefusal` with AWS's code when it is refused. */
export interface RefreshCalls {
  /** Resolves with the id of the refresh. */
  start(request: RefreshRequest): Promise<string>;
  /** `waitForTransitioning`: what is being launched becomes healthy first. Resolves with the id of the refresh. */
  cancel(groupName: string, waitForTransitioning: boolean): Promise<string>;
  rollback(groupName: string): Promise<string>;
  /** Newest first. */
  list(groupName?: string): readonly RefreshRecord[];
}

export interface RefreshesOptions {
  readonly emulated: EmulatedGroups;
  readonly clock: LocalClock;
  /** Local milliseconds for which a refresh may be stuck before it fails. */
  readonly stuckMilliseconds: number;
  /** Members of a group as they are. */
  readonly members: (group: GroupState) => readonly RefreshInstance[];
  /** Told when a refresh begins, changes its status, and ends. */
  readonly onChange: (refresh: RefreshRecord) => void;
  /** Told before an instance is ended. */
  readonly onTerminate: (instanceId: string) => void;
  /** There is something to do. */
  readonly look: () => void;
}

/** AWS keeps six weeks; here the newest suffice. */
const keptMax = 100;

function templateOf({ LaunchTemplate, MixedInstancesPolicy }: DesiredConfiguration): TemplateReference {
  const specification = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version = "$Default" } = specification ?? {};
  if (id === undefined && name === undefined) {
    throw new RefreshRefusal("ValidationError", "The desired configuration names no launch template.");
  }
  return { id, name, version };
}

export function createRefreshes(options: RefreshesOptions) {
  const { emulated, clock, stuckMilliseconds, members, onChange, onTerminate, look } = options;
  let kept: readonly RefreshRecord[] = [];
  /** Members over the desired capacity that a refresh has asked for, and the capacity that the emulator was told so. */
  const surges = new Map<string, { readonly extra: number; readonly capacity: number }>();
  /** Launches to come that are due to a refresh. */
  const owed = new Map<string, number>();

  const activeOf = (groupName: string) => kept.find((each) => each.groupName === groupName && isActive(each));

  function keep(refresh: RefreshRecord): void {
    const before = kept.find(({ id }) => id === refresh.id);
    kept =
      before === undefined
        ? [refresh, ...kept].slice(0, keptMax)
        : kept.map((each) => (each === before ? refresh : each));
    if (!isActive(refresh)) owed.delete(refresh.groupName);
    if (before?.status !== refresh.status) onChange(refresh);
  }

  async function groupNamed(groupName: string): Promise<GroupState> {
    const group = (await emulated.read()).find(({ name }) => name === groupName);
    if (group !== undefined) return group;
    throw new RefreshRefusal(
      "ValidationError",
      `AutoScalingGroup name not found - AutoScalingGroup ${groupName} not found`,
    );
  }

  function baseOf(group: GroupState): number {
    const surge = surges.get(group.name);
    // Somebody else has set the capacity since: that is the desired one.
    return surge === undefined || surge.capacity !== group.desired ? group.desired : group.desired - surge.extra;
  }

  const viewOf = (group: GroupState) => ({ desired: baseOf(group), instances: members(group) });

  /** Ends members; as many as the group is to shrink by are not replaced. Then it grows, where it is to. */
  async function resize(group: GroupState, terminate: readonly string[], extra: number): Promise<void> {
    const desired = baseOf(group);
    const before = group.desired - desired;
    const remember = (now: number) => surges.set(group.name, { extra: now, capacity: desired + now });
    let surge = before;
    for (const instanceId of terminate) {
      onTerminate(instanceId);
      const shrinks = surge > extra;
      await emulated.terminate(instanceId, shrinks);
      if (shrinks) remember(--surge);
    }
    if (surge !== extra) {
      await emulated.setDesired(group.name, desired + extra);
      remember(extra);
    }
    const launches = terminate.length + extra - before;
    if (launches > 0) owed.set(group.name, (owed.get(group.name) ?? 0) + launches);
  }

  async function advance(before: RefreshRecord, group: GroupState): Promise<boolean> {
    const { refresh, terminate, extra } = advanceRefresh(before, viewOf(group), clock.now(), { stuckMilliseconds });
    const { desiredConfiguration } = before;
    if (refresh.status === "Successful" && desiredConfiguration !== undefined) {
      await emulated.configure(group.name, desiredConfiguration);
    }
    keep({ ...refresh, desiredConfiguration });
    if (terminate.length === 0 && extra === group.desired - baseOf(group)) return false;
    await resize(group, terminate, extra);
    return true;
  }

  const calls: RefreshCalls = {
    async start({ groupName, preferences, desired: desiredConfiguration }) {
      const group = await groupNamed(groupName);
      const reference = desiredConfiguration && templateOf(desiredConfiguration);
      const target = await emulated.resolve(reference ?? group.template);
      if (activeOf(groupName) !== undefined) {
        throw new RefreshRefusal(
          "InstanceRefreshInProgress",
          "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
        );
      }
      const request = {
        id: randomUUID(),
        groupName,
        now: clock.now(),
        preferences,
        desired: reference && target,
        current: group.template,
        target,
        // The emulator keeps no default instance warm-up.
        warmup: group.graceSeconds,
      };
      const refresh = startRefresh(request, viewOf(group));
      keep({ ...refresh, desiredConfiguration });
      look();
      return refresh.id;
    },
    async cancel(groupName, waitForTransitioning) {
      await groupNamed(groupName);
      const refresh = change(groupName, cancelRefresh);
      if (!waitForTransitioning) change(groupName, (each) => ({ ...each, status: "Cancelled", endTime: clock.now() }));
      return refresh.id;
    },
    async rollback(groupName) {
      const group = await groupNamed(groupName);
      return change(groupName, (each) => rollbackRefresh(each, viewOf(group), clock.now(), manualRollback)).id;
    },
    list: (groupName) => kept.filter((each) => groupName === undefined || each.groupName === groupName),
  };

  function change(groupName: string, how: (before: InstanceRefresh) => InstanceRefresh): RefreshRecord {
    const before = activeOf(groupName);
    if (before === undefined) {
      throw new RefreshRefusal(
        "ActiveInstanceRefreshNotFound",
        `No in progress or pending Instance Refresh found for Auto Scaling group ${groupName}`,
      );
    }
    const after = { ...how(before), desiredConfiguration: before.desiredConfiguration };
    keep(after);
    look();
    return after;
  }

  return {
    calls,
    /** What an instance launched now is launched from. */
    source(group: GroupState): Promise<TemplateVersion> {
      const active = activeOf(group.name);
      return emulated.resolve((active && launchSource(active)) ?? group.template);
    },
    /** Whether the launch that is about to begin is due to a refresh; each is asked for once. */
    isOwed(groupName: string): boolean {
      const count = owed.get(groupName) ?? 0;
      owed.set(groupName, Math.max(0, count - 1));
      return count > 0;
    },
    /** True: something in the emulator has changed. */
    async step(groups: readonly GroupState[], goesOn: (group: GroupState) => boolean): Promise<boolean> {
      // A group that has been deleted has nothing left to refresh.
      kept = kept.filter((each) => !isActive(each) || groups.some(({ name }) => name === each.groupName));
      let changed = false;
      for (const group of groups) {
        const refresh = activeOf(group.name);
        if (refresh !== undefined && goesOn(group)) changed = (await advance(refresh, group)) || changed;
      }
      return changed;
    },
  };
}
