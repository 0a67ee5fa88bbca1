/**
 * An instance refresh as plain data. What begins, cancels and turns it round is in requests.ts, how it goes on in advance.ts.
 *
 *   start ─▶ Pending ─▶ InProgress ──all replaced, healthy, warm──▶ Baking ──bake time──▶ Successful
 *                          │  │                                       │   (the desired configuration is the group's)
 *                          │  │                                       │
 *                          ├──┴─── an alarm, or an hour without getting on; no auto rollback ──▶ Failed
 *                          ├──────── cancel ─▶ Cancelling ──nothing on its way──▶ Cancelled   (what was replaced stays so)
 *                          │
 *                          └─ the same with auto rollback, or rollback ─▶ RollbackInProgress ──▶ RollbackSuccessful
 *                                                                             └─ the hour ──▶ RollbackFailed
 *
 *   All that InProgress leads to, Baking leads to as well. A refresh without a bake time goes past it.
 *
 * The group's configuration stays what it was until the refresh is successful. Until then new instances, whatever they are
 * launched for, get the desired configuration; during a rollback and after it, the group's. That is why only a refresh with a
 * desired configuration can be rolled back, and only to a numbered version.
 *
 * Source: "How an instance refresh works in an Auto Scaling group", "Undo changes with a manual or auto rollback",
 * StartInstanceRefresh and its siblings in the API reference.
 */
import type { RefreshPreferences } from "./preferences.ts";

/** Which launch template, and which version of it: a number, or `$Latest` or `$Default`. */
export interface TemplateVersion {
  readonly id: string;
  readonly version: string;
}

export type RefreshStatus =
  | "Pending"
  | "InProgress"
  | "Baking"
  | "Successful"
  | "Failed"
  | "Cancelling"
  | "Cancelled"
  | "RollbackInProgress"
  | "RollbackSuccessful"
  | "RollbackFailed";

/** A member of the group. What is being terminated is none any more. */
export interface RefreshInstance {
  readonly id: string;
  /** What it was launched from; its version is a number. */
  readonly template: TemplateVersion;
  readonly state: "Pending" | "InService" | "Standby";
  /** By every health check that counts for its group. */
  readonly healthy: boolean;
  readonly protectedFromScaleIn: boolean;
}

export interface RefreshGroup {
  readonly desired: number;
  readonly instances: readonly RefreshInstance[];
}

/** State of each alarm that a refresh names. */
export type AlarmStates = Readonly<Record<string, "OK" | "ALARM" | "INSUFFICIENT_DATA">>;

interface Rollback {
  readonly reason: string;
  readonly startTime: number;
  readonly percentageComplete: number;
  readonly instancesToUpdate: number;
}

/** All times are milliseconds of the clock that drives it. */
export interface InstanceRefresh {
  readonly id: string;
  readonly groupName: string;
  readonly status: RefreshStatus;
  readonly statusReason: string | undefined;
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly preferences: RefreshPreferences;
  /** `undefined`: the group's own configuration, which cannot be rolled back. */
  readonly desired: TemplateVersion | undefined;
  /** The group's configuration at the start: what a rollback goes back to. */
  readonly previous: TemplateVersion;
  /** Members that are to be replaced. */
  readonly toReplace: readonly string[];
  /** Members that are left as they are. All others have been launched since. */
  readonly leftAlone: readonly string[];
  /** How many were to be replaced: by the refresh, and by its rollback once that has begun. */
  readonly total: number;
  /** How many of those are done with: their replacements are healthy and warm. */
  readonly updated: number;
  /** Since when each launched member has been healthy. */
  readonly healthySince: Readonly<Record<string, number>>;
  /** End of the bake time, once that has begun. */
  readonly bakeUntil: number | undefined;
  /** Since when it could not go on. */
  readonly stuckSince: number | undefined;
  /** Checkpoints that are behind it, and the end of the pause at the next. */
  readonly checkpoints: { readonly passed: number; readonly pauseUntil: number | undefined };
  readonly percentageComplete: number;
  readonly instancesToUpdate: number;
  readonly rollback: Rollback | undefined;
}

const active: readonly RefreshStatus[] = ["Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress"];

/** At most one refresh of a group is. */
export const isActive = ({ status }: Pick<InstanceRefresh, "status">): boolean => active.includes(status);

/** Goes forward: what it has launched so far can be taken back. */
export const goesForward = ({ status }: Pick<InstanceRefresh, "status">): boolean =>
  status === "Pending" || status === "InProgress" || status === "Baking";

/** Members that the preferences say to pass over. */
export function isIgnored(instance: RefreshInstance, preferences: RefreshPreferences): boolean {
  const { scaleInProtectedInstances, standbyInstances } = preferences;
  return (
    (instance.protectedFromScaleIn && scaleInProtectedInstances === "Ignore") ||
    (instance.state === "Standby" && standbyInstances === "Ignore")
  );
}

/** Members that the preferences say to wait for. */
export function isAwaited(instance: RefreshInstance, preferences: RefreshPreferences): boolean {
  const { scaleInProtectedInstances, standbyInstances } = preferences;
  return (
    (instance.protectedFromScaleIn && scaleInProtectedInstances === "Wait") ||
    (instance.state === "Standby" && standbyInstances === "Wait")
  );
}

/** What an instance that is launched now is launched from; `undefined`: the group's own configuration. */
export function launchSource(refresh: InstanceRefresh): TemplateVersion | undefined {
  return goesForward(refresh) ? refresh.desired : undefined;
}
