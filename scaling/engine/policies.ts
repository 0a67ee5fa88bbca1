/**
 * What policies make of alarms. Each that hears one proposes a capacity; of several proposals the greatest counts, on the way
 * out and on the way in, as Auto Scaling has it.
 */
import { evaluationRange } from "../alarm.ts";
import { adjusted, within } from "../policies/adjustment.ts";
import { stepFor } from "../policies/steps.ts";
import { capacityFor } from "../policies/target-tracking.ts";
import type { AlarmPlan, GroupPlan, PolicyPlan, SimplePolicy, StepPolicy, TargetPolicy } from "../scaling-plan.ts";
import type { Message } from "./alarms.ts";
import { setDesired } from "./capacity.ts";
import type { ScalingDecision, ScalingEvent } from "./events.ts";
import { alarmGrain, type Grain, minute } from "./metrics.ts";
import {
  counted,
  type Group,
  groupOf,
  groupsOf,
  inProgress,
  isSuspended,
  isTerminating,
  type Turn,
  warming,
} from "./turn.ts";

type Ignored = Extract<ScalingDecision, { kind: "ignored" }>["why"];
type Answer = { readonly capacity: number } | { readonly ignored: Ignored };

const sizesOf = (grain: Grain) => (grain === minute ? "sizes" : "fineSizes");

/** How many of what its series are made of an alarm's period has. */
const parts = ({ periodSeconds }: AlarmPlan, grain: Grain): number => (periodSeconds * 1000) / grain;

/** Notes how many instances the readings of the time that ends are spread over. */
export function noteSizes(turn: Turn, grain: Grain): void {
  const looking = turn.plan.alarms.filter((alarm) => alarm.side !== undefined && alarmGrain(alarm) === grain);
  const lookBack = Math.max(0, ...looking.map((alarm) => evaluationRange(alarm.rule) * parts(alarm, grain)));
  if (lookBack === 0) return;
  for (const { plan, state } of groupsOf(turn)) {
    if (!plan.policies.some(({ kind }) => kind === "target")) continue;
    const inService = state.instances.filter(({ phase }) => phase === "InService").length;
    state[sizesOf(grain)] = [...state[sizesOf(grain)], inService].slice(-lookBack);
  }
}

export function answerMessages(turn: Turn, messages: readonly Message[]): void {
  for (const group of groupsOf(turn)) {
    const own = messages.filter(({ to }) => to.group === group.plan.name);
    if (own.length > 0) answerFor(turn, group, own);
  }
}

interface Proposal {
  readonly capacity: number;
  readonly policy: PolicyPlan;
  readonly message: Message;
}

function answerFor(turn: Turn, group: Group, messages: readonly Message[]): void {
  const { at, decisions } = turn;
  const { plan, state } = group;
  const agree = targetsAgree(turn, plan);
  const proposals: Proposal[] = [];
  const ignore = (policy: PolicyPlan, { alarm }: Message, why: Ignored) =>
    decisions.push({ kind: "ignored", at, group: plan.name, policy: policy.name, alarm: alarm.name, why });

  for (const message of messages) {
    const policy = plan.policies.find(({ name }) => name === message.to.policy);
    if (policy === undefined || !policy.enabled) continue;
    const answer: Answer = isSuspended(group, "AlarmNotification")
      ? { ignored: "suspended" }
      : answerOf(turn, group, policy, message, agree);
    if ("ignored" in answer) ignore(policy, message, answer.ignored);
    else proposals.push({ capacity: within(answer.capacity, state), policy, message });
  }
  const greatest = Math.max(...proposals.map(({ capacity }) => capacity));
  const chosen = proposals.find(({ capacity }) => capacity === greatest);
  for (const proposal of proposals) {
    const same = proposal.capacity === state.desired;
    if (same) ignore(proposal.policy, proposal.message, proposalStopsAt(group, proposal) ? "bounds" : "enough");
    else if (proposal !== chosen) ignore(proposal.policy, proposal.message, "others disagree");
  }
  if (chosen === undefined || chosen.capacity === state.desired) return;

  const { policy, message } = chosen;
  const cause = `a monitor alarm ${message.alarm.name} in state ${message.state} triggered policy ${policy.name}`;
  const warmUpSeconds = policy.kind === "simple" ? undefined : policy.warmUpSeconds;
  setDesired(turn, group, {
    desired: chosen.capacity,
    cause,
    by: policy.name,
    alarm: message.alarm.name,
    ...(warmUpSeconds === undefined ? {} : { warmUpSeconds }),
  });
  if (policy.kind === "simple") state.pace = { policy: policy.name, cooldownSeconds: policy.cooldownSeconds };
}

/**
 * Does at once what a simple or a step policy says, whatever cooldown is under way.
 *
 * @throws {RangeError} when there is no such policy, it is of another kind, or no step fits.
 */
export function execute(turn: Turn, event: Extract<ScalingEvent, { kind: "execute" }>): void {
  const group = groupOf(turn, event.group);
  const { plan, state } = group;
  const policy = plan.policies.find(({ name }) => name === event.policy);
  if (policy === undefined) throw new RangeError(`the group ${plan.name} has no policy ${event.policy}`);
  if (policy.kind === "target")
    throw new RangeError(`${policy.name} tracks a target; only simple and step policies can be executed`);
  const { distance = Number.NaN } = event;
  const answer: Answer =
    policy.kind === "simple"
      ? { capacity: adjusted(state.desired, policy.adjustment, policy.amount) }
      : stepped(turn, group, policy, distance, distance >= 0 ? "above" : "below");
  if ("ignored" in answer)
    throw new RangeError(`no step of ${policy.name} is for a metric ${distance} from the threshold`);
  const held = heldBack(turn, group, answer);
  const before = state.desired;
  if ("capacity" in held) {
    const warmUpSeconds = policy.kind === "simple" ? undefined : policy.warmUpSeconds;
    setDesired(turn, group, {
      desired: held.capacity,
      cause: `a user request executed policy ${policy.name}`,
      by: policy.name,
      ...(warmUpSeconds === undefined ? {} : { warmUpSeconds }),
    });
  }
  if (policy.kind === "simple" && state.desired !== before) {
    state.pace = { policy: policy.name, cooldownSeconds: policy.cooldownSeconds };
  }
}

const proposalStopsAt = ({ state }: Group, { capacity }: Proposal): boolean =>
  capacity === state.min || capacity === state.max;

/** Any target tracking policy may scale out, but all that may scale in must be for it, whenever each of them is heard. */
function targetsAgree({ plan, state }: Turn, group: GroupPlan): boolean {
  const isFor = (policy: string) =>
    plan.alarms.some(
      ({ name, side, actions }) =>
        side === "low" &&
        state.alarms[name]?.state === "ALARM" &&
        actions.ALARM.policies.some((to) => to.group === group.name && to.policy === policy),
    );
  return group.policies
    .filter((policy) => policy.kind === "target" && policy.enabled && policy.scaleIn)
    .every(({ name }) => isFor(name));
}

function answerOf(turn: Turn, group: Group, policy: PolicyPlan, message: Message, agree: boolean): Answer {
  const answer =
    policy.kind === "simple"
      ? simple(turn, group, policy)
      : policy.kind === "step"
        ? step(turn, group, policy, message)
        : target(group, policy, message, agree);
  return "ignored" in answer ? answer : heldBack(turn, group, answer);
}

/** While what was added warms up, nothing is taken away: it has not shown yet what it is worth. */
function heldBack(turn: Turn, { state }: Group, answer: Extract<Answer, { capacity: number }>): Answer {
  const shrinks = answer.capacity < state.desired;
  return shrinks && warming(state, turn.at) > 0 ? { ignored: "warm-up" } : answer;
}

/** Deaf until the activity under way has completed and the cooldown after it has ended. */
function simple({ at }: Turn, { state }: Group, { adjustment, amount }: SimplePolicy): Answer {
  if (inProgress(state)) return { ignored: "activity" };
  if (at < state.cooldownUntil) return { ignored: "cooldown" };
  return { capacity: adjusted(state.desired, adjustment, amount) };
}

const aggregations = {
  Average: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Minimum: (values: readonly number[]) => Math.min(...values),
  Maximum: (values: readonly number[]) => Math.max(...values),
} as const;

/**
 * Hears every message. Instances that warm up do not count, so that the same breach asks for the same capacity again; on the
 * way in those that terminate still count, for the same reason.
 */
function step(turn: Turn, group: Group, policy: StepPolicy, { alarm, values }: Message): Answer {
  const { comparison, threshold } = alarm.rule;
  const side = comparison.startsWith("Greater") ? "above" : "below";
  // An alarm for missing data alone has no value; it stands at its threshold, in the mildest step of its side.
  const distance = values.length === 0 ? 0 : aggregations[policy.aggregation](values) - threshold;
  return stepped(turn, group, policy, distance, side);
}

function stepped(
  { at }: Turn,
  { state }: Group,
  policy: StepPolicy,
  distance: number,
  side: "above" | "below",
): Answer {
  const found = stepFor(policy.steps, distance, side);
  if (found === undefined) return { ignored: "no step" };
  if (policy.adjustment.type === "ExactCapacity") return { capacity: found.amount };
  if (found.amount >= 0) {
    return { capacity: Math.max(state.desired, adjusted(counted(state, at), policy.adjustment, found.amount)) };
  }
  const leaving = state.instances.filter(isTerminating).length;
  return { capacity: Math.min(state.desired, adjusted(state.desired + leaving, policy.adjustment, found.amount)) };
}

function target({ state }: Group, policy: TargetPolicy, { alarm, points }: Message, agree: boolean): Answer {
  if (alarm.side === "low" && !agree) return { ignored: "others disagree" };
  // Each reading by the farm it was measured on: one from before a step inward was spread over more instances.
  const grain = alarmGrain(alarm);
  const sizes = state[sizesOf(grain)];
  const needed = points.flatMap((reading, index) => {
    const size = sizes.at((index - points.length + 1) * parts(alarm, grain) - 1) ?? sizes[0] ?? 0;
    return reading === undefined ? [] : [capacityFor(size, reading, policy.target)];
  });
  if (alarm.side === "high") return { capacity: Math.max(state.desired, needed.at(-1) ?? 0) };
  // Careful: as many as the busiest of the quiet minutes would have needed.
  return { capacity: Math.min(state.desired, Math.max(...needed.slice(-alarm.rule.evaluationPeriods))) };
}
