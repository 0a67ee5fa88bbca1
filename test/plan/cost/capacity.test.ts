import test from "ava";
import { capacities } from "../../../plan/cost/capacity.ts";
import { readDeclared } from "../../../plan/cost/declared.ts";
import { usageOf } from "../../../plan/cost/usage.ts";
import type { PlannedResource } from "../../../plan/types.ts";
import { farm, type Given, planOf, resource, userData } from "./fixture.ts";

function means(resources: readonly PlannedResource[], given: Given, at: "min" | "max" | "expected" = "expected") {
  return capacities(readDeclared(planOf(...resources)), usageOf(given), at).map(({ mean }) => mean);
}

const byRequests = [
  ...farm("web", { min: 2, max: 10 }, { template: { userData: userData({ web: {} }) } }),
  resource("aws:autoscaling/policy:Policy", "out", {
    autoscalingGroupName: "web",
    stepAdjustments: [{ scalingAdjustment: 1 }],
  }),
  resource("aws:cloudwatch/metricAlarm:MetricAlarm", "busy", {
    namespace: "AWS/ApplicationELB",
    metricName: "RequestCount",
    statistic: "Sum",
    period: 60,
    threshold: 200,
    comparisonOperator: "GreaterThanThreshold",
    alarmActions: ["arn:out"],
  }),
];

test("min and max are the bounds, whatever the load", (t) => {
  t.deepEqual(means(byRequests, { requests: 1e9 }, "min"), [2]);
  t.deepEqual(means(byRequests, { requests: 0 }, "max"), [10]);
});

test("an alarm on a total that more instances do not lower: max beyond its threshold, min within it", (t) => {
  // 200 a minute over 10 h are 120,000.
  t.deepEqual(means(byRequests, { requests: 120_000, activeHours: 10 }), [2]);
  const [mean = 0] = means(byRequests, { requests: 120_001, activeHours: 10 });
  t.is(Number(mean.toFixed(6)), Number((2 + (8 * 10) / 730).toFixed(6)));
  t.deepEqual(means(byRequests, { requests: 120_001, activeHours: 10, upHours: 10 }), [10]);
});

function byBacklog(environment: object) {
  const url = "https://jobs";
  const services = { annotator: { JOB_REQUESTS_QUEUE_URL: url, ...environment } };
  const metric = (namespace: string, metricName: string, dimensions: object[] = []) => ({
    metricStat: { metric: { namespace, metricName, dimensions } },
  });
  return [
    resource("aws:sqs/queue:Queue", "jobs"),
    ...farm("workers", { min: 1, max: 10 }, { template: { userData: userData(services) } }),
    resource("aws:autoscaling/policy:Policy", "backlog", {
      autoscalingGroupName: "workers",
      targetTrackingConfiguration: {
        targetValue: 5,
        customizedMetricSpecification: {
          metrics: [
            metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", [{ name: "QueueName", value: "jobs" }]),
            metric("AWS/AutoScaling", "GroupInServiceInstances"),
          ],
        },
      },
    }),
  ];
}

test("backlog per instance: as many workers as are busy, by how many jobs each runs at a time", (t) => {
  // 720 jobs an hour of 20 s each keep four workers busy.
  const given = { jobs: 7200, activeHours: 10, upHours: 10, jobSeconds: 20 };
  t.deepEqual(means(byBacklog({}), given), [4]);
  t.deepEqual(means(byBacklog({ CONCURRENCY: "2" }), given), [2]);
  t.deepEqual(means(byBacklog({}), { ...given, jobs: 7_200_000 }), [10]);
  t.deepEqual(means(byBacklog({}), { ...given, jobs: 0 }), [1]);
});

test("requests per target: the load over what one takes", (t) => {
  const resources = [
    ...farm("web", { min: 1, max: 10 }),
    resource("aws:autoscaling/policy:Policy", "track", {
      autoscalingGroupName: "web",
      targetTrackingConfiguration: {
        targetValue: 100,
        predefinedMetricSpecification: { predefinedMetricType: "ALBRequestCountPerTarget" },
      },
    }),
  ];
  // 250 a minute.
  t.deepEqual(means(resources, { requests: 15_000, activeHours: 1, upHours: 1 }), [3]);
});

test("no policy, or one that the load says nothing of: the minimum, and it says so", (t) => {
  const declared = readDeclared(planOf(...farm("utility", { min: 1, max: 3 })));
  const [found] = capacities(declared, usageOf(), "expected");
  t.is(found?.mean, 1);
  t.is(found?.because, "no scaling policy");
  const cpu = byRequests.map((each) =>
    each.name === "busy" ? { ...each, inputs: { ...each.inputs, metricName: "CPUUtilization" } } : each,
  );
  t.deepEqual(means(cpu, { requests: 1e9 }), [2]);
});
