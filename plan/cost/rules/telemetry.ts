/** Alarms and logs. */
import type { PlannedResource } from "../../types.ts";
import { asInputs, asList } from "../declared.ts";
import type { Rule, World } from "../types.ts";
import { assumed, hoursPerMonth } from "../usage.ts";

const gigabyte = 1e9;
/** AWS's own alarms of a target tracking policy: one for growing, one for shrinking. */
const trackingAlarms = 2;

/** What an alarm's or a policy's queries look at. */
function lookedAt(queries: unknown): { readonly metrics: number; readonly shortest: number; readonly open: boolean } {
  const read = asList(queries).map(asInputs);
  const stats = read.map(({ metric, metricStat }) => asInputs(metric ?? metricStat));
  const metrics = read.filter(({ metric, metricStat }) => metric !== undefined || metricStat !== undefined).length;
  const periods = [...read, ...stats].map(({ period }) => Number(period)).filter((period) => period > 0);
  // An expression that searches looks at as many metrics as it finds.
  const open = read.some(({ expression }) => /^\s*SELECT\b|\bSEARCH\s*\(/i.test(String(expression ?? "")));
  return { metrics, shortest: Math.min(60, ...periods), open };
}

const alarmKey = (period: number) => (period < 60 ? "cloudwatch.alarmHighResolution" : "cloudwatch.alarm");

const searched = { notPriced: "metrics that an expression finds when it is evaluated: their number is not known" };

/** An alarm is charged by the metrics it looks at, metric math by each of them, and three times as much below a minute. */
export const alarm: Rule = ({ inputs }, { usage }) => {
  const { metrics, shortest, open } = lookedAt(inputs.metricQueries);
  const single = inputs.metricName !== undefined;
  if (open) return [searched];
  // An anomaly band is a metric for each of its sides.
  const count = (single ? 1 : Math.max(1, metrics)) + (inputs.thresholdMetricId === undefined ? 0 : 2);
  const key = alarmKey(single ? Number(inputs.period ?? 60) : shortest);
  return [{ what: "alarms", key, quantity: (count * usage.upHours) / hoursPerMonth, basis: "fixed" }];
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

/** What CloudWatch charges for: one metric, however many resources feed it. `undefined` where the declaration does not name it. */
function metricOf({ inputs }: PlannedResource): string | undefined {
  const { namespace, name, dimensions } = asInputs(inputs.metricTransformation);
  if (namespace === undefined || name === undefined) return undefined;
  return JSON.stringify([namespace, name, Object.keys(asInputs(dimensions)).sort()]);
}

/** A filter costs nothing, but the metric that it makes of log lines is a custom one. The first filter that feeds it is charged. */
export const metricFilter: Rule = (resource, { declared, usage }) => {
  const metric = metricOf(resource);
  const first = declared.ofType(resource.type).find((each) => metric !== undefined && metricOf(each) === metric);
  if (first !== undefined && first.id !== resource.id) return [{ free: `its metric is charged at ${first.name}` }];
  const { dimensions } = asInputs(resource.inputs.metricTransformation);
  if (Object.keys(asInputs(dimensions)).length > 0) {
    return [{ notPriced: "metrics of a filter with dimensions: one for each value that its log lines bring" }];
  }
  const quantity = usage.upHours / hoursPerMonth;
  return [{ what: "metrics made of logs", key: "cloudwatch.metric", quantity, basis: "fixed" }];
};

/** Policies cost nothing, but one that tracks a target makes alarms, and those do. */
export const policy: Rule = ({ inputs }, { usage }) => {
  if (inputs.targetTrackingConfiguration === undefined) return [{ free: "scaling policies have no price" }];
  const { customizedMetricSpecification } = asInputs(inputs.targetTrackingConfiguration);
  const custom = asInputs(customizedMetricSpecification);
  const { metrics, shortest, open } = lookedAt(custom.metrics);
  if (open) return [searched];
  const quantity = (trackingAlarms * Math.max(1, metrics) * usage.upHours) / hoursPerMonth;
  const key = alarmKey(Math.min(shortest, Number(custom.period ?? 60)));
  return [{ what: "alarms of target tracking", key, quantity, basis: "fixed" }];
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
  const { logGroupClass = "STANDARD" } = resource.inputs;
  if (logGroupClass !== "STANDARD" && logGroupClass !== "INFREQUENT_ACCESS") {
    return [{ notPriced: `logs of class ${logGroupClass}` }];
  }
  const taken = logGroupClass === "STANDARD" ? "logs.gb" : "logs.infrequentGb";
  const gigabytes = logBytes(resource, world) / gigabyte;
  if (gigabytes === 0) return [{ free: "nobody is known to write to it" }];
  // Kept for ever when no retention is said: as long as jobs are.
  const days = Number(resource.inputs.retentionInDays ?? 0) || world.usage.keptMonths * 30.4;
  const stored = (gigabytes * assumed.logCompression * days) / 30.4;
  return [
    { what: "logs, taken in", key: taken, quantity: gigabytes, basis: "usage" },
    { what: "logs, stored", key: "logs.gbMonth", quantity: stored, basis: "usage" },
  ];
};
