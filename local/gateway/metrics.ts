/**
 * The metrics that SQS, SNS and S3 publish on AWS. Counts are the gateway's; depths are what the emulator says of each queue at
 * the end of the minute.
 */
import { ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { counts as data, datum } from "../aws/cloudwatch/datum.ts";
import { type Measure, minuteMilliseconds as minute } from "../aws/cloudwatch/minutes.ts";
import { queueName } from "../aws/iam/permissions.ts";
import type { Counts, Meter } from "./meter.ts";

export interface ServiceMetricsOptions {
  readonly meter: Pick<Meter, "take">;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
}

interface Depth {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
}

export function createServiceMetrics({ meter, sqs, sns }: ServiceMetricsOptions): Measure {
  /** By queue: when the messages still in it came, oldest first, as far as the gateway can know. */
  const arrivals = new Map<string, number[]>();

  async function depths(): Promise<Map<string, Depth>> {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1_000 }));
    const found = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: [
              "ApproximateNumberOfMessages",
              "ApproximateNumberOfMessagesNotVisible",
              "ApproximateNumberOfMessagesDelayed",
            ],
          }),
        );
        const depth = {
          visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
          notVisible: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
          delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        };
        return [queueName(QueueUrl), depth] as const;
      }),
    );
    return new Map(found);
  }

  /**
   * Messages that reached queues through topics: the fan-out happens inside the emulator. Subscriptions with a filter
   * policy count as if everything passed it.
   */
  async function delivered(topics: Counts["topics"]): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const [TopicArn, published] of topics) {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      for (const { Protocol, Endpoint = "" } of Subscriptions) {
        const queue = Endpoint.slice(Endpoint.lastIndexOf(":") + 1);
        if (Protocol === "sqs") counts.set(queue, (counts.get(queue) ?? 0) + published);
      }
    }
    return counts;
  }

  /** Seconds; taken as if messages left in the order in which they came. */
  function ageOfOldest(queue: string, arrived: number, depth: Depth, now: number): number {
    const times = [...(arrivals.get(queue) ?? []), ...Array.from({ length: arrived }, () => now - minute / 2)];
    const present = depth.visible + depth.notVisible + depth.delayed;
    // Some came past the gateway, as the emulator's own events do.
    while (times.length < present) times.push(now - minute / 2);
    const left = times.slice(times.length - present);
    arrivals.set(queue, left);
    return left[0] === undefined ? 0 : Math.round((now - left[0]) / 1_000);
  }

  function queueData(counts: Counts, viaTopics: ReadonlyMap<string, number>, all: Map<string, Depth>, time: number) {
    return [...all].flatMap(([queue, depth]) => {
      const counted = counts.queues.get(queue);
      const sent = (counted?.get("NumberOfMessagesSent") ?? 0) + (viaTopics.get(queue) ?? 0);
      const values = {
        NumberOfMessagesSent: sent,
        NumberOfMessagesReceived: counted?.get("NumberOfMessagesReceived") ?? 0,
        NumberOfMessagesDeleted: counted?.get("NumberOfMessagesDeleted") ?? 0,
        NumberOfEmptyReceives: counted?.get("NumberOfEmptyReceives") ?? 0,
        ApproximateNumberOfMessagesVisible: depth.visible,
        ApproximateNumberOfMessagesNotVisible: depth.notVisible,
        ApproximateNumberOfMessagesDelayed: depth.delayed,
      };
      const age = ageOfOldest(queue, sent, depth, time + minute);
      const dimensions = { QueueName: queue };
      return [
        ...data(values, dimensions, time),
        datum("ApproximateAgeOfOldestMessage", age, "Seconds", dimensions, time),
      ];
    });
  }

  return async (starts) => {
    const counts = meter.take();
    const [all, viaTopics] = await Promise.all([depths(), delivered(counts.topics)]);
    const time = starts.at(-1) ?? 0;
    return [
      { namespace: "AWS/SQS", data: queueData(counts, viaTopics, all, time) },
      {
        namespace: "AWS/SNS",
        data: [...counts.topics].flatMap(([arn, count]) =>
          data({ NumberOfMessagesPublished: count }, { TopicName: arn.slice(arn.lastIndexOf(":") + 1) }, time),
        ),
      },
      {
        namespace: "AWS/S3",
        data: [...counts.buckets].flatMap(([bucket, counters]) =>
          data(Object.fromEntries(counters), { BucketName: bucket, FilterId: "EntireBucket" }, time),
        ),
      },
    ];
  };
}
