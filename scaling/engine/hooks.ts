/**
 * The rules of lifecycle hooks. An instance waits in each hook of its transition until somebody answers or the time is up:
 *
 *     waiting ──CONTINUE──▶ the other hooks go on ──all through──▶ in service (launching), shut down (terminating)
 *        ├─────ABANDON───▶ the other hooks end as well ─────────▶ terminated (launching), shut down (terminating)
 *        └─────time is up▶ as the hook's default result says
 *
 * A heartbeat begins the time anew, up to 48 hours or 100 times the heartbeat timeout in all, whichever is less.
 */
import type { HookPlan } from "../scaling-plan.ts";

export type HookResult = HookPlan["defaultResult"];

/** What the rules need to know of a hook. */
export type HookRule = Pick<HookPlan, "name" | "heartbeatSeconds" | "defaultResult">;

/** AWS's, where a hook says nothing else. */
export const hookDefaults = { heartbeatSeconds: 3_600, defaultResult: "ABANDON" } as const;

/** A hook that an instance waits in. */
export interface Wait {
  hook: string;
  /** Epoch milliseconds at which it ends unless a heartbeat comes. */
  until: number;
  /** No heartbeat reaches beyond this. */
  limit: number;
}

const mostSeconds = 48 * 3600;

/** How long an instance can be held in a hook by heartbeats: 48 hours or 100 times the heartbeat, whichever is less. */
export const hookLimitSeconds = (heartbeatSeconds: number): number => Math.min(mostSeconds, 100 * heartbeatSeconds);

export function beginWait({ name, heartbeatSeconds }: Omit<HookRule, "defaultResult">, at: number): Wait {
  const limit = at + hookLimitSeconds(heartbeatSeconds) * 1000;
  return { hook: name, until: Math.min(limit, at + heartbeatSeconds * 1000), limit };
}

/** When the wait ends after a heartbeat. */
export const renewed = ({ limit }: Wait, heartbeatSeconds: number, at: number): number =>
  Math.min(limit, at + heartbeatSeconds * 1000);

export const isOverdue = ({ until }: Wait, at: number): boolean => at >= until;

/** What an answer leaves of an instance's waits: abandoning ends the other hooks of the transition as well. */
export const waitsAfter = <Each extends Pick<Wait, "hook">>(
  waits: readonly Each[],
  answered: Each,
  result: HookResult,
): Each[] => (result === "ABANDON" ? [] : waits.filter((each) => each !== answered));

/** Whether a termination waits for hooks: without a machine nobody answers, and one that never came into service has nothing to finish. */
export const passesTerminationHooks = (instance: { readonly machine: boolean; readonly inService: boolean }): boolean =>
  instance.machine && instance.inService;

/** What becomes of an instance once it waits for nothing any more. */
export function outcomeOf(
  transition: HookPlan["transition"],
  last: HookResult,
): "in service" | "terminate" | "shut down" {
  if (transition === "terminating") return "shut down";
  return last === "ABANDON" ? "terminate" : "in service";
}

export const abandonedCause = (hook: string): string => `in response to an abandoned lifecycle hook ${hook}`;
