import type { Output } from "@pulumi/pulumi";
import { type Duration, hours, minutes, seconds } from "./duration.ts";
import type { Metric, ScalingRule } from "./scaling.ts";
import { type Finding, ordered, range, rule, within } from "./validate.ts";

/** Grows with the jobs sent in a window, as the course does it. */
export interface JobsSentScaling {
  /** Chooses this rule. */
  readonly by: "jobsSent";
  /** Window the jobs are counted in, whole minutes, 1 minute to 24 h. @default 15 minutes */
  readonly window?: Duration;
  /** Jobs in a window from which on an instance is added, 1 to 1,000,000. @default 30 */
  readonly scaleOutAt?: number;
  /** Jobs in a window below which an instance is taken away, 0 to 1,000,000. @default 5 */
  readonly scaleInBelow?: number;
  /** Pause after each step, 1 minute to 2 h. @default 5 minutes */
  readonly pause?: Duration;
}

/**
 * Keeps the backlog per instance where the wait is acceptable: the jobs one instance gets through in that time. Jobs that
 * run count as well as those that wait, or the instance with the last one would be taken away. Recommended.
 */
export interface BacklogScaling {
  /** Chooses this rule. */
  readonly by: "backlogPerInstance";
  /** How long a job may wait, 1 s to 12 h. @default 5 minutes */
  readonly acceptableWait?: Duration;
  /** What one job takes, 1 s to 12 h. @default 1 minute */
  readonly jobTakes?: Duration;
}

/** What the arguments may be. */
export function annotatorScalingRules(
  scaling: JobsSentScaling | BacklogScaling | undefined,
  sizeMin: number | undefined,
): Finding[] {
  if (scaling === undefined) return [];
  return scaling.by === "jobsSent" ? jobsSentRules(scaling) : backlogRules(scaling, sizeMin);
}

function jobsSentRules(scaling: JobsSentScaling): Finding[] {
  const { scaleOutAt = 30, scaleInBelow = 5 } = scaling;
  return [
    within("scaling.window", scaling.window, { min: minutes(1), max: hours(24), whole: "minutes" }),
    range("scaling.scaleOutAt", scaling.scaleOutAt, { min: 1, max: 1_000_000, unit: "jobs" }),
    range("scaling.scaleInBelow", scaling.scaleInBelow, { min: 0, max: 1_000_000, unit: "jobs" }),
    ordered(["scaling.scaleInBelow", scaleInBelow], ["scaling.scaleOutAt", scaleOutAt]),
    within("scaling.pause", scaling.pause, { min: minutes(1), max: hours(2) }),
  ];
}

function backlogRules(scaling: BacklogScaling, sizeMin: number | undefined): Finding[] {
  return [
    within("scaling.acceptableWait", scaling.acceptableWait, { min: seconds(1), max: hours(12) }),
    within("scaling.jobTakes", scaling.jobTakes, { min: seconds(1), max: hours(12) }),
    rule(
      "size.min",
      sizeMin === 0,
      "0 instances have no backlog each, so nothing would ever start; give 1 or more, or scale by jobsSent",
    ),
  ];
}

/** Alarms and policies of the farm. */
export function annotatorScaling(
  scaling: JobsSentScaling | BacklogScaling,
  queueName: Output<string>,
  groupName: Output<string>,
): ScalingRule[] {
  const ofQueue = (metric: string, statistic: Metric["statistic"]): Metric => ({
    namespace: "AWS/SQS",
    name: metric,
    dimensions: { QueueName: queueName },
    statistic,
  });
  if (scaling.by === "backlogPerInstance") {
    const { acceptableWait = minutes(5), jobTakes = minutes(1) } = scaling;
    return [
      {
        kind: "target",
        name: "backlog",
        target: Math.max(1, acceptableWait.toSeconds() / jobTakes.toSeconds()),
        expression: "(visible + inFlight) / inService",
        metrics: {
          visible: ofQueue("ApproximateNumberOfMessagesVisible", "Average"),
          inFlight: ofQueue("ApproximateNumberOfMessagesNotVisible", "Average"),
          inService: {
            namespace: "AWS/AutoScaling",
            name: "GroupInServiceInstances",
            dimensions: { AutoScalingGroupName: groupName },
            statistic: "Average",
          },
        },
        warmUp: minutes(5),
      },
    ];
  }
  const { window = minutes(15), scaleOutAt = 30, scaleInBelow = 5, pause = minutes(5) } = scaling;
  const sent = { kind: "alarm", metric: ofQueue("NumberOfMessagesSent", "Sum"), period: window, periods: 1 } as const;
  return [
    {
      ...sent,
      name: "scale-out",
      description: `${scaleOutAt} jobs or more were sent in ${window}: one instance more.`,
      when: "at or above",
      threshold: scaleOutAt,
      whenMissing: "notBreaching",
      adjustment: 1,
      pacing: { warmUp: pause },
    },
    {
      ...sent,
      name: "scale-in",
      description: `Fewer than ${scaleInBelow} jobs were sent in ${window}: one instance less.`,
      when: "below",
      threshold: scaleInBelow,
      // A queue that nobody uses has no datapoints, and is just when the farm should shrink.
      whenMissing: "breaching",
      adjustment: -1,
      pacing: { cooldown: pause },
    },
  ];
}
