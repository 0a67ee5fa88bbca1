import test from "ava";
import { ArgumentsError, hours, ServiceAlarms, WebFarm, WorkerQueue } from "../../components/index.ts";
import { declare } from "./declare.ts";
import { entry, ground } from "./farm.ts";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const told = "arn:aws:sns:us-east-1:123456789012:told";
const others = {
  listenerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/all/50dc6c495c0c9188/f2f7dc8efc522ab2",
  priority: 1,
  hostNames: ["it.example.org"],
};

const farm = (more: object = {}) => new WebFarm("it-web", { network: ground().network, app: { code: entry }, ...more });

test.serial("pages: errors of balancer and instances, unhealthy instances, the certificate's end", async (t) => {
  const { inputs, names } = await declare(() => new ServiceAlarms("it", { alarmActions: [told], web: farm() }));
  const own = names(alarmType).filter((name) => /^it-(?!web)/.test(name));
  t.deepEqual(own, ["it-balancer-errors", "it-certificate-ends", "it-failed-requests", "it-unhealthy-instances"]);
  const [balancer] = Object.values(inputs(alarmType, "it-balancer-errors").dimensions as object);
  t.regex(balancer, /^app\/it-web\/[0-9a-f]{16}$/);
  t.like(inputs(alarmType, "it-balancer-errors"), {
    namespace: "AWS/ApplicationELB",
    metricName: "HTTPCode_ELB_5XX_Count",
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "notBreaching",
    alarmActions: [told],
    okActions: [told],
  });
  const unhealthy = inputs(alarmType, "it-unhealthy-instances");
  t.deepEqual(Object.keys(unhealthy.dimensions as object).sort(), ["LoadBalancer", "TargetGroup"]);
  t.like(inputs(alarmType, "it-certificate-ends"), {
    namespace: "AWS/CertificateManager",
    metricName: "DaysToExpiry",
    comparisonOperator: "LessThanThreshold",
    period: 86_400,
  });
  // CloudWatch takes so many characters, and its mail is all that people have at night.
  for (const name of own) t.true(String(inputs(alarmType, name).alarmDescription).length <= 1024, name);
});

test.serial("a balancer and a certificate that others have made are not watched, the own targets are", async (t) => {
  const { names } = await declare(
    () => new ServiceAlarms("it", { alarmActions: [told], web: farm({ balancer: others }) }),
  );
  const own = names(alarmType).filter((name) => /^it-(?!web)/.test(name));
  t.deepEqual(own, ["it-failed-requests", "it-unhealthy-instances"]);
});

test.serial("a queue's oldest message, as old as is said", async (t) => {
  const { inputs } = await declare(
    () =>
      new ServiceAlarms("it", {
        alarmActions: [told],
        queues: [{ queue: new WorkerQueue("q"), oldest: hours(2) }],
        transform: { alarm: { evaluationPeriods: 15 } },
      }),
  );
  t.like(inputs(alarmType, "q-oldest-message"), {
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: "q" },
    threshold: 7200,
    evaluationPeriods: 15,
  });
});

test.serial("disks of all groups: a filter for each log group, one metric and one alarm", async (t) => {
  const { inputs, names } = await declare(
    () => new ServiceAlarms("it", { alarmActions: [told], disks: ["it-web", "it-annotator"] }),
  );
  const filterType = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
  t.deepEqual(names(filterType), ["it-disks-filling-1", "it-disks-filling-2"]);
  for (const [name, logGroupName] of [
    ["it-disks-filling-1", "it-web"],
    ["it-disks-filling-2", "it-annotator"],
  ] as const) {
    t.like(inputs(filterType, name), { name, logGroupName, pattern: '{ $.disk.state = "filling" }' });
    t.like(inputs(filterType, name).metricTransformation, {
      namespace: "annofarm",
      name: "it-disks-filling",
      value: "1",
    });
  }
  const alarm = inputs(alarmType, "it-disks-filling");
  t.like(alarm, { namespace: "annofarm", metricName: "it-disks-filling", statistic: "Sum", threshold: 0 });
  t.like(alarm, { treatMissingData: "notBreaching", alarmActions: [told], okActions: [told] });
  t.regex(String(alarm.alarmDescription), /85 % full.*…\/_instance.*raise diskGiB/);
});

test.serial("failed launches and refreshes of the groups go to every topic by EventBridge", async (t) => {
  const second = `${told}-too`;
  const { inputs, names } = await declare(
    () => new ServiceAlarms("it", { alarmActions: [told, second], groups: ["it-web", "it-annotator"] }),
  );
  const { eventPattern } = inputs("aws:cloudwatch/eventRule:EventRule", "it-group-failures");
  t.deepEqual(JSON.parse(String(eventPattern)), {
    source: ["aws.autoscaling"],
    "detail-type": [
      "EC2 Instance Launch Unsuccessful",
      "EC2 Instance Terminate Unsuccessful",
      "EC2 Auto Scaling Instance Refresh Failed",
      "EC2 Auto Scaling Instance Refresh Rollback Started",
      "EC2 Auto Scaling Instance Refresh Rollback Failed",
    ],
    detail: { AutoScalingGroupName: ["it-web", "it-annotator"] },
  });
  const targetType = "aws:cloudwatch/eventTarget:EventTarget";
  t.deepEqual(
    names(targetType).map((name) => inputs(targetType, name).arn),
    [told, second],
  );
});

test.serial("nobody to tell, and nothing to watch", async (t) => {
  const nobody = declare(() => new ServiceAlarms("it", { alarmActions: [], queues: [] }));
  const error = await t.throwsAsync(nobody, { instanceOf: ArgumentsError });
  t.regex(error?.message ?? "", /alarmActions: is empty; give the ARN of an SNS topic/);
  t.regex(error?.message ?? "", /web: is omitted, and so is everything else/);
});
