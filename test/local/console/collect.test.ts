import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import test from "ava";
import { createCollector } from "../../../local/console/collect.ts";
import { keptFresh } from "../../../local/console/fresh.ts";
import { createRequestMeter } from "../../../local/console/request-meter.ts";
import { alarmView, callsView, jobView, queueViews, refreshView } from "../../../local/console/view-parts.ts";
import type { Emulator } from "../../../local/types.ts";
import { startRefresh } from "../../../scaling/refresh/requests.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { view as fixture, mails } from "./fixture.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

const job = {
  job_id: "0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0",
  user_id: "u-1",
  input_file_name: "trio.vcf",
  s3_inputs_bucket: "inputs",
  s3_key_input_file: "gas/u-1/0b1c2d3e-4f50-4162-8374-95a6b7c8d9e0~trio.vcf",
  submit_time: 1_700_000_000,
  job_status: "RUNNING",
  worker: "i-1/7",
  progress_percent: 40,
};

const parts = {
  gateway: {
    endpoint: "http://localhost:5001",
    mails: () => mails,
    callCounts: () => new Map([["sqs:ReceiveMessage", 3]]),
  },
  clock: { speed: 60, now: () => 600_000_000 },
  instances: () => fixture.instances.map((instance) => ({ ...instance, launchedAt: 600_000_000 - 60_000 })),
  activities: () => [
    { activityId: "a", description: "Launching", cause: "", status: "InProgress", startTime: 600_000_000 - 120_000 },
  ],
  targets: () => fixture.balancer.targets,
  requestsPerMinute: () => [1, 2],
  tables: { annotations: "annotations", users: "users" },
  stack: "local",
  store: "s3",
  links: [],
  now: () => 5_000_000,
};

test.serial("the view is read from the emulator by AWS's own APIs", async (t) => {
  const config = clientOptions(emulator);
  const sqs = new SQSClient(config);
  const dead = await sqs.send(new CreateQueueCommand({ QueueName: "gas-requests-dlq" }));
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: "gas-requests",
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${emulator.region}:${emulator.accountId}:gas-requests-dlq`,
          maxReceiveCount: 3,
        }),
      },
    }),
  );
  for (const body of ["1", "2", "3"]) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, VisibilityTimeout: 60 }));
  await sqs.send(new SendMessageCommand({ QueueUrl: dead.QueueUrl, MessageBody: "lost" }));

  const dynamo = new DynamoDBClient(config);
  for (const [TableName, key] of [
    ["annotations", "job_id"],
    ["users", "user_id"],
  ] as const) {
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  }
  const tables = DynamoDBDocument.from(dynamo);
  await tables.put({ TableName: "annotations", Item: job });
  const older = { ...job, job_id: "1b1c2d3e-4f50-4162-8374-95a6b7c8d9e1", user_id: "u-2", submit_time: 1_600_000_000 };
  await tables.put({ TableName: "annotations", Item: older });
  await tables.put({ TableName: "annotations", Item: { job_id: "somebody's own item" } });
  const user = { user_id: "u-1", role: "free_user", email: "ada@lab.example", name: "Ada", created_time: 1 };
  await tables.put({ TableName: "users", Item: user });

  const cloudwatch = new CloudWatchClient(config);
  const alarm = {
    AlarmName: "gas-web-scale-out",
    Namespace: "AWS/ApplicationELB",
    MetricName: "RequestCount",
    Statistic: "Sum",
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 200,
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
  } as const;
  await cloudwatch.send(new PutMetricAlarmCommand(alarm));
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: alarm.AlarmName, StateValue: "ALARM", StateReason: "212 > 200" }),
  );

  const scaling = new AutoScalingClient(config);
  await scaling.send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: "lc",
      ImageId: "ami-12345678",
      InstanceType: "t3.micro",
    }),
  );
  await scaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: "gas-local-web",
      LaunchConfigurationName: "lc",
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: 2,
      AvailabilityZones: [`${emulator.region}a`],
    }),
  );

  const collector = createCollector({ ...parts, emulator });
  t.teardown(() => collector.destroy());
  const view = await collector.view();
  t.deepEqual(view.problems, []);
  t.like(view, { time: 5_000_000, localTime: 600_000_000, endpoint: "http://localhost:5001", region: emulator.region });
  t.deepEqual(view.capacities, []);
  t.deepEqual(view.queues, [
    {
      name: "gas-requests",
      visible: 2,
      inFlight: 1,
      delayed: 0,
      deadLetters: { name: "gas-requests-dlq", messages: 1 },
    },
  ]);
  t.deepEqual(
    view.jobs.map(({ user: who, status, worker, progressPercent }) => [who, status, worker, progressPercent]),
    [
      ["ada@lab.example", "RUNNING", "i-1/7", 40],
      ["u-2", "RUNNING", "i-1/7", 40],
    ],
  );
  t.like(view.alarms[0], {
    state: "ALARM",
    reason: "212 > 200",
    metric: "RequestCount, Sum",
    threshold: "> 200, 2 of 3 × 60 s",
  });
  t.like(view.groups[0], { name: "gas-local-web", min: 1, desired: 2, max: 4, inService: 2 });
  t.is(view.groups[0]?.activities[0]?.time, 5_000_000 - 2_000, "two minutes of AWS's time are two seconds at ×60");
  t.is(view.instances[0]?.launchedAt, 5_000_000 - 1_000);
  t.deepEqual(
    view.mails.map(({ id }) => id),
    ["m-2", "m-1"],
    "newest first",
  );
  t.deepEqual(view.calls, { total: 3, top: [{ service: "sqs", action: "ReceiveMessage", count: 3 }] });
});

test("what cannot be read is said, and the rest is shown", async (t) => {
  const collector = createCollector({ ...parts, emulator: { endpoint: "http://127.0.0.1:1", region: "us-east-1" } });
  t.teardown(() => collector.destroy());
  const view = await collector.view();
  t.is(view.problems.length, 4);
  t.regex(view.problems.join(), /queues cannot be read/);
  t.is(view.instances.length, fixture.instances.length);
});

test("a metric-math alarm is shown by its expression's label", (t) => {
  const view = alarmView({
    AlarmName: "backlog",
    StateValue: "OK",
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    Threshold: 5,
    EvaluationPeriods: 2,
    Metrics: [
      { Id: "m", ReturnData: false },
      { Id: "e", Expression: "m / n", Label: "backlog per instance", Period: 60 },
    ],
  });
  t.like(view, { metric: "backlog per instance", threshold: "≥ 5, 2 of 2 × 60 s" });
});

test("an item that is no job is left out; calls are counted and ordered; a lone queue has no dead letters", (t) => {
  t.is(jobView({ job_id: "x" }, String), undefined);
  t.is(jobView(job, () => "Ada")?.user, "Ada");
  t.deepEqual(
    callsView(
      new Map([
        ["s3:GetObject", 1],
        ["sns:Publish", 4],
      ]),
    ).top.map(({ action }) => action),
    ["Publish", "GetObject"],
  );
  t.deepEqual(queueViews([{ QueueArn: "arn:aws:sqs:r:1:q", ApproximateNumberOfMessages: "4" }]), [
    { name: "q", visible: 4, inFlight: 0, delayed: 0 },
  ]);
});

test("what is kept fresh is read again only when due, once for all askers, and never most of the time", async (t) => {
  let time = 0;
  let reads = 0;
  let took = 0;
  const read = keptFresh(
    1_000,
    async () => {
      time += took;
      return ++reads;
    },
    () => time,
  );
  t.deepEqual(await Promise.all([read(), read()]), [1, 1]);
  time = 999;
  t.is(await read(), 1);
  time = 1_000;
  took = 500;
  t.is(await read(), 2);
  time += 4_499;
  t.is(await read(), 2, "a read of 500 ms is good for 4.5 s");
  time += 1;
  t.is(await read(), 3);
});

test("a failed read is not kept for ever", async (t) => {
  let time = 0;
  let works = false;
  const read = keptFresh(
    1_000,
    async () => {
      if (!works) throw new Error("down");
      return "up";
    },
    () => time,
  );
  await t.throwsAsync(read(), { message: "down" });
  works = true;
  time = 1_000;
  t.is(await read(), "up");
});

test("requests are counted by the minute, quiet minutes included, half an hour of them", (t) => {
  let time = 0;
  const meter = createRequestMeter(() => time);
  t.deepEqual(meter.perMinute(), [0]);
  meter.record();
  meter.record();
  time = 2 * 60_000;
  meter.record();
  t.deepEqual(meter.perMinute(), [2, 0, 1]);
  time = 31 * 60_000;
  t.is(meter.perMinute().length, 30);
  t.is(meter.perMinute()[0], 1);
});

test("a refresh under way has its reason; one that was rolled back tells why, and when on the wall clock", (t) => {
  const desired = { id: "lt-1", version: "4" };
  const group = { desired: 1, instances: [] };
  const request = { id: "r", groupName: "web", now: 60_000, preferences: {}, current: desired, target: desired };
  const begun = startRefresh({ ...request, desired, warmup: 300, alarms: {} }, group);
  const record = { ...begun, desiredConfiguration: undefined };
  const toWall = (time: number) => time / 60;
  t.deepEqual(refreshView(record, toWall), { status: "Pending", percent: 100, version: "4" });
  const rollback = { reason: "Automatic rollback", startTime: 0, percentageComplete: 0, instancesToUpdate: 1 };
  const ended = { ...record, status: "RollbackSuccessful", rollback, endTime: 120_000 } as const;
  t.deepEqual(refreshView(ended, toWall), {
    status: "RollbackSuccessful",
    percent: 100,
    reason: "Automatic rollback",
    version: "4",
    ended: 2_000,
  });
});
