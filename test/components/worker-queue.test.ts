import test from "ava";
import { ArgumentsError, days, hours, minutes, seconds, WorkerQueue } from "../../components/index.ts";
import { declare } from "./declare.ts";

const topic = "arn:aws:sns:us-east-1:123456789012:job-requests";
const queueArn = "arn:aws:sqs:us-east-1:123456789012:gas-requests";
const deadLettersArn = `${queueArn}-dead-letters`;

test.serial("a queue by default: every child's inputs", async (t) => {
  const { inputs, names } = await declare(() => new WorkerQueue("gas-requests", { topics: { requests: topic } }));
  t.deepEqual(inputs("aws:sqs/queue:Queue", "gas-requests"), {
    name: "gas-requests",
    visibilityTimeoutSeconds: 60,
    messageRetentionSeconds: 4 * 86_400,
    receiveWaitTimeSeconds: 20,
    sqsManagedSseEnabled: true,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLettersArn, maxReceiveCount: 5 }),
  });
  t.deepEqual(inputs("aws:sqs/queue:Queue", "gas-requests-dead-letters"), {
    name: "gas-requests-dead-letters",
    messageRetentionSeconds: 14 * 86_400,
    sqsManagedSseEnabled: true,
  });
  t.deepEqual(inputs("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "gas-requests"), {
    queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/gas-requests-dead-letters",
    redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queueArn] }),
  });
  t.deepEqual(inputs("aws:sns/topicSubscription:TopicSubscription", "gas-requests-from-requests"), {
    topic,
    protocol: "sqs",
    endpoint: queueArn,
    rawMessageDelivery: true,
  });
  t.deepEqual(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "gas-requests-dead-letters"), {
    name: "gas-requests-dead-letters",
    alarmDescription: "Messages have been set aside: see why, then redrive them to their queue.",
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: "gas-requests-dead-letters" },
    statistic: "Maximum",
    period: 60,
    evaluationPeriods: 1,
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    treatMissingData: "notBreaching",
    alarmActions: [],
  });
  t.deepEqual(names("annofarm:index:WorkerQueue"), ["gas-requests"]);
});

test.serial("the queue's policy: TLS only, and its topics may send", async (t) => {
  const { statements } = await declare(() => new WorkerQueue("gas-requests", { topics: { requests: topic } }));
  t.deepEqual(statements("aws:sqs/queuePolicy:QueuePolicy", "gas-requests"), {
    DenyPlainText: {
      Sid: "DenyPlainText",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: [queueArn],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    TopicsMaySend: {
      Sid: "TopicsMaySend",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [queueArn],
      Condition: { ArnEquals: { "aws:SourceArn": [topic] } },
      Principal: { Service: "sns.amazonaws.com" },
    },
  });
});

test.serial("a dead letter outlives its source queue whatever the retention", async (t) => {
  const { inputs } = await declare(() => new WorkerQueue("q", { retention: days(13) }));
  const kept = (name: string) => Number(inputs("aws:sqs/queue:Queue", name).messageRetentionSeconds);
  t.true(kept("q-dead-letters") > kept("q"));
});

test.serial("options reach the queue, transforms have the last word", async (t) => {
  const { inputs } = await declare(
    () =>
      new WorkerQueue("q", {
        visibility: minutes(2),
        retention: hours(1),
        receiptsMax: 9,
        alarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
        transform: {
          queue: { delaySeconds: 3 },
          deadLetters: (args, opts, name) => {
            args.tags = { of: name };
            opts.protect = true;
          },
        },
      }),
  );
  const queue = inputs("aws:sqs/queue:Queue", "q");
  t.like(queue, { visibilityTimeoutSeconds: 120, messageRetentionSeconds: 3600, delaySeconds: 3 });
  t.is(JSON.parse(String(queue.redrivePolicy)).maxReceiveCount, 9);
  t.deepEqual(inputs("aws:sqs/queue:Queue", "q-dead-letters").tags, { of: "q-dead-letters" });
  t.deepEqual(inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "q-dead-letters").alarmActions, [
    "arn:aws:sns:us-east-1:123456789012:alarms",
  ]);
});

test.serial("all mistakes are told together, before anything is registered", async (t) => {
  const { resources, components: error } = await declare(() =>
    t.throws(() => new WorkerQueue("q", { visibility: seconds(0), retention: days(14), receiptsMax: 1.5 }), {
      instanceOf: ArgumentsError,
    }),
  );
  t.deepEqual(
    error?.mistakes.map(({ path }) => path),
    ["visibility", "retention", "receiptsMax"],
  );
  t.regex(error?.message ?? "", /retention: 14 days is out of range \(.*\); give a duration from 1 minute to 13 days/);
  t.deepEqual(
    resources.map(({ type }) => type),
    ["annofarm:index:WorkerQueue"],
  );
});
