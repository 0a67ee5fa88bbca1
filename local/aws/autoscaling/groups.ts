/**
 * The control loop of the Auto Scaling groups: reads what the emulator says should run and makes the instances of this machine
 * match. It acts again at once when something happens, and looks once a second for what others changed in the emulator.
 */

import type { MaintenancePlan } from "../../../scaling/scaling-plan.ts";
import { atLeastReal } from "../../clock.ts";
import { createGate } from "../../gate.ts";
import type { Emulator, LocalClock } from "../../types.ts";
import type { InstanceEvent } from "../ec2/instances/events.ts";
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { Balancer } from "../elb/balancer.ts";
import { type Activity, createActivities } from "./activities.ts";
import { EmulatedAlarms } from "./alarm-states.ts";
import { createCapacity, type ScalingChange } from "./capacity.ts";
import type { GroupCalls } from "./capacity-calls.ts";
import { createCauses } from "./causes.ts";
import { decide, type GroupAction, graceMilliseconds, type LocalInstance } from "./decide.ts";
import { EmulatedGroups, type GroupState } from "./emulated.ts";
import { createLeavers } from "./leavers.ts";
import { withinMaintenance } from "./maintenance.ts";
import { observedGroup, refreshMembers } from "./members.ts";
import type { MeasuredGroup } from "./minutes.ts";
import { createMoves } from "./moves.ts";
import { createObstacles } from "./obstacles.ts";
import type { RefreshRecord } from "./refresh-records.ts";
import { type RefreshCalls, Refreshes } from "./refreshes.ts";
import { createRegistration } from "./registration.ts";
import { createRounds } from "./rounds.ts";

export interface GroupsOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId">;
  readonly hypervisor: Hypervisor;
  /** Instances are registered with the balancer whose target group their group names. */
  readonly balancers: readonly Pick<Balancer, "declaration" | "register" | "deregister" | "health">[];
  readonly clock: LocalClock;
  /** Groups to run; default: all that the emulator has. */
  readonly groupNames?: readonly string[];
  /** A group's instance maintenance policy, which the emulator does not keep; default: none has one. */
  readonly maintenanceOf?: (groupName: string) => MaintenancePlan | undefined;
  /** Told of every activity when it begins and when it ends. */
  readonly onActivity?: (activity: Activity) => void;
  /** Told when an instance refresh begins, changes its status, and ends. */
  readonly onRefresh?: (refresh: RefreshRecord) => void;
  /** The loop itself never ends for an error: it tells it here and tries again. */
  readonly onError?: (error: unknown) => void;
  /**
   * Wall-clock milliseconds that an instance has at least to become healthy, and an instance refresh until it fails because
   * none does; default 30,000.
   */
  readonly leastGraceMilliseconds?: number;
}

export interface Groups {
  /** As last read from the emulator. */
  groups(): readonly GroupState[];
  /** Newest first. */
  activities(groupName?: string): Activity[];
  /**
   * Sets the desired capacity; `cause` is recorded with the activities that follow.
   *
   * @throws {RangeError} outside of the group's bounds, as on AWS.
   */
  setDesired(groupName: string, desired: number, cause?: string): Promise<void>;
  /** For calls of others through the gateway. */
  readonly calls: Omit<GroupCalls, "isCooling" | "arriving">;
  /** What stands, read anew. */
  observe(): Promise<MeasuredGroup[]>;
  /**
   * Does what a scaling decision says: `remove` are the instances that shall go for it, as far as they still may; `cause` is
   * recorded with the activities that follow. Out of bounds it does nothing: somebody has changed them meanwhile.
   */
  scale(groupName: string, change: ScalingChange): Promise<void>;
  setBounds(groupName: string, bounds: { readonly min: number; readonly max: number }): Promise<void>;
  /** Whether the instance still has time to become healthy. */
  inGrace(instanceId: string): boolean;
  /** Instance refreshes: start, cancel, roll back, list. */
  readonly refreshes: RefreshCalls;
  /** Looks now instead of at the next second. Resolves when it has. */
  reconcile(): Promise<void>;
  /** Nothing is read or done until `resume`, calls wait for it. Resolves when the round under way is over. */
  pause(): Promise<void>;
  /** Goes on with an emulator that knows none of the instances: they stay until their successors are in service. */
  resume(): void;
  /** Stops the loop; the instances stay as they are. */
  stop(): Promise<void>;
}

const turnsMax = 5;

/** What may be followed by something to do. */
const awaited = new Set<InstanceEvent["kind"]>([
  "in-service",
  "launch-abandoned",
  "lost",
  "service-healthy",
  "terminated",
]);

const goesOn = ({ suspended }: GroupState) => !suspended.has("InstanceRefresh");

/** Each member is in service, and healthy for its balancers where it has some. */
function isComplete(group: GroupState | undefined, here: readonly LocalInstance[], balanced: boolean): boolean {
  return (group?.instances ?? []).every(({ instanceId }) => {
    const instance = here.find((each) => each.instanceId === instanceId);
    return instance?.state === "InService" && (!balanced || instance.health === "healthy");
  });
}

/** The control loop: reads what the groups should be, looks at what is here, and acts until nothing is left to do. */
class GroupLoop {
  readonly #options: GroupsOptions;
  readonly #leastGraceMilliseconds: number;
  readonly #emulated: EmulatedGroups;
  readonly #obstacles: ReturnType<typeof createObstacles>;
  readonly #alarms: EmulatedAlarms;
  readonly #causes = createCauses();
  readonly #gate = createGate();
  /** Of before the emulator was brought back. */
  readonly #outlived = new Set<string>();
  /** Replaced in the emulator; their group's maintenance policy has them stay meanwhile. */
  readonly #outgoing = new Set<string>();
  readonly #registration: ReturnType<typeof createRegistration>;
  readonly #moves: ReturnType<typeof createMoves>;
  readonly #rounds: ReturnType<typeof createRounds>;
  readonly activities: ReturnType<typeof createActivities>;
  readonly refreshes: Refreshes;
  readonly capacity: ReturnType<typeof createCapacity>;
  #groups: readonly GroupState[] = [];
  #stopped = false;

  constructor(options: GroupsOptions) {
    this.#options = options;
    this.#leastGraceMilliseconds = options.leastGraceMilliseconds ?? 30_000;
    this.#emulated = new EmulatedGroups(options.emulator);
    this.#obstacles = createObstacles(options.emulator);
    this.#alarms = new EmulatedAlarms(options.emulator);
    this.activities = createActivities(options.clock, options.onActivity);
    this.#registration = createRegistration(options.hypervisor, options.balancers);
    this.refreshes = this.#openRefreshes();
    this.#moves = this.#openMoves();
    const may = () => !this.#stopped && this.#gate.isOpen;
    this.#rounds = createRounds(() => this.#round(), { may, onError: this.#onError });
    this.capacity = this.#openCapacity();
  }

  readonly #onError = (error: unknown): void => this.#options.onError?.(error);

  readonly reconcile = (): Promise<void> => this.#rounds.now();

  get groups(): readonly GroupState[] {
    return this.#groups;
  }

  #openRefreshes(): Refreshes {
    const { clock, onRefresh = () => {} } = this.#options;
    return new Refreshes({
      emulated: this.#emulated,
      clock,
      alarmStates: (names) => this.#alarms.states(names),
      stuckMilliseconds: atLeastReal(clock, 3_600_000, this.#leastGraceMilliseconds),
      members: (group) => refreshMembers(group, this.#localInstances()),
      onChange: onRefresh,
      onTerminate: this.#causes.markRefreshed,
      look: () => void this.reconcile(),
    });
  }

  #openMoves() {
    const { balancersOf } = this.#registration;
    return createMoves({
      emulated: this.#emulated,
      obstacles: this.#obstacles,
      clock: this.#options.clock,
      hypervisor: this.#options.hypervisor,
      activities: this.activities,
      causes: this.#causes,
      refreshes: this.refreshes,
      onError: this.#onError,
      drain: (group, instanceId) => Promise.all(balancersOf(group).map((balancer) => balancer.deregister(instanceId))),
      isOver: () => this.#stopped,
    });
  }

  #openCapacity() {
    const leaversOf = createLeavers(() => this.#options.clock.now());
    return createCapacity({
      emulated: this.#emulated,
      read: () => this.#read(),
      gate: this.#gate,
      causes: this.#causes,
      reconcile: this.reconcile,
      launchMissing: (groupName) => this.#launchMissing(groupName),
      known: () => this.#groups,
      leaversOf: (group, count) => leaversOf(group, this.#localInstances(), count),
      leave: (group, instanceId) =>
        this.#moves.terminate({ kind: "terminate", instanceId, groupName: group.name, group }),
    });
  }

  #localInstances(): LocalInstance[] {
    const { hypervisor, clock } = this.#options;
    return hypervisor.instances().map(({ instanceId, groupName, state, template, launchedAt }) => ({
      instanceId,
      groupName,
      template,
      state: this.#moves.isEnding(instanceId) ? "Terminating" : state,
      launchedAt,
      ageMilliseconds: (clock.now() - (hypervisor.countsFrom(instanceId) ?? clock.now())) / clock.speed,
      failure: hypervisor.failure(instanceId),
      held: hypervisor.leaving(instanceId)?.waits ?? false,
      health: this.#registration
        .balancersOf(this.#groups.find(({ name }) => name === groupName))
        .map((balancer) => balancer.health(instanceId))
        .find((health) => health !== undefined),
    }));
  }

  async #take(step: GroupAction): Promise<void> {
    if (step.kind === "launch") await this.#moves.launch(step);
    else if (step.kind === "terminate") await this.#moves.terminate(step);
    else if (step.kind === "adjust") await this.capacity.adjust(step.group);
    else {
      this.#causes.mark(step.instanceId, `in response to ${step.cause}`);
      if (step.stays) this.#outgoing.add(step.instanceId);
      await this.#emulated.replace(step.instanceId);
    }
  }

  #stepsNow(): GroupAction[] {
    const here = this.#localInstances();
    const replaced = (group: GroupState | undefined) =>
      isComplete(group, here, this.#registration.balancersOf(group).length > 0);
    const { clock, maintenanceOf = () => undefined } = this.#options;
    const steps = decide(this.#groups, here, {
      speed: clock.speed,
      leastGraceMilliseconds: this.#leastGraceMilliseconds,
    }).filter((step) => step.kind !== "terminate" || !this.#outlived.has(step.instanceId) || replaced(step.group));
    return withinMaintenance(this.#groups, steps, {
      here,
      policyOf: maintenanceOf,
      outgoing: this.#outgoing,
      balanced: (group) => this.#registration.balancersOf(group).length > 0,
    });
  }

  async #read(): Promise<readonly GroupState[]> {
    await this.#gate.passed();
    const { groupNames } = this.#options;
    return (await this.#emulated.read()).filter(({ name }) => groupNames?.includes(name) ?? true);
  }

  /** Reads and acts until nothing is left to do; each step fails for itself. */
  async #round(): Promise<void> {
    const { hypervisor } = this.#options;
    for (let turn = 1; turn <= turnsMax && !this.#stopped && this.#gate.isOpen; turn++) {
      this.#groups = await this.#read();
      for (const { instances } of this.#groups) {
        for (const member of instances) hypervisor.setProtection(member.instanceId, member.protectedFromScaleIn);
      }
      this.#registration.register(this.#groups);
      const steps = this.#stepsNow();
      // A refresh looks at what runs: what is missing comes first, unless the emulator keeps refusing it.
      const looks = steps.length === 0 || turn === turnsMax;
      const changed = looks && (await this.refreshes.step(this.#groups, goesOn).catch(this.#onError));
      if (steps.length === 0 && !changed) return;
      await Promise.all(steps.map((step) => this.#take(step).catch(this.#onError)));
    }
  }

  /** What a change of the desired capacity has brought is launched at once, whatever the round under way is at. */
  async #launchMissing(groupName: string): Promise<void> {
    this.#groups = await this.#read();
    const missing = this.#stepsNow().filter((step) => step.kind === "launch" && step.group.name === groupName);
    await Promise.all(missing.map((step) => this.#take(step).catch(this.#onError)));
    void this.reconcile();
  }

  readonly onEvent = (event: InstanceEvent): void => {
    this.#moves.onEvent(event);
    if (event.kind === "terminated") {
      this.#registration.forget(event.instanceId);
      this.#outlived.delete(event.instanceId);
      this.#outgoing.delete(event.instanceId);
    }
    if (awaited.has(event.kind)) void this.reconcile();
  };

  async observe(): Promise<MeasuredGroup[]> {
    this.#groups = await this.#read();
    const here = this.#localInstances();
    // What a refresh has launched over it is no part of the desired capacity that policies change.
    const decided = (group: GroupState) => ({ ...group, desired: this.refreshes.desiredOf(group) });
    return this.#groups.map((group) => observedGroup(decided(group), here));
  }

  inGrace(instanceId: string): boolean {
    const instance = this.#localInstances().find((each) => each.instanceId === instanceId);
    const group = this.#groups.find(({ name }) => name === instance?.groupName);
    if (instance === undefined || group === undefined) return false;
    const { speed } = this.#options.clock;
    return instance.ageMilliseconds < graceMilliseconds(group, speed, this.#leastGraceMilliseconds);
  }

  async pause(): Promise<void> {
    this.#gate.close();
    await this.#rounds.rest();
  }

  resume(): void {
    for (const { instanceId } of this.#options.hypervisor.instances()) this.#outlived.add(instanceId);
    this.#gate.open();
    void this.reconcile();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#gate.open();
    await this.#rounds.rest();
    this.#emulated.destroy();
    this.#obstacles.destroy();
    this.#alarms.destroy();
  }
}

export function startGroups(options: GroupsOptions): Groups {
  const loop = new GroupLoop(options);
  const unsubscribe = options.hypervisor.on(loop.onEvent);
  void loop.reconcile();
  return {
    groups: () => loop.groups,
    activities: loop.activities.list,
    ...loop.capacity,
    observe: () => loop.observe(),
    inGrace: (instanceId) => loop.inGrace(instanceId),
    refreshes: loop.refreshes,
    reconcile: loop.reconcile,
    pause: () => loop.pause(),
    resume: () => loop.resume(),
    stop() {
      unsubscribe();
      return loop.stop();
    },
  };
}
