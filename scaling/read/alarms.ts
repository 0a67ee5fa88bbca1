/** Alarms of a plan. */
import type { PlannedResource } from "../../plan/types.ts";
import { type AlarmState, type Comparison, comparisons, missingDataTreatments } from "../alarm.ts";
import type { AlarmActions, AlarmPlan, PolicyReference, Reading } from "../scaling-plan.ts";
import { type InputReader, inputReader, recordOf, type ScalingFinding } from "./findings.ts";
import { isOfService, noSuchResolution } from "./known-metrics.ts";
import { type Query, readingOf, single, sourceOf } from "./readings.ts";

export const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const compositeAlarmType = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const daySeconds = 86_400;

/** Scaling policies by their ARNs. */
export type PoliciesByArn = ReadonlyMap<string, PolicyReference>;

function actionsOf(
  input: InputReader,
  policies: PoliciesByArn,
): { readonly actions: Readonly<Record<AlarmState, AlarmActions>>; readonly any: boolean } {
  const enabled = input.flag("actionsEnabled") ?? true;
  let any = false;
  const of = (property: string): AlarmActions => {
    const arns = input.list(property).map(String);
    any ||= arns.length > 0;
    if (!enabled) return { policies: [], others: [] };
    const found = arns.flatMap((arn) => policies.get(arn) ?? []);
    arns.forEach((arn, index) => {
      if (!arn.includes(":scalingPolicy:") || policies.has(arn)) return;
      input.report(`${property}[${index}]`, `no policy of this plan is ${arn}`);
    });
    return { policies: found, others: arns.filter((arn) => !arn.includes(":scalingPolicy:")) };
  };
  const actions = {
    ALARM: of("alarmActions"),
    OK: of("okActions"),
    INSUFFICIENT_DATA: of("insufficientDataActions"),
  };
  return { actions, any };
}

function dimensionsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(recordOf(value)).map(([name, text]) => [name, String(text)]));
}

function readingFor(resource: PlannedResource, input: InputReader): Reading | undefined {
  const { inputs } = resource;
  if (inputs.metricQueries === undefined) {
    const statistic = inputs.extendedStatistic === undefined ? "statistic" : "extendedStatistic";
    const source = sourceOf(
      input,
      { metric: "metricName", statistic },
      {
        namespace: input.text("namespace") ?? "",
        name: input.text("metricName") ?? "",
        dimensions: dimensionsOf(inputs.dimensions),
        statistic: input.text(statistic) ?? "",
      },
    );
    return source && single(source);
  }
  const queries = input.list("metricQueries").map((value, index): Query => {
    const query = recordOf(value);
    const metric = recordOf(query.metric);
    const at = `metricQueries[${index}]`;
    const common = { id: String(query.id), path: `${at}.expression`, returnsData: query.returnData === true };
    if (typeof query.expression === "string") return { ...common, expression: query.expression };
    const source = sourceOf(
      input,
      { metric: `${at}.metric.metricName`, statistic: `${at}.metric.stat` },
      {
        namespace: String(metric.namespace),
        name: String(metric.metricName),
        dimensions: dimensionsOf(metric.dimensions),
        statistic: String(metric.stat),
      },
    );
    return source === undefined ? common : { ...common, source };
  });
  return readingOf(input, "metricQueries", queries);
}

const outcomes = ["alarmActions", "okActions", "insufficientDataActions"];

/** Whether some policy hears it. What only mails decides nothing about sizes. */
const decides = ({ inputs }: PlannedResource): boolean =>
  outcomes.some((property) => {
    const arns = inputs[property];
    return Array.isArray(arns) && arns.some((arn) => String(arn).includes(":scalingPolicy:"));
  });

/** Namespaces that an alarm looks at, each with the property that says how often. */
function publishersOf({ inputs }: PlannedResource): { readonly path: string; readonly namespace: string }[] {
  if (inputs.metricQueries === undefined) return [{ path: "period", namespace: String(inputs.namespace) }];
  const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries : [];
  return queries.flatMap((query, index) => {
    const { namespace } = recordOf(recordOf(query).metric);
    return namespace === undefined
      ? []
      : [{ path: `metricQueries[${index}].metric.period`, namespace: String(namespace) }];
  });
}

/** Of a metric that its publisher stores with a StorageResolution of 1. */
const highResolutions: readonly number[] = [10, 20, 30];

/** The period, which math takes from its queries. */
function periodOf(resource: PlannedResource, input: InputReader): number {
  const { inputs } = resource;
  const property = inputs.metricQueries === undefined ? "period" : "metricQueries";
  const inQueries = input.list("metricQueries").map((query) => recordOf(recordOf(query).metric).period);
  const periods = [...new Set(inputs.metricQueries === undefined ? [inputs.period] : inQueries.filter((each) => each))];
  const period = Number(periods[0] ?? 60);
  if (periods.length > 1) input.report(property, `periods ${periods.join(", ")} differ; give all queries the same`);
  if (highResolutions.includes(period)) {
    const { path, namespace } = publishersOf(resource).find((each) => isOfService(each.namespace)) ?? {};
    if (path !== undefined) input.report(path, noSuchResolution(String(namespace), period));
  } else if (!(Number.isInteger(period) && period >= 60 && period % 60 === 0)) {
    input.report(property, `${period} s is no multiple of 60 s, nor 10, 20 or 30 s`);
  }
  return period;
}

export function readAlarm(
  resource: PlannedResource,
  policies: PoliciesByArn,
  findings: ScalingFinding[],
  remarks: string[],
): AlarmPlan | undefined {
  const found: ScalingFinding[] = [];
  const alarm = alarmOf(resource, policies, found, remarks);
  if (decides(resource)) findings.push(...found);
  else {
    const told = found.map(
      ({ path, problem }) => `${path}: not evaluated, since no policy hears the alarm: ${problem}`,
    );
    remarks.push(...told);
  }
  return alarm;
}

function alarmOf(
  resource: PlannedResource,
  policies: PoliciesByArn,
  findings: ScalingFinding[],
  remarks: string[],
): AlarmPlan | undefined {
  const input = inputReader(resource, resource.inputs, findings);
  const periodSeconds = periodOf(resource, input);
  const evaluationPeriods = input.number("evaluationPeriods", { min: 1, max: 1440 }) ?? 1;
  if (periodSeconds * evaluationPeriods > daySeconds) {
    const problem = `${evaluationPeriods} periods of ${periodSeconds} s are longer than a day (${daySeconds} s)`;
    input.report("evaluationPeriods", `${problem}; give at most ${Math.floor(daySeconds / periodSeconds)}`);
  }
  const datapointsToAlarm = input.number("datapointsToAlarm", { min: 1, max: evaluationPeriods }) ?? evaluationPeriods;
  if ((resource.inputs.thresholdMetricId ?? undefined) !== undefined) {
    input.report("thresholdMetricId", "anomaly detection bands are not modelled; give a threshold");
    return undefined;
  }
  const comparison = input.choice("comparisonOperator", Object.keys(comparisons) as Comparison[]);
  const threshold = input.number("threshold", { min: -Infinity, max: Infinity, whole: false });
  if (resource.inputs.threshold === undefined) input.report("threshold", "it is left out");
  const reading = readingFor(resource, input);
  const { actions, any } = actionsOf(input, policies);
  if (!any) remarks.push(`${resource.name}: the alarm has no actions, so nothing hears it`);
  if (findings.length > 0 || reading === undefined || comparison === undefined || threshold === undefined) {
    return undefined;
  }
  // AWS ignores missing data in this namespace, whatever the alarm says.
  const ignores = Object.values(reading.sources).some(({ namespace }) => namespace === "AWS/DynamoDB");
  const declared = input.choice("treatMissingData", missingDataTreatments);
  if (ignores && declared !== undefined && declared !== "ignore") {
    const what = `an alarm on AWS/DynamoDB always ignores missing data, whatever treatMissingData says (${declared})`;
    remarks.push(`${resource.name}: ${what}`);
  }
  return {
    urn: resource.urn,
    name: String(resource.outputs.name ?? input.text("name") ?? resource.id),
    rule: {
      comparison,
      threshold,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData: ignores ? "ignore" : (declared ?? "missing"),
    },
    periodSeconds,
    reading,
    actions,
  };
}

/** Composite alarms may tell topics, but cannot scale. */
export function checkComposite(resource: PlannedResource, findings: ScalingFinding[]): void {
  const input = inputReader(resource, resource.inputs, findings);
  for (const property of ["alarmActions", "okActions", "insufficientDataActions"]) {
    input.list(property).forEach((arn, index) => {
      if (!String(arn).includes(":scalingPolicy:")) return;
      input.report(`${property}[${index}]`, "a composite alarm cannot scale; let a metric alarm set the policy off");
    });
  }
}
