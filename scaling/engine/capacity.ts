/** Makes the number of instances what is desired: orders launches, chooses what terminates, starts cooldowns. */
import { within } from "../policies/adjustment.ts";
import type { ScalingProcess } from "./health.ts";
import { beginTermination } from "./lifecycle.ts";
import { replacing } from "./maintenance.ts";
import { chooseToTerminate } from "./termination.ts";
import { active, type Group, inProgress, isSuspended, type Turn } from "./turn.ts";
import { takeFromPool } from "./warm-pool.ts";
import { movesToBalance, zoneForLaunch } from "./zones.ts";

const toBalance = "to balance the instances of the group's zones";

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
  state.warmUpSeconds = change.warmUpSeconds ?? plan.defaultWarmUpSeconds;
  decisions.push({ kind: "desired", at, group: plan.name, from, to, cause, by: change.by, alarm: change.alarm });
}

/** Orders or terminates what the desired capacity lacks or has too much; starts the cooldown of an activity that is through. */
export function reconcile(turn: Turn, group: Group): void {
  const { at } = turn;
  const { plan, state } = group;
  settleZones(group);
  const missing = state.desired + state.surplus + replacing(group) - active(state).length - state.ordered.length;
  if (missing > 0 && !isSuspended(group, "Launch")) {
    const cold = missing - takeFromPool(turn, group, missing);
    if (cold > 0 && at >= state.launchesFrom) order(turn, group, cold, state.cause, state.warmUpSeconds);
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
    state.warmUpSeconds = plan.defaultWarmUpSeconds;
    balanceZones(turn, group);
  }
}

function order(
  { at, decisions }: Turn,
  group: Group,
  count: number,
  cause: string,
  warmUpSeconds: number | undefined,
): void {
  const { plan, state } = group;
  const zones: string[] = [];
  for (let n = 0; n < count; n++) {
    const zone = zoneForLaunch(group, at);
    zones.push(zone);
    state.ordered.push({ zone, warmUpSeconds });
  }
  decisions.push({ kind: "launch", at, group: plan.name, count, zones, cause });
}

/** What was launched to balance zones is in service: what it takes the place of may go. */
function settleZones({ state }: Group): void {
  if (state.surplus === 0 || state.ordered.length > 0) return;
  if (!active(state).every(({ phase }) => phase === "InService")) return;
  state.surplus = 0;
  state.cause = toBalance;
}

/** Without any of them nothing is balanced. */
const balancing: readonly ScalingProcess[] = ["AZRebalance", "Launch", "Terminate"];

/** Launches before it terminates, so capacity never falls below what is desired. */
function balanceZones(turn: Turn, group: Group): void {
  const { plan, state } = group;
  if (!plan.rebalances || inProgress(state) || turn.at < state.launchesFrom) return;
  if (balancing.some((process) => isSuspended(group, process))) return;
  const moves = movesToBalance(group, turn.at);
  if (moves === 0) return;
  state.surplus = moves;
  order(turn, group, moves, toBalance, plan.defaultWarmUpSeconds);
}
