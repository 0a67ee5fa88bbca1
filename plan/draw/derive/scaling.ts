/** Alarms and scaling policies as small badges on what they watch and move. */
import type { PlannedResource } from "../../types.ts";
import type { Badge } from "../picture.ts";
import { objects, texts, wordsOf } from "./read.ts";
import type { References } from "./references.ts";

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** `ApproximateNumberOfMessagesVisible` → `messages visible`; an expression by its label. */
function metricOf({ inputs }: PlannedResource): string {
  if (typeof inputs.metricName === "string") {
    return wordsOf(inputs.metricName).replace(/^(approximate )?number of /, "");
  }
  const labels = objects(inputs.metricQueries).flatMap(({ returnData, label }) => (returnData === true ? [label] : []));
  return typeof labels[0] === "string" ? labels[0] : "a metric expression";
}

function conditionOf(alarm: PlannedResource): string {
  const { comparisonOperator, threshold, period, evaluationPeriods, alarmDescription } = alarm.inputs;
  const rule = `${metricOf(alarm)} ${signs[String(comparisonOperator)] ?? comparisonOperator} ${threshold}`;
  const span = period === undefined ? "" : ` over ${evaluationPeriods} × ${period} s`;
  return `${rule}${span}${typeof alarmDescription === "string" ? `. ${alarmDescription}` : ""}`;
}

const policyType = "aws:autoscaling/policy:Policy";

function changeOf({ inputs }: PlannedResource): number {
  const steps = objects(inputs.stepAdjustments).map(({ scalingAdjustment }) => Number(scalingAdjustment));
  return Number(steps[0] ?? inputs.scalingAdjustment ?? Number.NaN);
}

function policyBadge(policy: PlannedResource, alarms: readonly PlannedResource[]): Badge {
  const tracked = objects(policy.inputs.targetTrackingConfiguration)[0];
  if (tracked !== undefined) {
    return { kind: "grow", text: `keeps ${tracked.targetValue}`, title: `${policy.name}: target tracking` };
  }
  const change = changeOf(policy);
  const triggers = alarms.filter(({ inputs }) => texts(inputs.alarmActions).includes(String(policy.outputs.arn)));
  const title = [policy.name, ...triggers.map(conditionOf)].join(": ");
  const [trigger] = triggers;
  const sign = change > 0 ? "+" : "−";
  const unit = policy.inputs.adjustmentType === "PercentChangeInCapacity" ? " %" : "";
  const more = objects(policy.inputs.stepAdjustments).length > 1 ? " and more" : "";
  const text = Number.isNaN(change) ? "scales" : `${sign}${Math.abs(change)}${unit}${more}`;
  const when = trigger === undefined ? "" : ` ${metricOf(trigger)}`;
  return { kind: change < 0 ? "shrink" : "grow", text: `${text}${when}`, title };
}

/** Badges of a group (its policies, each with the alarm that sets it off), larger changes first. */
export function scalingBadges(group: PlannedResource, references: References): Badge[] {
  const alarms = references.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
  return references
    .ofType(policyType)
    .filter(({ inputs }) => references.find(group.type, inputs.autoscalingGroupName) === group)
    .sort((a, b) => changeOf(b) - changeOf(a))
    .map((policy) => policyBadge(policy, alarms));
}

const watched = (alarm: PlannedResource) => {
  const metrics = objects(alarm.inputs.metricQueries).flatMap(({ metric }) => objects(metric));
  return [alarm.inputs, ...metrics].flatMap(({ dimensions }) => objects(dimensions)).flatMap(Object.values);
};

/** A bell for alarms over a resource's own metrics, other than those that scale a group. */
export function alarmBadges(names: readonly string[], references: References): Badge[] {
  const scaling = new Set(references.ofType(policyType).map(({ outputs }) => outputs.arn));
  const own = references
    .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
    .filter((alarm) => watched(alarm).some((value) => names.includes(String(value))))
    .filter(({ inputs }) => !texts(inputs.alarmActions).some((action) => scaling.has(action)));
  if (own.length === 0) return [];
  return [
    {
      kind: "alarm",
      text: own.length === 1 ? "alarm" : `${own.length} alarms`,
      title: own.map(conditionOf).join("\n"),
    },
  ];
}
