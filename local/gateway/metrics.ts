/**
 * The metrics that SQS, SNS and S3 publish on AWS, once a minute of local time, into the emulator's CloudWatch. Counts are
 * the gateway's; depths are what the emulator says of each queue at the end of the minute.
 */
import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { LocalClock } from "../types.ts";
import { queueName } from "./identity/permissions.ts";
import type { Counts, Meter } from "./meter.ts";

const minute = 60_000;

/** As many data as one PutMetricData takes. */
const dataMax = 1_000;

export interface MetricsOptions {
  readonly clock: LocalClock;
  readonly meter: Pick<Meter, "take">;
  readonly cloudWatch: CloudWatchClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly onError: (error: unknown) => void;
}

interface Depth {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
}

export interface MetricsPublisher {
  /** Publishes what was counted since the last time, as the minute (epoch milliseconds, local time) that begins there. */
  publish(minuteStart: number): Promise<void>;
  stop(): void;
}

export function startMetrics(options: MetricsOptions): MetricsPublisher {
  const { clock, cloudWatch, sqs, sns } = options;
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

  async function put(Namespace: string, all: readonly MetricDatum[]): Promise<void> {
    for (let at = 0; at < all.length; at += dataMax) {
      await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: all.slice(at, at + dataMax) }));
    }
  }

  async function publish(time: number): Promise<void> {
    const counts = options.meter.take();
    const [all, viaTopics] = await Promise.all([depths(), delivered(counts.topics)]);
    await put("AWS/SQS", queueData(counts, viaTopics, all, time));
    await put(
      "AWS/SNS",
      [...counts.topics].flatMap(([arn, count]) =>
        data({ NumberOfMessagesPublished: count }, { TopicName: arn.slice(arn.lastIndexOf(":") + 1) }, time),
      ),
    );
    await put(
      "AWS/S3",
      [...counts.buckets].flatMap(([bucket, counters]) =>
        data(Object.fromEntries(counters), { BucketName: bucket, FilterId: "EntireBucket" }, time),
      ),
    );
  }

  let stopped = false;
  let cancel = () => {};
  function schedule(): void {
    const now = clock.now();
    const start = Math.floor(now / minute) * minute;
    cancel = clock.after(start + minute - now, () => {
      publish(start)
        .catch((error) => stopped || options.onError(error))
        .finally(() => stopped || schedule());
    });
  }
  schedule();

  return {
    publish,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function datum(
  MetricName: string,
  Value: number,
  Unit: "Count" | "Seconds",
  dimensions: Readonly<Record<string, string>>,
  time: number,
): MetricDatum {
  const Dimensions = Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value }));
  return { MetricName, Value, Unit, Dimensions, Timestamp: new Date(time) };
}

function data(
  values: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>>,
  time: number,
): MetricDatum[] {
  return Object.entries(values).map(([name, value]) => datum(name, value, "Count", dimensions, time));
}
