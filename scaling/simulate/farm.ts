/** The engine on the virtual clock: launches machines, tells it what becomes of them, and keeps what it decides. */
import { isExtended } from "../../runtime/contract/statistic.ts";
import { advance } from "../engine/engine.ts";
import type { MetricData, ScalingDecision, ScalingEvent } from "../engine/events.ts";
import { type EngineState, type GroupState, startState } from "../engine/state.ts";
import type { GroupPlan, ScalingPlan } from "../scaling-plan.ts";
import type { Kernel } from "./kernel.ts";
import type { Conditions, InstanceTimes } from "./model.ts";

export interface Machine {
  readonly index: number;
  readonly id: string;
  readonly zone: string;
  readonly launchedAt: number;
  /** Seconds: its services answer from then on, whatever Auto Scaling calls it. */
  readonly answersFrom: number;
  /** Seconds; infinity as long as it is there. */
  goneAt: number;
}

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
  readonly decisions: readonly ScalingDecision[];
  state(): GroupState;
  alarms(): EngineState["alarms"];
  inService(): number;
  send(event: ScalingEvent): void;
  /** The minute that ends now; its alarms hear of it as late as the conditions say. */
  minute(data: readonly MetricData[]): void;
  /** It has nothing left to do: its termination will be complete. */
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

/** What becomes of a launch in a zone at this time, if it fails: in that zone alone, or in whichever. */
function launchFailure(
  { launchFailures, zoneOutages }: Conditions,
  { name: group, zones }: GroupPlan,
  zone: string,
  now: number,
): ScalingEvent | undefined {
  const failing = [...launchFailures, ...zoneOutages].filter(({ from, to }) => now >= from && now < to);
  const failed = { kind: "launch-failed", at: milliseconds(now), group } as const;
  if (failing.some((each) => each.zone === undefined)) return failed;
  return failing.some((each) => each.zone === zones.indexOf(zone)) ? { ...failed, zone } : undefined;
}

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

const idOf = (index: number) => `i-${index}`;
const indexOf = (id: string) => Number(id.slice(idOf(0).length - 1));

/** Adds machines to those that there are; each may be lost to an accident at any time. */
function machinePark(
  kernel: Kernel,
  { times: { lossesPerHour }, random }: FarmOptions,
  machines: Machine[],
  lose: (machine: Machine) => void,
): (bootSeconds: number, zone: string) => Machine {
  return (bootSeconds, zone) => {
    const index = machines.length;
    const launchedAt = kernel.now();
    const answersFrom = launchedAt + bootSeconds;
    const machine = { index, id: idOf(index), zone, launchedAt, answersFrom, goneAt: Number.POSITIVE_INFINITY };
    machines.push(machine);
    if (lossesPerHour > 0) {
      const life = (-3600 * Math.log(1 - random())) / lossesPerHour;
      kernel.timer(kernel.now() + life, () => lose(machine));
    }
    return machine;
  };
}

/** Tells of each minute as late as the conditions say; before the first comes there is nothing to tell. */
function late(
  { metricDelayMinutes }: Conditions,
  tell: (data: readonly MetricData[]) => void,
): (data: readonly MetricData[]) => void {
  const untold: (readonly MetricData[])[] = [];
  return (data) => {
    untold.push(data);
    tell(untold.length > metricDelayMinutes ? (untold.shift() ?? []) : []);
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

/** The boot script's answer to the group's launch hooks. */
const hookAnswers = ({ hooks }: GroupPlan, instanceId: string, at: number): ScalingEvent[] =>
  hooks
    .filter(({ transition }) => transition === "launching")
    .map(({ name: hook }) => ({ kind: "hook-completed", at, instanceId, hook, result: "CONTINUE" }));

export function createFarm(kernel: Kernel, plan: ScalingPlan, options: FarmOptions, hooks: MachineHooks): Farm {
  const own = onlyGroup(plan, options.group);
  const group = own.groups[0] as GroupPlan;
  const { runningSeconds, bootSeconds, stopSeconds } = options.times;
  const machines: Machine[] = [];
  const addMachine = machinePark(kernel, options, machines, lose);
  const decisions: ScalingDecision[] = [];
  const isNews = createNews();

  function lose(machine: Machine): void {
    if (machine.goneAt <= kernel.now()) return;
    hooks.lost(machine);
    send({ kind: "lost", at: milliseconds(kernel.now()), instanceId: machine.id });
  }

  // The zones of those that stand when the run begins are filled in turn.
  const first = Array.from({ length: group.desired }, (_, index) =>
    addMachine(0, group.zones[index % group.zones.length] as string),
  );
  const state = startState(own, {
    at: options.begins,
    seed: options.seed,
    instances: first.map(({ id, zone }) => ({ group: group.name, id, zone })),
  });

  const send = oneAfterAnother((event: ScalingEvent) => {
    const { begins } = options;
    for (const decision of advance(own, state, { ...event, at: event.at + begins })) {
      follow({ ...decision, at: decision.at - begins });
    }
  });

  function follow(decision: ScalingDecision): void {
    if (!isNews(decision)) return;
    decisions.push(decision);
    if (decision.kind === "launch") for (const zone of decision.zones) launch(zone);
    if (!("instanceId" in decision)) return;
    const machine = machines[indexOf(decision.instanceId)] as Machine;
    if (decision.kind === "in-service") hooks.inService(machine);
    else if (decision.kind === "terminate") hooks.terminate(machine, decision.waits);
    else hooks.shutDown(machine);
  }

  function launch(zone: string): void {
    const failed = launchFailure(options.conditions, group, zone, kernel.now());
    if (failed !== undefined) {
      send(failed);
      return;
    }
    const { id: instanceId, answersFrom } = addMachine(bootSeconds, zone);
    send({ kind: "launching", at: milliseconds(kernel.now()), group: group.name, instanceId, zone });
    kernel.timer(kernel.now() + runningSeconds, () => {
      send({ kind: "running", at: milliseconds(kernel.now()), instanceId });
      // Even if its services answer at that instant, they do so after it runs.
      kernel.timer(answersFrom, () => hookAnswers(group, instanceId, milliseconds(kernel.now())).forEach(send));
    });
  }

  atOutages(kernel, group, options.conditions, (zone) => machines.filter((each) => each.zone === zone).forEach(lose));
  const dimensions = dimensionsOf(own);

  return {
    group,
    machines,
    decisions,
    state: () => state.groups[group.name] as GroupState,
    alarms: () => state.alarms,
    inService: () =>
      (state.groups[group.name] as GroupState).instances.filter((each) => each.phase === "InService").length,
    send,
    minute: late(options.conditions, (data) => send({ kind: "minute", at: milliseconds(kernel.now()), data })),
    gone(machine) {
      if (machine.goneAt < Number.POSITIVE_INFINITY) return;
      machine.goneAt = kernel.now() + stopSeconds;
      const tell = () => send({ kind: "terminated", at: milliseconds(kernel.now()), instanceId: machine.id });
      if (stopSeconds === 0) tell();
      else kernel.timer(machine.goneAt, tell);
    },
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
