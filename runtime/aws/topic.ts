import { GetTopicAttributesCommand, PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Probed, Topic } from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import { messageAttributes, sendingTo } from "./message-trace.ts";

/**
 * An SNS topic; its subscriptions deliver raw, so the message is the JSON itself, and its attributes are the queue's message's. The probe
 * needs `sns:GetTopicAttributes`.
 */
export function createTopic(options: { client: SNSClient; arn: string; tracer?: Tracer }): Topic & Probed {
  const { client, arn: TopicArn, tracer = untraced } = options;
  const sending = sendingTo("aws.sns", TopicArn.slice(TopicArn.lastIndexOf(":") + 1));
  return {
    async probe() {
      await client.send(new GetTopicAttributesCommand({ TopicArn }));
    },
    async publish(message, { group, attributes } = {}) {
      const Message = JSON.stringify(message);
      const toGroup = group === undefined ? {} : { MessageGroupId: group };
      await tracer.span(sending, ({ traceparent }) =>
        client.send(
          new PublishCommand({ TopicArn, Message, ...toGroup, ...messageAttributes(traceparent, attributes) }),
        ),
      );
    },
  };
}
