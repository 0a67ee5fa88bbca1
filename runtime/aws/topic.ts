import { GetTopicAttributesCommand, PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Probed, Topic } from "../jobs/ports.ts";

/** An SNS topic; its subscriptions deliver raw, so the message is the JSON itself. The probe needs `sns:GetTopicAttributes`. */
export function createTopic(options: { client: SNSClient; arn: string }): Topic & Probed {
  const { client, arn: TopicArn } = options;
  return {
    async probe() {
      await client.send(new GetTopicAttributesCommand({ TopicArn }));
    },
    async publish(message) {
      await client.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }));
    },
  };
}
