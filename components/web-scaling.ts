import type { Output } from "@pulumi/pulumi";
import { type Duration, minutes, seconds } from "./duration.ts";
import type { ScalingRule } from "./scaling.ts";
import { type Finding, range, within } from "./validate.ts";

/** The course's alarms: more requests a minute than so many, answers faster than so many seconds. */
export interface WebScaling {
  /** Requests a minute, over the whole farm, above which an instance is added; 1 to 10,000,000. @default 200 */
  readonly requestsPerMinute?: number;
  /** Mean response time below which an instance is taken away; 0.001 to 60 seconds. @default 0.05 */
  readonly responseSeconds?: number;
  /** A new instance's warm-up, and the pause after one was taken away; 1 minute to 2 h. @default 5 minutes */
  readonly pause?: Duration;
}

/** What the arguments may be. */
export function webScalingRules(scaling: WebScaling): Finding[] {
  return [
    range("scaling.requestsPerMinute", scaling.requestsPerMinute, { min: 1, max: 10_000_000, unit: "requests" }),
    range("scaling.responseSeconds", scaling.responseSeconds, {
      min: 0.001,
      max: 60,
      unit: "seconds",
      fraction: true,
    }),
    within("scaling.pause", scaling.pause, { min: minutes(1), max: minutes(120) }),
  ];
}

/** Alarms and policies of the farm; `dimensions` are those of its balancer's metrics. */
export function webScaling(scaling: WebScaling, dimensions: Readonly<Record<string, Output<string>>>): ScalingRule[] {
  const { requestsPerMinute = 200, responseSeconds = 0.05, pause = minutes(5) } = scaling;
  const ofBalancer = { namespace: "AWS/ApplicationELB", dimensions };
  const minute = { kind: "alarm", period: seconds(60), periods: 1 } as const;
  return [
    {
      ...minute,
      name: "scale-out",
      description: `More than ${requestsPerMinute} requests in a minute: one instance more.`,
      metric: { ...ofBalancer, name: "RequestCount", statistic: "Sum" },
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
      metric: { ...ofBalancer, name: "TargetResponseTime", statistic: "Average" },
      when: "below",
      threshold: responseSeconds,
      // Without requests there is no response time, and an idle farm would stay as large as it is.
      whenMissing: "breaching",
      adjustment: -1,
      pacing: { cooldown: pause },
    },
  ];
}
