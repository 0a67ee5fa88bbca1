// A plan's scaling declaration, read and refused with the path of the property.
import test from "ava";
import { ScalingPlanError } from "../../scaling/read/findings.ts";
import type { Inputs } from "./declared.ts";
import {
  alarm,
  arnOf,
  below,
  composite,
  group,
  hook,
  policy,
  scalingOf,
  schedule,
  simple,
  stepwise,
  topic,
  tracking,
} from "./declared.ts";

const out = simple("out", { scalingAdjustment: 1 });
const good = [group(), out, alarm("out")];

test("groups, policies, alarms, schedules and hooks, complete and with their URNs", (t) => {
  const plan = scalingOf([
    group({ healthCheckType: "ELB", protectFromScaleIn: true, desiredCapacity: 4 }),
    out,
    alarm("out"),
    stepwise("in", [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }]),
    below("in"),
    schedule("night", { recurrence: "0 22 * * *", timeZone: "America/Chicago", minSize: 0 }),
    hook("drain", "TERMINATING"),
  ]);
  t.like(plan.groups[0], {
    urn: "urn:pulumi:test::farm::aws:autoscaling/group:Group::farm",
    min: 1,
    max: 10,
    desired: 4,
    cooldownSeconds: 300,
    graceSeconds: 300,
    checkedByBalancer: true,
    protectsNew: true,
    terminationPolicies: ["Default"],
  });
  t.deepEqual(plan.groups[0]?.policies[1], {
    urn: "urn:pulumi:test::farm::aws:autoscaling/policy:Policy::in",
    kind: "step",
    name: "in",
    enabled: true,
    adjustment: { type: "ChangeInCapacity" },
    steps: [{ lower: Number.NEGATIVE_INFINITY, upper: 0, amount: -1 }],
    aggregation: "Average",
    warmUpSeconds: 300,
  });
  t.deepEqual(
    plan.alarms.map(({ name, actions }) => [name, actions.ALARM.policies]),
    [
      ["out", [{ group: "farm", policy: "out" }]],
      ["in", [{ group: "farm", policy: "in" }]],
    ],
  );
  t.like(plan.groups[0]?.hooks[0], { transition: "terminating", heartbeatSeconds: 3600, defaultResult: "ABANDON" });
  t.like(plan.groups[0]?.schedules[0], { name: "night", min: 0 });
});

test("alarms may do math, through other queries too", (t) => {
  const metric = (id: string, metricName: string) => ({
    id,
    metric: { namespace: "AWS/ApplicationELB", metricName, stat: "Sum", period: 60, dimensions: { LoadBalancer: "b" } },
  });
  const plan = scalingOf([
    group(),
    out,
    alarm("out", {
      ...{
        namespace: undefined,
        metricName: undefined,
        statistic: undefined,
        period: undefined,
        dimensions: undefined,
      },
      metricQueries: [
        metric("bad", "HTTPCode_Target_5XX_Count"),
        metric("all", "RequestCount"),
        { id: "share", expression: "FILL(bad, 0) / all" },
        { id: "percent", expression: "100 * share", returnData: true },
      ],
    }),
  ]);
  t.deepEqual(Object.keys(plan.alarms[0]?.reading.sources ?? {}), ["bad", "all"]);
});

test("what is allowed but likely not meant is remarked", (t) => {
  const { remarks } = scalingOf([...good, alarm("dead-letters", { alarmActions: [] })]);
  t.deepEqual(remarks, ["dead-letters: the alarm has no actions, so nothing hears it"]);
});

test("an alarm on a metric in AWS/DynamoDB always ignores missing data, whatever TreatMissingData says", (t) => {
  const throttled = { namespace: "AWS/DynamoDB", metricName: "ThrottledRequests", dimensions: { TableName: "jobs" } };
  const plan = scalingOf([
    group(),
    simple("out", { scalingAdjustment: 1 }),
    alarm("out", { ...throttled, treatMissingData: "breaching" }),
    alarm("silent", { ...throttled, alarmActions: [topic] }),
  ]);
  t.deepEqual(
    plan.alarms.map(({ rule }) => rule.treatMissingData),
    ["ignore", "ignore"],
  );
  t.deepEqual(plan.remarks, [
    "out: an alarm on AWS/DynamoDB always ignores missing data, whatever treatMissingData says (breaching)",
  ]);
});

test("an alarm that cannot be evaluated and only mails is remarked, with its path, and stops nothing", (t) => {
  const mails = { alarmActions: [topic] };
  const band = { thresholdMetricId: "band", threshold: undefined, comparisonOperator: "GreaterThanUpperThreshold" };
  const plan = scalingOf([
    ...good,
    alarm("slow", { ...mails, statistic: undefined, extendedStatistic: "wm98" }),
    alarm("odd", { ...mails, ...band }),
    alarm("fast", { ...mails, period: 10 }),
  ]);
  t.deepEqual(
    plan.alarms.map(({ name }) => name),
    scalingOf(good).alarms.map(({ name }) => name),
  );
  t.deepEqual(
    plan.remarks.map((remark) => remark.split(":")[0]),
    ["slow.extendedStatistic", "odd.thresholdMetricId", "fast.period"],
  );
  t.true(plan.remarks.every((remark) => remark.includes("not evaluated, since no policy hears the alarm")));
  t.throws(() => scalingOf([group(), simple("out", { scalingAdjustment: 1 }), alarm("out", band)]), {
    message: /out\.thresholdMetricId: anomaly detection bands are not modelled; give a threshold/,
  });
});

const steps = (...list: Inputs[]) => [group(), stepwise("out", list), alarm("out")];
const refusals: [name: string, resources: Parameters<typeof scalingOf>[0], path: string, problem: RegExp][] = [
  ["min > max", [group({ minSize: 5, maxSize: 3 })], "farm.minSize", /5 is greater than maxSize, 3/],
  ["desired beyond max", [group({ desiredCapacity: 11 })], "farm.desiredCapacity", /11 is not between/],
  ["a size that is no number", [group({ maxSize: "many" })], "farm.maxSize", /"many" is not a whole number from 0/],
  [
    "termination policy",
    [group({ terminationPolicies: ["Oldest"] })],
    "farm.terminationPolicies[0]",
    /"Oldest" is unknown/,
  ],
  [
    "a gap between steps",
    steps(
      { metricIntervalLowerBound: "0", metricIntervalUpperBound: "10", scalingAdjustment: 1 },
      { metricIntervalLowerBound: "15", scalingAdjustment: 2 },
    ),
    "out.stepAdjustments[1].metricIntervalLowerBound",
    /15 leaves a gap after the step that ends at 10; let it begin there/,
  ],
  [
    "an overlap of steps",
    steps(
      { metricIntervalLowerBound: "5", scalingAdjustment: 2 },
      { metricIntervalLowerBound: "0", metricIntervalUpperBound: "10", scalingAdjustment: 1 },
    ),
    "out.stepAdjustments[0].metricIntervalLowerBound",
    /5 overlaps/,
  ],
  ["no step", steps(), "out.stepAdjustments", /give at least one/],
  [
    "a bound that is no number",
    steps({ metricIntervalLowerBound: "x" }),
    "out.stepAdjustments[0].metricIntervalLowerBound",
    /"x" is not a number/,
  ],
  [
    "a policy of no group",
    [policy("out", { autoscalingGroupName: "other" })],
    "out.autoscalingGroupName",
    /no group "other"/,
  ],
  ["a policy that no alarm sets off", [group(), out], "out.arn", /no alarm sets this policy off/],
  [
    "magnitude without percent",
    [group(), simple("out", { scalingAdjustment: 1, minAdjustmentMagnitude: 2 }), alarm("out")],
    "out.minAdjustmentMagnitude",
    /leave it out/,
  ],
  [
    "predictive scaling",
    [group(), policy("out", { policyType: "PredictiveScaling" })],
    "out.predictiveScalingConfiguration.metricSpecification",
    /it is left out; give a pair of metrics and a target/,
  ],
  ["an alarm's period", [group(), out, alarm("out", { period: 90 })], "out.period", /90 s is no multiple of 60 s/],
  [
    "a period that no service publishes at",
    [group(), out, alarm("out", { period: 10 })],
    "out.period",
    /AWS\/ApplicationELB has data once a minute, so the alarm would lapse into INSUFFICIENT_DATA/,
  ],
  [
    "a period of no alarm",
    [group(), out, alarm("out", { namespace: "Shop", period: 15 })],
    "out.period",
    /nor 10, 20 or 30 s/,
  ],
  [
    "period × N ≤ 1 day",
    [group(), out, alarm("out", { period: 3600, evaluationPeriods: 25 })],
    "out.evaluationPeriods",
    /longer than a day .*at most 24/,
  ],
  [
    "M > N",
    [group(), out, alarm("out", { evaluationPeriods: 2, datapointsToAlarm: 3 })],
    "out.datapointsToAlarm",
    /3 is not a whole number from 1 to 2/,
  ],
  [
    "an unknown metric",
    [group(), out, alarm("out", { metricName: "RequestsCount" })],
    "out.metricName",
    /AWS\/ApplicationELB has no metric RequestsCount/,
  ],
  [
    "an extended statistic that is not known here",
    [group(), out, alarm("out", { statistic: undefined, extendedStatistic: "wm98" })],
    "out.extendedStatistic",
    /"wm98" is not evaluated; give one of Sum, .*, a percentile such as p95/,
  ],
  [
    "an action on no policy",
    [group(), out, alarm("out", { alarmActions: [arnOf("out"), arnOf("gone")] })],
    "out.alarmActions[1]",
    /no policy of this plan/,
  ],
  [
    "composite alarms cannot scale",
    [...good, composite("both", { alarmActions: [arnOf("out")] })],
    "both.alarmActions[0]",
    /cannot scale/,
  ],
  [
    "a metric that the group does not publish",
    [group({ enabledMetrics: [] }), tracking("t", 5)],
    "farm.enabledMetrics",
    /GroupInServiceInstances/,
  ],
  ["from zero by a quotient alone", [group({ minSize: 0 }), tracking("t", 5)], "farm.minSize", /divides by zero/],
  [
    "a schedule's cron",
    [group(), schedule("s", { recurrence: "61 * * * *", minSize: 1 })],
    "s.recurrence",
    /minute "61"/,
  ],
  [
    "a schedule's zone",
    [group(), schedule("s", { recurrence: "1 * * * *", timeZone: "Mars", minSize: 1 })],
    "s.timeZone",
    /"Mars"/,
  ],
  [
    "a schedule above the group's maximum",
    [group({ maxSize: 10 }), schedule("s", { recurrence: "1 * * * *", minSize: 20 })],
    "s.minSize",
    /20 is above the group's maxSize, which is 10/,
  ],
  ["a schedule without time", [group(), schedule("s", { minSize: 1 })], "s.recurrence", /never run/],
  [
    "a schedule without effect",
    [group(), schedule("s", { recurrence: "1 * * * *" })],
    "s.desiredCapacity",
    /do nothing/,
  ],
  [
    "a hook's heartbeat",
    [group(), hook("h", "TERMINATING", { heartbeatTimeout: 5 })],
    "h.heartbeatTimeout",
    /5 is not a whole number from 30/,
  ],
];

for (const [name, resources, path, problem] of refusals) {
  test(`refused: ${name}`, (t) => {
    const error = t.throws(() => scalingOf(resources), { instanceOf: ScalingPlanError });
    t.is(error.findings.length, 1, error.message);
    t.is(error.findings[0]?.path, path);
    t.regex(error.findings[0]?.problem ?? "", problem);
    t.true(error.message.includes(path));
  });
}

for (const metricName of ["RequestCount", "TargetResponseTime", "ApproximateNumberOfMessagesVisible"]) {
  test(`target tracking, not usable: ${metricName}`, (t) => {
    const specification = {
      namespace: metricName.startsWith("Approx") ? "AWS/SQS" : "AWS/ApplicationELB",
      metricName,
      statistic: "Average",
    };
    const track = policy("t", {
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: { targetValue: 5, customizedMetricSpecification: specification },
    });
    const error = t.throws(() => scalingOf([group(), track]), { instanceOf: ScalingPlanError });
    t.is(error.findings[0]?.path, "t.targetTrackingConfiguration.customizedMetricSpecification.metricName");
  });
}

test("`ALBRequestCountPerTarget`: statistic Sum means average per target", (t) => {
  const track = policy("t", {
    policyType: "TargetTrackingScaling",
    targetTrackingConfiguration: {
      targetValue: 1000,
      predefinedMetricSpecification: {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: "app/farm/1/targetgroup/farm/2",
      },
    },
  });
  t.deepEqual(scalingOf([group(), track]).alarms[0]?.reading.sources, {
    m: {
      namespace: "AWS/ApplicationELB",
      name: "RequestCountPerTarget",
      statistic: "Sum",
      dimensions: { TargetGroup: "targetgroup/farm/2" },
    },
  });
});

test("all problems are told together", (t) => {
  const error = t.throws(() => scalingOf([group({ minSize: 5, maxSize: 3 }), out, alarm("out", { period: 7 })]), {
    instanceOf: ScalingPlanError,
  });
  t.is(error.findings.length, 2);
  t.regex(error.message, /^this declaration cannot scale:\n {2}farm\.minSize: .*\n {2}out\.period: /);
});

test("what decides something and is not heeded is told as not read", (t) => {
  const { remarks } = scalingOf([
    group({ maxInstanceLifetime: 86_400, warmPool: { minSize: 2, somethingNew: 1 } }),
    ...good.slice(1),
  ]);
  t.true(remarks.some((remark) => remark.endsWith("not read: warmPool.somethingNew")));
  t.true(remarks.some((remark) => remark.endsWith("not read: maxInstanceLifetime")));
});
