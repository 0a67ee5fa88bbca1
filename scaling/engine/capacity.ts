/** Makes the number of instances what is desired: orders launches, chooses what terminates, starts cooldowns. */
import { within } from "../policies/adjustment.ts";
import { beginTermination } from "./lifecycle.ts";
import { surplus } from "./maintenance.ts";
import { chooseToTerminate } from "./termination.ts";
import { active, type Group, inProgress, isSuspended, type Turn } from "./turn.ts";
import { takeFromPool } from "./warm-pool.ts";

/** Held within the bounds; `cause` is in Auto Scaling's words, without the numbers. */
export function setDesired(
  { at, decisions }: Turn,
  { plan, state }: Group,
  change: {
    readonly desired: number;
    readonly cause: string;
    readonly by?: string;
    readonly alarm?: string;
    readonly warmUpSeconds?: number;
  },
): void {
  const to = within(change.desired, state);
  const from = state.desired;
  if (to === from) return;
  const cause = `${change.cause} changing the desired capacity from ${from} to ${to}`;
  state.desired = to;
  state.cause = `in response to ${cause}`;
  state.warmUpSeconds = change.warmUpSeconds ?? plan.defaultWarmUpSeconds ?? 0;
  decisions.push({ kind: "desired", at, group: plan.name, from, to, cause, by: change.by, alarm: change.alarm });
}

/** Orders or terminates what the desired capacity lacks or has too much; starts the cooldown of an activity that is through. */
export function reconcile(turn: Turn, group: Group): void {
  const { at, decisions } = turn;
  const { plan, state } = group;
  const missing = state.desired + surplus(group) - active(state).length - state.ordered.length;
  if (missing > 0 && at >= state.launchesFrom && !isSuspended(group, "Launch")) {
    const cold = missing - takeFromPool(turn, group, missing);
    for (let n = 0; n < cold; n++) state.ordered.push(state.warmUpSeconds);
    if (cold > 0) decisions.push({ kind: "launch", at, group: plan.name, count: cold, cause: state.cause });
  }
  for (let extra = isSuspended(group, "Terminate") ? 0 : -missing; extra > 0; extra--) {
    const { instanceId, random } = chooseToTerminate(active(state), plan.terminationPolicies, turn.state.random, at);
    turn.state.random = random;
    // All are protected. They stay; whichever is not any more goes then.
    if (instanceId === undefined) break;
    beginTermination(turn, group, instanceId, state.cause, { reuse: true });
  }
  // It begins when the last instance has finished, which may be at once when none could go.
  if (state.pace !== undefined && !inProgress(state)) {
    state.cooldownUntil = at + state.pace.cooldownSeconds * 1000;
    state.pace = undefined;
  }
  // What is launched from now on was not asked for by a policy: it replaces what is lost.
  if (state.ordered.length === 0 && active(state).length === state.desired) {
    state.cause = "in response to a difference between desired and actual capacity";
    state.warmUpSeconds = plan.defaultWarmUpSeconds ?? 0;
  }
}
