/** Alarms and logs. */
import type { PlannedResource } from "../../types.ts";
import { asInputs, asList } from "../declared.ts";
import type { Rule, World } from "../types.ts";
import { assumed, hoursPerMonth } from "../usage.ts";

const gigabyte = 1e9;
/** AWS's own alarms of a target tracking policy: one for growing, one for shrinking. */
const trackingAlarms = 2;

const metricsIn = (queries: unknown): number =>
  asList(queries).filter((query) => {
    const { metric, metricStat } = asInputs(query);
    return metric !== undefined || metricStat !== undefined;
  }).length;

/** An alarm is charged by the metrics it looks at; metric math looks at several. */
export const alarm: Rule = ({ inputs }, { usage }) => {
  const metrics = inputs.metricName === undefined ? Math.max(1, metricsIn(inputs.metricQueries)) : 1;
  // An anomaly band is a metric for each of its sides.
  const looksAt = inputs.thresholdMetricId === undefined ? metrics : metrics + 2;
  const key = Number(inputs.period ?? 60) < 60 ? "cloudwatch.alarmHighResolution" : "cloudwatch.alarm";
  return [{ what: "alarms", key, quantity: (looksAt * usage.upHours) / hoursPerMonth, basis: "fixed" }];
};

export const compositeAlarm: Rule = (_, { usage }) => [
  {
    what: "composite alarms",
    key: "cloudwatch.compositeAlarm",
    quantity: usage.upHours / hoursPerMonth,
    basis: "fixed",
  },
];

export const dashboard: Rule = (_, { usage }) => [
  { what: "dashboards", key: "cloudwatch.dashboardMonth", quantity: usage.upHours / hoursPerMonth, basis: "fixed" },
];

/** A filter costs nothing, but the metric that it makes of log lines is one of one's own. */
export const metricFilter: Rule = (_, { usage }) => [
  { what: "metrics made of logs", key: "cloudwatch.metric", quantity: usage.upHours / hoursPerMonth, basis: "fixed" },
];

/** Policies cost nothing, but one that tracks a target makes alarms, and those do. */
export const policy: Rule = ({ inputs }, { usage }) => {
  if (inputs.targetTrackingConfiguration === undefined) return [{ free: "scaling policies have no price" }];
  const { customizedMetricSpecification } = asInputs(inputs.targetTrackingConfiguration);
  const metrics = Math.max(1, metricsIn(asInputs(customizedMetricSpecification).metrics));
  const quantity = (trackingAlarms * metrics * usage.upHours) / hoursPerMonth;
  return [{ what: "alarms of target tracking", key: "cloudwatch.alarm", quantity, basis: "fixed" }];
};

/** Bytes a month that the services of a log group's instances write; 0 where nobody is known to write. */
export function logBytes(logGroup: PlannedResource, { capacities, usage }: World): number {
  return capacities
    .filter(({ host }) => host.manifest?.logGroup === logGroup.outputs.name)
    .map(({ host, mean }) => {
      const services = new Set(host.manifest?.services.map(({ name }) => name));
      const requests = services.has("web") ? usage.requests * assumed.logBytesPerRequest : 0;
      const jobs = services.has("web") ? 0 : usage.jobs * assumed.logBytesPerJob;
      return requests + jobs + mean * usage.upHours * assumed.logBytesPerInstanceHour;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

export const logGroup: Rule = (resource, world) => {
  const gigabytes = logBytes(resource, world) / gigabyte;
  if (gigabytes === 0) return [{ free: "nobody is known to write to it" }];
  // Kept for ever when no retention is said: as long as jobs are.
  const days = Number(resource.inputs.retentionInDays ?? 0) || world.usage.keptMonths * 30.4;
  const stored = (gigabytes * assumed.logCompression * days) / 30.4;
  return [
    { what: "logs, taken in", key: "logs.gb", quantity: gigabytes, basis: "usage" },
    { what: "logs, stored", key: "logs.gbMonth", quantity: stored, basis: "usage" },
  ];
};
