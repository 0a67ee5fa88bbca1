/**
 * CloudWatch alarm evaluation as pure functions: M of N datapoints, the treatment of missing data, and the rule that lets an
 * alarm go off before N datapoints are there.
 *
 * Source: "Using Amazon CloudWatch alarms", sections "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
 * missing data" with its two tables.
 */

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export const missingDataTreatments = ["missing", "ignore", "breaching", "notBreaching"] as const;
type MissingDataTreatment = (typeof missingDataTreatments)[number];

/** Comparison operators as CloudWatch spells them. */
export const comparisons = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;
export type Comparison = keyof typeof comparisons;

export interface AlarmRule {
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N: datapoints that are looked at. */
  readonly evaluationPeriods: number;
  /** M: datapoints that must breach; at most N. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
}

/** Points CloudWatch fetches beyond N, to bridge gaps. AWS gives no number; its published tables show two. */
const extraDatapoints = 2;

/** Most of the evaluation range an alarm needs: N and the extra points. */
export const evaluationRange = (rule: Pick<AlarmRule, "evaluationPeriods">): number =>
  rule.evaluationPeriods + extraDatapoints;

export interface Evaluation {
  readonly state: AlarmState;
  /** In CloudWatch's manner, for alarm history and activities. */
  readonly reason: string;
}

function countReason(breaching: readonly number[], looked: number, rule: AlarmRule, filled: number): string {
  const points = breaching.length === 0 ? "no datapoints were" : `${breaching.length} out of the last ${looked}`;
  const verb = breaching.length === 0 ? "" : ` datapoints [${breaching.join(", ")}] were`;
  const missing = filled === 0 ? "" : ` (${filled} missing, treated as [${rule.treatMissingData}])`;
  return `Threshold Crossed: ${points}${verb} beyond the threshold (${rule.threshold})${missing}; ${rule.datapointsToAlarm} needed for ALARM.`;
}

/**
 * State of an alarm.
 *
 * @param datapoints the evaluation range, oldest first, one entry a period; `undefined` where the metric has no datapoint.
 *   Longer histories are cut to the newest `evaluationRange(rule)` entries.
 * @param current the state so far, which `ignore` keeps.
 */
export function evaluateAlarm(
  rule: AlarmRule,
  datapoints: readonly (number | undefined)[],
  current: AlarmState,
): Evaluation {
  const breaches = (value: number) => comparisons[rule.comparison](value, rule.threshold);
  const range = datapoints.slice(-evaluationRange(rule));
  const real = range.flatMap((value, index) => (value === undefined ? [] : [{ value, age: range.length - index }]));

  if (real.length >= rule.evaluationPeriods) {
    const newest = real.slice(-rule.evaluationPeriods).map((point) => point.value);
    const breaching = newest.filter(breaches);
    const state = breaching.length >= rule.datapointsToAlarm ? "ALARM" : "OK";
    return { state, reason: countReason(breaching, newest.length, rule, 0) };
  }

  const oldest = real[0];
  if (oldest === undefined) return allMissing(rule, current);

  const values = real.map((point) => point.value);
  const breaching = values.filter(breaches);
  const filled = rule.evaluationPeriods - real.length;
  const counted = breaching.length + (rule.treatMissingData === "breaching" ? filled : 0);
  const reason = countReason(breaching, real.length, rule, filled);
  if (counted >= rule.datapointsToAlarm) return { state: "ALARM", reason };

  const allBreach = breaching.length === real.length;
  const premature = allBreach && oldest.age >= rule.datapointsToAlarm;
  if (premature && rule.treatMissingData === "missing") return { state: "ALARM", reason };
  if (premature && rule.treatMissingData === "ignore") return { state: current, reason };
  return { state: "OK", reason };
}

function allMissing(rule: AlarmRule, current: AlarmState): Evaluation {
  const state: Record<MissingDataTreatment, AlarmState> = {
    missing: "INSUFFICIENT_DATA",
    ignore: current,
    breaching: "ALARM",
    notBreaching: "OK",
  };
  const treatment = rule.treatMissingData;
  return {
    state: state[treatment],
    reason: `no datapoints were received for ${rule.evaluationPeriods} periods, and missing data is treated as [${treatment}].`,
  };
}
