/**
 * How many instances a group has on average over the hours its stack stands.
 *
 *     min       its minimum, always
 *     max       its maximum, always
 *     expected  (n × active hours + size at rest × the other hours) ÷ all hours
 *
 * each weighted by how long scheduled actions let the bounds stand. A group that a policy makes smaller rests at its minimum; one that
 * no policy makes smaller stays at what it was last given. Capacity that is counted in units is divided by what an instance weighs.
 * n is what the declared policy holds the group at while the load of the active hours lasts, clamped to min..max:
 *
 *     requests per target, tracked or alarmed  load a minute ÷ target
 *     backlog per instance, likewise           busy workers: jobs an hour × seconds a job ÷ 3600 ÷ jobs at a time (Little's law:
 *                                              the backlog that is held costs waiting time, not instances)
 *     an alarm on a total that instances do not lower (requests, messages sent): max above its threshold, else min. The way up
 *                                              and the way down take equally long (the same pause) and cancel each other
 *     anything else, or no policy              min
 */
import type { PlannedResource } from "../types.ts";
import { asInputs, asList, type Declared, type Host, type Inputs, type Purpose } from "./declared.ts";
import { averageOf, segmentsOf } from "./schedules.ts";
import type { Usage } from "./usage.ts";

export type At = "min" | "max" | "expected";
export const ats: readonly At[] = ["min", "max", "expected"];

export interface Capacity {
  readonly group: PlannedResource;
  readonly host: Host;
  /** Instances at least and at most, as the group itself has them. */
  readonly min: number;
  readonly max: number;
  /** Units of capacity that one instance stands for; 1 unless its policy weighs its types. */
  readonly weight: number;
  /** Average number of instances while the stack stands. */
  readonly mean: number;
  /** How `mean` came about, in words. */
  readonly because: string;
}

interface Held {
  readonly instances: number;
  readonly because: string;
}

/** Messages of the active hours, by what the queue is for. */
const jobQueues: ReadonlySet<Purpose | undefined> = new Set<Purpose>([
  "JOB_REQUESTS_QUEUE_URL",
  "JOB_ARCHIVE_QUEUE_URL",
  "JOB_NOTIFY_QUEUE_URL",
]);

const round = (value: number) => Number(value.toPrecision(3));

function queuePurpose(declared: Declared, name: unknown): Purpose | undefined {
  const queue = declared.ofType("aws:sqs/queue:Queue").find(({ outputs }) => outputs.name === name);
  return queue === undefined ? undefined : declared.purposeOf(queue);
}

/** A metric's sum over `seconds` of an active hour, or undefined when the load says nothing of it. */
function sumOver(seconds: number, metric: Inputs, declared: Declared, usage: Usage): number | undefined {
  const share = seconds / 3600 / usage.activeHours;
  if (metric.namespace === "AWS/ApplicationELB" && metric.metricName === "RequestCount") return usage.requests * share;
  if (metric.namespace === "AWS/SQS" && metric.metricName === "NumberOfMessagesSent") {
    return jobQueues.has(queuePurpose(declared, asInputs(metric.dimensions).QueueName))
      ? usage.jobs * share
      : undefined;
  }
  return undefined;
}

function growsAt(policy: PlannedResource): boolean {
  const steps = asList(policy.inputs.stepAdjustments).map((step) => Number(asInputs(step).scalingAdjustment));
  return [Number(policy.inputs.scalingAdjustment ?? 0), ...steps].some((adjustment) => adjustment > 0);
}

const alarmOf = (policy: PlannedResource, declared: Declared) =>
  declared
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .find(({ inputs }) => asList(inputs.alarmActions).includes(policy.outputs.arn));

/** What an alarm and the policy it sets off hold the group at. */
function heldByAlarm(
  policy: PlannedResource,
  capacity: Pick<Capacity, "min" | "max">,
  declared: Declared,
  usage: Usage,
): Held | undefined {
  const alarm = alarmOf(policy, declared);
  if (alarm === undefined || !growsAt(policy) || alarm.inputs.statistic !== "Sum") return undefined;
  const { period, threshold, metricName, comparisonOperator } = alarm.inputs;
  const load = sumOver(Number(period), alarm.inputs, declared, usage);
  if (load === undefined) return undefined;
  const atThreshold = comparisonOperator === "GreaterThanOrEqualToThreshold";
  const breaches = atThreshold ? load >= Number(threshold) : load > Number(threshold);
  const told = `${metricName} ${round(load)} in ${period} s, ${breaches ? "beyond" : "within"} ${threshold}`;
  return { instances: breaches ? capacity.max : capacity.min, because: told };
}

function atRequestsEach(target: number, usage: Usage): Held {
  const perMinute = usage.requests / usage.activeHours / 60;
  const because = `${round(perMinute)} requests a minute at ${target} each`;
  return { instances: Math.ceil(perMinute / target), because };
}

/** Workers that are busy with the jobs of a queue; undefined when the load says nothing of it. */
function busyWith(queueName: unknown, host: Host, declared: Declared, usage: Usage): Held | undefined {
  if (!jobQueues.has(queuePurpose(declared, queueName))) return undefined;
  const atATime = Number(host.manifest?.services.map(({ environment }) => environment.CONCURRENCY).find(Boolean) ?? 1);
  const busy = ((usage.jobs / usage.activeHours) * usage.jobSeconds) / 3600 / atATime;
  return { instances: Math.ceil(busy), because: `${round(busy)} workers busy on average` };
}

const backlogMetric = "ApproximateNumberOfMessagesVisible";

function heldByTarget(policy: PlannedResource, host: Host, declared: Declared, usage: Usage): Held | undefined {
  const tracking = asInputs(policy.inputs.targetTrackingConfiguration);
  const { predefinedMetricType } = asInputs(tracking.predefinedMetricSpecification);
  if (predefinedMetricType === "ALBRequestCountPerTarget") return atRequestsEach(Number(tracking.targetValue), usage);
  const metrics = asList(asInputs(tracking.customizedMetricSpecification).metrics).map((each) =>
    asInputs(asInputs(asInputs(each).metricStat).metric),
  );
  const backlog = metrics.find(({ metricName }) => metricName === backlogMetric);
  const queueName = asList(backlog?.dimensions)
    .map(asInputs)
    .find(({ name }) => name === "QueueName")?.value;
  return busyWith(queueName, host, declared, usage);
}

/** What an alarm over an expression holds the group at: of requests per target, `<metric> / <number>` is a share of a full load. */
function heldByExpression(policy: PlannedResource, host: Host, declared: Declared, usage: Usage): Held | undefined {
  const alarm = alarmOf(policy, declared);
  if (alarm === undefined || !growsAt(policy)) return undefined;
  const queries = asList(alarm.inputs.metricQueries).map(asInputs);
  const idOf = (name: string) => queries.find(({ metric }) => asInputs(metric).metricName === name);
  const backlog = asInputs(idOf(backlogMetric)?.metric);
  if (backlog.metricName !== undefined) {
    return busyWith(asInputs(backlog.dimensions).QueueName, host, declared, usage);
  }
  const requests = idOf("RequestCountPerTarget")?.id;
  for (const { expression } of queries) {
    const [, name, full] = /^(\w+) \/ (\d+(?:\.\d+)?)$/.exec(String(expression)) ?? [];
    if (name !== undefined && name === requests)
      return atRequestsEach(Number(full) * Number(alarm.inputs.threshold), usage);
  }
  return undefined;
}

function held(host: Host, bounds: { min: number; max: number }, declared: Declared, usage: Usage): Held {
  const policies = declared
    .ofType("aws:autoscaling/policy:Policy")
    .filter(({ inputs }) => inputs.autoscalingGroupName === host.group.outputs.name);
  const wishes = policies.flatMap((policy) => {
    const tracks = policy.inputs.targetTrackingConfiguration !== undefined;
    const wish = tracks
      ? heldByTarget(policy, host, declared, usage)
      : (heldByAlarm(policy, bounds, declared, usage) ?? heldByExpression(policy, host, declared, usage));
    return wish ?? [];
  });
  // Any policy may scale out, all must agree to scale in.
  const most = wishes.sort((a, b) => b.instances - a.instances)[0];
  if (most !== undefined) return most;
  const because = policies.length === 0 ? "no scaling policy" : "the load says nothing of its policies";
  return { instances: bounds.min, because };
}

/** Whether one of a group's policies takes instances away. */
function isMadeSmaller(group: PlannedResource, declared: Declared): boolean {
  return declared.ofType("aws:autoscaling/policy:Policy").some(({ inputs }) => {
    if (inputs.autoscalingGroupName !== group.outputs.name) return false;
    if (inputs.targetTrackingConfiguration !== undefined) {
      return asInputs(inputs.targetTrackingConfiguration).disableScaleIn !== true;
    }
    // Setting a size outright may be smaller, too.
    const steps = asList(inputs.stepAdjustments).map((step) => Number(asInputs(step).scalingAdjustment));
    const amounts = [Number(inputs.scalingAdjustment ?? 0), ...steps];
    return inputs.adjustmentType === "ExactCapacity" || amounts.some((amount) => amount < 0);
  });
}

/** Units that an instance of the first type counts for. */
function weightOf(group: PlannedResource): number {
  const { launchTemplate } = asInputs(group.inputs.mixedInstancesPolicy);
  const weight = Number(asInputs(asList(asInputs(launchTemplate).overrides)[0]).weightedCapacity ?? 1);
  return weight > 0 ? weight : 1;
}

function capacityOf(host: Host, declared: Declared, usage: Usage, at: At): Capacity {
  const { group } = host;
  const weight = weightOf(group);
  const min = Number(group.inputs.minSize ?? 0);
  const max = Number(group.inputs.maxSize ?? min);
  const start = { min, max, desired: Number(group.inputs.desiredCapacity ?? min) };
  const schedules = declared
    .ofType("aws:autoscaling/schedule:Schedule")
    .filter(({ inputs }) => inputs.autoscalingGroupName === group.outputs.name);
  const segments = segmentsOf(start, schedules, isMadeSmaller(group, declared));
  const base = { group, host, weight, min: min / weight, max: max / weight };
  if (at !== "expected")
    return { ...base, mean: averageOf(segments, (each) => each[at]) / weight, because: `always at ${at}` };

  const most = Math.max(max, ...segments.map((each) => each.max));
  const { instances, because } = held(host, { min: base.min, max: most / weight }, declared, usage);
  const rest = averageOf(segments, (each) => each.rest);
  const active = averageOf(segments, (each) => Math.max(each.rest, Math.min(each.max, instances * weight)));
  const mean = (rest + ((active - rest) * usage.activeHours) / usage.upHours) / weight;
  const scheduled = schedules.length === 0 ? "" : `; by its schedules ${round(rest / weight)} at rest`;
  return { ...base, mean, because: because + scheduled };
}

/** Groups and their average sizes, in the plan's order. */
export function capacities(declared: Declared, usage: Usage, at: At): Capacity[] {
  return declared.hosts.map((host) => capacityOf(host, declared, usage, at));
}
