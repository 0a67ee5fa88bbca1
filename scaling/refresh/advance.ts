/**
 * One look at a group whose instances are being refreshed: what is known by now, and what to do next. Forward and back are the
 * same walk over different members.
 *
 *   rules, each look                                          (`least`, `most`: healthyBounds; "ready": healthy, and warm if new)
 *   1. A launched member is ready once it has been healthy for the warm-up without a break.
 *   2. Members to be replaced that are not healthy may be ended at once: nobody is served by them.
 *   3. Healthy ones are ended while more than `least` members are ready.
 *   4. Where `most` is above the desired capacity, replacements are launched first, as many as it allows.
 *   5. A checkpoint lets no more members be replaced than its share, and pauses once those are ready.
 *   6. It has ended when nothing is left to replace, every launched member is ready, and the bake time after that is over.
 *   7. It fails at once when one of its alarms is in ALARM, also while it bakes. While one lacks data, nothing is replaced. Alarms say
 *      nothing of a rollback: what they would stop is on its way out.
 *   8. It fails when for an hour launched members were not healthy, or members waited for did not become free; and after
 *      14 days in any case. AWS keeps trying for that hour, "to give it time to recover".
 */
import { type HealthyBounds, healthyBounds } from "./preferences.ts";
import {
  alarmLacksData,
  alarmRang,
  automaticRollback,
  baking,
  fortnightIsOver,
  hourIsOver,
  notHealthy,
  pausedAt,
  waitingFor,
  warmingUp,
} from "./reasons.ts";
import {
  type AlarmStates,
  goesForward,
  type InstanceRefresh,
  isActive,
  isAwaited,
  isIgnored,
  type RefreshGroup,
  type RefreshInstance,
  type RefreshStatus,
} from "./refresh.ts";
import { rollbackRefresh } from "./requests.ts";

export interface Advance {
  readonly refresh: InstanceRefresh;
  /** Members to end now. The group launches others in their place as long as it has fewer than desired + `extra`. */
  readonly terminate: readonly string[];
  /** Members over the desired capacity until the next look. */
  readonly extra: number;
}

export interface AdvanceOptions {
  /** How long it may be stuck before it fails. Default one hour, as on AWS. */
  readonly stuckMilliseconds?: number;
  /** Of the alarms that the preferences name; one that is missing has been deleted. */
  readonly alarms?: AlarmStates;
}

const oneHour = 3_600_000;
const fortnight = 14 * 24 * oneHour;

/** What there is to see in a group, from the refresh's point of view. */
interface Sight {
  readonly bounds: HealthyBounds;
  readonly healthySince: Readonly<Record<string, number>>;
  /** Still to be replaced, in the group's order. */
  readonly old: readonly RefreshInstance[];
  /** Launched since and not healthy. */
  readonly ill: readonly RefreshInstance[];
  /** Launched since, healthy, not warm. */
  readonly warming: readonly RefreshInstance[];
  /** Members that the group is short of. */
  readonly missing: number;
  /** Members that are healthy, in service, and warm if they are new. */
  readonly ready: number;
}

function look(
  { preferences, toReplace, leftAlone, ...refresh }: InstanceRefresh,
  group: RefreshGroup,
  now: number,
): Sight {
  const isOld = new Set(toReplace);
  const isKept = new Set(leftAlone);
  const launched = group.instances.filter(({ id }) => !isOld.has(id) && !isKept.has(id));
  const healthy = launched.filter((each) => each.healthy);
  const healthySince = Object.fromEntries(healthy.map(({ id }) => [id, refresh.healthySince[id] ?? now]));
  const isWarm = ({ id }: RefreshInstance) => now - (healthySince[id] ?? now) >= preferences.instanceWarmup * 1_000;
  const warm = healthy.filter(isWarm);
  const before = group.instances.filter(({ id }) => isOld.has(id) || isKept.has(id));
  const serving = before.filter(({ healthy, state }) => healthy && state === "InService");
  return {
    bounds: healthyBounds(preferences, group.desired),
    healthySince,
    old: group.instances.filter((each) => isOld.has(each.id) && !isIgnored(each, preferences)),
    ill: launched.filter((each) => !each.healthy),
    warming: healthy.filter((each) => !isWarm(each)),
    missing: Math.max(0, group.desired - group.instances.length),
    ready: warm.length + serving.length,
  };
}

/** Members to be replaced that may be ended now. */
function mayGo({ preferences }: InstanceRefresh, { old, ready, bounds }: Sight, allowed: number): string[] {
  const free = old.filter((each) => !isAwaited(each, preferences));
  const serves = ({ healthy, state }: RefreshInstance) => healthy && state === "InService";
  const idle = free.filter((each) => !serves(each));
  const serving = free.filter(serves).slice(0, Math.max(0, ready - bounds.least));
  return [...idle, ...serving].slice(0, Math.max(0, allowed)).map(({ id }) => id);
}

/** How many members may be replaced until the next checkpoint, and whether that is the last. */
function checkpointOf({ preferences, checkpoints, total, rollback }: InstanceRefresh) {
  const { checkpointPercentages: percentages } = preferences;
  const percentage = percentages[checkpoints.passed];
  if (rollback !== undefined || percentage === undefined) return { percentage: 100, share: total, isLast: true };
  const isLast = checkpoints.passed === percentages.length - 1;
  return { percentage, share: Math.ceil((total * percentage) / 100), isLast };
}

/** Whole percent; of a rollback, what is left of what had been reached. */
function percentageOf({ rollback, total }: InstanceRefresh, updated: number): number {
  if (rollback !== undefined) {
    return total === 0 ? 0 : Math.floor((rollback.percentageComplete * (total - updated)) / total);
  }
  return total === 0 ? 100 : Math.floor((100 * updated) / total);
}

const rest = (refresh: InstanceRefresh): Advance => ({ refresh, terminate: [], extra: 0 });

const end = (refresh: InstanceRefresh, status: RefreshStatus, endTime: number, statusReason?: string): Advance =>
  rest({ ...refresh, status, endTime, statusReason, stuckSince: undefined });

function fail(refresh: InstanceRefresh, group: RefreshGroup, now: number, reason: string): Advance {
  if (refresh.status === "RollbackInProgress") return end(refresh, "RollbackFailed", now, reason);
  if (!refresh.preferences.autoRollback) return end(refresh, "Failed", now, reason);
  return rest(rollbackRefresh(refresh, group, now, automaticRollback(reason)));
}

/** Nothing new begins; what has been launched becomes healthy, or has had its hour to. */
function cancelling(refresh: InstanceRefresh, { ill }: Sight, now: number, stuckMilliseconds: number): Advance {
  const stuckSince = refresh.stuckSince ?? now;
  if (ill.length > 0 && now - stuckSince < stuckMilliseconds) return rest({ ...refresh, stuckSince });
  return end(refresh, "Cancelled", now, refresh.statusReason);
}

function pause(refresh: InstanceRefresh, percentage: number, now: number): Advance {
  const { checkpoints, preferences } = refresh;
  const pauseUntil = checkpoints.pauseUntil ?? now + preferences.checkpointDelay * 1_000;
  const over = now >= pauseUntil;
  return rest({
    ...refresh,
    statusReason: pausedAt(percentage),
    stuckSince: undefined,
    checkpoints: over
      ? { passed: checkpoints.passed + 1, pauseUntil: undefined }
      : { passed: checkpoints.passed, pauseUntil },
  });
}

/** Why it goes on no faster; `undefined`: it does. */
function reasonOf({ preferences }: InstanceRefresh, { old, ill, warming, bounds }: Sight, goesOn: boolean) {
  const [sick] = ill;
  const [warm] = warming;
  if (sick !== undefined) return notHealthy(sick);
  if (warm !== undefined) return warmingUp(warm.id);
  return goesOn ? undefined : waitingFor(old, preferences, bounds.least);
}

/** Everything has been replaced: it waits for the alarms to say something, and is over. */
function bake(refresh: InstanceRefresh, now: number): Advance {
  const { preferences, rollback, total } = refresh;
  if (rollback !== undefined) return end(refresh, "RollbackSuccessful", now);
  const bakeUntil = refresh.bakeUntil ?? now + (total === 0 ? 0 : preferences.bakeTime * 1_000);
  if (now >= bakeUntil) return end(refresh, "Successful", now);
  return rest({
    ...refresh,
    status: "Baking",
    bakeUntil,
    statusReason: baking(preferences.bakeTime),
    stuckSince: undefined,
  });
}

/** What alarms say of a refresh that goes forward: the one that ends it, and the one that it waits for. */
function heard({ preferences, ...refresh }: Pick<InstanceRefresh, "preferences" | "status">, states: AlarmStates) {
  if (!goesForward(refresh)) return {};
  const { alarms } = preferences;
  const rings = alarms.find((name) => states[name] === "ALARM");
  return { rings, lacksData: alarms.find((name) => states[name] !== "OK") };
}

/** The next look at `group`. A refresh that has ended stays as it is. */
export function advanceRefresh(
  before: InstanceRefresh,
  group: RefreshGroup,
  now: number,
  { stuckMilliseconds = oneHour, alarms = {} }: AdvanceOptions = {},
): Advance {
  if (!isActive(before)) return rest(before);
  const sight = look(before, group, now);
  const { healthySince, old, ill, warming, missing, bounds } = sight;
  if (before.status === "Cancelling") return cancelling({ ...before, healthySince }, sight, now, stuckMilliseconds);
  const { rings, lacksData } = heard(before, alarms);
  if (rings !== undefined) return fail({ ...before, healthySince }, group, now, alarmRang(rings));
  if (before.status === "Baking") return bake({ ...before, healthySince }, now);

  const { percentage, share, isLast } = checkpointOf(before);
  const terminate = lacksData === undefined ? mayGo(before, sight, share - (before.total - old.length)) : [];
  const left = old.length - terminate.length;
  const waiting = ill.length + warming.length + missing;
  const updated = Math.max(0, before.total - old.length - waiting);
  const isOld = new Set(old.map(({ id }) => id));
  const refresh: InstanceRefresh = {
    ...before,
    status: before.rollback === undefined ? "InProgress" : "RollbackInProgress",
    // Who is passed over now has been passed over.
    leftAlone: [...before.leftAlone, ...before.toReplace.filter((id) => !isOld.has(id))],
    toReplace: [...isOld],
    updated,
    healthySince,
    percentageComplete: percentageOf(before, updated),
    instancesToUpdate: before.rollback?.instancesToUpdate ?? left,
  };

  const reached = waiting === 0 && before.total - old.length >= share;
  if (reached && isLast) return bake(refresh, now);
  if (reached) return pause(refresh, percentage, now);

  const reason = lacksData === undefined ? reasonOf(before, sight, terminate.length > 0) : alarmLacksData(lacksData);
  const isStuck = ill.length + missing > 0 || (warming.length === 0 && terminate.length === 0);
  const since = updated > before.updated ? now : (before.stuckSince ?? now);
  const going = { ...refresh, statusReason: reason, stuckSince: isStuck ? since : undefined };
  if (isStuck && now - since >= stuckMilliseconds) return fail(going, group, now, hourIsOver(reason));
  const began = before.rollback?.startTime ?? before.startTime;
  if (now - began >= fortnight) return fail(going, group, now, fortnightIsOver(reason));
  const room = Math.min(bounds.most - group.desired, left, share - (before.total - left));
  // What has been launched by now stays; without data no more is.
  const most = lacksData === undefined ? room : Math.min(room, group.instances.length - group.desired);
  return { refresh: going, terminate, extra: Math.max(0, most) };
}
