/**
 * The policies that were recommended before: a plan with them instead of today's. They grew by seven coarse steps, took the mean response
 * time for how slow answers are, and shrank by a quarter after three idle minutes.
 */
import { parseExpression } from "../../scaling/metric-math.ts";
import type { AlarmPlan, GroupPlan, PolicyPlan, ScalingPlan, StepAdjustment } from "../../scaling/scaling-plan.ts";
import type { Farm } from "./judge.ts";

interface Side {
  readonly expression: string;
  readonly threshold: number;
}

/** Of farms with their default parameters. */
const sides: Readonly<Record<Farm, { readonly out: Side; readonly in: Side }>> = {
  web: {
    out: {
      expression:
        "MAX([requests / 1600, IF(response > 0.5, IF(requests / 60 * response > 2, 2, requests / 60 * response), 0)])",
      threshold: 1,
    },
    in: { expression: "MAX([requests / 1600, requests / 60 * response])", threshold: 0.45 },
  },
  annotator: {
    out: { expression: "(visible + inFlight) / inService", threshold: 2 },
    in: { expression: "(visible + inFlight) / inService", threshold: 0.5 },
  },
};

const idlePeriods = 3;
const shares = [1, 1.25, 1.75, 2.5, 3, 4, 5];
const percents = [25, 50, 100, 150, 200, 300, 400];

const stepsFor = (threshold: number): StepAdjustment[] =>
  shares.map((share, index) => ({
    lower: threshold * (share - 1),
    upper: threshold * ((shares[index + 1] ?? Number.POSITIVE_INFINITY) - 1),
    amount: percents[index] as number,
  }));

const isOutward = ({ rule }: AlarmPlan): boolean => rule.comparison.startsWith("Greater");

function formerAlarm(alarm: AlarmPlan, farm: Farm): AlarmPlan {
  const outward = isOutward(alarm);
  const { expression, threshold } = outward ? sides[farm].out : sides[farm].in;
  const periods = outward ? 1 : idlePeriods;
  const sources = Object.entries(alarm.reading.sources).map(([id, source]) =>
    id === "response" ? [id, { ...source, statistic: "Average" }] : [id, source],
  );
  return {
    ...alarm,
    rule: { ...alarm.rule, threshold, evaluationPeriods: periods, datapointsToAlarm: periods },
    reading: { sources: Object.fromEntries(sources), expression: parseExpression(expression) },
  };
}

function formerPolicy(policy: PolicyPlan, outward: boolean, farm: Farm): PolicyPlan {
  if (outward) return { ...policy, kind: "step", steps: stepsFor(sides[farm].out.threshold) } as PolicyPlan;
  const { urn, name, enabled } = policy;
  const adjustment = { type: "PercentChangeInCapacity" } as const;
  return { kind: "simple", urn, name, enabled, adjustment, amount: -25, cooldownSeconds: 60 };
}

/** @param plan with today's recommended policies. */
export function withFormer(plan: ScalingPlan, group: string, farm: Farm): ScalingPlan {
  const actsOn = ({ actions }: AlarmPlan) => actions.ALARM.policies.filter((each) => each.group === group);
  const outwardPolicies = plan.alarms.filter(isOutward).flatMap((alarm) => actsOn(alarm).map(({ policy }) => policy));
  const changed = (each: GroupPlan): GroupPlan =>
    each.name === group
      ? {
          ...each,
          policies: each.policies.map((policy) => formerPolicy(policy, outwardPolicies.includes(policy.name), farm)),
        }
      : each;
  return {
    ...plan,
    groups: plan.groups.map(changed),
    alarms: plan.alarms.map((alarm) => (actsOn(alarm).length > 0 ? formerAlarm(alarm, farm) : alarm)),
  };
}
