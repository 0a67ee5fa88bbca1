/** The metrics that SNS publishes of its topics, and which queues their messages reach. */
import { ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { type Interceptor, textOf, whole } from "../../gateway/call.ts";
import { elementsOf, parseXml } from "../../gateway/xml-document.ts";
import { counts as data } from "../cloudwatch/datum.ts";
import type { Measure } from "../cloudwatch/minutes.ts";

/** By topic ARN. */
type Published = ReadonlyMap<string, number>;

function createCounter() {
  let counts = new Map<string, number>();
  return {
    add: (name: string, by: number) => void counts.set(name, (counts.get(name) ?? 0) + by),
    take(): Published {
      const taken = counts;
      counts = new Map();
      return taken;
    },
  };
}

export function createTopicMetrics(sns: SNSClient) {
  /** The same messages twice: for the topics' own metrics, and for those of the queues that they reach. */
  const [published, onTheirWay] = [createCounter(), createCounter()];

  /** `by` messages were published to a topic. */
  function note(topicArn: string, by = 1): void {
    published.add(topicArn, by);
    onTheirWay.add(topicArn, by);
  }

  const count: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200) return answer;
    const arn = textOf(call.input.TopicArn);
    if (call.action === "Publish" && arn !== "") note(arn);
    if (call.action === "PublishBatch") {
      note(arn, elementsOf(parseXml(answer.body.toString("utf8")), "MessageId").length);
    }
    return answer;
  };

  /**
   * Messages that reached queues through topics since the last call, by queue: the fan-out happens inside the emulator.
   * Subscriptions with a filter policy count as if everything passed it.
   */
  async function takeDelivered(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const [TopicArn, messages] of onTheirWay.take()) {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      for (const { Protocol, Endpoint = "" } of Subscriptions) {
        const queue = Endpoint.slice(Endpoint.lastIndexOf(":") + 1);
        if (Protocol === "sqs") counts.set(queue, (counts.get(queue) ?? 0) + messages);
      }
    }
    return counts;
  }

  const measure: Measure = async (starts) => {
    const time = starts.at(-1) ?? 0;
    const series = [...published.take()].flatMap(([arn, messages]) =>
      data({ NumberOfMessagesPublished: messages }, { TopicName: arn.slice(arn.lastIndexOf(":") + 1) }, time),
    );
    return [{ namespace: "AWS/SNS", data: series }];
  };

  return { count, note, takeDelivered, measure };
}
