/** What is read of a plan, whoever declared it: resources by type, and values that may be of any shape. */
import type { Plan, PlannedResource } from "../../../../plan/types.ts";

export const ofType = (plan: Plan, ...types: readonly string[]): PlannedResource[] =>
  plan.resources.filter(({ type }) => types.includes(type));

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const number = (value: unknown): number | undefined => {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
};
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
/** A list, or a single value as a list of one. */
export const listed = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

export type Farm = "web" | "annotator";

const groupType = "aws:autoscaling/group:Group";

/** @throws {Error} when the plan has no group of that name. */
export function groupOf(plan: Plan, farm: Farm): PlannedResource {
  const groups = ofType(plan, groupType);
  const found = groups.find(({ name, inputs }) => name.includes(farm) || text(inputs.name).includes(farm));
  if (found === undefined) {
    throw new Error(
      `no Auto Scaling group has ${farm} in its name; declared: ${groups.map(({ name }) => name).join(", ") || "none"}`,
    );
  }
  return found;
}

const nameOf = ({ inputs, name }: PlannedResource): string => text(inputs.name) || name;

/** Policies of a group. */
export const policiesOf = (plan: Plan, group: PlannedResource): PlannedResource[] =>
  ofType(plan, "aws:autoscaling/policy:Policy").filter(
    ({ inputs }) => text(inputs.autoscalingGroupName) === nameOf(group),
  );

/** By what a policy adds to its group, in its own unit: above 0 it grows. */
export function adjustmentOf({ inputs }: PlannedResource): number {
  const steps = listed(inputs.stepAdjustments).map((step) => number(record(step).scalingAdjustment) ?? 0);
  return number(inputs.scalingAdjustment) ?? steps[0] ?? 0;
}

export interface Watched {
  readonly metric: string;
  readonly statistic: string;
  readonly period: number | undefined;
}

/** Metrics that an alarm looks at, of itself or of its expression. */
export function watchedBy({ inputs }: PlannedResource): Watched[] {
  const single = {
    metric: text(inputs.metricName),
    statistic: text(inputs.statistic) || text(inputs.extendedStatistic),
    period: number(inputs.period),
  };
  if (single.metric !== "") return [single];
  return listed(inputs.metricQueries).flatMap((query) => {
    const metric = record(record(query).metric);
    const name = text(metric.metricName);
    return name === "" ? [] : [{ metric: name, statistic: text(metric.stat), period: number(metric.period) }];
  });
}

/** Alarms that set off a policy. */
export const alarmsOf = (plan: Plan, policy: PlannedResource): PlannedResource[] =>
  ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ inputs }) =>
    listed(inputs.alarmActions).includes(policy.outputs.arn),
  );

/** What an instance runs first; "": nothing. */
export function userDataOf({ inputs }: PlannedResource): string {
  const encoded = text(inputs.userData) || text(inputs.userDataBase64);
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  // Launch configurations and some programs give it as it is.
  return Buffer.from(decoded).toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "") ? decoded : encoded;
}
