import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import * as sqs from "@pulumi/aws/sqs/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  jsonStringify,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import { type CustomerKeyArgs, kmsKeyRule } from "../base/customer-key.ts";
import { type Duration, days, hours, minutes, seconds } from "../base/duration.ts";
import { keepsName } from "../base/keep.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, range, within } from "../base/validate.ts";

/** Longest a queue may keep a message (SQS). */
const retentionMax = days(14);
/** A dead letter keeps the time it was first sent, so a source must forget earlier than its dead-letter queue. */
const sourceRetentionMax = days(13);

/** What a queue may be told. */
export interface WorkerQueueArgs extends CustomerKeyArgs {
  /** Topics whose messages arrive here, as they were published (raw delivery). @default none */
  readonly topics?: Readonly<Record<string, Input<string>>>;
  /**
   * Attributes by which the topics' messages are chosen, each with its accepted values; a message with none of them is not delivered.
   * @default all messages
   */
  readonly filter?: Readonly<Record<string, readonly string[]>>;
  /** More senders: statements of the queue's policy, made from its ARN. @default topics only */
  readonly policy?: (queueArn: Output<string>) => Statement[];
  /**
   * How long a received message stays hidden when the receiver does not say; 1 second to 12 hours.
   * @default 1 minute
   */
  readonly visibility?: Duration;
  /** How long an unconsumed message is kept; 1 minute to 13 days. The dead-letter queue keeps it 14. @default 4 days */
  readonly retention?: Duration;
  /** Receipts after which a message is set aside as a dead letter; 1 to 1,000. @default 5 */
  readonly receiptsMax?: number;
  /** ARNs told when there are dead letters, e.g. of an SNS topic. @default nobody; the alarm's state shows it */
  readonly alarmActions?: readonly Input<string>[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly queue?: Transform<sqs.QueueArgs>;
    readonly deadLetters?: Transform<sqs.QueueArgs>;
    readonly policy?: Transform<sqs.QueuePolicyArgs>;
    readonly redriveAllow?: Transform<sqs.RedriveAllowPolicyArgs>;
    readonly alarm?: Transform<cloudwatch.MetricAlarmArgs>;
    readonly subscription?: Transform<sns.TopicSubscriptionArgs>;
  };
}

export interface WorkerQueueNodes {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;
  readonly policy: sqs.QueuePolicy;
  readonly redriveAllow: sqs.RedriveAllowPolicy;
  readonly alarm: cloudwatch.MetricAlarm;
  readonly subscriptions: readonly sns.TopicSubscription[];
}

/** A queue that workers live on: encrypted, TLS only, with a dead-letter queue of its own and an alarm on that. */
export class WorkerQueue extends ComponentResource {
  /** The raw resources. */
  readonly nodes: WorkerQueueNodes;
  /** Name it was declared under; resources that belong to it begin with it. */
  readonly logicalName: string;
  /** `https://sqs.…` */
  readonly url: Output<string>;
  /** `arn:aws:sqs:…` */
  readonly arn: Output<string>;
  /** Physical name: the dimension of its metrics. */
  readonly queueName: Output<string>;
  /** Of the queue of messages that were set aside. */
  readonly deadLettersUrl: Output<string>;

  constructor(name: string, args: WorkerQueueArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:WorkerQueue", name, {}, opts);
    const settings = normalise(name, args);
    const { transform } = settings;

    const deadLetters = createDeadLetters(name, settings, this);
    const queue = createQueue(name, settings, deadLetters, this);
    const redriveAllow = createRedriveAllow(name, { queue, deadLetters }, transform, this);
    const policy = createPolicy(name, { queue, statements: senders(args, queue.arn) }, transform, this);
    const subscriptions = createSubscriptions(name, args, { queue, policy }, this);
    const alarm = createAlarm(name, args, deadLetters, this);

    this.nodes = { queue, deadLetters, policy, redriveAllow, alarm, subscriptions };
    this.logicalName = name;
    this.url = queue.url;
    this.arn = queue.arn;
    this.queueName = queue.name;
    this.deadLettersUrl = deadLetters.url;
    this.registerOutputs({ url: this.url, arn: this.arn, deadLettersUrl: this.deadLettersUrl });
  }
}

type Transforms = NonNullable<WorkerQueueArgs["transform"]>;
type Settings = ReturnType<typeof normalise>;
type Queues = Pick<WorkerQueueNodes, "queue" | "deadLetters">;

function normalise(name: string, args: WorkerQueueArgs) {
  check(`WorkerQueue ${name}`, [
    within("visibility", args.visibility, { min: seconds(1), max: hours(12) }),
    within("retention", args.retention, {
      min: minutes(1),
      max: sourceRetentionMax,
      why: "a dead letter counts from when it was first sent and is kept 14 days",
    }),
    range("receiptsMax", args.receiptsMax, { min: 1, max: 1000, unit: "receipts" }),
    kmsKeyRule(args.kmsKeyArn),
  ]);
  return {
    visibility: args.visibility ?? minutes(1),
    retention: args.retention ?? days(4),
    receiptsMax: args.receiptsMax ?? 5,
    transform: args.transform ?? {},
    // SQS takes one or the other.
    encryption: args.kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: args.kmsKeyArn },
  };
}

function createDeadLetters(name: string, { transform, encryption }: Settings, parent: Resource): sqs.Queue {
  return new sqs.Queue(
    ...transformed<sqs.QueueArgs>(
      transform.deadLetters,
      `${name}-dead-letters`,
      {
        name: regionalName("queue", `${name}-dead-letters`),
        messageRetentionSeconds: retentionMax.toSeconds(),
        ...encryption,
      },
      { parent, ...keepsName() },
    ),
  );
}

function createQueue(name: string, settings: Settings, deadLetters: sqs.Queue, parent: Resource): sqs.Queue {
  const { visibility, retention, receiptsMax, transform, encryption } = settings;
  return new sqs.Queue(
    ...transformed<sqs.QueueArgs>(
      transform.queue,
      name,
      {
        name: regionalName("queue", name),
        visibilityTimeoutSeconds: visibility.toSeconds(),
        messageRetentionSeconds: retention.toSeconds(),
        receiveWaitTimeSeconds: 20,
        ...encryption,
        redrivePolicy: jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: receiptsMax }),
      },
      { parent, ...keepsName() },
    ),
  );
}

function createRedriveAllow(
  name: string,
  { queue, deadLetters }: Queues,
  transform: Transforms,
  parent: Resource,
): sqs.RedriveAllowPolicy {
  return new sqs.RedriveAllowPolicy(
    ...transformed(
      transform.redriveAllow,
      name,
      {
        queueUrl: deadLetters.url,
        redriveAllowPolicy: jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
      },
      { parent },
    ),
  );
}

/** Who may send: the topics, and whom the arguments name; nobody but by TLS. */
function senders(args: WorkerQueueArgs, queueArn: Output<string>): Statement[] {
  const topics = Object.values(args.topics ?? {});
  const fromTopics: Statement = {
    ...allow("TopicsMaySend", ["sqs:SendMessage"], [queueArn], { ArnEquals: { "aws:SourceArn": topics } }),
    Principal: { Service: "sns.amazonaws.com" },
  };
  return [
    denyPlainText("sqs:*", [queueArn]),
    ...(topics.length === 0 ? [] : [fromTopics]),
    ...(args.policy?.(queueArn) ?? []),
  ];
}

function createPolicy(
  name: string,
  { queue, statements }: { readonly queue: sqs.Queue; readonly statements: Statement[] },
  transform: Transforms,
  parent: Resource,
): sqs.QueuePolicy {
  return new sqs.QueuePolicy(
    ...transformed(transform.policy, name, { queueUrl: queue.url, policy: policyDocument(statements) }, { parent }),
  );
}

function createSubscriptions(
  name: string,
  args: WorkerQueueArgs,
  { queue, policy }: Pick<WorkerQueueNodes, "queue" | "policy">,
  parent: Resource,
): sns.TopicSubscription[] {
  const filtered = args.filter === undefined ? {} : { filterPolicy: JSON.stringify(args.filter) };
  return Object.entries(args.topics ?? {}).map(
    ([topicName, topic]) =>
      new sns.TopicSubscription(
        ...transformed(
          args.transform?.subscription,
          `${name}-from-${topicName}`,
          { topic: output(topic), protocol: "sqs", endpoint: queue.arn, rawMessageDelivery: true, ...filtered },
          // A message that arrives before the policy stands is refused and lost.
          { parent, dependsOn: [policy] },
        ),
      ),
  );
}

function createAlarm(
  name: string,
  args: WorkerQueueArgs,
  deadLetters: sqs.Queue,
  parent: Resource,
): cloudwatch.MetricAlarm {
  return new cloudwatch.MetricAlarm(
    ...transformed(
      args.transform?.alarm,
      `${name}-dead-letters`,
      {
        name: regionalName("alarm", `${name}-dead-letters`),
        alarmDescription: "Messages have been set aside: see why, then redrive them to their queue.",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: deadLetters.name },
        statistic: "Maximum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...(args.alarmActions ?? [])],
      },
      { parent },
    ),
  );
}
