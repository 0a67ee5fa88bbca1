/** The farms of the course, as its exercises have students click them together. */
import type { AlarmRule } from "../../alarm.ts";
import type { AlarmPlan, GroupPlan, MetricSource, ScalingPlan } from "../../scaling-plan.ts";

const pause = 300;

interface Side {
  readonly source: MetricSource;
  readonly periodSeconds: number;
  readonly comparison: AlarmRule["comparison"];
  readonly threshold: number;
  readonly treatMissingData: AlarmRule["treatMissingData"];
}

function farm(name: string, out: Side, inward: Side): ScalingPlan {
  const policy = (policyName: string, amount: number) =>
    ({
      urn: `course:${policyName}`,
      name: policyName,
      enabled: true,
      kind: "simple",
      adjustment: { type: "ChangeInCapacity" },
      amount,
      cooldownSeconds: pause,
    }) as const;
  const none = { policies: [], others: [] };
  const alarm = (alarmName: string, { source, periodSeconds, ...rule }: Side): AlarmPlan => ({
    urn: `course:${alarmName}`,
    name: alarmName,
    rule: { ...rule, evaluationPeriods: 1, datapointsToAlarm: 1 },
    periodSeconds,
    reading: { sources: { m: source }, expression: { kind: "name", name: "m" } },
    actions: {
      ALARM: { policies: [{ group: name, policy: alarmName }], others: [] },
      OK: none,
      INSUFFICIENT_DATA: none,
    },
  });
  const group: GroupPlan = {
    urn: `course:${name}`,
    name,
    min: 2,
    max: 10,
    desired: 2,
    zones: ["a", "b"],
    rebalances: true,
    cooldownSeconds: pause,
    graceSeconds: 300,
    checkedByBalancer: name === "web",
    protectsNew: false,
    terminationPolicies: ["Default"],
    policies: [policy("scale-out", 1), policy("scale-in", -1)],
    schedules: [],
    hooks: [],
  };
  return { groups: [group], alarms: [alarm("scale-out", out), alarm("scale-in", inward)], remarks: [] };
}

const ofBalancer = { namespace: "AWS/ApplicationELB", dimensions: { LoadBalancer: "course" } };
const sent: MetricSource = {
  namespace: "AWS/SQS",
  name: "NumberOfMessagesSent",
  dimensions: { QueueName: "course" },
  statistic: "Sum",
};

/** +1 on requests a minute, −1 on answers within 50 ms. */
export const webPlan: ScalingPlan = farm(
  "web",
  {
    source: { ...ofBalancer, name: "RequestCount", statistic: "Sum" },
    periodSeconds: 60,
    comparison: "GreaterThanThreshold",
    threshold: 200, // the course's usual; any below the load's 590 at two instances gives the same run
    treatMissingData: "missing",
  },
  {
    source: { ...ofBalancer, name: "TargetResponseTime", statistic: "Average" },
    periodSeconds: 60,
    comparison: "LessThanThreshold",
    threshold: 0.05,
    treatMissingData: "missing",
  },
);

/** +1 on thirty jobs in a quarter of an hour, −1 on few. */
export const annotatorPlan: ScalingPlan = farm(
  "annotator",
  {
    source: sent,
    periodSeconds: 900,
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 30,
    treatMissingData: "missing",
  },
  { source: sent, periodSeconds: 900, comparison: "LessThanThreshold", threshold: 5, treatMissingData: "missing" },
);
