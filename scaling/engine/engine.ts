/**
 * The scaling engine: what AWS does between a metric and an instance, as one pure function of a plan, a state and an event. It
 * knows no clock; a simulation drives it on a virtual one, the local run on its own. The same events give the same decisions.
 *
 *     minute ─▶ metrics ─▶ alarms ─▶ policies ─▶ desired capacity ─▶ launch, terminate
 *                                    schedules ─▶      ▲                    │
 *                                                      └── launching, running, health, terminated …  (the driver's answers)
 */
import type { ScalingPlan } from "../scaling-plan.ts";
import { evaluateAlarms, setAlarm } from "./alarms.ts";
import { reconcile, setDesired } from "./capacity.ts";
import type { ScalingDecision, ScalingEvent } from "./events.ts";
import {
  health,
  heartbeat,
  hookCompleted,
  launchFailed,
  launching,
  lost,
  replaceUnhealthy,
  running,
  setProtection,
  terminated,
  timeOutHooks,
} from "./lifecycle.ts";
import { endReplaced } from "./maintenance.ts";
import { grainOf, takeIn } from "./metrics.ts";
import { observe } from "./observe.ts";
import { answerMessages, execute, noteSizes } from "./policies.ts";
import { runSchedules } from "./schedules.ts";
import { copyState, type EngineState } from "./state.ts";
import { groupOf, groupsOf, type Turn } from "./turn.ts";
import { reconcilePool, takeForPool, timeOutPools } from "./warm-pool.ts";

export interface Advance {
  readonly state: EngineState;
  /** In the order in which they were made. */
  readonly decisions: readonly ScalingDecision[];
}

/**
 * The state after an event, and what is to be done. The state given is left as it is.
 *
 * @throws {RangeError} when the event is older than the last one, or asks for something that the group's declaration does not allow.
 */
export function step(plan: ScalingPlan, before: EngineState, event: ScalingEvent): Advance {
  const state = copyState(before);
  return { decisions: advance(plan, state, event), state };
}

/**
 * What is to be done after an event, in the order in which it was decided. The state is changed: for drivers that nobody else looks
 * over the shoulder of, since a copy costs as much as what is done with it.
 *
 * @throws {RangeError} as `step` does; the state is no use then.
 */
export function advance(plan: ScalingPlan, state: EngineState, event: ScalingEvent): readonly ScalingDecision[] {
  if (event.at < state.now) {
    throw new RangeError(`an event of ${event.at} comes after one of ${state.now}; events must come in order of time`);
  }
  const turn: Turn = { plan, state, at: event.at, decisions: [] };
  const before = state.now;
  state.now = event.at;
  runSchedules(turn, before);
  timeOutHooks(turn);
  timeOutPools(turn);
  take(turn, event);
  replaceUnhealthy(turn);
  endReplaced(turn);
  for (const group of groupsOf(turn)) {
    reconcile(turn, group);
    reconcilePool(turn, group);
  }
  return turn.decisions;
}

function take(turn: Turn, event: ScalingEvent): void {
  if (takeForPool(turn, event)) return;
  if (event.kind === "minute" || event.kind === "ten-seconds") {
    const grain = grainOf(event.kind);
    takeIn(turn, event.data, grain);
    noteSizes(turn, grain);
    answerMessages(turn, evaluateAlarms(turn, grain));
  } else if (event.kind === "launching") launching(turn, event);
  else if (event.kind === "launch-failed") launchFailed(turn, event);
  else if (event.kind === "running") running(turn, event);
  else if (event.kind === "health") health(turn, event);
  else if (event.kind === "lost") lost(turn, event);
  else if (event.kind === "terminated") terminated(turn, event);
  else if (event.kind === "protection") setProtection(turn, event);
  else if (event.kind === "heartbeat") heartbeat(turn, event);
  else if (event.kind === "hook-completed") hookCompleted(turn, event);
  else if (event.kind === "observed") observe(turn, event);
  else if (event.kind === "alarm-set") answerMessages(turn, setAlarm(turn, event));
  else if (event.kind === "execute") execute(turn, event);
  else if (event.kind === "desired") desired(turn, event);
  else bounds(turn, event);
}

function desired(turn: Turn, event: Extract<ScalingEvent, { kind: "desired" }>): void {
  const group = groupOf(turn, event.group);
  const { min, max, cooldownUntil, pace } = group.state;
  if (!(Number.isInteger(event.desired) && event.desired >= min && event.desired <= max)) {
    throw new RangeError(
      `desired capacity ${event.desired} of ${event.group} is not between its bounds ${min} and ${max}`,
    );
  }
  if (event.honorCooldown && (pace !== undefined || event.at < cooldownUntil)) {
    throw new RangeError(`${event.group} is in its cooldown; wait for its end, or do not honour it`);
  }
  setDesired(turn, group, { desired: event.desired, cause: event.cause ?? "a user request" });
}

function bounds(turn: Turn, { group: name, min, max }: Extract<ScalingEvent, { kind: "bounds" }>): void {
  const group = groupOf(turn, name);
  if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 0 && min <= max)) {
    throw new RangeError(`bounds ${min} and ${max} of ${name} are not whole numbers, the least first`);
  }
  Object.assign(group.state, { min, max });
  setDesired(turn, group, { desired: group.state.desired, cause: "a change of the group's bounds" });
}
