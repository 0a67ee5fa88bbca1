/** The life of an instance within its group: launch, hooks, health, termination. */

import type { HookPlan } from "../scaling-plan.ts";
import type { ScalingEvent } from "./events.ts";
import { isHeeded, replacementCause } from "./health.ts";
import {
  abandonedCause,
  beginWait,
  type HookResult,
  hookDefaults,
  isOverdue,
  outcomeOf,
  passesTerminationHooks,
  renewed,
  type Wait,
  waitsAfter,
} from "./hooks.ts";
import type { InstanceState } from "./state.ts";
import { type Group, groupOf, groupsOf, isTerminating, type Member, memberOf, type Turn } from "./turn.ts";
import { returnsToPool, returnToPool } from "./warm-pool.ts";
import { noteFailedLaunch, zoneForLaunch } from "./zones.ts";

type Event<Kind extends ScalingEvent["kind"]> = Extract<ScalingEvent, { kind: Kind }>;

export function launching(turn: Turn, { group: name, instanceId: id, zone, version }: Event<"launching">): void {
  const group = groupOf(turn, name);
  group.state.instances.push(newInstance(turn, group, { id, zone, version }));
}

/** Takes the place of one that was ordered. One that was not has been launched from outside; it is as welcome. */
export function newInstance(
  { at }: Turn,
  { plan, state }: Group,
  {
    id,
    zone,
    version = 0,
  }: { readonly id: string; readonly zone?: string | undefined; readonly version?: number | undefined },
): InstanceState {
  const index = zone === undefined ? 0 : state.ordered.findIndex((each) => each.zone === zone);
  const [ordered] = state.ordered.splice(Math.max(0, index), 1);
  return {
    id,
    zone: zone ?? ordered?.zone ?? zoneForLaunch({ plan, state }, at),
    version,
    phase: "Pending",
    launchedAt: at,
    inServiceAt: undefined,
    warmUpSeconds: ordered === undefined ? plan.defaultWarmUpSeconds : ordered.warmUpSeconds,
    protected: plan.protectsNew,
    unhealthy: undefined,
    waits: [],
  };
}

export function launchFailed(turn: Turn, event: Event<"launch-failed">): void {
  const group = groupOf(turn, event.group);
  const { state } = group;
  const index = state.ordered.findIndex(({ zone }) => event.zone === undefined || zone === event.zone);
  const [ordered] = index < 0 ? [] : state.ordered.splice(index, 1);
  if (ordered?.warmUpSeconds !== undefined) state.warmUpSeconds = ordered.warmUpSeconds;
  // Balancing zones is not tried on in another one.
  state.surplus = Math.max(0, state.surplus - 1);
  noteFailedLaunch(group, event.zone, event.at);
}

const waitsFor = ({ plan }: Group, transition: HookPlan["transition"], at: number): Wait[] =>
  plan.hooks.filter((hook) => hook.transition === transition).map((hook) => beginWait(hook, at));

export function running(turn: Turn, { instanceId, at }: Event<"running">): void {
  const member = memberOf(turn, instanceId);
  if (member?.instance.phase !== "Pending") return;
  const { group, instance } = member;
  instance.waits = waitsFor(group, "launching", at);
  if (instance.waits.length > 0) instance.phase = "Pending:Wait";
  else enterService(turn, group, instance);
}

export function enterService({ at, decisions }: Turn, { plan }: Group, instance: InstanceState): void {
  instance.phase = "InService";
  instance.inServiceAt = at;
  decisions.push({ kind: "in-service", at, group: plan.name, instanceId: instance.id });
}

/** Once begun it is not undone. `machine` false: it is gone already. `reuse`: it may go back to the group's warm pool. */
export function beginTermination(
  turn: Turn,
  group: Group,
  instanceId: string,
  cause: string,
  { machine = true, reuse = false }: { readonly machine?: boolean; readonly reuse?: boolean } = {},
): void {
  const { at, decisions } = turn;
  const instance = group.state.instances.find(({ id }) => id === instanceId);
  if (instance === undefined || isTerminating(instance)) return;
  const awaited = passesTerminationHooks({ machine, inService: instance.phase === "InService" });
  const waits = awaited ? waitsFor(group, "terminating", at) : [];
  const returns = reuse && returnsToPool(group, instance) ? { returns: true } : {};
  Object.assign(instance, { waits, phase: waits.length > 0 ? "Terminating:Wait" : "Terminating", ...returns });
  const names = { group: group.plan.name, instanceId };
  decisions.push({ kind: "terminate", at, ...names, cause, waits: waits.length > 0, ...returns });
}

export function heartbeat(turn: Turn, { instanceId, hook, at }: Event<"heartbeat">): void {
  const member = memberOf(turn, instanceId);
  for (const wait of member?.instance.waits ?? []) {
    if (hook !== undefined && wait.hook !== hook) continue;
    const { heartbeatSeconds = 0 } = member?.group.plan.hooks.find(({ name }) => name === wait.hook) ?? {};
    wait.until = renewed(wait, heartbeatSeconds, at);
  }
}

export function hookCompleted(turn: Turn, { instanceId, hook, result }: Event<"hook-completed">): void {
  const member = memberOf(turn, instanceId);
  const wait = member?.instance.waits.find((each) => hook === undefined || each.hook === hook);
  if (member !== undefined && wait !== undefined) leaveHook(turn, member, wait, result, false);
}

/** Time is up for those that nobody answered for. */
export function timeOutHooks(turn: Turn): void {
  for (const group of groupsOf(turn)) {
    for (const instance of [...group.state.instances]) {
      for (const wait of instance.waits.filter((each) => isOverdue(each, turn.at))) {
        const { defaultResult } = group.plan.hooks.find(({ name }) => name === wait.hook) ?? hookDefaults;
        leaveHook(turn, { group, instance }, wait, defaultResult, true);
      }
    }
  }
}

function leaveHook(turn: Turn, { group, instance }: Member, wait: Wait, result: HookResult, timedOut: boolean): void {
  const { at, decisions } = turn;
  instance.waits = waitsAfter(instance.waits, wait, result);
  if (instance.waits.length > 0) return;
  const outcome = outcomeOf(instance.phase === "Terminating:Wait" ? "terminating" : "launching", result);
  if (outcome === "shut down") {
    instance.phase = "Terminating:Proceed";
    decisions.push({ kind: "shut-down", at, group: group.plan.name, instanceId: instance.id, timedOut });
  } else if (outcome === "terminate") beginTermination(turn, group, instance.id, abandonedCause(wait.hook));
  else enterService(turn, group, instance);
}

export function terminated(turn: Turn, { instanceId }: Event<"terminated">): void {
  const member = memberOf(turn, instanceId);
  if (member === undefined) return;
  const { group, instance } = member;
  group.state.instances = group.state.instances.filter((each) => each !== instance);
  if (instance.returns) returnToPool(turn, group, instance);
}

/** A machine that is gone is replaced at once. Without it there is nobody to wait for. */
export function lost(turn: Turn, { instanceId }: Event<"lost">): void {
  const member = memberOf(turn, instanceId);
  if (member === undefined) return;
  member.instance.returns = false; // the pool has nothing of it
  replace(turn, member, [{ by: "lost" }], false);
}

export function health(turn: Turn, { instanceId, by, healthy }: Event<"health">): void {
  const member = memberOf(turn, instanceId);
  if (member === undefined) return;
  if (healthy && member.instance.unhealthy === by) member.instance.unhealthy = undefined;
  else if (!healthy && isHeeded(by, member.group.plan)) member.instance.unhealthy = by;
}

export function replaceUnhealthy(turn: Turn): void {
  for (const group of groupsOf(turn)) {
    for (const instance of [...group.state.instances]) {
      const { unhealthy: by, phase } = instance;
      if (by !== undefined && phase === "InService") replace(turn, { group, instance }, [{ by }], true);
    }
  }
}

function replace(
  turn: Turn,
  { group, instance }: Member,
  complaints: Parameters<typeof replacementCause>[0],
  machine: boolean,
): void {
  const cause = replacementCause(complaints, {
    age: turn.at - (instance.inServiceAt ?? turn.at),
    graceMilliseconds: group.plan.graceSeconds * 1000,
    suspended: new Set(group.state.suspended),
  });
  if (cause === undefined) return;
  const told = `in response to ${cause}`;
  // With an instance maintenance policy it stays until others have taken its place: see maintenance.ts.
  if (machine && group.plan.maintenance !== undefined) instance.outgoing ??= told;
  else beginTermination(turn, group, instance.id, told, { machine });
}

export function setProtection(turn: Turn, event: Event<"protection">): void {
  const member = memberOf(turn, event.instanceId);
  if (member !== undefined) member.instance.protected = event.protected;
}
