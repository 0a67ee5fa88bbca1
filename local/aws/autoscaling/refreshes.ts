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
  type AlarmStates,
  type InstanceRefresh,
  isActive,
  launchSource,
  type RefreshInstance,
  type TemplateVersion,
} from "../../../scaling/refresh/refresh.ts";
import { cancelRefresh, rollbackRefresh, startRefresh } from "../../../scaling/refresh/requests.ts";
import type { LocalClock } from "../../types.ts";
import type { EmulatedGroups, GroupState, TemplateReference } from "./emulated.ts";
import { type RefreshRecord, RefreshRecords } from "./refresh-records.ts";
import { Surges } from "./surges.ts";

interface RefreshRequest {
  readonly groupName: string;
  readonly preferences: Partial<RefreshPreferences>;
  /** What the group is to run; omitted: what it is declared to run. */
  readonly desired?: DesiredConfiguration;
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
  /** Of those of these alarms that are there. */
  readonly alarmStates: (names: readonly string[]) => Promise<AlarmStates>;
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

function templateOf({ LaunchTemplate, MixedInstancesPolicy }: DesiredConfiguration): TemplateReference {
  const specification = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version = "$Default" } = specification ?? {};
  if (id === undefined && name === undefined) {
    throw new RefreshRefusal("ValidationError", "The desired configuration names no launch template.");
  }
  return { id, name, version };
}

const notThere = (groupName: string) =>
  new RefreshRefusal("ValidationError", `AutoScalingGroup name not found - AutoScalingGroup ${groupName} not found`);

/** Refreshes of the groups: what is asked for, and what is done about it round by round. */
export class Refreshes implements RefreshCalls {
  readonly #options: RefreshesOptions;
  readonly #records: RefreshRecords;
  readonly #surges: Surges;

  constructor(options: RefreshesOptions) {
    this.#options = options;
    this.#records = new RefreshRecords(options.onChange);
    this.#surges = new Surges(options.emulated, options.onTerminate);
  }

  async start({ groupName, preferences, desired: desiredConfiguration }: RefreshRequest): Promise<string> {
    const { emulated, clock, look, alarmStates } = this.#options;
    const group = await this.#groupNamed(groupName);
    const reference = desiredConfiguration && templateOf(desiredConfiguration);
    const target = await emulated.resolve(reference ?? group.template);
    if (this.#records.activeOf(groupName) !== undefined) {
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
      alarms: await alarmStates(preferences.alarms ?? []),
    };
    const refresh = startRefresh(request, this.#viewOf(group));
    this.#keep({ ...refresh, desiredConfiguration });
    look();
    return refresh.id;
  }

  async cancel(groupName: string, waitForTransitioning: boolean): Promise<string> {
    const { clock } = this.#options;
    const group = await this.#groupNamed(groupName);
    const refresh = this.#change(groupName, cancelRefresh);
    if (!waitForTransitioning) {
      if (this.#surges.baseOf(group) !== group.desired) await this.#surges.resize(group, [], 0);
      this.#change(groupName, (each) => ({ ...each, status: "Cancelled", endTime: clock.now() }));
    }
    return refresh.id;
  }

  async rollback(groupName: string): Promise<string> {
    const { clock } = this.#options;
    const group = await this.#groupNamed(groupName);
    return this.#change(groupName, (each) => rollbackRefresh(each, this.#viewOf(group), clock.now(), manualRollback))
      .id;
  }

  list(groupName?: string): readonly RefreshRecord[] {
    return this.#records.list(groupName);
  }

  /** What an instance launched now is launched from. */
  source(group: GroupState): Promise<TemplateVersion> {
    const active = this.#records.activeOf(group.name);
    return this.#options.emulated.resolve((active && launchSource(active)) ?? group.template);
  }

  /** How many members the group is to have, without those that a refresh has launched before it ends others. */
  desiredOf(group: GroupState): number {
    return this.#surges.baseOf(group);
  }

  /** Whether the launch that is about to begin is due to a refresh; each is asked for once. */
  isOwed(groupName: string): boolean {
    return this.#surges.isOwed(groupName);
  }

  /** True: something in the emulator has changed. */
  async step(groups: readonly GroupState[], goesOn: (group: GroupState) => boolean): Promise<boolean> {
    this.#records.dropActiveExcept(groups);
    let changed = false;
    for (const group of groups) {
      const refresh = this.#records.activeOf(group.name);
      if (refresh !== undefined && goesOn(group)) changed = (await this.#advance(refresh, group)) || changed;
    }
    return changed;
  }

  #keep(refresh: RefreshRecord): void {
    if (!isActive(refresh)) this.#surges.settle(refresh.groupName);
    this.#records.keep(refresh);
  }

  async #groupNamed(groupName: string): Promise<GroupState> {
    const group = (await this.#options.emulated.read()).find(({ name }) => name === groupName);
    if (group === undefined) throw notThere(groupName);
    return group;
  }

  #viewOf(group: GroupState) {
    return { desired: this.#surges.baseOf(group), instances: this.#options.members(group) };
  }

  async #advance(before: RefreshRecord, group: GroupState): Promise<boolean> {
    const { emulated, clock, stuckMilliseconds, alarmStates } = this.#options;
    const alarms = await alarmStates(before.preferences.alarms);
    // Somebody may have cancelled it, or turned it round, while the alarms were asked.
    if (this.#records.activeOf(group.name) !== before) return true;
    const { refresh, terminate, extra } = advanceRefresh(before, this.#viewOf(group), clock.now(), {
      stuckMilliseconds,
      alarms,
    });
    const { desiredConfiguration } = before;
    if (refresh.status === "Successful" && desiredConfiguration !== undefined) {
      await emulated.configure(group.name, desiredConfiguration);
    }
    this.#keep({ ...refresh, desiredConfiguration });
    if (terminate.length === 0 && extra === group.desired - this.#surges.baseOf(group)) return false;
    await this.#surges.resize(group, terminate, extra);
    return true;
  }

  #change(groupName: string, how: (before: InstanceRefresh) => InstanceRefresh): RefreshRecord {
    const before = this.#records.activeOf(groupName);
    if (before === undefined) {
      throw new RefreshRefusal(
        "ActiveInstanceRefreshNotFound",
        `No in progress or pending Instance Refresh found for Auto Scaling group ${groupName}`,
      );
    }
    const after = { ...how(before), desiredConfiguration: before.desiredConfiguration };
    this.#keep(after);
    this.#options.look();
    return after;
  }
}
