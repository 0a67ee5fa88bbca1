/**
 * What the declared topics and buckets send to the declared queues, and alarms and event rules to the declared topics, and whether
 * those let them: AWS drops a delivery that a queue's or topic's policy does not allow, without a word to anybody.
 */
import type { Plan } from "../types.ts";
import { contextOf } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { declaredPolicies } from "./roles.ts";

interface Delivery {
  /** ARN of the topic, bucket, alarm or rule. */
  readonly from: string;
  /** ARN of the queue or topic. */
  readonly to: string;
  /** `sns.amazonaws.com` */
  readonly service: string;
  readonly action: "sqs:SendMessage" | "sns:Publish";
}

function deliveriesOf(plan: Plan): Delivery[] {
  const buckets = new Map(
    plan.resources
      .filter(({ type }) => type === "aws:s3/bucket:Bucket")
      .map(({ outputs }) => [outputs.bucket, String(outputs.arn)] as const),
  );
  const send = (from: unknown, to: unknown, service: string): Delivery => ({
    from: String(from),
    to: String(to),
    service,
    action: service === "sns.amazonaws.com" || service === "s3.amazonaws.com" ? "sqs:SendMessage" : "sns:Publish",
  });
  const ruleOf = (name: unknown) =>
    plan.resources.find(({ type, outputs }) => type === "aws:cloudwatch/eventRule:EventRule" && outputs.name === name);
  return plan.resources.flatMap(({ type, inputs, outputs }) => {
    if (type === "aws:sns/topicSubscription:TopicSubscription" && inputs.protocol === "sqs") {
      return [send(inputs.topic, inputs.endpoint, "sns.amazonaws.com")];
    }
    if (type === "aws:cloudwatch/metricAlarm:MetricAlarm") {
      const told = [inputs.alarmActions, inputs.okActions, inputs.insufficientDataActions].flat();
      return [...new Set(told)].map((to) => send(outputs.arn, to, "cloudwatch.amazonaws.com"));
    }
    if (type === "aws:cloudwatch/eventTarget:EventTarget") {
      return [send(ruleOf(inputs.rule)?.outputs.arn, inputs.arn, "events.amazonaws.com")];
    }
    if (type !== "aws:s3/bucketNotification:BucketNotification") return [];
    const queues = (inputs.queues ?? []) as readonly { readonly queueArn: string }[];
    const from = buckets.get(inputs.bucket) ?? `arn:aws:s3:::${inputs.bucket}`;
    return queues.map(({ queueArn }) => send(from, queueArn, "s3.amazonaws.com"));
  });
}

/** In words, every delivery that would be dropped. Queues and topics that the plan does not declare are not judged. */
export function droppedDeliveries(plan: Plan): string[] {
  const { ofResources } = declaredPolicies(plan);
  const declared = new Set(
    plan.resources.flatMap(({ type, outputs }) => {
      if (type === "aws:sqs/queue:Queue") return [String(outputs.arn)];
      // A topic's default policy lets in whatever is of its account.
      return type === "aws:sns/topic:Topic" && ofResources.has(String(outputs.arn)) ? [String(outputs.arn)] : [];
    }),
  );
  return deliveriesOf(plan)
    .filter(({ to }) => declared.has(to))
    .filter(({ from, to, service, action }) => {
      const account = to.split(":")[4];
      const context = contextOf({
        "aws:SecureTransport": "true",
        "aws:SourceArn": from,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,
      });
      const request = { caller: { service }, action, resource: to, context };
      return !evaluate(request, { identity: [], resource: ofResources.get(to) ?? [] }).allowed;
    })
    .map(({ from, to, service }) => `the policy of ${to} does not let ${service} send what comes from ${from}`);
}
