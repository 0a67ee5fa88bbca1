/**
 * The control loop of the Auto Scaling groups: reads what the emulator says should run and makes the instances of this machine
 * match. It acts again at once when something happens, and looks once a second for what others changed in the emulator.
 */

import { atLeastReal } from "../../clock.ts";
import { createGate } from "../../gate.ts";
import type { Emulator, LocalClock } from "../../types.ts";
import type { InstanceEvent } from "../ec2/instances/events.ts";
import type { Hypervisor } from "../ec2/instances/hypervisor.ts";
import type { Balancer } from "../elb/balancer.ts";
import { type Activity, createActivities } from "./activities.ts";
import { createCapacity, type ScalingChange } from "./capacity.ts";
import type { GroupCalls } from "./capacity-calls.ts";
import { createCauses } from "./causes.ts";
import { decide, type GroupAction, graceMilliseconds, type LocalInstance } from "./decide.ts";
import { EmulatedGroups, type GroupState } from "./emulated.ts";
import { createLeavers } from "./leavers.ts";
import { observedGroup, refreshMembers } from "./members.ts";
import type { MeasuredGroup } from "./minutes.ts";
import { createMoves } from "./moves.ts";
import { createRefreshes, type RefreshCalls, type RefreshRecord } from "./refreshes.ts";
import { createRegistration } from "./registration.ts";
import { createRounds } from "./rounds.ts";

export interface GroupsOptions {
  readonly emulator: Pick<Emulator, "endpoint" | "region">;
  readonly hypervisor: Hypervisor;
  /** Instances are registered with the balancer whose target group their group names. */
  readonly balancers: readonly Pick<Balancer, "declaration" | "register" | "deregister" | "health">[];
  readonly clock: LocalClock;
  /** Groups to run; default: all that the emulator has. */
  readonly groupNames?: readonly string[];
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
  readonly calls: Omit<GroupCalls, "isCooling">;
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

export function startGroups(options: GroupsOptions): Groups {
  const { hypervisor, balancers, clock, groupNames, onError = () => {}, leastGraceMilliseconds = 30_000 } = options;
  const emulated = new EmulatedGroups(options.emulator);
  const activities = createActivities(clock, options.onActivity);
  const causes = createCauses();
  const leaversOf = createLeavers(() => clock.now());
  /** Of before the emulator was brought back. */
  const outlived = new Set<string>();
  const { balancersOf, register, forget } = createRegistration(hypervisor, balancers);
  let groups: readonly GroupState[] = [];
  let stopped = false;
  const gate = createGate();

  const refreshes = createRefreshes({
    emulated,
    clock,
    stuckMilliseconds: atLeastReal(clock, 3_600_000, leastGraceMilliseconds),
    members: (group) => refreshMembers(group, localInstances()),
    onChange: options.onRefresh ?? (() => {}),
    onTerminate: causes.markRefreshed,
    look: () => void reconcile(),
  });

  const moves = createMoves({
    ...{ emulated, hypervisor, activities, causes, refreshes, onError },
    drain: (group, instanceId) => Promise.all(balancersOf(group).map((balancer) => balancer.deregister(instanceId))),
    isOver: () => stopped,
  });

  function localInstances(): LocalInstance[] {
    return hypervisor.instances().map(({ instanceId, groupName, state, template, launchedAt }) => ({
      instanceId,
      groupName,
      template,
      state: moves.isEnding(instanceId) ? "Terminating" : state,
      launchedAt,
      ageMilliseconds: (clock.now() - (hypervisor.countsFrom(instanceId) ?? clock.now())) / clock.speed,
      failure: hypervisor.failure(instanceId),
      health: balancersOf(groups.find(({ name }) => name === groupName))
        .map((balancer) => balancer.health(instanceId))
        .find((health) => health !== undefined),
    }));
  }

  async function take(step: GroupAction): Promise<void> {
    if (step.kind === "launch") await moves.launch(step);
    else if (step.kind === "terminate") await moves.terminate(step);
    else if (step.kind === "adjust") await capacity.adjust(step.group);
    else {
      causes.mark(step.instanceId, `in response to ${step.cause}`);
      await emulated.replace(step.instanceId);
    }
  }

  function stepsNow(): GroupAction[] {
    const here = localInstances();
    const replaced = (group: GroupState | undefined) => isComplete(group, here, balancersOf(group).length > 0);
    return decide(groups, here, { speed: clock.speed, leastGraceMilliseconds }).filter(
      (step) => step.kind !== "terminate" || !outlived.has(step.instanceId) || replaced(step.group),
    );
  }

  const read = async () => {
    await gate.passed();
    return (await emulated.read()).filter(({ name }) => groupNames?.includes(name) ?? true);
  };

  /** Reads and acts until nothing is left to do; each step fails for itself. */
  async function round(): Promise<void> {
    for (let turn = 1; turn <= turnsMax && !stopped && gate.isOpen; turn++) {
      groups = await read();
      for (const { instances } of groups) {
        for (const member of instances) hypervisor.setProtection(member.instanceId, member.protectedFromScaleIn);
      }
      register(groups);
      const steps = stepsNow();
      // A refresh looks at what runs: what is missing comes first, unless the emulator keeps refusing it.
      const looks = steps.length === 0 || turn === turnsMax;
      const changed = looks && (await refreshes.step(groups, goesOn).catch(onError));
      if (steps.length === 0 && !changed) return;
      await Promise.all(steps.map((step) => take(step).catch(onError)));
    }
  }

  const { now: reconcile, rest } = createRounds(round, { may: () => !stopped && gate.isOpen, onError });

  function onEvent(event: InstanceEvent): void {
    moves.onEvent(event);
    if (event.kind === "terminated") {
      forget(event.instanceId);
      outlived.delete(event.instanceId);
    }
    if (awaited.has(event.kind)) void reconcile();
  }

  /** What a change of the desired capacity has brought is launched at once, whatever the round under way is at. */
  async function launchMissing(groupName: string): Promise<void> {
    groups = await read();
    const missing = stepsNow().filter((step) => step.kind === "launch" && step.group.name === groupName);
    await Promise.all(missing.map((step) => take(step).catch(onError)));
    void reconcile();
  }

  const capacity = createCapacity({
    ...{ emulated, read, gate, causes, reconcile, launchMissing },
    known: () => groups,
    leaversOf: (group, count) => leaversOf(group, localInstances(), count),
    leave: (group, instanceId) => moves.terminate({ kind: "terminate", instanceId, groupName: group.name, group }),
  });
  const unsubscribe = hypervisor.on(onEvent);
  void reconcile();

  return {
    groups: () => groups,
    activities: activities.list,
    ...capacity,
    async observe() {
      groups = await read();
      const here = localInstances();
      return groups.map((group) => observedGroup(group, here));
    },
    inGrace(instanceId) {
      const instance = localInstances().find((each) => each.instanceId === instanceId);
      const group = groups.find(({ name }) => name === instance?.groupName);
      if (instance === undefined || group === undefined) return false;
      return instance.ageMilliseconds < graceMilliseconds(group, clock.speed, leastGraceMilliseconds);
    },
    refreshes: refreshes.calls,
    reconcile,
    async pause() {
      gate.close();
      await rest();
    },
    resume() {
      for (const { instanceId } of hypervisor.instances()) outlived.add(instanceId);
      gate.open();
      void reconcile();
    },
    async stop() {
      stopped = true;
      gate.open();
      unsubscribe();
      await rest();
      emulated.destroy();
    },
  };
}
