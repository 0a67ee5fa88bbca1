import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { defined, putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";

interface TopicInputs {
  readonly name?: string;
  readonly displayName?: string;
  readonly kmsMasterKeyId?: string;
  readonly policy?: string;
  readonly deliveryPolicy?: string;
  readonly fifoTopic?: boolean;
  readonly tags?: Tags;
}

interface SubscriptionInputs {
  readonly topic: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly rawMessageDelivery?: boolean;
  readonly filterPolicy?: string;
  readonly filterPolicyScope?: string;
  readonly redrivePolicy?: string;
}

const topicAttributes = (inputs: TopicInputs): Record<string, string> =>
  defined({
    DisplayName: inputs.displayName,
    KmsMasterKeyId: inputs.kmsMasterKeyId,
    Policy: inputs.policy,
    DeliveryPolicy: inputs.deliveryPolicy,
  }) as Record<string, string>;

const subscriptionAttributes = (inputs: SubscriptionInputs): Record<string, string> =>
  defined({
    RawMessageDelivery: String(inputs.rawMessageDelivery ?? false),
    FilterPolicy: inputs.filterPolicy,
    FilterPolicyScope: inputs.filterPolicyScope,
    RedrivePolicy: inputs.redrivePolicy,
  }) as Record<string, string>;

function topicState(arn: string): State {
  return { id: arn, outputs: { arn, name: arn.split(":").at(-1) } };
}

async function setTopicAttributes(arn: string, attributes: Record<string, string>, { client }: Context): Promise<void> {
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await client(SNSClient).send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName, AttributeValue }));
  }
}

export const handlers: Handlers = {
  "aws:sns/topic:Topic": handler<TopicInputs>({
    async create(inputs, context) {
      const { TopicArn } = await context.client(SNSClient).send(
        new CreateTopicCommand({
          Name: inputs.name ?? context.autoName,
          Attributes: { ...topicAttributes(inputs), ...(inputs.fifoTopic ? { FifoTopic: "true" } : {}) },
          Tags: tagList(inputs.tags),
        }),
      );
      return topicState(sent(TopicArn, "TopicArn"));
    },
    async read({ id }, { client }) {
      const found = await ifThere(client(SNSClient).send(new GetTopicAttributesCommand({ TopicArn: id })));
      if (found === undefined) return undefined;
      const { Tags } = await client(SNSClient).send(new ListTagsForResourceCommand({ ResourceArn: id }));
      const { DisplayName: displayName = "", KmsMasterKeyId: kmsMasterKeyId = "" } = found.Attributes ?? {};
      return { id, outputs: { ...topicState(id).outputs, displayName, kmsMasterKeyId, tags: tagMap(Tags) } };
    },
    async update({ id, inputs: previous }, inputs, context) {
      const sns = context.client(SNSClient);
      await setTopicAttributes(id, topicAttributes(inputs), context);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => sns.send(new TagResourceCommand({ ResourceArn: id, Tags: tagList(tags) })),
        remove: (TagKeys) => sns.send(new UntagResourceCommand({ ResourceArn: id, TagKeys })),
      });
      return topicState(id);
    },
    async delete({ id }, { client }) {
      await ifThere(client(SNSClient).send(new DeleteTopicCommand({ TopicArn: id })));
    },
  }),
  "aws:sns/topicPolicy:TopicPolicy": setting<{ readonly arn: string; readonly policy: string }>({
    id: ({ arn }) => arn,
    put: ({ arn, policy }, context) => setTopicAttributes(arn, { Policy: policy }, context),
    async get({ id }, { client }) {
      const found = await ifThere(client(SNSClient).send(new GetTopicAttributesCommand({ TopicArn: id })));
      const policy = found?.Attributes?.Policy;
      return policy ? { arn: id, policy } : undefined;
    },
    async remove({ id }, context) {
      // A topic always has a policy; without one of its own, its owner may do everything.
      const owner = `arn:aws:iam::${context.emulator.accountId}:root`;
      const statement = { Effect: "Allow", Principal: { AWS: owner }, Action: "SNS:*", Resource: id };
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await ifThere(setTopicAttributes(id, { Policy: policy }, context));
    },
  }),
  "aws:sns/topicSubscription:TopicSubscription": handler<SubscriptionInputs>({
    async create(inputs, { client }) {
      const { SubscriptionArn } = await client(SNSClient).send(
        new SubscribeCommand({
          TopicArn: inputs.topic,
          Protocol: inputs.protocol,
          Endpoint: inputs.endpoint,
          Attributes: subscriptionAttributes(inputs),
          ReturnSubscriptionArn: true,
        }),
      );
      const arn = sent(SubscriptionArn, "SubscriptionArn");
      return { id: arn, outputs: { arn } };
    },
    async read({ id }, { client }) {
      const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: id });
      const found = await ifThere(client(SNSClient).send(command));
      if (found === undefined) return undefined;
      const {
        TopicArn: topic,
        RawMessageDelivery,
        FilterPolicy: filterPolicy,
        Endpoint: endpoint,
      } = found.Attributes ?? {};
      const rawMessageDelivery = RawMessageDelivery === "true";
      return { id, outputs: defined({ arn: id, topic, endpoint, rawMessageDelivery, filterPolicy }) };
    },
    async update({ id }, inputs, { client }) {
      for (const [AttributeName, AttributeValue] of Object.entries(subscriptionAttributes(inputs))) {
        await client(SNSClient).send(
          new SetSubscriptionAttributesCommand({ SubscriptionArn: id, AttributeName, AttributeValue }),
        );
      }
      return { id, outputs: { arn: id } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(SNSClient).send(new UnsubscribeCommand({ SubscriptionArn: id })));
    },
  }),
};
