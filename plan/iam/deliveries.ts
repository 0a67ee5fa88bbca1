/**
 * What the declared topics and buckets send to the declared queues, and whether the queues let them: AWS drops a delivery
 * that the queue's policy does not allow, without a word to anybody.
 */
import type { Plan } from "../types.ts";
import { contextOf } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { declaredPolicies } from "./roles.ts";

interface Delivery {
  /** ARN of the topic or bucket. */
  readonly from: string;
  /** ARN of the queue. */
  readonly to: string;
  /** `sns.amazonaws.com` */
  readonly service: string;
}

function deliveriesOf(plan: Plan): Delivery[] {
  const buckets = new Map(
    plan.resources
      .filter(({ type }) => type === "aws:s3/bucket:Bucket")
      .map(({ outputs }) => [outputs.bucket, String(outputs.arn)] as const),
  );
  return plan.resources.flatMap(({ type, inputs }) => {
    if (type === "aws:sns/topicSubscription:TopicSubscription" && inputs.protocol === "sqs") {
      return [{ from: String(inputs.topic), to: String(inputs.endpoint), service: "sns.amazonaws.com" }];
    }
    if (type !== "aws:s3/bucketNotification:BucketNotification") return [];
    const queues = (inputs.queues ?? []) as readonly { readonly queueArn: string }[];
    const from = buckets.get(inputs.bucket) ?? `arn:aws:s3:::${inputs.bucket}`;
    return queues.map(({ queueArn }) => ({ from, to: queueArn, service: "s3.amazonaws.com" }));
  });
}

/** In words, every delivery that would be dropped. Queues that the plan does not declare are not judged. */
export function droppedDeliveries(plan: Plan): string[] {
  const { ofResources } = declaredPolicies(plan);
  const queues = plan.resources.filter(({ type }) => type === "aws:sqs/queue:Queue");
  const declared = new Set(queues.map(({ outputs }) => outputs.arn));
  return deliveriesOf(plan)
    .filter(({ to }) => declared.has(to))
    .filter(({ from, to, service }) => {
      const account = to.split(":")[4];
      const context = contextOf({
        "aws:SecureTransport": "true",
        "aws:SourceArn": from,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,
      });
      const request = { caller: { service }, action: "sqs:SendMessage", resource: to, context };
      return !evaluate(request, { identity: [], resource: ofResources.get(to) ?? [] }).allowed;
    })
    .map(({ from, to, service }) => `the policy of ${to} does not let ${service} send what comes from ${from}`);
}
