/**
 * Everything the engine remembers, as plain data. An instance goes
 *
 *     ordered ─launching─▶ Pending ─running─▶ [Pending:Wait] ─▶ InService ─▶ Terminating ────────────────────────────▶ gone
 *                                                 hook                 └──▶ Terminating:Wait ─▶ Terminating:Proceed ─▶ gone
 *                                                                               hook
 */
import type { AlarmState } from "../alarm.ts";
import { stateFor } from "../random.ts";
import type { ScalingPlan } from "../scaling-plan.ts";
import type { MinuteStatistics } from "../windows.ts";
import type { ScalingProcess } from "./health.ts";
import type { Wait } from "./hooks.ts";

export interface InstanceState {
  id: string;
  zone: string;
  version: number;
  phase: "Pending" | "Pending:Wait" | "InService" | "Terminating" | "Terminating:Wait" | "Terminating:Proceed";
  launchedAt: number;
  /** Epoch milliseconds; `undefined` before. */
  inServiceAt: number | undefined;
  /** How long it warms up once it is in service; until then it counts as warming, if only 0 s follow. `undefined`: never. */
  warmUpSeconds: number | undefined;
  protected: boolean;
  /** What a health check last said against it. */
  unhealthy: "EC2" | "ELB" | undefined;
  waits: Wait[];
  /** Why it is to be replaced, while it waits for those that take its place. */
  outgoing?: string;
  /** On its way out, and back into the warm pool. @default false */
  returns?: boolean;
}

/** A member of a group's warm pool; warm-pool.ts draws its life. */
export interface PooledInstance {
  id: string;
  zone: string;
  version: number;
  phase: "Warmed:Pending" | "Warmed:Pending:Wait" | "Warmed";
  launchedAt: number;
  waits: Wait[];
}

/** A launch that was ordered and has not begun. */
interface Order {
  readonly zone: string;
  /** Of the instance that it will be. */
  readonly warmUpSeconds: number | undefined;
}

export interface GroupState {
  min: number;
  max: number;
  desired: number;
  ordered: Order[];
  instances: InstanceState[];
  /** An activity of a simple policy whose cooldown begins when it has completed. */
  pace: { policy: string; cooldownSeconds: number } | undefined;
  cooldownUntil: number;
  /** Why the desired capacity is what it is. */
  cause: string;
  /** Warm-up of what is launched for it; `undefined`: neither the group nor a policy gives one. */
  warmUpSeconds: number | undefined;
  /** Instances in service at the end of each minute that a target tracking policy looks back to, newest last. */
  sizes: number[];
  /** At the end of each ten seconds that a policy on a high-resolution metric looks back to. */
  fineSizes: number[];
  /** No launch is tried before. */
  launchesFrom: number;
  /** Zones in which a launch has failed, and until when none is tried there. Replaced whole, never changed. */
  avoided: Readonly<Record<string, number>>;
  /** Instances beyond what is desired, launched so that zones can be balanced. */
  surplus: number;
  /** What the group does not do until it is resumed. Replaced whole, never changed. */
  suspended: readonly ScalingProcess[];
  /** Beside the group. `ordered`: zones of the launches into it that have not begun. */
  pool: { ordered: string[]; instances: PooledInstance[] };
}

export interface AlarmMemory {
  state: AlarmState;
  reason: string;
  since: number;
}

export interface EngineState {
  /** Time of the last event. */
  now: number;
  /** Of the seeded generator that decides between equals. */
  random: number;
  alarms: Record<string, AlarmMemory>;
  groups: Record<string, GroupState>;
  /** Minutes of each series that an alarm looks at, oldest first, no longer than it looks back. */
  series: Record<string, MinuteStatistics[]>;
  /** Of alarms with a period below a minute: ten seconds of each series. */
  fine: Record<string, MinuteStatistics[]>;
}

/** Read-only, for drivers. */
export type ReadonlyState<T = EngineState> = { readonly [Key in keyof T]: ReadonlyState<T[Key]> };

export interface StartOptions {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly seed: number;
  /** Desired capacity where it is not what the plan starts with. */
  readonly desired?: Readonly<Record<string, number>>;
  /** Instances that are in service already. */
  readonly instances?: readonly {
    readonly group: string;
    readonly id: string;
    /** @default the group's zones in turn */
    readonly zone?: string;
    readonly version?: number;
    readonly protected?: boolean;
  }[];
  /** Instances that wait in a warm pool already. */
  readonly pooled?: readonly { readonly group: string; readonly id: string; readonly zone?: string }[];
}

/** Before the first event. Alarms have no data yet; what is missing from the desired capacity is ordered at the first event. */
export function startState(plan: ScalingPlan, options: StartOptions): EngineState {
  const { at, seed, desired = {}, instances = [], pooled = [] } = options;
  const groups = plan.groups.map((group): [string, GroupState] => [
    group.name,
    {
      min: group.min,
      max: group.max,
      desired: desired[group.name] ?? group.desired,
      ordered: [],
      instances: instances
        .filter((each) => each.group === group.name)
        .map(({ id, zone, version, protected: isProtected }, index) => ({
          id,
          zone: zone ?? (group.zones[index % group.zones.length] as string),
          version: version ?? 0,
          phase: "InService",
          launchedAt: at,
          inServiceAt: at,
          warmUpSeconds: undefined,
          protected: isProtected ?? group.protectsNew,
          unhealthy: undefined,
          waits: [],
        })),
      pace: undefined,
      cooldownUntil: at,
      cause: "in response to a difference between desired and actual capacity",
      warmUpSeconds: group.defaultWarmUpSeconds,
      sizes: [],
      fineSizes: [],
      launchesFrom: at,
      avoided: {},
      surplus: 0,
      suspended: group.suspended ?? [],
      pool: {
        ordered: [],
        instances: pooled
          .filter((each) => each.group === group.name)
          .map(({ id, zone = group.zones[0] as string }) => ({
            id,
            zone,
            version: 0,
            phase: "Warmed",
            launchedAt: at,
            waits: [],
          })),
      },
    },
  ]);
  const alarms = plan.alarms.map(({ name }): [string, AlarmMemory] => [
    name,
    { state: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation", since: at },
  ]);
  return {
    now: at,
    random: stateFor(seed, 0),
    alarms: Object.fromEntries(alarms),
    groups: Object.fromEntries(groups),
    series: {},
    fine: {},
  };
}

const mapValues = <Value, Result>(
  record: Record<string, Value>,
  of: (value: Value) => Result,
): Record<string, Result> => {
  const result: Record<string, Result> = {};
  for (const key in record) result[key] = of(record[key] as Value);
  return result;
};

/** A copy that may be changed without the original's noticing. Minutes of series are never changed, only replaced. */
export function copyState(state: ReadonlyState | EngineState): EngineState {
  const { alarms, groups, ...rest } = state as EngineState;
  return {
    ...rest,
    alarms: mapValues(alarms, (alarm) => ({ ...alarm })),
    groups: mapValues(groups, (group) => ({
      ...group,
      ordered: [...group.ordered],
      sizes: [...group.sizes],
      fineSizes: [...group.fineSizes],
      instances: group.instances.map((instance) => ({
        ...instance,
        waits: instance.waits.map((wait) => ({ ...wait })),
      })),
      pool: {
        ordered: [...group.pool.ordered],
        instances: group.pool.instances.map((instance) => ({
          ...instance,
          waits: instance.waits.map((wait) => ({ ...wait })),
        })),
      },
    })),
    series: { ...rest.series },
    fine: { ...rest.fine },
  };
}
