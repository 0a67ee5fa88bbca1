/** What a group may be told of its scaling: rules, each a policy with the alarm that sets it off, or one that AWS makes alarms for. */
import type { Input } from "@pulumi/pulumi";
import type { Statistic } from "../../runtime/contract/statistic.ts";
import type { Duration } from "../base/duration.ts";

/** A CloudWatch metric as an alarm looks at it. */
export interface Metric {
  /** Such as `AWS/SQS`. */
  readonly namespace: string;
  /** Such as `NumberOfMessagesSent`. */
  readonly name: string;
  /** Of what it is measured. */
  readonly dimensions: Readonly<Record<string, Input<string>>>;
  /** How a period's samples become one datapoint. */
  readonly statistic: Statistic;
}

/** Instances of a group in service. */
export const inServiceOf = (group: Input<string>): Metric => ({
  namespace: "AWS/AutoScaling",
  name: "GroupInServiceInstances",
  dimensions: { AutoScalingGroupName: group },
  statistic: "Average",
});

/** Metric math over several metrics, by the names in it: `(visible + inFlight) / inService`. */
export interface MetricMath {
  /** In CloudWatch's language. */
  readonly expression: string;
  /** What the expression is made of. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Expressions over metrics that the expression takes by their names, where it needs several at once: `MAX([a, b])`. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** What a breach adds (positive) or takes away (negative). */
export type Adjustment =
  /** Instances. */
  | number
  /** Per cent of the instances there are; one instance at least. */
  | { readonly percent: number }
  /** Per cent of the instances there are, by how far the metric is beyond the threshold. The first begins at it, at 0. */
  | readonly { readonly beyond: number; readonly percent: number }[];

/**
 * How a policy paces itself. `warmUp` makes it a step policy: it answers every breach, but instances that still warm up
 * count as if they were not there yet, so the same breach adds nothing twice. `cooldown` makes it a simple policy: after an
 * activity it hears nothing until the cooldown is over.
 */
export type Pacing = { readonly warmUp: Duration } | { readonly cooldown: Duration };

/** One alarm and the one policy it sets off. */
export interface AlarmRule {
  /** Chooses this rule. */
  readonly kind: "alarm";
  /** `scale-out`, `scale-in`: last part of both names. */
  readonly name: string;
  /** What the alarm means, for people. */
  readonly description: string;
  /** What it watches. */
  readonly metric: Metric | MetricMath;
  /** Length of one datapoint, whole minutes; of a metric that your program publishes with a StorageResolution of 1 also 10, 20 or 30 s. */
  readonly period: Duration;
  /** Consecutive periods that must breach. */
  readonly periods: number;
  /** On which side of the threshold it is in alarm. */
  readonly when: "above" | "at or above" | "below" | "at or below";
  /** In the metric's unit. */
  readonly threshold: number;
  /** What a period without samples counts as. */
  readonly whenMissing: "breaching" | "notBreaching" | "ignore" | "missing";
  /** What its policy does; steps only with a warm-up. */
  readonly adjustment: Adjustment;
  /** How often it may act. */
  readonly pacing: Pacing;
}

/** Keeps a quotient of metrics near a target. AWS makes the alarms itself. */
export interface TargetRule extends MetricMath {
  /** Chooses this rule. */
  readonly kind: "target";
  /** Last part of the policy's name. */
  readonly name: string;
  /** What the expression is kept at. */
  readonly target: number;
  /**
   * Length of one datapoint, 60 s; of metrics that your program publishes with a StorageResolution of 1 also 10 or 30 s.
   * @default 60 s
   */
  readonly period?: Duration;
  /** Time until a new instance counts. */
  readonly warmUp: Duration;
}

/** Keeps the requests a minute of each target near a target. AWS knows the metric and makes the alarms itself. */
export interface RequestsPerTargetRule {
  /** Chooses this rule. */
  readonly kind: "requests per target";
  /** Last part of the policy's name. */
  readonly name: string;
  /** Requests a minute. */
  readonly target: number;
  /** `app/<balancer>/<id>/targetgroup/<name>/<id>` */
  readonly label: Input<string>;
  /** Time until a new instance counts. */
  readonly warmUp: Duration;
}

export type ScalingRule = AlarmRule | TargetRule | RequestsPerTargetRule;
