/**
 * Which services of AWS use a customer's KMS key in their own name, read from a plan. What a role needs, its own policies say; these
 * services have no policy but the key's.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
import type { Plan } from "../../plan/types.ts";

/** One service of AWS, and what it asks of the key. */
export interface KeyUser {
  /** `sns.amazonaws.com` */
  readonly principal: string;
  readonly actions: readonly string[];
  /** What it does with the key. */
  readonly why: string;
  /** Condition keys of its request; the account is the key's. */
  readonly context: Readonly<Record<string, string>>;
}

export interface CustomerKey {
  readonly arn: string;
  readonly users: readonly KeyUser[];
}

const forMessages = ["kms:GenerateDataKey", "kms:Decrypt"];
const forLogs = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey"].concat(
  "kms:DescribeKey",
);

const ofType = (plan: Plan, type: string) => plan.resources.filter((resource) => resource.type === type);
const isCustomers = (key: unknown): key is string => typeof key === "string" && key.includes(":key/");

/** An ARN of the plan, in the account and region of the key. */
function inAccountOf(key: string, arn: string): string {
  const [, , , region = "", account = ""] = key.split(":");
  return arn
    .split(":")
    .map((part, at) => (part === "" ? part : at === 3 ? region : at === 4 ? account : part))
    .join(":");
}

/** The queue that something is delivered to, with its key. */
function deliveries(plan: Plan) {
  const queues = new Map(
    ofType(plan, "aws:sqs/queue:Queue").map(({ inputs, outputs }) => [outputs.arn, inputs.kmsMasterKeyId]),
  );
  const byTopics = ofType(plan, "aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => ({
    principal: "sns.amazonaws.com",
    why: "delivers messages of topics to queues",
    from: String(inputs.topic),
    key: queues.get(inputs.endpoint),
  }));
  const byBuckets = ofType(plan, "aws:s3/bucketNotification:BucketNotification").flatMap(({ inputs }) =>
    ((inputs.queues ?? []) as readonly { readonly queueArn: string }[]).map(({ queueArn }) => ({
      principal: "s3.amazonaws.com",
      why: "tells a queue of restored archives",
      from: `arn:aws:s3:::${inputs.bucket}`,
      key: queues.get(queueArn),
    })),
  );
  return [...byTopics, ...byBuckets];
}

/** Who publishes to a topic in its own name: alarms, rules of the event bus, budgets. */
function publishers(plan: Plan) {
  const topics = new Map(
    ofType(plan, "aws:sns/topic:Topic").map(({ inputs, outputs }) => [outputs.arn, inputs.kmsMasterKeyId]),
  );
  const telling = (principal: string, why: string, from: unknown, topicArns: readonly unknown[]) =>
    topicArns.map((arn) => ({ principal, why, from: String(from), key: topics.get(arn) }));
  const rules = new Map(
    ofType(plan, "aws:cloudwatch/eventRule:EventRule").map(({ outputs }) => [outputs.name, outputs.arn]),
  );
  return [
    ...ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").flatMap(({ inputs, outputs }) => {
      const told = [inputs.alarmActions, inputs.okActions, inputs.insufficientDataActions].flat();
      return telling("cloudwatch.amazonaws.com", "tells a topic of alarms", outputs.arn, told);
    }),
    ...ofType(plan, "aws:cloudwatch/eventTarget:EventTarget").flatMap(({ inputs }) =>
      telling(
        "events.amazonaws.com",
        "tells a topic of failed launches and refreshes",
        rules.get(inputs.rule) ?? inputs.rule,
        [inputs.arn],
      ),
    ),
    ...ofType(plan, "aws:budgets/budget:Budget").flatMap(({ inputs, outputs }) => {
      const notifications = (inputs.notifications ?? []) as readonly { readonly subscriberSnsTopicArns?: string[] }[];
      const told = notifications.flatMap(({ subscriberSnsTopicArns = [] }) => subscriberSnsTopicArns);
      return telling("budgets.amazonaws.com", "tells a topic of what was spent", outputs.arn, told);
    }),
  ];
}

function logs(plan: Plan, key: string): KeyUser[] {
  const [group] = ofType(plan, "aws:cloudwatch/logGroup:LogGroup").filter(({ inputs }) => inputs.kmsKeyId === key);
  if (group === undefined) return [];
  const [, , , region] = key.split(":");
  const arn = inAccountOf(key, String(group.outputs.arn));
  const context = { "kms:EncryptionContext:aws:logs:arn": arn, "aws:SourceArn": arn };
  return [
    {
      principal: `logs.${region}.amazonaws.com`,
      actions: forLogs,
      why: "keeps the log groups, or makes none",
      context,
    },
  ];
}

/** Keys that the plan names and does not declare, each with its users. */
export function customerKeysOf(plan: Plan): CustomerKey[] {
  const uses = [...deliveries(plan), ...publishers(plan)];
  const named = [
    ...uses.map(({ key }) => key),
    ...ofType(plan, "aws:kms/grant:Grant").map(({ inputs }) => inputs.keyId),
    ...ofType(plan, "aws:dynamodb/table:Table").map(
      ({ inputs }) => (inputs.serverSideEncryption as { kmsKeyArn?: string } | undefined)?.kmsKeyArn,
    ),
    ...ofType(plan, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.kmsKeyId),
  ];
  return [...new Set(named.filter(isCustomers))].map((arn) => {
    // One use of each service stands for all of them.
    const first = new Map(uses.filter(({ key }) => key === arn).map((use) => [use.principal, use]));
    const users = [...first.values()].map(({ principal, why, from }) => ({
      principal,
      why,
      actions: forMessages,
      context: { "aws:SourceArn": inAccountOf(arn, from) },
    }));
    return { arn, users: [...users, ...logs(plan, arn)] };
  });
}
