/** Scheduled actions: bounds of a group that change by the clock. */
import * as autoscaling from "@pulumi/aws/autoscaling/index.js";
import type { Output, Resource } from "@pulumi/pulumi";
import { sizeProblems, timingProblems } from "../../runtime/contract/scheduled-size.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { form, type MaybeMistake, range, rule } from "../base/validate.ts";

/** A size from a time of the day or week on, until the next such word. Whatever else scales the group goes on within it. */
export interface ScheduledSize {
  /** Last part of its name, such as `class-begins`: small letters, digits and hyphens. */
  readonly name: string;
  /** When, in five fields as cron has them: `50 17 * * MON-FRI`. */
  readonly recurrence: string;
  /** Of those fields, IANA: `America/Chicago`. @default UTC */
  readonly timeZone?: string;
  /** Instances kept at least from then on, 0 to 1,000. @default as it is */
  readonly min?: number;
  /** Instances at most from then on, 1 to 1,000. @default as it is */
  readonly max?: number;
  /** Instances wanted at that moment, 0 to 1,000. @default as many as there are, within the bounds */
  readonly desired?: number;
}

/** What the arguments may be, within the bounds of their group. */
export function scheduledSizeRules(
  schedules: readonly ScheduledSize[] = [],
  bounds: { readonly min: number; readonly max: number },
): MaybeMistake[] {
  const sizes = sizeProblems(bounds, schedules, { min: "size.min", max: "size.max" });
  const of = (count: number | undefined, least: number) =>
    [count, { min: least, max: 1000, unit: "instances" }] as const;
  return schedules.flatMap((schedule, index) => {
    const { name, min, max, desired } = schedule;
    const at = `schedules[${index}]`;
    const ranges = [
      range(`${at}.min`, ...of(min, 0)),
      range(`${at}.max`, ...of(max, 1)),
      range(`${at}.desired`, ...of(desired, 0)),
    ];
    const known = new Set(ranges.flatMap((each) => (each ? [each.path] : [])));
    return [
      form(`${at}.name`, name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "small letters, digits and hyphens"),
      rule(
        `${at}.name`,
        schedules.findIndex((other) => other.name === name) < index,
        `${name} is taken by another of the schedules; give each a name of its own`,
      ),
      ...timingProblems(schedule).map(({ property, problem }) => ({ path: `${at}.${property}`, reason: problem })),
      ...ranges,
      ...sizes
        .filter((each) => each.index === index && !known.has(`${at}.${each.property}`))
        .map(({ property, problem }) => ({ path: `${at}.${property}`, reason: problem })),
      rule(
        at,
        min === undefined && max === undefined && desired === undefined,
        "changes nothing; give min, max or desired",
      ),
    ];
  });
}

/** How the provider says "as it is"; what is left out it takes for 0. */
const asItIs = -1;

/** One scheduled action each, children of `parent` and named after it. */
export function createSchedules(
  name: string,
  groupName: Output<string>,
  schedules: readonly ScheduledSize[],
  transform: Transform<autoscaling.ScheduleArgs> | undefined,
  parent: Resource,
): autoscaling.Schedule[] {
  return schedules.map(({ name: own, recurrence, timeZone, min, max, desired }) => {
    const child = `${name}-${own}`;
    return new autoscaling.Schedule(
      ...transformed<autoscaling.ScheduleArgs>(
        transform,
        child,
        {
          scheduledActionName: regionalName("scheduledAction", child),
          autoscalingGroupName: groupName,
          recurrence,
          ...(timeZone === undefined ? {} : { timeZone }),
          minSize: min ?? asItIs,
          maxSize: max ?? asItIs,
          desiredCapacity: desired ?? asItIs,
        },
        { parent },
      ),
    );
  });
}
