/** Why a refresh waits, in Auto Scaling's words where examples of them are published. */

import type { RefreshPreferences } from "./preferences.ts";
import { isAwaited, type RefreshInstance } from "./refresh.ts";

export const warmingUp = (id: string) =>
  `Waiting for instances to warm up before continuing. For example: ${id} is warming up.`;

const available = (id: string, why: string) =>
  `Waiting for remaining instances to be available. For example: ${id} ${why}`;

/** Of an instance that has just been launched, or has been found ill. */
export const notHealthy = ({ id, state }: RefreshInstance) =>
  available(id, state === "Pending" ? "has insufficient data to evaluate its health." : "is unhealthy.");

/** Of members that could be replaced next: what the first of them is waiting for. */
export function waitingFor(
  candidates: readonly RefreshInstance[],
  preferences: RefreshPreferences,
  least: number,
): string | undefined {
  const awaited = candidates.find((each) => isAwaited(each, preferences));
  if (awaited?.state === "Standby") return available(awaited.id, "is in standby. Return it to service to continue.");
  if (awaited !== undefined)
    return available(awaited.id, "is protected. Remove instance scale-in protection to continue.");
  const [first] = candidates;
  return first && available(first.id, `cannot be replaced while no more than ${least} instances are healthy.`);
}

export const pausedAt = (percentage: number) =>
  `Checkpoint reached: ${percentage} percent of the instances are updated. Waiting before continuing.`;

export const baking = (seconds: number) => `Waiting for the bake time of ${seconds} seconds to be over.`;

/** Of an alarm whose state lets nothing be replaced: AWS waits until it has data again. */
export const alarmLacksData = (name: string) => `Waiting for CloudWatch alarm ${name} to have sufficient data.`;

export const alarmRang = (name: string) =>
  `The instance refresh failed because CloudWatch alarm ${name} is in the ALARM state.`;

const failure = (status: string | undefined, why: string) =>
  `The instance refresh failed because it could not continue ${why}.${status === undefined ? "" : ` ${status}`}`;

export const hourIsOver = (status: string | undefined) => failure(status, "for one hour");
export const fortnightIsOver = (status: string | undefined) => failure(status, "within 14 days");

export const automaticRollback = (failed: string) => `Automatic rollback was initiated. ${failed}`;
export const manualRollback = "Rollback was initiated due to user request.";
