/**
 * What PutMetricAlarm and PutMetricData refuse. The emulator takes everything.
 *
 * @see PutMetricAlarm and PutMetricData in the CloudWatch API reference
 */
import { StandardUnit } from "@aws-sdk/client-cloudwatch";
import { comparisons, missingDataTreatments } from "../../../scaling/alarm.ts";

import type { Interceptor } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { queryInput } from "../../gateway/query.ts";

type Input = Readonly<Record<string, unknown>>;

const statistics = ["Average", "Sum", "SampleCount", "Minimum", "Maximum"];
const bands = [...["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold"], "GreaterThanUpperThreshold"];
const units: readonly string[] = Object.values(StandardUnit);
const choices: Readonly<Record<string, readonly string[]>> = {
  ComparisonOperator: [...Object.keys(comparisons), ...bands],
  TreatMissingData: missingDataTreatments,
  Statistic: statistics,
  Unit: units,
  EvaluateLowSampleCountPercentile: ["evaluate", "ignore"],
};

const daySeconds = 86_400;
const hourSeconds = 3_600;
const limits = { name: 255, actions: 5, dimensions: 30 } as const;
const actions = ["AlarmActions", "OKActions", "InsufficientDataActions"];

const listOf = (value: unknown): readonly Input[] => (Array.isArray(value) ? (value as Input[]) : []);
const has = (input: Input, name: string) => input[name] !== undefined && input[name] !== null;

const isWholeFrom = (value: unknown, least: number) => Number.isInteger(Number(value)) && Number(value) >= least;

function periodProblem(input: Input): string | undefined {
  const period = Number(input.Period);
  const periods = Number(input.EvaluationPeriods);
  if (![10, 20, 30].includes(period) && !(period >= 60 && period % 60 === 0)) {
    return `Period is ${input.Period}; give 10, 20, 30 or a multiple of 60 seconds`;
  }
  const most = period >= hourSeconds ? 7 * daySeconds : daySeconds;
  if (period * periods > most) return `${periods} periods of ${period} s are longer than ${most} s`;
  return undefined;
}

/** Tn: trimmed means and their like are taken as they are. */
const percentile = /^p(\d{1,3}(?:\.\d+)?)$/;

function metricProblem(input: Input): string | undefined {
  const kinds = ["Statistic", "ExtendedStatistic"].filter((name) => has(input, name));
  if (kinds.length !== 1) return "give either Statistic or ExtendedStatistic";
  const [, p] = percentile.exec(String(input.ExtendedStatistic)) ?? [];
  if (p !== undefined && Number(p) > 100) return `ExtendedStatistic is ${input.ExtendedStatistic}; give p0 to p100`;
  return periodProblem(input);
}

/** The first problem; `undefined`: there is none. */
export function alarmRequestProblem(input: Input): string | undefined {
  const { AlarmName: name, EvaluationPeriods: n, DatapointsToAlarm: m } = input;
  if (String(name).length > limits.name) return `AlarmName has at most ${limits.name} characters`;
  for (const [property, known] of Object.entries(choices)) {
    if (has(input, property) && !known.includes(String(input[property]))) {
      return `${property} is ${input[property]}; give one of ${known.join(", ")}`;
    }
  }
  if (!isWholeFrom(n, 1)) return `EvaluationPeriods is ${n}; give 1 or more`;
  if (has(input, "DatapointsToAlarm") && !(isWholeFrom(m, 1) && Number(m) <= Number(n))) {
    return `DatapointsToAlarm is ${m}; give 1 to EvaluationPeriods, ${n}`;
  }
  const many = actions.find((each) => listOf(input[each]).length > limits.actions);
  if (many !== undefined) return `${many} has more than ${limits.actions} actions`;
  if (listOf(input.Dimensions).length > limits.dimensions) return `there are more than ${limits.dimensions} dimensions`;
  if (!has(input, "Threshold") && !has(input, "ThresholdMetricId")) return "Threshold is required";
  if (!has(input, "Metrics")) return metricProblem(input);
  if (has(input, "MetricName")) return "MetricName and Metrics exclude each other";
  const results = listOf(input.Metrics).filter(({ ReturnData = true }) => String(ReturnData) === "true").length;
  return results === 1 ? undefined : `${results} of Metrics return data; exactly one does`;
}

const weekMilliseconds = 7 * daySeconds * 1000;

function timeOf(value: unknown): number {
  return typeof value === "number" ? value * 1000 : Date.parse(String(value));
}

function datumProblem(datum: Input, now: number): string | undefined {
  const { Timestamp, Unit, Values, Counts } = datum;
  const at = Timestamp === undefined ? now : timeOf(Timestamp);
  if (at < now - 2 * weekMilliseconds) return "Timestamp is more than two weeks old";
  if (at > now + 2 * hourSeconds * 1000) return "Timestamp is more than two hours in the future";
  if (Unit !== undefined && !units.includes(String(Unit))) return `Unit is ${Unit}; give one of ${units.join(", ")}`;
  const kinds = ["Value", "Values", "StatisticValues"].filter((name) => has(datum, name));
  if (kinds.length > 1) return `${kinds.join(" and ")} exclude each other`;
  if (kinds.length === 0) return "a datum has a Value, Values or StatisticValues";
  const values = Array.isArray(Values) ? Values : [datum.Value ?? 0];
  if (!values.every((value) => Number.isFinite(Number(value)))) return "a value is not a finite number";
  if (Array.isArray(Counts) && Counts.length !== values.length) return "Counts are not as many as Values";
  if (listOf(datum.Dimensions).length > limits.dimensions) return `there are more than ${limits.dimensions} dimensions`;
  return undefined;
}

/** The first problem; `undefined`: there is none. @param now epoch milliseconds of AWS's time. */
function dataRequestProblem(input: Input, now: number): string | undefined {
  for (const datum of listOf(input.MetricData)) {
    const problem = datumProblem(datum, now);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Refuses data that CloudWatch would; all other calls pass. @param now epoch milliseconds of AWS's time. */
export const checkedData =
  (now: () => number): Interceptor =>
  async (call, next) => {
    if (call.action !== "PutMetricData") return next(call);
    const problem = dataRequestProblem(call.protocol === "query" ? queryInput(call.input) : call.input, now());
    if (problem !== undefined) throw new Refusal(400, "InvalidParameterValue", problem);
    return next(call);
  };
