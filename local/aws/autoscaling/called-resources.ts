/** Groups, policies and alarms as calls give them, in the form in which a program declares them: one reader is enough for both. */
import type { PlannedResource } from "../../../plan/types.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Flags come as text in the query protocol. */
const flags = new Set([
  "ActionsEnabled",
  "DisableScaleIn",
  "Enabled",
  "NewInstancesProtectedFromScaleIn",
  "ReturnData",
]);

/** Properties whose declared names are not theirs with a small letter. */
const names: Readonly<Record<string, string>> = {
  AutoScalingGroupName: "autoscalingGroupName",
  NewInstancesProtectedFromScaleIn: "protectFromScaleIn",
  OKActions: "okActions",
};

const declaredName = (name: string): string => names[name] ?? name.charAt(0).toLowerCase() + name.slice(1);

/** `{ MinSize: "1", TerminationPolicies: ["Default"] }` → `{ minSize: "1", terminationPolicies: ["Default"] }`, all the way down. */
function declared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(declared);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      declaredName(name),
      flags.has(name) && typeof inner === "string" ? inner.toLowerCase() === "true" : declared(inner),
    ]),
  );
}

const listOf = (value: unknown): readonly Inputs[] => (Array.isArray(value) ? (value as Inputs[]) : []);

const dimensionsOf = (value: unknown): Inputs =>
  Object.fromEntries(listOf(value).map(({ Name, Value }) => [String(Name), Value]));

const resource = (type: string, name: string, inputs: Inputs, outputs: Inputs = {}) =>
  ({
    urn: `${type}::${name}`,
    type,
    name,
    id: name,
    inputs,
    outputs: { name, ...outputs },
  }) as unknown as PlannedResource;

export function groupResource(input: Inputs): PlannedResource {
  const { AutoScalingGroupName: name, ...rest } = input;
  return resource("aws:autoscaling/group:Group", String(name), declared({ ...rest, Name: name }) as Inputs);
}

/** @param arn names the policy in the actions of alarms. */
export function policyResource(input: Inputs, arn: string): PlannedResource {
  const { PolicyName: name, ...rest } = input;
  return resource("aws:autoscaling/policy:Policy", String(name), declared(rest) as Inputs, { arn });
}

function queryOf({ MetricStat, ...query }: Inputs): Inputs {
  const { Metric, Period, Stat } = (MetricStat ?? {}) as { Metric?: Inputs; Period?: unknown; Stat?: unknown };
  const metric = Metric && { ...Metric, Dimensions: undefined, Period, Stat };
  const dimensions = Metric && dimensionsOf(Metric.Dimensions);
  return {
    returnData: true,
    ...(declared(query) as Inputs),
    ...(metric === undefined ? {} : { metric: { ...(declared(metric) as Inputs), dimensions } }),
  };
}

export function alarmResource(input: Inputs): PlannedResource {
  const { AlarmName: name, Dimensions, Metrics, ...rest } = input;
  return resource("aws:cloudwatch/metricAlarm:MetricAlarm", String(name), {
    ...(declared(rest) as Inputs),
    ...(Dimensions === undefined ? {} : { dimensions: dimensionsOf(Dimensions) }),
    ...(Metrics === undefined ? {} : { metricQueries: listOf(Metrics).map(queryOf) }),
  });
}
