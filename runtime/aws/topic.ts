import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Topic } from "../jobs/ports.ts";

/** An SNS topic; its subscriptions deliver raw, so the message is the JSON itself. */
export function createTopic(options: { client: SNSClient; arn: string }): Topic {
  const { client, arn: TopicArn } = options;
  return {
    async publish(message) {
      await client.send(new PublishCommand({ TopicArn, Message: JSON.stringify(message) }));
    },
  };
}
