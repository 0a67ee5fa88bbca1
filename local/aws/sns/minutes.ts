/** The metrics that SNS publishes of its topics, and which queues their messages reach. */
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { type Interceptor, textOf, whole } from "../../gateway/call.ts";
import { elementsOf, parseXml } from "../../gateway/xml-document.ts";
import { counts as data } from "../cloudwatch/datum.ts";
import type { Measure } from "../cloudwatch/minutes.ts";
import { attributesOf, type MessageAttributes, passes } from "./filter.ts";

/** Messages by topic ARN, as their attributes. */
type Published = ReadonlyMap<string, readonly MessageAttributes[]>;

function createRecord() {
  let sent = new Map<string, readonly MessageAttributes[]>();
  return {
    add: (topic: string, messages: readonly MessageAttributes[]) =>
      void sent.set(topic, [...(sent.get(topic) ?? []), ...messages]),
    take(): Published {
      const taken = sent;
      sent = new Map();
      return taken;
    },
  };
}

export function createTopicMetrics(sns: SNSClient) {
  /** The same messages twice: for the topics' own metrics, and for those of the queues that they reach. */
  const [published, onTheirWay] = [createRecord(), createRecord()];

  /** Messages were published to a topic; without attributes, one. */
  function note(topicArn: string, messages: readonly MessageAttributes[] = [{}]): void {
    published.add(topicArn, messages);
    onTheirWay.add(topicArn, messages);
  }

  const count: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200) return answer;
    const arn = textOf(call.input.TopicArn);
    if (call.action === "Publish" && arn !== "") note(arn, [attributesOf(call)]);
    if (call.action === "PublishBatch") {
      note(
        arn,
        elementsOf(parseXml(answer.body.toString("utf8")), "MessageId").map(() => ({})),
      );
    }
    return answer;
  };

  async function filterOf(SubscriptionArn: string | undefined): Promise<string | undefined> {
    const found = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    return found.Attributes?.FilterPolicy;
  }

  /** Messages that reached queues through topics since the last call, by queue: the fan-out happens inside the emulator. */
  async function takeDelivered(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const [TopicArn, messages] of onTheirWay.take()) {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      for (const { Protocol, Endpoint = "", SubscriptionArn } of Subscriptions) {
        if (Protocol !== "sqs") continue;
        const filter = await filterOf(SubscriptionArn);
        const queue = Endpoint.slice(Endpoint.lastIndexOf(":") + 1);
        counts.set(queue, (counts.get(queue) ?? 0) + messages.filter((each) => passes(filter, each)).length);
      }
    }
    return counts;
  }

  const measure: Measure = async (starts) => {
    const time = starts.at(-1) ?? 0;
    const series = [...published.take()].flatMap(([arn, messages]) =>
      data({ NumberOfMessagesPublished: messages.length }, { TopicName: arn.slice(arn.lastIndexOf(":") + 1) }, time),
    );
    return [{ namespace: "AWS/SNS", data: series }];
  };

  return { count, note, takeDelivered, measure };
}
