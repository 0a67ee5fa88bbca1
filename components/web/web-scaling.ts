import { interpolate, type Output } from "@pulumi/pulumi";
import type { Statistic } from "../../runtime/contract/statistic.ts";
import { type Duration, hours, minutes, seconds } from "../base/duration.ts";
import { type MaybeMistake, range, within } from "../base/validate.ts";
import type { CourseScaling } from "../scaling/course-scaling.ts";
import { loadRules } from "../scaling/load-scaling.ts";
import { inServiceOf, type Metric, type ScalingRule } from "../scaling/scaling-rules.ts";
import type { TargetDimensions } from "./existing-balancer.ts";

/**
 * Grows and shrinks with the load of an instance: its requests as a share of what it should get, or the requests it works on while
 * answers are slow, whichever is greater. So it hears of more users before answers become slow, and of instances
 * that are slower than thought. What is missing is added in one step. Recommended.
 */
export interface WebLoadScaling {
  /** Chooses this rule. */
  readonly by: "load";
  /** Requests a minute that one instance should get, 1 to 10,000,000. @default 1,600 */
  readonly requestsPerTarget?: number;
  /** Answers are slow once three of four take longer, 0.001 to 60 seconds. @default 0.5 */
  readonly responseSeconds?: number;
  /** Time until a new instance has taken its share and counts, 1 s to 2 h. @default 1 minute */
  readonly warmUp?: Duration;
}

/**
 * Keeps the requests a minute of each instance at a target, by AWS's own target tracking: three minutes above it and the farm
 * grows, a quarter of an hour below nine tenths of it and it shrinks, also without any request: the balancer then reports zeros.
 */
export interface RequestsPerTargetScaling {
  /** Chooses this rule. */
  readonly by: "requestsPerTarget";
  /** Requests a minute that one instance should get, 1 to 10,000,000. @default 1,600 */
  readonly requestsPerTarget?: number;
  /** Time until a new instance has taken its share and counts, 1 s to 2 h. @default 1 minute */
  readonly warmUp?: Duration;
}

/** The course's alarms: more requests a minute than so many, answers faster than so many seconds. */
export interface RequestsScaling {
  /** Chooses this rule. */
  readonly by: "requests";
  /** Requests a minute, over the whole farm, above which an instance is added; 1 to 10,000,000. @default 200 */
  readonly requestsPerMinute?: number;
  /** Mean response time below which an instance is taken away; 0.001 to 60 seconds. @default 0.05 */
  readonly responseSeconds?: number;
  /** A new instance's warm-up, and the pause after one was taken away; 1 minute to 2 h. @default 5 minutes */
  readonly pause?: Duration;
}

/** When a web farm grows and shrinks. */
export type WebScaling = WebLoadScaling | RequestsPerTargetScaling | RequestsScaling | CourseScaling;

/** Where the rules find what they look at. */
export interface WebMetricDimensions {
  /** Name of the group. */
  readonly group: Output<string>;
  /** Of the balancer's metrics: those of the farm alone where others share the balancer. */
  readonly balancer: Readonly<Record<string, Output<string>>>;
  /** Of metrics that are there by target group only. */
  readonly target: TargetDimensions;
}

/** What the arguments may be. */
export function webScalingRules(scaling: WebScaling | undefined): MaybeMistake[] {
  if (scaling === undefined || scaling.by === "course") return [];
  const requests = { min: 1, max: 10_000_000, unit: "requests" };
  const response = (value: number | undefined) =>
    range("scaling.responseSeconds", value, { min: 0.001, max: 60, unit: "seconds", fraction: true });
  if (scaling.by === "requests") {
    return [
      range("scaling.requestsPerMinute", scaling.requestsPerMinute, requests),
      response(scaling.responseSeconds),
      within("scaling.pause", scaling.pause, { min: minutes(1), max: hours(2) }),
    ];
  }
  return [
    range("scaling.requestsPerTarget", scaling.requestsPerTarget, requests),
    ...(scaling.by === "load" ? [response(scaling.responseSeconds)] : []),
    within("scaling.warmUp", scaling.warmUp, { min: seconds(1), max: hours(2) }),
  ];
}

/**
 * Two thirds of what an instance gets through that does 40 requests a second, as the simulation's does: answers then take three
 * times as long as on an idle instance, and 50 % more requests do not yet make a queue that grows.
 */
const requestsPerTargetDefault = 1600;

/** A full load, times what is added at once for slow answers alone. */
const slowMost = 2;

/** Alarms and policies of the farm. */
export function webScaling(scaling: WebScaling | undefined, dimensions: WebMetricDimensions): ScalingRule[] {
  const rule = scaling ?? { by: "load" };
  if (rule.by === "course") return requestsRules({ by: "requests" }, dimensions);
  if (rule.by === "requests") return requestsRules(rule, dimensions);
  const { requestsPerTarget = requestsPerTargetDefault, warmUp = minutes(1) } = rule;
  if (rule.by === "requestsPerTarget") {
    const { LoadBalancer, TargetGroup } = dimensions.target;
    return [
      {
        kind: "requests per target",
        name: "requests",
        target: requestsPerTarget,
        label: interpolate`${LoadBalancer}/${TargetGroup}`,
        warmUp,
      },
    ];
  }
  const { responseSeconds = 0.5 } = rule;
  const requests = ofBalancer("RequestCountPerTarget", "Sum", dimensions.target);
  const response = (statistic: Statistic) => ofBalancer("TargetResponseTime", statistic, dimensions.balancer);
  // Little's law: arrivals a second × seconds there = requests under way.
  const parts = { share: `requests / ${requestsPerTarget}`, underWay: "requests / 60 * response" };
  return loadRules({
    full: {
      // The lower quartile: queues of instances that were full do not make answers slow once others have come to help, which a mean
      // would take for more load, and the farm would grow twice.
      metrics: { requests, response: response("p25") },
      parts: {
        ...parts,
        // How slow answers are says that more is needed, but not how much: as if there were twice as many requests at most.
        slow: `IF(response > ${responseSeconds}, IF(underWay > ${slowMost}, ${slowMost}, underWay), 0)`,
      },
      expression: "MAX([share, slow])",
      threshold: 1,
      means: `More than ${requestsPerTarget} requests a minute for each instance, or three of four answers slower than ${responseSeconds} s`,
    },
    idle: {
      // A slow instance that is busy is not idle, however few requests it gets through; one whose few answers are slow is.
      load: { metrics: { requests, response: response("Average") }, parts, expression: "MAX([share, underWay])" },
      inService: inServiceOf(dimensions.group),
      minutes: 15,
    },
    warmUp,
  });
}

function ofBalancer(name: string, statistic: Statistic, dimensions: Readonly<Record<string, Output<string>>>): Metric {
  return { namespace: "AWS/ApplicationELB", name, dimensions, statistic };
}

function requestsRules(scaling: RequestsScaling, { balancer }: WebMetricDimensions): ScalingRule[] {
  const { requestsPerMinute = 200, responseSeconds = 0.05, pause = minutes(5) } = scaling;
  const minute = { kind: "alarm", period: seconds(60), periods: 1 } as const;
  return [
    {
      ...minute,
      name: "scale-out",
      description: `More than ${requestsPerMinute} requests in a minute: one instance more.`,
      metric: ofBalancer("RequestCount", "Sum", balancer),
      when: "above",
      threshold: requestsPerMinute,
      whenMissing: "notBreaching",
      adjustment: 1,
      pacing: { warmUp: pause },
    },
    {
      ...minute,
      name: "scale-in",
      description: `Answers in less than ${responseSeconds} s: one instance less.`,
      metric: ofBalancer("TargetResponseTime", "Average", balancer),
      when: "below",
      threshold: responseSeconds,
      // Without requests there is no response time, and an idle farm would stay as large as it is.
      whenMissing: "breaching",
      adjustment: -1,
      pacing: { cooldown: pause },
    },
  ];
}
