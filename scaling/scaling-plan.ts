/** What a plan says about scaling, typed and checked: groups with their policies, schedules and hooks, and all alarms. */

import type { CronSchedule } from "../runtime/contract/cron.ts";
import type { Statistic } from "../runtime/contract/statistic.ts";
import type { AlarmRule, AlarmState } from "./alarm.ts";
import type { ScalingProcess } from "./engine/health.ts";
import type { Expression } from "./metric-math.ts";

/** One series of a metric, by one statistic. */
export interface MetricSource {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/** What an alarm looks at: an expression over series by name. A single metric is the expression that names it. */
export interface Reading {
  readonly sources: Readonly<Record<string, MetricSource>>;
  readonly expression: Expression;
}

/** A policy of a group, as an alarm's action names it. */
export interface PolicyReference {
  readonly group: string;
  readonly policy: string;
}

/** What happens while, or when, the alarm is in a state. */
export interface AlarmActions {
  /** Repeated every minute while the state holds. */
  readonly policies: readonly PolicyReference[];
  /** ARNs of everything else, told once, at the transition. */
  readonly others: readonly string[];
}

export interface AlarmPlan {
  readonly urn: string;
  readonly name: string;
  readonly rule: AlarmRule;
  /** Whole minutes; 10, 20 or 30 s of metrics that are published at that resolution. */
  readonly periodSeconds: number;
  readonly reading: Reading;
  readonly actions: Readonly<Record<AlarmState, AlarmActions>>;
  /** Which side of a target tracking policy this is; `undefined`: the plan declares it. */
  readonly side?: "high" | "low";
}

export const adjustmentTypes = ["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"] as const;
type AdjustmentType = (typeof adjustmentTypes)[number];

export interface Adjustment {
  readonly type: AdjustmentType;
  /** Least instances that a percentage adds or takes away. */
  readonly minMagnitude?: number;
}

interface PolicyCommon {
  readonly urn: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface SimplePolicy extends PolicyCommon {
  readonly kind: "simple";
  readonly adjustment: Adjustment;
  readonly amount: number;
  /** The policy's own, else the group's. */
  readonly cooldownSeconds: number;
}

export interface StepAdjustment {
  /** Relative to the alarm's threshold; −∞ and ∞ where the declaration leaves them out. */
  readonly lower: number;
  readonly upper: number;
  readonly amount: number;
}

export interface StepPolicy extends PolicyCommon {
  readonly kind: "step";
  readonly adjustment: Adjustment;
  /** Ascending, without gap or overlap. */
  readonly steps: readonly StepAdjustment[];
  readonly aggregation: "Average" | "Minimum" | "Maximum";
  readonly warmUpSeconds: number;
}

export interface TargetPolicy extends PolicyCommon {
  readonly kind: "target";
  readonly target: number;
  readonly scaleIn: boolean;
  readonly warmUpSeconds: number;
}

export type PolicyPlan = SimplePolicy | StepPolicy | TargetPolicy;

export interface SchedulePlan {
  readonly urn: string;
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  readonly desired?: number;
  /** `undefined`: once, at `start`. */
  readonly recurrence?: CronSchedule;
  /** Epoch milliseconds; a recurring action runs from `start` on and before `end`. */
  readonly start?: number;
  readonly end?: number;
}

export interface HookPlan {
  readonly urn: string;
  readonly name: string;
  readonly transition: "launching" | "terminating";
  readonly heartbeatSeconds: number;
  /** What happens when nobody answers in time. */
  readonly defaultResult: "CONTINUE" | "ABANDON";
}

export const terminationPolicies = [
  "Default",
  "AllocationStrategy",
  "OldestLaunchTemplate",
  "OldestLaunchConfiguration",
  "ClosestToNextInstanceHour",
  "NewestInstance",
  "OldestInstance",
] as const;
export type TerminationPolicy = (typeof terminationPolicies)[number];

export const poolStates = ["Stopped", "Running", "Hibernated"] as const;

/** Instances that are booted and wait outside of the group. */
export interface WarmPoolPlan {
  readonly state: (typeof poolStates)[number];
  /** Instances in the pool at least. */
  readonly min: number;
  /** Instances of group and pool at most; `undefined`: as many as the group's maximum, whatever that is at the time. */
  readonly prepared?: number;
  /** What a scale-in takes out goes back to the pool. */
  readonly reuses: boolean;
}

/** While instances are replaced, in per cent of the desired capacity. */
export interface MaintenancePlan {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
}

export interface GroupPlan {
  readonly urn: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** At the start: what is declared, else the minimum. */
  readonly desired: number;
  /** Subnets or zones that instances spread over. */
  readonly zones: readonly string[];
  /** Instances move between zones that differ by more than one; false where another chooses the zones. */
  readonly rebalances: boolean;
  readonly cooldownSeconds: number;
  /** For every new instance, whatever it was launched for; `undefined`: only what policies launch warms up. */
  readonly defaultWarmUpSeconds?: number;
  readonly graceSeconds: number;
  /** True: an instance that the balancer calls unhealthy is replaced. */
  readonly checkedByBalancer: boolean;
  /** New instances are protected from scale-in until they say otherwise. */
  readonly protectsNew: boolean;
  readonly terminationPolicies: readonly TerminationPolicy[];
  /** What the group does not do from the start on, until it is resumed. @default nothing is suspended */
  readonly suspended?: readonly ScalingProcess[];
  readonly warmPool?: WarmPoolPlan;
  /** `undefined`: an unhealthy instance is terminated, and then another is launched. */
  readonly maintenance?: MaintenancePlan;
  /** What else changes its size and is not modelled, by the paths of the properties: no curve can be predicted. @default nothing */
  readonly notModelled?: readonly string[];
  readonly policies: readonly PolicyPlan[];
  readonly schedules: readonly SchedulePlan[];
  readonly hooks: readonly HookPlan[];
}

export interface ScalingPlan {
  readonly groups: readonly GroupPlan[];
  /** Declared alarms and those that AWS makes for target tracking. */
  readonly alarms: readonly AlarmPlan[];
  /** What is allowed but likely not meant. */
  readonly remarks: readonly string[];
}
