/**
 * How an instance refresh is to go about it, and what that allows at a time.
 *
 * Source: RefreshPreferences in the Auto Scaling API reference, "Understand the default values for an instance refresh".
 */

const protectedChoices = ["Refresh", "Ignore", "Wait"] as const;
const standbyChoices = ["Terminate", "Ignore", "Wait"] as const;

export interface RefreshPreferences {
  /** Of the desired capacity, 0 to 100: in service, healthy and warm at any time. */
  readonly minHealthyPercentage: number;
  /** Of the desired capacity, 100 to 200: alive at any time. `undefined` is not 100: see `healthyBounds`. */
  readonly maxHealthyPercentage: number | undefined;
  /** Seconds that a replacement has to be healthy before it counts. */
  readonly instanceWarmup: number;
  readonly autoRollback: boolean;
  /** Instances that run the desired configuration already are left alone. */
  readonly skipMatching: boolean;
  readonly scaleInProtectedInstances: (typeof protectedChoices)[number];
  readonly standbyInstances: (typeof standbyChoices)[number];
  /** Ascending shares of the instances, in percent, after each of which there is a pause; empty: none. */
  readonly checkpointPercentages: readonly number[];
  /** Seconds. */
  readonly checkpointDelay: number;
  /** Seconds to wait once everything has been replaced, before the refresh is successful. */
  readonly bakeTime: number;
  /** Names of alarms, 10 at most: the refresh fails when one of them is in ALARM, and replaces nothing while one lacks data. */
  readonly alarms: readonly string[];
}

/** A request that Auto Scaling refuses; `code` is its error code. */
export class RefreshRefusal extends Error {
  override readonly name = "RefreshRefusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const alarmsMost = 10;

const isWithin = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

/** What is wrong with preferences, one sentence each. */
function mistakesOf(preferences: RefreshPreferences, given: Partial<RefreshPreferences>): string[] {
  const { minHealthyPercentage: min, maxHealthyPercentage: max, checkpointPercentages: checkpoints } = preferences;
  type Bound = readonly [name: string, value: number | undefined, least: number, most: number];
  const bounds: Bound[] = [
    ["minHealthyPercentage", min, 0, 100],
    ["maxHealthyPercentage", max, 100, 200],
    ["instanceWarmup", preferences.instanceWarmup, 0, 86_400],
    ["checkpointDelay", preferences.checkpointDelay, 0, 172_800],
    ["bakeTime", preferences.bakeTime, 0, 172_800],
    ...checkpoints.map((each): Bound => ["checkpointPercentages", each, 1, 100]),
  ];
  const choices: [name: keyof RefreshPreferences, known: readonly string[]][] = [
    ["scaleInProtectedInstances", protectedChoices],
    ["standbyInstances", standbyChoices],
  ];
  const found = bounds
    .filter(([, value, least, most]) => value !== undefined && !isWithin(value, least, most))
    .map(([name, value, least, most]) => `${name} is ${value}; give a whole number from ${least} to ${most}.`);
  for (const [name, known] of choices) {
    const value = String(preferences[name]);
    if (!known.includes(value)) found.push(`${name} is ${value}; give one of ${known.join(", ")}.`);
  }
  if (max !== undefined && (given.minHealthyPercentage === undefined || max - min > 100)) {
    found.push(
      "If you specify MaxHealthyPercentage, you must also specify MinHealthyPercentage, and the difference between them cannot be greater than 100.",
    );
  }
  if (checkpoints.some((each, i) => i > 0 && each <= (checkpoints[i - 1] ?? 0))) {
    found.push("Checkpoint percentages must be unique and in ascending order.");
  }
  if (given.checkpointDelay !== undefined && checkpoints.length === 0) {
    found.push("If you specify CheckpointDelay, you must also specify CheckpointPercentages.");
  }
  if (preferences.alarms.length > alarmsMost) {
    found.push(`AlarmSpecification names ${preferences.alarms.length} alarms; give ${alarmsMost} at most.`);
  }
  return found;
}

/**
 * Complete preferences.
 *
 * @param warmup seconds: the group's default instance warm-up where it has one, its health check grace period otherwise.
 * @throws {RefreshRefusal} `ValidationError`, naming every value that does not do.
 */
export function completePreferences(given: Partial<RefreshPreferences>, warmup: number): RefreshPreferences {
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const preferences: RefreshPreferences = {
    minHealthyPercentage: 90,
    maxHealthyPercentage: undefined,
    instanceWarmup: warmup,
    autoRollback: false,
    skipMatching: false,
    scaleInProtectedInstances: "Wait",
    standbyInstances: "Wait",
    checkpointPercentages: [],
    checkpointDelay: 3_600,
    bakeTime: 0,
    alarms: [],
    ...said,
  };
  const mistakes = mistakesOf(preferences, given);
  if (mistakes.length > 0) throw new RefreshRefusal("ValidationError", mistakes.join(" "));
  return preferences;
}

export interface HealthyBounds {
  /** A healthy instance is taken out only while more than these are healthy and warm. */
  readonly least: number;
  /** Never more than these are alive. */
  readonly most: number;
}

/**
 * The minimum rounds up. Where it leaves no room,
 *
 * - without a maximum one instance is ended all the same, together with the launch of its replacement ("setting the minimum
 *   healthy percentage to 100 percent limits the rate of replacement to one instance at a time");
 * - with a maximum, even one of 100, its replacement is launched first, and the group is one over for a while.
 *
 * How the maximum rounds AWS does not say; down keeps the bound.
 */
export function healthyBounds(
  preferences: Pick<RefreshPreferences, "minHealthyPercentage" | "maxHealthyPercentage">,
  desired: number,
): HealthyBounds {
  const { minHealthyPercentage, maxHealthyPercentage } = preferences;
  const least = Math.ceil((minHealthyPercentage * desired) / 100);
  if (maxHealthyPercentage === undefined) return { least: Math.max(0, Math.min(least, desired - 1)), most: desired };
  const most = Math.floor((maxHealthyPercentage * desired) / 100);
  return { least, most: least >= desired && most <= desired ? desired + 1 : Math.max(desired, most) };
}
