/** One event's worth of work: the copy of the state that may be changed, and where decisions go. */
import type { GroupPlan, ScalingPlan } from "../scaling-plan.ts";
import type { ScalingDecision } from "./events.ts";
import type { ScalingProcess } from "./health.ts";
import type { EngineState, GroupState, InstanceState } from "./state.ts";

export interface Turn {
  readonly plan: ScalingPlan;
  readonly state: EngineState;
  readonly at: number;
  readonly decisions: ScalingDecision[];
}

/** A group as it is declared and as it stands. */
export interface Group {
  readonly plan: GroupPlan;
  readonly state: GroupState;
}

export const groupsOf = ({ plan, state }: Turn): Group[] =>
  plan.groups.map((group) => ({ plan: group, state: state.groups[group.name] as GroupState }));

/** @throws {RangeError} when there is none of that name. */
export function groupOf(turn: Turn, name: string): Group {
  const plan = turn.plan.groups.find((group) => group.name === name);
  const state = turn.state.groups[name];
  if (plan === undefined || state === undefined) throw new RangeError(`there is no Auto Scaling group ${name}`);
  return { plan, state };
}

export const isSuspended = ({ state }: Pick<Group, "state">, process: ScalingProcess): boolean =>
  state.suspended.includes(process);

export interface Member {
  readonly group: Group;
  readonly instance: InstanceState;
}

/** `undefined`: no group has it, or has it any more; what is said of it comes too late and does not matter. */
export function memberOf(turn: Turn, instanceId: string): Member | undefined {
  for (const group of groupsOf(turn)) {
    const instance = group.state.instances.find(({ id }) => id === instanceId);
    if (instance !== undefined) return { group, instance };
  }
  return undefined;
}

export const isTerminating = ({ phase }: InstanceState): boolean => phase.startsWith("Terminating");

/** Counts towards the desired capacity. */
export const active = ({ instances }: GroupState): InstanceState[] => instances.filter((each) => !isTerminating(each));

/** Still on its way to service, however short its warm-up will be, or within it. */
const warms = ({ phase, warmUpSeconds, inServiceAt }: InstanceState, at: number): boolean =>
  warmUpSeconds !== undefined &&
  (phase === "InService" ? at < (inServiceAt ?? at) + warmUpSeconds * 1000 : phase.startsWith("Pending"));

/** Instances that a policy does not count yet: those that warm up or will, launched or only ordered. */
export const warming = ({ ordered, instances }: GroupState, at: number): number =>
  ordered.filter(({ warmUpSeconds }) => warmUpSeconds !== undefined).length +
  instances.filter((each) => warms(each, at)).length;

/** What is desired and not even ordered, because launches fail or are suspended. */
const lacking = (state: GroupState): number => Math.max(0, state.desired - active(state).length - state.ordered.length);

/**
 * The capacity that a step outward adds to. What could not be launched is part of the desired capacity and not of this one, so a
 * breach that goes on asks for the same capacity again, and launches that fail do not drive the group to its maximum.
 */
export const counted = (state: GroupState, at: number): number =>
  state.desired - warming(state, at) - (state.warmUpSeconds === undefined ? 0 : lacking(state));

/**
 * Something is being launched or terminated, or is to be launched and cannot. An instance that a termination hook holds, or has
 * held, is none of it any more: a cooldown does not wait for hooks on the way in.
 */
export const inProgress = (state: GroupState): boolean =>
  state.ordered.length > 0 ||
  lacking(state) > 0 ||
  state.instances.some(({ phase }) => phase.startsWith("Pending") || phase === "Terminating");
