import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import {
  AnnotatorFarm,
  type AnnotatorFarmArgs,
  ArgumentsError,
  courseScaling,
  hours,
  minutes,
  seconds,
} from "../../components/index.ts";
import { type LogFilterInputs, readLogFilter } from "../../local/aws/cloudwatch/log-filter.ts";
import { readEnvironment } from "../../runtime/contract/environment.ts";
import { DeniedError, UnavailableError } from "../../runtime/jobs/errors.ts";
import { createLogger } from "../../runtime/jobs/log.ts";
import { toyDirectory, toyGenes } from "../support/reference-files.ts";
import { declare } from "./declare.ts";
import { bootManifestOf, entry, ground } from "./farm.ts";

const farm = (args: Partial<AnnotatorFarmArgs> = {}) =>
  declare(() => {
    const { network, jobs } = ground();
    return new AnnotatorFarm("gas-annotator", { network, jobs, entry, ...args });
  });

const group = "aws:autoscaling/group:Group";
const policy = "aws:autoscaling/policy:Policy";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";

test.serial("jobs arrive from the topic, and thirty in a quarter of an hour are one instance more", async (t) => {
  const { inputs } = await farm({ scaling: courseScaling() });
  t.is(
    inputs("aws:sns/topicSubscription:TopicSubscription", "gas-annotator-requests-from-job-requests").topic,
    "arn:aws:sns:us-east-1:123456789012:gas-job-requests",
  );
  const express = inputs("aws:sns/topicSubscription:TopicSubscription", "gas-annotator-express-from-job-requests");
  t.is(express.topic, "arn:aws:sns:us-east-1:123456789012:gas-job-requests");
  t.deepEqual(JSON.parse(String(express.filterPolicy)), { lane: ["express"] });
  const sent = {
    namespace: "AWS/SQS",
    metricName: "NumberOfMessagesSent",
    dimensions: { QueueName: "gas-annotator-requests" },
    statistic: "Sum",
    period: 900,
    evaluationPeriods: 1,
  };
  t.like(inputs(alarm, "gas-annotator-scale-out"), {
    ...sent,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    threshold: 30,
    treatMissingData: "notBreaching",
  });
  t.like(inputs(alarm, "gas-annotator-scale-in"), {
    ...sent,
    comparisonOperator: "LessThanThreshold",
    threshold: 5,
    treatMissingData: "breaching",
  });
  t.like(inputs(policy, "gas-annotator-scale-out"), { policyType: "StepScaling", estimatedInstanceWarmup: 300 });
  t.like(inputs(policy, "gas-annotator-scale-in"), {
    policyType: "SimpleScaling",
    scalingAdjustment: -1,
    cooldown: 300,
  });
});

test.serial("a busy worker is never killed: protected from scale-in, and waited for when it must go", async (t) => {
  const { inputs, statements } = await farm();
  t.like(inputs(group, "gas-annotator"), { protectFromScaleIn: true, healthCheckType: "EC2", minSize: 2, maxSize: 10 });
  const launchHook = {
    name: "gas-annotator-launch",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    heartbeatTimeout: 300,
    defaultResult: "ABANDON",
  };
  t.like(inputs("aws:autoscaling/lifecycleHook:LifecycleHook", "gas-annotator-launch"), launchHook);
  t.deepEqual(inputs("aws:autoscaling/group:Group", "gas-annotator").initialLifecycleHooks, [launchHook]);
  t.deepEqual(inputs("aws:autoscaling/lifecycleHook:LifecycleHook", "gas-annotator-drain"), {
    name: "gas-annotator-drain",
    autoscalingGroupName: "gas-annotator",
    lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    heartbeatTimeout: 3600,
    defaultResult: "CONTINUE",
  });
  t.deepEqual(statements("aws:iam/rolePolicy:RolePolicy", "gas-annotator-service").DrainInOrder, {
    Sid: "DrainInOrder",
    Effect: "Allow",
    Action: [
      "autoscaling:SetInstanceProtection",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "autoscaling:CompleteLifecycleAction",
    ],
    Resource: ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/gas-annotator"],
  });
});

test.serial("the service: complete environment, stops in time, reads inputs and writes results only", async (t) => {
  const declared = await farm({
    concurrency: 2,
    lease: seconds(10),
    jobTimeout: hours(2),
    engine: ["vep", "{input}", "{output}"],
  });
  const [service] = bootManifestOf(declared, "gas-annotator").services;
  const environment = readEnvironment("annotator", service?.environment ?? {});
  t.like(environment, {
    CONCURRENCY: 2,
    LEASE_SECONDS: 10,
    JOB_SECONDS_MAX: 7200,
    ENGINE: '["vep","{input}","{output}"]',
  });
  t.true(environment.STOP_SECONDS < (service?.stopSeconds ?? 0));
  t.is(declared.inputs("aws:sqs/queue:Queue", "gas-annotator-requests").visibilityTimeoutSeconds, 10);
  const allowed = declared.statements("aws:iam/rolePolicy:RolePolicy", "gas-annotator-service");
  t.deepEqual(allowed.Inputs?.Action, ["s3:GetObject"]);
  t.deepEqual(allowed.Results?.Action, ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]);
  t.is(allowed.ResultsMissing, undefined, "who reads nothing need not list");
  t.deepEqual(allowed.Results?.Resource, ["arn:aws:s3:::gas-results-123456789012-us-east-1/gas/*"]);
  t.deepEqual(allowed.ClaimJobs?.Action, ["dynamodb:GetItem", "dynamodb:UpdateItem"]);
});

test.serial(
  "an instance may read its own bundle, the one it rolls back to as well, and write its own log",
  async (t) => {
    const { statements, inputs } = await farm();
    const host = statements("aws:iam/rolePolicy:RolePolicy", "gas-annotator-host");
    const { key } = inputs("aws:s3/bucketObjectv2:BucketObjectv2", "gas-annotator");
    const bundles = "bundles/gas-annotator/";
    t.true(String(key).startsWith(bundles));
    t.deepEqual(host.ReadOwnBundles?.Resource, [`arn:aws:s3:::gas-code-123456789012-us-east-1/${bundles}*.tgz`]);
    t.deepEqual(host.WriteOwnLogs?.Resource, ["arn:aws:logs:us-east-1:123456789012:log-group:gas-annotator:*"]);
  },
);

const bucketObject = "aws:s3/bucketObjectv2:BucketObjectv2";

test.serial(
  "a reference of one's own is uploaded under its digest, and its workers are told of it and may read it",
  async (t) => {
    const { output, make, directory } = toyDirectory({ genes: toyGenes });
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const { manifest } = await make({ genes: "genes" });
    const { sha256 } = manifest.index;
    const declared = await farm({ reference: output });
    const { statements, inputs } = declared;
    const code = "gas-code-123456789012-us-east-1";
    t.like(inputs(bucketObject, "gas-annotator-reference"), {
      bucket: code,
      key: `references/${sha256}/index.bin`,
      sourceHash: sha256,
    });
    const [service] = bootManifestOf(declared, "gas-annotator").services;
    t.like(service?.environment, { REFERENCE_BUCKET: code, REFERENCE_SHA256: sha256 });
    const allowed = statements("aws:iam/rolePolicy:RolePolicy", "gas-annotator-service");
    t.deepEqual(allowed.ReadReference?.Resource, [`arn:aws:s3:::${code}/references/*/index.bin`]);
    t.deepEqual(
      (await farm()).names(bucketObject),
      ["gas-annotator", "gas-job-archive"],
      "without one nothing is uploaded",
    );
  },
);

test.serial("a reference that is none, or not whole, is refused before anything is declared", async (t) => {
  const { output, make, directory } = toyDirectory({ genes: toyGenes });
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const refused = (args: Partial<AnnotatorFarmArgs>) => t.throwsAsync(farm(args), { instanceOf: ArgumentsError });
  const none = await refused({ reference: directory });
  t.regex(
    none?.message ?? "",
    /reference: .* has no manifest\.json of a reference; make one with annofarm reference build/,
  );
  const { manifest } = await make({ genes: "genes" });
  truncateSync(join(output, "index.bin"), 10);
  const cut = await refused({ reference: output });
  t.regex(
    cut?.message ?? "",
    new RegExp(`index\\.bin has 10 bytes and its manifest says ${manifest.index.bytes}; copy both`),
  );
  await make({ genes: "genes" });
  const both = await refused({ reference: output, engine: ["prog", "{input}", "{output}"] });
  t.regex(both?.message ?? "", /reference: is of the built-in annotator, and engine is another/);
});

test.serial(
  "unless told otherwise a farm grows with the backlog, and shrinks when a quarter can be spared",
  async (t) => {
    const { inputs } = await farm({ concurrency: 3 });
    const out = inputs(alarm, "gas-annotator-scale-out");
    t.like(out, { threshold: 6, evaluationPeriods: 1, treatMissingData: "notBreaching" });
    t.is((out.metricQueries as { expression?: string }[]).at(-1)?.expression, "(visible + inFlight) / inService");
    const inward = inputs(alarm, "gas-annotator-scale-in");
    t.is(
      (inward.metricQueries as { id: string; expression?: string }[]).find(({ id }) => id === "now")?.expression,
      "(visible + inFlight) / inService / 3",
    );
    t.like(inward, {
      threshold: 0.9,
      comparisonOperator: "LessThanThreshold",
      evaluationPeriods: 7,
      treatMissingData: "breaching",
    });
    const { stepAdjustments } = inputs(policy, "gas-annotator-scale-out");
    t.deepEqual((stepAdjustments as unknown[])[1], {
      metricIntervalLowerBound: "0.6",
      metricIntervalUpperBound: "1.2",
      scalingAdjustment: 15,
    });
  },
);

test.serial("backlog per instance: waiting and running jobs over instances in service", async (t) => {
  const { inputs, names } = await farm({
    scaling: { by: "backlogPerInstance", acceptableWait: minutes(10), jobTakes: minutes(2) },
  });
  t.deepEqual(names(policy), ["gas-annotator-backlog"]);
  const ofQueue = (id: string, metricName: string) => ({
    id,
    metricStat: {
      metric: {
        namespace: "AWS/SQS",
        metricName,
        dimensions: [{ name: "QueueName", value: "gas-annotator-requests" }],
      },
      stat: "Average",
    },
    returnData: false,
  });
  t.deepEqual(inputs(policy, "gas-annotator-backlog"), {
    name: "gas-annotator-backlog",
    autoscalingGroupName: "gas-annotator",
    policyType: "TargetTrackingScaling",
    estimatedInstanceWarmup: 300,
    targetTrackingConfiguration: {
      targetValue: 5,
      customizedMetricSpecification: {
        metrics: [
          ofQueue("visible", "ApproximateNumberOfMessagesVisible"),
          ofQueue("inFlight", "ApproximateNumberOfMessagesNotVisible"),
          {
            id: "inService",
            metricStat: {
              metric: {
                namespace: "AWS/AutoScaling",
                metricName: "GroupInServiceInstances",
                dimensions: [{ name: "AutoScalingGroupName", value: "gas-annotator" }],
              },
              stat: "Average",
            },
            returnData: false,
          },
          { id: "quotient", expression: "(visible + inFlight) / inService", returnData: true },
        ],
      },
    },
  });
  t.true((inputs(group, "gas-annotator").enabledMetrics as string[]).includes("GroupInServiceInstances"));
});

test.serial("the operator is told when AWS refuses calls of the workers", async (t) => {
  const told = "arn:aws:sns:us-east-1:123456789012:told";
  const declared = await declare(() => {
    const { network, jobs } = ground();
    return new AnnotatorFarm("gas-annotator", { network, jobs, entry, alarmActions: [told] });
  });
  const filter = declared.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "gas-annotator-refused-calls");
  const manifest = bootManifestOf(declared, "gas-annotator");
  t.is(filter.logGroupName, manifest.logGroup);
  const { namespace, name } = filter.metricTransformation as { namespace: string; name: string };
  const alarm = declared.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-annotator-refused-calls");
  t.deepEqual([alarm.namespace, alarm.metricName], [namespace, name]);
  t.deepEqual(alarm.alarmActions, [told]);
  const { statistic, period, evaluationPeriods, threshold, comparisonOperator, treatMissingData } = alarm;
  t.deepEqual(
    { statistic, period, evaluationPeriods, threshold, comparisonOperator, treatMissingData },
    {
      statistic: "Sum",
      period: 900,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
    },
  );
  // The very line that a service writes is one that the filter counts.
  const lines: string[] = [];
  const log = createLogger({
    service: "annotator",
    level: "info",
    instance: "i-1",
    destination: { write: (line) => void lines.push(line) },
  });
  log.error({ err: new DeniedError("SQS refuses: ReceiveMessage") }, "a permission is missing");
  log.error({ err: new UnavailableError("SQS does not answer") }, "DeniedError");
  const read = readLogFilter(filter as LogFilterInputs);
  t.deepEqual(
    lines.map((line) => read.matches(line)),
    [true, false],
  );
});

test.serial("spot capacity above one on-demand instance", async (t) => {
  const { inputs } = await farm({ spot: { instanceTypes: ["t4g.medium", "m7g.medium"] } });
  const { mixedInstancesPolicy, ...rest } = inputs(group, "gas-annotator");
  t.like(mixedInstancesPolicy, {
    instancesDistribution: {
      onDemandBaseCapacity: 1,
      onDemandPercentageAboveBaseCapacity: 0,
      spotAllocationStrategy: "price-capacity-optimized",
    },
    launchTemplate: {
      overrides: [{ instanceType: "t4g.small" }, { instanceType: "t4g.medium" }, { instanceType: "m7g.medium" }],
    },
  });
  t.true(rest.capacityRebalance);
  t.false("launchTemplate" in rest);
});

test.serial("all mistakes are told together", async (t) => {
  await declare(() => {
    const { network, jobs } = ground();
    const mistakes = (args: Partial<AnnotatorFarmArgs>) =>
      t
        .throws(() => new AnnotatorFarm("a", { network, jobs, entry, ...args }), { instanceOf: ArgumentsError })
        ?.mistakes.map(({ path }) => path);
    t.deepEqual(
      mistakes({
        concurrency: 0,
        engine: ["vep", "{input}"],
        lease: seconds(1),
        drain: hours(3),
        scaling: { by: "jobsSent", window: seconds(90), scaleOutAt: 3, scaleInBelow: 4 },
      }),
      ["concurrency", "engine", "lease", "drain", "scaling.window", "scaling.scaleInBelow"],
    );
    t.deepEqual(mistakes({ size: { min: 0 }, scaling: { by: "backlogPerInstance" } }), ["size.min"]);
    t.deepEqual(mistakes({ size: { min: 0 } }), ["size.min"]);
    const fits = { drain: seconds(30), jobTimeout: minutes(50) };
    t.notThrows(() => new AnnotatorFarm("fits", { network, jobs, entry, ...fits }));
    t.throws(() => new AnnotatorFarm("a", { network, jobs, entry, drain: seconds(30), jobTimeout: hours(12) }), {
      message:
        /jobTimeout: 12 hours is more than AWS holds .* 100 times drain, which is 30 seconds; give a drain of at least 432 seconds, or a jobTimeout of at most 50 minutes/,
    });
    t.deepEqual(
      mistakes({
        scaling: { by: "backlog", acceptableWait: seconds(30), jobTakes: minutes(1), warmUp: hours(3) },
        schedules: [{ name: "a", recurrence: "0 8 * * *", min: 1001 }],
      }),
      ["schedules[0].min", "scaling.warmUp", "scaling.acceptableWait"],
    );
  });
});
