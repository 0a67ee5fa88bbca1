/** The engine on the virtual clock: launches machines, tells it what becomes of them, and keeps what it decides. */
import { isExtended } from "../../runtime/contract/statistic.ts";
import { advance } from "../engine/engine.ts";
import type { MetricData, ScalingDecision, ScalingEvent } from "../engine/events.ts";
import { type EngineState, type GroupState, startState } from "../engine/state.ts";
import { poolSize } from "../engine/warm-pool.ts";
import type { GroupPlan, ScalingPlan } from "../scaling-plan.ts";
import type { Kernel } from "./kernel.ts";
import { createLaunches } from "./launches.ts";
import { indexOf, type Machine, machinePark } from "./machines.ts";
import type { Conditions, InstanceTimes } from "./model.ts";

/** What the engine's decisions mean to the machines' work. */
export interface MachineHooks {
  inService(machine: Machine): void;
  /** It must go: take it from the balancer, or tell it to finish. `waits`: its hooks hold it until `shutDown`. */
  terminate(machine: Machine, waits: boolean): void;
  shutDown(machine: Machine): void;
  /** It is gone, and whatever it did with it. */
  lost(machine: Machine): void;
}

export interface Farm {
  readonly group: GroupPlan;
  readonly machines: readonly Machine[];
  /** Of those, the group's own when the run begins. */
  readonly standing: readonly Machine[];
  readonly decisions: readonly ScalingDecision[];
  state(): GroupState;
  alarms(): EngineState["alarms"];
  inService(): number;
  send(event: ScalingEvent): void;
  /** The minute that ends now; its alarms hear of it as late as the conditions say. */
  minute(data: readonly MetricData[]): void;
  /** Ten seconds end now; alarms with a period below a minute hear of them as late. */
  tenSeconds(data: readonly MetricData[]): void;
  /** It has nothing left to do: its termination, or its return to the warm pool, will be complete. */
  gone(machine: Machine): void;
  /** Whether some alarm of this group needs each sample of a metric. */
  needsValues(namespace: string, name: string): boolean;
  /** All dimensions that this group's alarms know a namespace by. */
  dimensions(namespace: string): Readonly<Record<string, string>>;
}

interface FarmOptions {
  readonly group: string;
  readonly seed: number;
  readonly times: InstanceTimes;
  readonly conditions: Conditions;
  /** Epoch milliseconds at which the run begins: schedules go by it. */
  readonly begins: number;
  readonly random: () => number;
}

/** One group with the alarms that act on it, as a plan of its own. */
export function onlyGroup(plan: ScalingPlan, name: string): ScalingPlan {
  const groups = plan.groups.filter((group) => group.name === name);
  if (groups.length === 0) {
    throw new RangeError(
      `there is no group ${name} in this plan; there are ${plan.groups.map((each) => each.name).join(", ")}`,
    );
  }
  const acts = (alarm: ScalingPlan["alarms"][number]) =>
    Object.values(alarm.actions).some(({ policies }) => policies.some(({ group }) => group === name));
  return { groups, alarms: plan.alarms.filter(acts), remarks: [] };
}

const milliseconds = (seconds: number) => Math.round(seconds * 1000);

/** By namespace, all dimensions that the plan's alarms know it by. */
function dimensionsOf({ alarms }: ScalingPlan): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const dimensions = new Map<string, Record<string, string>>();
  for (const { reading } of alarms) {
    for (const source of Object.values(reading.sources)) {
      dimensions.set(source.namespace, { ...source.dimensions, ...dimensions.get(source.namespace) });
    }
  }
  return dimensions;
}

/** Handles events in order: what one leads to comes after it. */
function oneAfterAnother<Event>(handle: (event: Event) => void): (event: Event) => void {
  const waiting: Event[] = [];
  let busy = false;
  return (event) => {
    waiting.push(event);
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    busy = false;
  };
}

/** Whether a decision is worth keeping: why a policy does nothing is not told again every minute. */
function createNews(): (decision: ScalingDecision) => boolean {
  const ignored = new Map<string, string>();
  return (decision) => {
    if (decision.kind === "desired") ignored.clear();
    if (decision.kind !== "ignored") return true;
    if (ignored.get(decision.policy) === decision.why) return false;
    ignored.set(decision.policy, decision.why);
    return true;
  };
}

/** Whether an alarm looks at a percentile of the metric, which is made of every value and not of sums. */
const needsValues = ({ alarms }: ScalingPlan, namespace: string, name: string) =>
  alarms
    .flatMap(({ reading }) => Object.values(reading.sources))
    .some((each) => each.namespace === namespace && each.name === name && isExtended(each.statistic));

/** Where the run begins: the group at its desired capacity, its warm pool full, zones filled in turn, everything in order. */
function standingFarm(
  own: ScalingPlan,
  group: GroupPlan,
  { seed, begins }: FarmOptions,
  park: ReturnType<typeof machinePark>,
) {
  const told = ({ id, zone }: Machine) => ({ group: group.name, id, zone });
  const start = (pooled: readonly Machine[]) =>
    startState(own, { at: begins, seed, instances: standing.map(told), pooled: pooled.map(told) });
  const add = (pooled: boolean) =>
    park.add(0, group.zones[park.machines.length % group.zones.length] as string, pooled);
  const standing = Array.from({ length: group.desired }, () => add(false));
  const empty = start([]);
  const size = poolSize({ plan: group, state: empty.groups[group.name] as GroupState });
  const pooled = Array.from({ length: size }, () => add(true));
  if (group.warmPool?.state !== "Running") for (const machine of pooled) park.stop(machine);
  return { standing: standing as readonly Machine[], state: size === 0 ? empty : start(pooled) };
}

/** Tells of each time as many times later; before the first comes there is nothing to tell. */
function late(delay: number, tell: (data: readonly MetricData[]) => void): (data: readonly MetricData[]) => void {
  const untold: (readonly MetricData[])[] = [];
  return (data) => {
    untold.push(data);
    tell(untold.length > delay ? (untold.shift() ?? []) : []);
  };
}

function atOutages(
  kernel: Kernel,
  { zones }: GroupPlan,
  { zoneOutages }: Conditions,
  lose: (zone: string) => void,
): void {
  for (const { zone, from } of zoneOutages) kernel.timer(from, () => lose(zones[zone] as string));
}

/** The engine's time is the time of day, and all else counts from the run's begin. */
const decided = (own: ScalingPlan, state: EngineState, event: ScalingEvent, begins: number): ScalingDecision[] =>
  advance(own, state, { ...event, at: event.at + begins }).map((each) => ({ ...each, at: each.at - begins }));

export function createFarm(kernel: Kernel, plan: ScalingPlan, options: FarmOptions, hooks: MachineHooks): Farm {
  const own = onlyGroup(plan, options.group);
  const group = own.groups[0] as GroupPlan;
  const { stopSeconds } = options.times;
  const { metricDelayMinutes } = options.conditions;
  const park = machinePark(kernel, options.times, options.random, lose);
  const { machines } = park;
  const decisions: ScalingDecision[] = [];
  const isNews = createNews();

  function lose(machine: Machine): void {
    if (machine.goneAt <= kernel.now()) return;
    if (machine.pooled) machine.goneAt = kernel.now();
    else hooks.lost(machine);
    send({ kind: "lost", at: milliseconds(kernel.now()), instanceId: machine.id });
  }

  const begin = standingFarm(own, group, options, park);
  const { state } = begin;

  const send = oneAfterAnother((event: ScalingEvent) => {
    for (const decision of decided(own, state, event, options.begins)) follow(decision);
  });
  const launches = createLaunches(kernel, group, options, park, send);

  function follow(decision: ScalingDecision): void {
    if (!isNews(decision)) return;
    decisions.push(decision);
    if (decision.kind === "launch") for (const zone of decision.zones) launches.launch(zone);
    else if (decision.kind === "warm") for (const zone of decision.zones) launches.warm(zone);
    if ("instanceId" in decision) followOne(decision, machines[indexOf(decision.instanceId)] as Machine);
  }

  function followOne(decision: Extract<ScalingDecision, { instanceId: string }>, machine: Machine): void {
    if (decision.kind === "in-service") hooks.inService(machine);
    else if (decision.kind === "shut-down") hooks.shutDown(machine);
    else if (decision.kind === "warmed") launches.warmed(machine);
    else if (decision.kind === "start") launches.start(machine);
    else if (machine.pooled) machine.goneAt = Math.min(machine.goneAt, kernel.now());
    else {
      machine.leaving = true;
      hooks.terminate(machine, decision.waits);
    }
  }

  /** It has left the group, whatever becomes of it there. */
  function gone(machine: Machine): void {
    if (!machine.leaving) return;
    machine.leaving = false;
    const at = kernel.now() + stopSeconds;
    if (!returns(machine)) machine.goneAt = at;
    const tell = () => send({ kind: "terminated", at: milliseconds(kernel.now()), instanceId: machine.id });
    if (stopSeconds === 0) tell();
    else kernel.timer(at, tell);
  }

  atOutages(kernel, group, options.conditions, (zone) => machines.filter((each) => each.zone === zone).forEach(lose));
  const groupState = () => state.groups[group.name] as GroupState;
  const returns = ({ id }: Machine) => groupState().instances.some((each) => each.id === id && each.returns === true);
  const dimensions = dimensionsOf(own);

  return {
    group,
    machines,
    standing: begin.standing,
    decisions,
    state: groupState,
    alarms: () => state.alarms,
    inService: () => groupState().instances.filter((each) => each.phase === "InService").length,
    send,
    minute: late(metricDelayMinutes, (data) => send({ kind: "minute", at: milliseconds(kernel.now()), data })),
    tenSeconds: late(metricDelayMinutes * 6, (data) =>
      send({ kind: "ten-seconds", at: milliseconds(kernel.now()), data }),
    ),
    gone,
    needsValues: (namespace, name) => needsValues(own, namespace, name),
    dimensions: (namespace) => dimensions.get(namespace) ?? {},
  };
}

/** The group's own metrics of the minute that ends. */
export function groupMetrics(farm: Farm): MetricData[] {
  const { desired, instances } = farm.state();
  const values = {
    GroupDesiredCapacity: desired,
    GroupInServiceInstances: farm.inService(),
    GroupTotalInstances: instances.length,
  };
  const dimensions = { AutoScalingGroupName: farm.group.name };
  return Object.entries(values).map(([name, value]) => gauge("AWS/AutoScaling", name, dimensions, value));
}

export const gauge = (
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
): MetricData => ({ namespace, name, dimensions, sum: value, count: 1, minimum: value, maximum: value });
