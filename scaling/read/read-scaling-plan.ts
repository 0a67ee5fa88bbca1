/** The scaling part of a Plan, typed, complete and checked as a whole. */
import type { Plan, PlannedResource } from "../../plan/types.ts";
import { unreadProperties } from "../../plan/unread.ts";
import type { Expression } from "../metric-math.ts";
import { seenShape, type TargetTrackingShape, trackingRule } from "../policies/target-tracking.ts";
import type { AlarmActions, AlarmPlan, GroupPlan, PolicyReference, ScalingPlan } from "../scaling-plan.ts";
import { alarmType, checkComposite, compositeAlarmType, readAlarm } from "./alarms.ts";
import { type ScalingFinding, ScalingPlanError } from "./findings.ts";
import { checkSchedules, groupType, hookType, readGroup, readHooks, readSchedule, scheduleType } from "./groups.ts";
import { knownInputs } from "./known-inputs.ts";
import { policyType, type ReadPolicy, readPolicy } from "./policies.ts";
import { readPredictive } from "./predictive.ts";

export interface ReadScalingOptions {
  /** @default what is seen of AWS: high 3 of 3 minutes, low 15 of 15 below 90 % of the target */
  readonly targetTracking?: Partial<TargetTrackingShape>;
  /** Also what AWS takes though it can never do what it says: a policy that no alarm sets off, say. @default true */
  readonly advice?: boolean;
}

/**
 * Groups, policies, alarms, schedules and hooks of a plan.
 *
 * @throws {ScalingPlanError} with every problem found, each with the path of its property.
 */
export function readScalingPlan(plan: Pick<Plan, "resources">, options: ReadScalingOptions = {}): ScalingPlan {
  const findings: ScalingFinding[] = [];
  const remarks: string[] = [];
  const ofType = (type: string) => plan.resources.filter((resource) => resource.type === type);
  const groupNameOf = (resource: PlannedResource) => String(resource.inputs.autoscalingGroupName);

  const read = ofType(groupType).map((resource) => ({ resource, ...readGroup(resource, findings) }));
  const groupOf = (name: string) => read.find(({ group }) => group.name === name)?.group;
  const [predictive, reactive] = [true, false].map((forecasts) =>
    ofType(policyType).filter(({ inputs }) => (inputs.policyType === "PredictiveScaling") === forecasts),
  ) as [PlannedResource[], PlannedResource[]];
  const forecasts = predictive.map((resource) => ({
    group: groupNameOf(resource),
    path: readPredictive(resource, findings, remarks),
  }));
  const policies = reactive.flatMap((resource) => readPolicy(resource, groupOf, findings) ?? []);
  const byArn = new Map(policies.map(({ arn, group, policy }) => [arn, { group, policy: policy.name }]));
  for (const resource of ofType(compositeAlarmType)) checkComposite(resource, findings);
  const declared = ofType(alarmType).flatMap((resource) => readAlarm(resource, byArn, findings, remarks) ?? []);
  const tracking = policies.flatMap((each) => trackingAlarms(each, { ...seenShape, ...options.targetTracking }));
  const alarms = [...declared, ...tracking];

  for (const resource of [...ofType(scheduleType), ...ofType(hookType), ...predictive]) {
    if (groupOf(groupNameOf(resource)) !== undefined) continue;
    const problem = `there is no group ${JSON.stringify(groupNameOf(resource))} in this plan`;
    findings.push({ urn: resource.urn, path: `${resource.name}.autoscalingGroupName`, problem });
  }
  const groups = read.map(({ resource, group }): GroupPlan => {
    const own = (type: string) => ofType(type).filter((resource) => groupNameOf(resource) === group.name);
    const schedules = own(scheduleType);
    const forecast = forecasts.flatMap(({ group: of, path }) =>
      of === group.name && path !== undefined ? [path] : [],
    );
    const notModelled = [...(group.notModelled ?? []), ...forecast];
    const complete = {
      ...group,
      ...(notModelled.length === 0 ? {} : { notModelled }),
      policies: policies.filter((each) => each.group === group.name).map(({ policy }) => policy),
      schedules: schedules.map((resource) => readSchedule(resource, findings)),
      hooks: readHooks(resource, own(hookType), findings),
    };
    checkSchedules(complete, schedules, findings);
    return complete;
  });

  if (options.advice ?? true) advise(groups, read, alarms, findings);
  if (findings.length > 0) throw new ScalingPlanError(findings);
  return {
    groups,
    alarms,
    remarks: [...remarks, ...plan.resources.flatMap(notRead), ...plan.resources.flatMap(otherScaling)],
  };
}

/** What AWS would take and nobody can have meant. */
function advise(
  groups: readonly GroupPlan[],
  read: readonly ReturnType<typeof readGroup>[],
  alarms: readonly AlarmPlan[],
  findings: ScalingFinding[],
): void {
  for (const { group, publishes } of read) checkPublished(group, publishes, alarms, findings);
  for (const group of groups) checkWayFromZero(group, alarms, findings);
  if (findings.length === 0) checkSetOff(groups, alarms, findings);
}

/** Properties of what scales that decide something here and are not heeded. */
function notRead({ type, name, inputs }: PlannedResource): string[] {
  const known = knownInputs[type];
  return known === undefined ? [] : unreadProperties(inputs, known).map((path) => `${name}: not read: ${path}`);
}

/** Types that scale something else than a group by policies of their own, or a group behind its back. */
const others = /^aws:(appautoscaling|autoscalingplans)\//;

/** What scales and is none of the types that are read here. */
function otherScaling({ type, name }: PlannedResource): string[] {
  return others.test(type) ? [`${name}: not read: ${type} scales beside the groups that are read here`] : [];
}

const none: AlarmActions = { policies: [], others: [] };

/** The two alarms that AWS makes for a target tracking policy. */
function trackingAlarms(
  { group, policy, reading, periodSeconds = 60 }: ReadPolicy,
  shape: TargetTrackingShape,
): AlarmPlan[] {
  if (policy.kind !== "target" || reading === undefined) return [];
  const sides = policy.scaleIn ? (["high", "low"] as const) : (["high"] as const);
  return sides.map((side) => ({
    urn: policy.urn,
    name: `TargetTracking-${group}-${policy.name}-Alarm${side === "high" ? "High" : "Low"}`,
    rule: trackingRule(side, policy.target, shape, periodSeconds),
    periodSeconds,
    reading,
    actions: {
      ALARM: { policies: [{ group, policy: policy.name }], others: [] },
      OK: none,
      INSUFFICIENT_DATA: none,
    },
    side,
  }));
}

const scales = (alarm: AlarmPlan): readonly PolicyReference[] =>
  Object.values(alarm.actions).flatMap(({ policies }) => policies);

/** A policy that no alarm sets off is dead; whoever declared it meant something else. */
function checkSetOff(groups: readonly GroupPlan[], alarms: readonly AlarmPlan[], findings: ScalingFinding[]): void {
  for (const group of groups) {
    for (const policy of group.policies) {
      const heard = alarms.some((alarm) =>
        scales(alarm).some((each) => each.group === group.name && each.policy === policy.name),
      );
      if (heard || !policy.enabled) continue;
      const problem =
        "no alarm sets this policy off; name its ARN among the alarmActions of one, or set enabled to false";
      findings.push({ urn: policy.urn, path: `${policy.name}.arn`, problem });
    }
  }
}

/** Group metrics are published only when the group says so. */
function checkPublished(
  group: GroupPlan,
  publishes: readonly string[],
  alarms: readonly AlarmPlan[],
  findings: ScalingFinding[],
): void {
  const wanted = alarms
    .flatMap(({ reading }) => Object.values(reading.sources))
    .filter(
      ({ namespace, dimensions }) => namespace === "AWS/AutoScaling" && dimensions.AutoScalingGroupName === group.name,
    )
    .map(({ name }) => name);
  for (const name of new Set(wanted)) {
    if (publishes.includes(name)) continue;
    const problem = `an alarm or policy looks at ${name}, which the group does not publish; add it`;
    findings.push({ urn: group.urn, path: `${group.name}.enabledMetrics`, problem });
  }
}

/** Names that an expression divides by. */
function divisors(expression: Expression): string[] {
  if (expression.kind === "call") return expression.operands.flatMap(divisors);
  if (expression.kind === "history") return divisors(expression.operand);
  if (expression.kind !== "operation") return [];
  const here = expression.operator === "/" && expression.right.kind === "name" ? [expression.right.name] : [];
  return [...here, ...divisors(expression.left), ...divisors(expression.right)];
}

/** A quotient per instance has no value at 0 instances, so a group whose only way out it is never comes back from there. */
function checkWayFromZero(group: GroupPlan, alarms: readonly AlarmPlan[], findings: ScalingFinding[]): void {
  const targets = group.policies.filter(({ kind, enabled }) => kind === "target" && enabled);
  if (group.min > 0 || targets.length === 0 || targets.length < group.policies.length) return;
  const quotients = targets.filter(({ name }) => {
    const { reading } = alarms.find((alarm) => alarm.side && scales(alarm)[0]?.policy === name) ?? {};
    return divisors(reading?.expression ?? { kind: "number", value: 0 }).some(
      (divisor) => reading?.sources[divisor]?.namespace === "AWS/AutoScaling",
    );
  });
  if (quotients.length < targets.length) return;
  const problem =
    "at 0 instances the metric per instance divides by zero, so the group would never grow again; give 1, or a step policy from zero";
  findings.push({ urn: group.urn, path: `${group.name}.minSize`, problem });
}
