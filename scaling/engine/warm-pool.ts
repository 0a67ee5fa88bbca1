/**
 * A group's warm pool: instances that have booted and wait, outside of the desired capacity, until the group needs them.
 *
 *     ordered ─launching─▶ Warmed:Pending ─running─▶ [Warmed:Pending:Wait] ─▶ Warmed ──group grows──▶ Pending ─▶ …  (state.ts)
 *                                              launch hooks                     ▲
 *                                                                               └── scale-in, its hooks through, where the pool reuses
 *
 * The pool holds what the desired capacity leaves of the prepared capacity: of the group's maximum, unless the pool has a number of its
 * own. The group takes those that are warmed, the oldest first; what the pool cannot give is launched. Launch hooks hold an instance
 * twice: on its way into the pool, and on its way out. An instance that returns passes the termination hooks instead.
 *
 * Source: "Decrease latency for applications with long boot times using warm pools", "Use lifecycle hooks with a warm pool".
 */
import type { ScalingEvent } from "./events.ts";
import {
  abandonedCause,
  beginWait,
  hookDefaults,
  isOverdue,
  outcomeOf,
  renewed,
  type Wait,
  waitsAfter,
} from "./hooks.ts";
import type { GroupState, InstanceState, PooledInstance } from "./state.ts";
import { type Group, groupOf, groupsOf, isSuspended, type Turn } from "./turn.ts";
import { noteFailedLaunch, zoneForPool } from "./zones.ts";

interface Pooled {
  readonly group: Group;
  readonly instance: PooledInstance;
}

function pooledOf(turn: Turn, instanceId: string): Pooled | undefined {
  for (const group of groupsOf(turn)) {
    const instance = group.state.pool.instances.find(({ id }) => id === instanceId);
    if (instance !== undefined) return { group, instance };
  }
  return undefined;
}

/** True: the event is about an instance of a pool, and has been dealt with. */
export function takeForPool(turn: Turn, event: ScalingEvent): boolean {
  if ((event.kind === "launching" || event.kind === "launch-failed") && event.into === "pool") {
    if (event.kind === "launching") enterPool(turn, event);
    else poolLaunchFailed(turn, event);
    return true;
  }
  const pooled = "instanceId" in event ? pooledOf(turn, event.instanceId) : undefined;
  if (pooled === undefined) return false;
  const { group, instance } = pooled;
  if (event.kind === "running") beginHooks(turn, pooled);
  else if (event.kind === "hook-completed") {
    const wait = instance.waits.find((each) => event.hook === undefined || each.hook === event.hook);
    if (wait !== undefined) leaveHook(turn, pooled, wait, event.result);
  } else if (event.kind === "heartbeat") {
    for (const wait of instance.waits) {
      if (event.hook !== undefined && wait.hook !== event.hook) continue;
      const { heartbeatSeconds = 0 } = group.plan.hooks.find(({ name }) => name === wait.hook) ?? {};
      wait.until = renewed(wait, heartbeatSeconds, turn.at);
    }
  } else if (event.kind === "lost") remove(pooled);
  return true;
}

function enterPool(turn: Turn, event: Extract<ScalingEvent, { kind: "launching" }>): void {
  const { at } = turn;
  const group = groupOf(turn, event.group);
  const { pool } = group.state;
  const zone = event.zone ?? pool.ordered[0] ?? zoneForPool(group, at);
  takeOrder(pool, zone);
  const version = event.version ?? 0;
  pool.instances.push({ id: event.instanceId, zone, version, phase: "Warmed:Pending", launchedAt: at, waits: [] });
}

function poolLaunchFailed(turn: Turn, event: Extract<ScalingEvent, { kind: "launch-failed" }>): void {
  const group = groupOf(turn, event.group);
  takeOrder(group.state.pool, event.zone);
  noteFailedLaunch(group, event.zone, event.at);
}

/** Of a launch that has begun, or failed: the order for its zone, or else the oldest. */
function takeOrder({ ordered }: GroupState["pool"], zone: string | undefined): void {
  ordered.splice(Math.max(0, zone === undefined ? 0 : ordered.indexOf(zone)), 1);
}

function beginHooks(turn: Turn, pooled: Pooled): void {
  const { group, instance } = pooled;
  if (instance.phase !== "Warmed:Pending") return;
  const hooks = group.plan.hooks.filter(({ transition }) => transition === "launching");
  instance.waits = hooks.map((hook) => beginWait(hook, turn.at));
  if (hooks.length > 0) instance.phase = "Warmed:Pending:Wait";
  else becomeWarmed(turn, pooled);
}

function becomeWarmed({ at, decisions }: Turn, { group, instance }: Pooled): void {
  instance.phase = "Warmed";
  decisions.push({ kind: "warmed", at, group: group.plan.name, instanceId: instance.id });
}

function leaveHook(turn: Turn, pooled: Pooled, wait: Wait, result: "CONTINUE" | "ABANDON"): void {
  const { instance } = pooled;
  instance.waits = waitsAfter(instance.waits, wait, result);
  if (instance.waits.length > 0) return;
  if (outcomeOf("launching", result) === "terminate") endPooled(turn, pooled, abandonedCause(wait.hook));
  else becomeWarmed(turn, pooled);
}

/** Time is up for those that nobody answered for. */
export function timeOutPools(turn: Turn): void {
  for (const group of groupsOf(turn)) {
    for (const instance of [...group.state.pool.instances]) {
      for (const wait of instance.waits.filter((each) => isOverdue(each, turn.at))) {
        const { defaultResult } = group.plan.hooks.find(({ name }) => name === wait.hook) ?? hookDefaults;
        leaveHook(turn, { group, instance }, wait, defaultResult);
      }
    }
  }
}

function remove({ group, instance }: Pooled): void {
  const { pool } = group.state;
  pool.instances = pool.instances.filter((each) => each !== instance);
}

function endPooled({ at, decisions }: Turn, pooled: Pooled, cause: string): void {
  const { group, instance } = pooled;
  remove(pooled);
  decisions.push({ kind: "terminate", at, group: group.plan.name, instanceId: instance.id, cause, waits: false });
}

/** At most `count` instances that the group takes out of its pool instead of launching them; the number that it took. */
export function takeFromPool({ at, decisions }: Turn, { plan, state }: Group, count: number): number {
  const taken = state.pool.instances.filter(({ phase }) => phase === "Warmed").slice(0, Math.max(0, count));
  for (const { id, zone, version, launchedAt } of taken) {
    state.pool.instances = state.pool.instances.filter((each) => each.id !== id);
    state.instances.push({
      id,
      zone,
      version,
      phase: "Pending",
      launchedAt,
      inServiceAt: undefined,
      warmUpSeconds: state.warmUpSeconds,
      protected: plan.protectsNew,
      unhealthy: undefined,
      waits: [],
    });
    decisions.push({ kind: "start", at, group: plan.name, instanceId: id, cause: state.cause });
  }
  return taken.length;
}

/** Whether an instance that a scale-in takes out goes back to the pool; one that never served has nothing to offer it. */
export const returnsToPool = ({ plan }: Group, { phase }: InstanceState): boolean =>
  plan.warmPool?.reuses === true && phase === "InService";

/** An instance that was to return is out of the group, its hooks and its balancer. */
export function returnToPool(turn: Turn, group: Group, { id, zone, version, launchedAt }: InstanceState): void {
  const instance: PooledInstance = { id, zone, version, launchedAt, phase: "Warmed:Pending", waits: [] };
  group.state.pool.instances.push(instance);
  becomeWarmed(turn, { group, instance });
}

/** How many the pool is to hold beside this desired capacity. */
export function poolSize({ plan, state }: Group): number {
  if (plan.warmPool === undefined) return 0;
  const { min, prepared = state.max } = plan.warmPool;
  return Math.max(min, prepared - state.desired, 0);
}

/** Orders what the pool lacks, and ends what it has too much: those that are furthest from ready, the newest first. */
export function reconcilePool(turn: Turn, group: Group): void {
  const { plan, state } = group;
  if (plan.warmPool === undefined) return;
  const { at, decisions } = turn;
  const { pool } = state;
  const returning = state.instances.filter(({ returns }) => returns).length;
  const missing = poolSize(group) - pool.ordered.length - pool.instances.length - returning;
  if (missing > 0 && at >= state.launchesFrom && !isSuspended(group, "Launch")) {
    const zones: string[] = [];
    for (let n = 0; n < missing; n++) {
      const zone = zoneForPool(group, at);
      zones.push(zone);
      pool.ordered.push(zone);
    }
    const cause = "in response to a difference between desired and actual capacity of the warm pool";
    decisions.push({ kind: "warm", at, group: plan.name, count: missing, zones, cause });
  }
  if (missing >= 0 || isSuspended(group, "Terminate")) return;
  const ready = (phase: PooledInstance["phase"]) => (phase === "Warmed" ? 1 : 0);
  const leaving = [...pool.instances].sort((a, b) => ready(a.phase) - ready(b.phase) || b.launchedAt - a.launchedAt);
  for (const instance of leaving.slice(0, -missing)) {
    endPooled(turn, { group, instance }, "in response to a smaller warm pool");
  }
}
