/**
 * What AWS's services publish to topics in their own name. A topic that is encrypted asks the key's policy whether it lets the service in,
 * and AWS's own key for SNS lets in none of them: the message is dropped.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
import { KMSClient } from "@aws-sdk/client-kms";
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { contextOf } from "../../../plan/iam/context.ts";
import { parsePolicy } from "../../../plan/iam/document.ts";
import { evaluate } from "../../../plan/iam/evaluate.ts";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";
import { usedKey } from "../kms/used-key.ts";

interface ServiceMessage {
  /** ARN of the alarm or rule. */
  readonly from: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly text: string;
}

const needed = ["kms:GenerateDataKey", "kms:Decrypt"];

/** @param service `cloudwatch.amazonaws.com` */
export function createServicePublisher(emulator: Pick<Emulator, "endpoint" | "region" | "accountId">, service: string) {
  const config = administrator(emulator);
  const sns = new SNSClient(config);
  const kms = new KMSClient(config);
  const { accountId } = emulator;

  /** Why the key does not let the service encrypt; `undefined`: it does. */
  async function refusal(KeyId: string, from: string): Promise<string | undefined> {
    const found = await usedKey(kms, KeyId);
    if (found === "unusable") return `key ${KeyId} is disabled or not there`;
    if (found === "AWS's own")
      return `${KeyId} is AWS's own, whose policy lets ${service} in nowhere; name a key of your own, or none`;
    const { arn: key, policy } = found;
    const resource = parsePolicy(policy, `of ${key}`);
    const context = contextOf({ "aws:SourceAccount": accountId, "aws:SourceOwner": accountId, "aws:SourceArn": from });
    const refused = needed.filter(
      (action) =>
        !evaluate({ caller: { service }, action, resource: key, context }, { identity: [], resource }).allowed,
    );
    if (refused.length === 0) return undefined;
    return `the policy of ${key} does not allow ${service} ${refused.join(" and ")}; annofarm doctor prints the statement`;
  }

  return {
    /** @throws {Error} KMSAccessDenied where the topic's key does not let the service in. */
    async publish({ from, topicArn, subject, text }: ServiceMessage): Promise<void> {
      const topic = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      const key = topic.Attributes?.KmsMasterKeyId;
      const why = key ? await refusal(key, from) : undefined;
      if (why !== undefined) throw new Error(`KMSAccessDenied: ${topicArn} was not told by ${from}: ${why}`);
      await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
    destroy() {
      sns.destroy();
      kms.destroy();
    },
  };
}
