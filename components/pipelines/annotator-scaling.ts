import type { Output } from "@pulumi/pulumi";
import { type Duration, hours, minutes, seconds } from "../base/duration.ts";
import { type MaybeMistake, ordered, range, rule, within } from "../base/validate.ts";
import type { CourseScaling } from "../scaling/course-scaling.ts";
import { loadRules } from "../scaling/load-scaling.ts";
import { inServiceOf, type Metric, type MetricMath, type ScalingRule } from "../scaling/scaling-rules.ts";

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

/** What both rules on the backlog are told. */
export interface BacklogArgs {
  /** How long a job may wait, 1 s to 12 h. @default 2 minutes */
  readonly acceptableWait?: Duration;
  /** What one job takes, 1 s to 12 h. @default 1 minute */
  readonly jobTakes?: Duration;
}

/**
 * Grows with the jobs that wait or run for each instance, beyond what it gets through in the time that is acceptable as a wait,
 * by as much as is missing; shrinks when a quarter of the instances can be spared. Recommended.
 */
export interface BacklogScaling extends BacklogArgs {
  /** Chooses this rule. */
  readonly by: "backlog";
  /** Time until a new instance has taken jobs and counts, 1 s to 2 h. @default 1 minute */
  readonly warmUp?: Duration;
}

/**
 * Keeps the backlog per instance where the wait is acceptable, by AWS's own target tracking: the jobs one instance gets
 * through in that time. Jobs that run count as well as those that wait, or the instance with the last one would be taken away.
 */
export interface BacklogPerInstanceScaling extends BacklogArgs {
  /** Chooses this rule. */
  readonly by: "backlogPerInstance";
}

/** When an annotator farm grows and shrinks. */
export type AnnotatorScaling = BacklogScaling | BacklogPerInstanceScaling | JobsSentScaling | CourseScaling;

/** What the arguments may be. */
export function annotatorScalingRules(
  scaling: AnnotatorScaling | undefined,
  sizeMin: number | undefined,
): MaybeMistake[] {
  if (scaling?.by === "course") return [];
  if (scaling?.by === "jobsSent") return jobsSentRules(scaling);
  return backlogRules(scaling ?? { by: "backlog" }, sizeMin);
}

function jobsSentRules(scaling: JobsSentScaling): MaybeMistake[] {
  const { scaleOutAt = 30, scaleInBelow = 5 } = scaling;
  return [
    within("scaling.window", scaling.window, { min: minutes(1), max: hours(24), whole: "minutes" }),
    range("scaling.scaleOutAt", scaling.scaleOutAt, { min: 1, max: 1_000_000, unit: "jobs" }),
    range("scaling.scaleInBelow", scaling.scaleInBelow, { min: 0, max: 1_000_000, unit: "jobs" }),
    ordered(["scaling.scaleInBelow", scaleInBelow], ["scaling.scaleOutAt", scaleOutAt]),
    within("scaling.pause", scaling.pause, { min: minutes(1), max: hours(2) }),
  ];
}

function backlogRules(
  scaling: BacklogScaling | BacklogPerInstanceScaling,
  sizeMin: number | undefined,
): MaybeMistake[] {
  const { acceptableWait = acceptableWaitDefault, jobTakes = jobTakesDefault } = scaling;
  return [
    within("scaling.acceptableWait", scaling.acceptableWait, { min: seconds(1), max: hours(12) }),
    within("scaling.jobTakes", scaling.jobTakes, { min: seconds(1), max: hours(12) }),
    ...(scaling.by === "backlog" ? [within("scaling.warmUp", scaling.warmUp, { min: seconds(1), max: hours(2) })] : []),
    rule(
      "scaling.acceptableWait",
      scaling.by === "backlog" && acceptableWait.toSeconds() < jobTakes.toSeconds(),
      `${acceptableWait} is less than a job takes, ${jobTakes}: an instance with one job would be full; give as much or more`,
    ),
    rule(
      "size.min",
      sizeMin === 0,
      "0 instances have no backlog each, so nothing would ever start; give 1 or more, or scale by jobsSent",
    ),
  ];
}

const acceptableWaitDefault = minutes(2);
const jobTakesDefault = minutes(1);

/** Where the rules find what they look at. */
export interface AnnotatorMetricNames {
  readonly queue: Output<string>;
  readonly group: Output<string>;
}

/**
 * Alarms and policies of the farm.
 *
 * @param concurrency jobs one instance runs at a time.
 */
export function annotatorScaling(
  scaling: AnnotatorScaling | undefined,
  concurrency: number,
  names: AnnotatorMetricNames,
): ScalingRule[] {
  const chosen = scaling ?? { by: "backlog" };
  if (chosen.by === "course") return jobsSent({ by: "jobsSent" }, names);
  if (chosen.by === "jobsSent") return jobsSent(chosen, names);
  const { acceptableWait = acceptableWaitDefault, jobTakes = jobTakesDefault } = chosen;
  const jobsInWait = (concurrency * acceptableWait.toSeconds()) / jobTakes.toSeconds();
  if (chosen.by === "backlogPerInstance") {
    const target = Math.max(1, jobsInWait);
    return [{ kind: "target", name: "backlog", target, ...backlogPerInstance(names), warmUp: minutes(5) }];
  }
  const backlog = backlogPerInstance(names);
  return loadRules({
    full: {
      ...backlog,
      threshold: jobsInWait,
      means: `More jobs for each instance than it gets through in ${acceptableWait}`,
    },
    idle: {
      load: concurrency === 1 ? backlog : { ...backlog, expression: `${backlog.expression} / ${concurrency}` },
      inService: inServiceOf(names.group),
      minutes: 7,
    },
    warmUp: chosen.warmUp ?? minutes(1),
  });
}

function ofQueue({ queue }: AnnotatorMetricNames, name: string, statistic: Metric["statistic"]): Metric {
  return { namespace: "AWS/SQS", name, dimensions: { QueueName: queue }, statistic };
}

/** Jobs that wait or run, for each instance in service. */
function backlogPerInstance(names: AnnotatorMetricNames): MetricMath {
  return {
    expression: "(visible + inFlight) / inService",
    metrics: {
      visible: ofQueue(names, "ApproximateNumberOfMessagesVisible", "Average"),
      inFlight: ofQueue(names, "ApproximateNumberOfMessagesNotVisible", "Average"),
      inService: inServiceOf(names.group),
    },
  };
}

function jobsSent(scaling: JobsSentScaling, names: AnnotatorMetricNames): ScalingRule[] {
  const { window = minutes(15), scaleOutAt = 30, scaleInBelow = 5, pause = minutes(5) } = scaling;
  const metric = ofQueue(names, "NumberOfMessagesSent", "Sum");
  const sent = { kind: "alarm", metric, period: window, periods: 1 } as const;
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
