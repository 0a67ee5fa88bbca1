/**
 * The control loop of the Auto Scaling groups: reads what the emulator says should run and makes the instances of this machine
 * match. It acts again at once when something happens, and looks once a second for what others changed in the emulator.
 */
import type { Balancer } from "../balancer/balancer.ts";
import { atLeastReal } from "../clock.ts";
import { createGate } from "../gate.ts";
import type { InstanceEvent } from "../instances/events.ts";
import type { Hypervisor } from "../instances/hypervisor.ts";
import type { Emulator, LocalClock } from "../types.ts";
import { type Activity, createActivities } from "./activities.ts";
import { decide, graceMilliseconds, type LocalInstance, type Step } from "./decide.ts";
import { createEmulatedGroups, type GroupState, type ScalingProcess } from "./emulated.ts";
import { observedGroup, refreshMembers } from "./members.ts";
import type { MeasuredGroup } from "./metrics.ts";
import { createRefreshes, type RefreshCalls, type RefreshRecord } from "./refreshes.ts";
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
  /** What stands, read anew. */
  observe(): Promise<MeasuredGroup[]>;
  /**
   * Does what a scaling decision says: `remove` are the instances that shall go for it, as far as they still may; `cause` is
   * recorded with the activities that follow. Out of bounds it does nothing: somebody has changed them meanwhile.
   */
  scale(groupName: string, change: ScalingChange): Promise<void>;
  setBounds(groupName: string, bounds: { readonly min: number; readonly max: number }): Promise<void>;
  /** Whether the group does not do this at present. */
  isSuspended(groupName: string, process: ScalingProcess): boolean;
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

export interface ScalingChange {
  readonly desired: number;
  readonly remove: readonly string[];
  readonly cause: string;
}

/** Why a capacity changes: what activities say first, and what each instance was started or taken out for. */
interface Cause {
  readonly before: readonly string[];
  readonly because: string;
}

const turnsMax = 5;
const refreshed = "in response to an instance refresh";
const difference = "in response to a difference between desired and actual capacity";

const ofDifference: Cause = { before: [], because: difference };

const goesOn = ({ suspended }: GroupState) => !suspended.has("InstanceRefresh");

/** Why an instance was taken out, in Auto Scaling's words. @param own what it was marked with, if it was. */
function terminationCauses(instanceId: string, own: string | undefined, { before, because }: Cause): string[] {
  const selected = `instance ${instanceId} was selected for termination`;
  if (own === refreshed) return [`an instance was taken out of service ${own}`, selected];
  if (own !== undefined) return [`instance ${instanceId} was taken out of service ${own}`];
  if (before.length > 0) return [...before, `an instance was taken out of service ${because}`, selected];
  return [`instance ${instanceId} was taken out of service ${because}`];
}

export function startGroups(options: GroupsOptions): Groups {
  const { hypervisor, balancers, clock, groupNames, onError = () => {}, leastGraceMilliseconds = 30_000 } = options;
  const emulated = createEmulatedGroups(options.emulator);
  const activities = createActivities(clock, options.onActivity);
  const launches = new Map<string, ReturnType<typeof activities.begin>>();
  /** Why the desired capacity of a group was changed last, and why an instance was taken out. */
  const groupCauses = new Map<string, Cause>();
  const instanceCauses = new Map<string, string>();
  /** Their termination has begun. */
  const ending = new Set<string>();
  /** Of before the emulator was brought back. */
  const outlived = new Set<string>();
  /** Launched while AddToLoadBalancer was suspended: as on AWS, they stay out when it is resumed. */
  const leftOut = new Set<string>();
  let groups: readonly GroupState[] = [];
  let stopped = false;
  const gate = createGate();

  const refreshes = createRefreshes({
    emulated,
    clock,
    stuckMilliseconds: atLeastReal(clock, 3_600_000, leastGraceMilliseconds),
    members: (group) => refreshMembers(group, localInstances()),
    onChange: options.onRefresh ?? (() => {}),
    onTerminate: (instanceId) => instanceCauses.set(instanceId, refreshed),
    look: () => void reconcile(),
  });

  const balancersOf = (group: GroupState | undefined) =>
    balancers.filter(({ declaration }) => group?.targetGroupArns.includes(declaration.targetGroupArn));

  function localInstances(): LocalInstance[] {
    return hypervisor.instances().map(({ instanceId, groupName, state, template, launchedAt }) => ({
      instanceId,
      groupName,
      template,
      state: ending.has(instanceId) ? "Terminating" : state,
      ageMilliseconds: (clock.now() - launchedAt) / clock.speed,
      failure: hypervisor.failure(instanceId),
      health: balancersOf(groups.find(({ name }) => name === groupName))
        .map((balancer) => balancer.health(instanceId))
        .find((health) => health !== undefined),
    }));
  }

  async function launch({ group, instance }: Extract<Step, { kind: "launch" }>): Promise<void> {
    const { instanceId, availabilityZone } = instance;
    const [tags, template] = await Promise.all([emulated.instanceTags(instanceId), refreshes.source(group)]);
    if (stopped) return;
    const { before, because } = groupCauses.get(group.name) ?? ofDifference;
    const causes = refreshes.isOwed(group.name)
      ? [`an instance was launched ${refreshed}`]
      : [...before, `an instance was started ${because}`];
    launches.set(instanceId, activities.begin(group.name, `Launching a new EC2 instance: ${instanceId}`, ...causes));
    hypervisor.launch({ instanceId, groupName: group.name, availabilityZone, template, tags });
  }

  async function terminate({ instanceId, groupName, group }: Extract<Step, { kind: "terminate" }>): Promise<void> {
    const hook = group && (await emulated.terminationHook(groupName));
    if (stopped || ending.has(instanceId)) return;
    ending.add(instanceId);
    const own = instanceCauses.get(instanceId);
    instanceCauses.delete(instanceId);
    const causes = terminationCauses(instanceId, own, groupCauses.get(groupName) ?? ofDifference);
    const activity = activities.begin(groupName, `Terminating EC2 instance: ${instanceId}`, ...causes);
    const drained = Promise.all(balancersOf(group).map((balancer) => balancer.deregister(instanceId)));
    hypervisor
      .terminate(instanceId, { hook, drained })
      .then(activity.succeeded, (error: unknown) => {
        activity.failed(String(error));
        onError(error);
      })
      .finally(() => ending.delete(instanceId));
  }

  async function take(step: Step): Promise<void> {
    if (step.kind === "launch") await launch(step);
    else if (step.kind === "terminate") await terminate(step);
    else if (step.kind === "adjust") await emulated.setDesired(step.group.name, step.group.desired);
    else {
      instanceCauses.set(step.instanceId, `in response to ${step.cause}`);
      await emulated.replace(step.instanceId);
    }
  }

  function register(): void {
    for (const { instanceId, groupName, state } of hypervisor.instances()) {
      if (state === "Terminating" || state === "Terminated") continue;
      const group = groups.find(({ name }) => name === groupName);
      for (const balancer of balancersOf(group)) {
        const known = balancer.health(instanceId) !== undefined;
        if (!known && group?.suspended.has("AddToLoadBalancer")) leftOut.add(instanceId);
        if (leftOut.has(instanceId)) continue;
        const target = hypervisor.target(instanceId, balancer.declaration.targetPort);
        if (target !== undefined) balancer.register(target);
      }
    }
  }

  /** Each member is in service, and healthy for its balancers. */
  function isComplete(group: GroupState | undefined, here: readonly LocalInstance[]): boolean {
    return (group?.instances ?? []).every(({ instanceId }) => {
      const instance = here.find((each) => each.instanceId === instanceId);
      return instance?.state === "InService" && (balancersOf(group).length === 0 || instance.health === "healthy");
    });
  }

  function stepsNow(): Step[] {
    const here = localInstances();
    return decide(groups, here, { speed: clock.speed, leastGraceMilliseconds }).filter(
      (step) => step.kind !== "terminate" || !outlived.has(step.instanceId) || isComplete(step.group, here),
    );
  }

  function failed(error: unknown): false {
    onError(error);
    return false;
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
      register();
      const steps = stepsNow();
      // A refresh looks at what runs: what is missing comes first, unless the emulator keeps refusing it.
      const looks = steps.length === 0 || turn === turnsMax;
      const changed = looks && (await refreshes.step(groups, goesOn).catch(failed));
      if (steps.length === 0 && !changed) return;
      await Promise.all(steps.map((step) => take(step).catch(onError)));
    }
  }

  const { now: reconcile, rest } = createRounds(round, { may: () => !stopped && gate.isOpen, onError });

  function onEvent(event: InstanceEvent): void {
    const launchActivity = launches.get(event.instanceId);
    if (event.kind === "in-service") launchActivity?.succeeded();
    else if (event.kind === "boot-failed") launchActivity?.failed(event.reason);
    else if (event.kind === "terminating" || event.kind === "lost")
      launchActivity?.failed("it ended before it was in service");
    if (event.kind === "terminated") {
      launches.delete(event.instanceId);
      leftOut.delete(event.instanceId);
      outlived.delete(event.instanceId);
    }
    if (event.kind === "lost" || event.kind === "terminated" || event.kind === "service-healthy") void reconcile();
  }

  async function groupNamed(groupName: string): Promise<GroupState> {
    await gate.passed();
    const group = (await emulated.read()).find(({ name }) => name === groupName);
    if (group === undefined) throw new RangeError(`there is no Auto Scaling group ${groupName}`);
    return group;
  }

  /** Changes the emulator, and has what follows of it begin with this cause. */
  async function causing(groupName: string, cause: Cause, change: () => Promise<void>): Promise<void> {
    groupCauses.set(groupName, cause);
    try {
      await change();
      await reconcile();
    } finally {
      groupCauses.delete(groupName);
    }
  }

  const unsubscribe = hypervisor.on(onEvent);
  void reconcile();

  return {
    groups: () => groups,
    activities: activities.list,
    async setDesired(groupName, desired, cause) {
      const group = await groupNamed(groupName);
      if (!(Number.isInteger(desired) && desired >= group.minSize && desired <= group.maxSize)) {
        throw new RangeError(
          `desired capacity ${desired} of ${groupName} is not between its bounds ${group.minSize} and ${group.maxSize}`,
        );
      }
      const because = `in response to ${cause ?? "a user request"}, changing the desired capacity from ${group.desired} to ${desired}`;
      await causing(groupName, { before: [], because }, () => emulated.setDesired(groupName, desired));
    },
    async observe() {
      groups = await read();
      const here = localInstances();
      return groups.map((group) => observedGroup(group, here));
    },
    async scale(groupName, { desired, remove, cause }) {
      const group = await groupNamed(groupName);
      if (desired === group.desired || desired < group.minSize || desired > group.maxSize) return;
      const way = desired > group.desired ? "increasing" : "shrinking";
      const because = `${difference}, ${way} the capacity from ${group.desired} to ${desired}`;
      const mayGo = remove.filter((id) =>
        group.instances.some(({ instanceId, protectedFromScaleIn }) => instanceId === id && !protectedFromScaleIn),
      );
      await causing(groupName, { before: [cause], because }, async () => {
        for (const instanceId of mayGo) await emulated.terminate(instanceId, true);
        if (group.desired - mayGo.length !== desired) await emulated.setDesired(groupName, desired);
      });
    },
    async setBounds(groupName, bounds) {
      await gate.passed();
      await emulated.setBounds(groupName, bounds);
    },
    isSuspended: (groupName, process) => groups.find(({ name }) => name === groupName)?.suspended.has(process) ?? false,
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
