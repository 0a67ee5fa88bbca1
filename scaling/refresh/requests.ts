/** What may be asked of an instance refresh: that it starts, is cancelled, goes back. */
import { completePreferences, type RefreshPreferences, RefreshRefusal } from "./preferences.ts";
import {
  type AlarmStates,
  goesForward,
  type InstanceRefresh,
  isActive,
  isIgnored,
  type RefreshGroup,
  type RefreshInstance,
  type TemplateVersion,
} from "./refresh.ts";

const sameTemplate = (a: TemplateVersion, b: TemplateVersion) => a.id === b.id && a.version === b.version;

const isNumbered = ({ version }: TemplateVersion) => /^\d+$/.test(version);

const irreversible =
  "The request failed because a desired configuration was not found or an incompatible launch template version ($Latest or " +
  "$Default) is present on the Auto Scaling group.";

export interface StartRequest {
  readonly id: string;
  readonly groupName: string;
  readonly now: number;
  readonly preferences: Partial<RefreshPreferences>;
  readonly desired: TemplateVersion | undefined;
  /** The group's configuration. */
  readonly current: TemplateVersion;
  /** What `desired`, or else `current`, is as a number: members that run it match. */
  readonly target: TemplateVersion;
  /** Seconds; see `completePreferences`. */
  readonly warmup: number;
  /** Of the alarms that the preferences name. */
  readonly alarms: AlarmStates;
}

/** An alarm that is not there, or that could not tell a bad version from what was before. */
function checkAlarms(names: readonly string[], states: AlarmStates): void {
  for (const name of names) {
    const state = states[name];
    if (state === "OK") continue;
    const why = state === undefined ? "does not exist" : `is in the ${state} state`;
    throw new RefreshRefusal(
      "ValidationError",
      `CloudWatch alarm ${name} ${why}; it must be in the OK state to start.`,
    );
  }
}

/**
 * @throws {RefreshRefusal} `ValidationError`: preferences that do not do, an alarm that is not in the OK state, or a rollback that
 * would have nothing to go back to.
 */
export function startRefresh(request: StartRequest, group: RefreshGroup): InstanceRefresh {
  const { id, groupName, now, desired, current, target } = request;
  const preferences = completePreferences(request.preferences, request.warmup);
  if (preferences.autoRollback && desired === undefined) {
    throw new RefreshRefusal(
      "ValidationError",
      "The AutoRollback parameter cannot be set to true when the DesiredConfiguration parameter is empty. Set AutoRollback to " +
        "false or specify a desired configuration and try again.",
    );
  }
  if (preferences.autoRollback && !isNumbered(current)) throw new RefreshRefusal("ValidationError", irreversible);
  checkAlarms(preferences.alarms, request.alarms);
  const isLeft = (instance: RefreshInstance) =>
    (preferences.skipMatching && sameTemplate(instance.template, target)) || isIgnored(instance, preferences);
  const leftAlone = group.instances.filter(isLeft).map((instance) => instance.id);
  const toReplace = group.instances.filter((instance) => !isLeft(instance)).map((instance) => instance.id);
  return {
    id,
    groupName,
    status: "Pending",
    statusReason: undefined,
    startTime: now,
    endTime: undefined,
    preferences,
    desired,
    previous: current,
    toReplace,
    leftAlone,
    total: toReplace.length,
    updated: 0,
    healthySince: {},
    bakeUntil: undefined,
    stuckSince: undefined,
    checkpoints: { passed: 0, pauseUntil: undefined },
    percentageComplete: toReplace.length === 0 ? 100 : 0,
    instancesToUpdate: toReplace.length,
    rollback: undefined,
  };
}

const notFound = ({ groupName }: Pick<InstanceRefresh, "groupName">) =>
  new RefreshRefusal(
    "ActiveInstanceRefreshNotFound",
    `No in progress or pending Instance Refresh found for Auto Scaling group ${groupName}`,
  );

/**
 * No replacement begins any more; those that have begun come to their end first.
 *
 * @throws {RefreshRefusal} `ActiveInstanceRefreshNotFound` when it has ended or is being cancelled.
 */
export function cancelRefresh(refresh: InstanceRefresh): InstanceRefresh {
  if (!isActive(refresh) || refresh.status === "Cancelling") throw notFound(refresh);
  return {
    ...refresh,
    status: "Cancelling",
    statusReason: "Cancelled due to user request.",
    stuckSince: undefined,
  };
}

/**
 * Replaces what the refresh has launched so far by instances of the configuration before it.
 *
 * @throws {RefreshRefusal} `ActiveInstanceRefreshNotFound` when it is not going forward; `IrreversibleInstanceRefresh`.
 */
export function rollbackRefresh(
  refresh: InstanceRefresh,
  group: RefreshGroup,
  now: number,
  reason: string,
): InstanceRefresh {
  if (!goesForward(refresh)) throw notFound(refresh);
  const { desired, previous, toReplace, leftAlone, percentageComplete, instancesToUpdate } = refresh;
  if (desired === undefined || !isNumbered(previous)) {
    throw new RefreshRefusal("IrreversibleInstanceRefresh", irreversible);
  }
  const before = new Set([...toReplace, ...leftAlone]);
  const ids = group.instances.map(({ id }) => id);
  const launched = ids.filter((id) => !before.has(id));
  return {
    ...refresh,
    status: "RollbackInProgress",
    statusReason: reason,
    toReplace: launched,
    leftAlone: ids.filter((id) => before.has(id)),
    total: launched.length,
    updated: 0,
    healthySince: {},
    bakeUntil: undefined,
    stuckSince: undefined,
    rollback: { reason, startTime: now, percentageComplete, instancesToUpdate },
  };
}
