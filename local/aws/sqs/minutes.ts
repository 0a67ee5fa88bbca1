/** The metrics that SQS publishes of its queues: counts of calls, and what the emulator says of each queue at a minute's end. */
import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type Answer, type Interceptor, whole } from "../../gateway/call.ts";
import { queueName } from "../../gateway/resource-name.ts";
import { counts as data, datum } from "../cloudwatch/datum.ts";
import { type Measure, minuteMilliseconds as minute } from "../cloudwatch/minutes.ts";

export type QueueCounter =
  | "NumberOfMessagesSent"
  | "NumberOfMessagesReceived"
  | "NumberOfMessagesDeleted"
  | "NumberOfEmptyReceives";

interface Depth {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function output(answer: Answer & { readonly body: Buffer }): Record<string, unknown> {
  return answer.body.length === 0 ? {} : JSON.parse(answer.body.toString("utf8"));
}

/** Counts the calls of each queue since the last take. */
function createQueueCounts() {
  let queues = new Map<string, Map<QueueCounter, number>>();
  function add(queue: string, counter: QueueCounter, by: number): void {
    const counters = queues.get(queue) ?? new Map<QueueCounter, number>();
    queues.set(queue, counters);
    counters.set(counter, (counters.get(counter) ?? 0) + by);
  }
  const count: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200 || call.protocol !== "json") return answer;
    const queue = queueName(call.input.QueueUrl);
    if (call.action === "SendMessage") add(queue, "NumberOfMessagesSent", 1);
    if (call.action === "SendMessageBatch") add(queue, "NumberOfMessagesSent", lengthOf(output(answer).Successful));
    if (call.action === "DeleteMessage") add(queue, "NumberOfMessagesDeleted", 1);
    if (call.action === "DeleteMessageBatch") {
      add(queue, "NumberOfMessagesDeleted", lengthOf(output(answer).Successful));
    }
    if (call.action === "ReceiveMessage") {
      const received = lengthOf(output(answer).Messages);
      if (received > 0) add(queue, "NumberOfMessagesReceived", received);
      else add(queue, "NumberOfEmptyReceives", 1);
    }
    return answer;
  };
  function take(): ReadonlyMap<string, ReadonlyMap<QueueCounter, number>> {
    const taken = queues;
    queues = new Map();
    return taken;
  }
  return { count, take };
}

async function depths(sqs: SQSClient): Promise<Map<string, Depth>> {
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

/** @returns seconds that the oldest message of a queue has been there, taken as if messages left in the order in which they came. */
function createAges() {
  /** By queue: when the messages still in it came, oldest first, as far as the gateway can know. */
  const arrivals = new Map<string, number[]>();
  return function ageOfOldest(queue: string, arrived: number, depth: Depth, now: number): number {
    const times = [...(arrivals.get(queue) ?? []), ...Array.from({ length: arrived }, () => now - minute / 2)];
    const present = depth.visible + depth.notVisible + depth.delayed;
    // Some came past the gateway, as the emulator's own events do.
    while (times.length < present) times.push(now - minute / 2);
    const left = times.slice(times.length - present);
    arrivals.set(queue, left);
    return left[0] === undefined ? 0 : Math.round((now - left[0]) / 1_000);
  };
}

/**
 * @param takeDelivered messages that reached queues through topics since it was asked last, by queue
 * @returns `count`, through which every call goes, and the metrics of a minute
 */
export function createQueueMetrics(sqs: SQSClient, takeDelivered: () => Promise<ReadonlyMap<string, number>>) {
  const counts = createQueueCounts();
  const ageOfOldest = createAges();
  const measure: Measure = async (starts) => {
    const counted = counts.take();
    const [all, delivered] = await Promise.all([depths(sqs), takeDelivered()]);
    const time = starts.at(-1) ?? 0;
    const series = [...all].flatMap(([queue, depth]) => {
      const of = (counter: QueueCounter) => counted.get(queue)?.get(counter) ?? 0;
      const sent = of("NumberOfMessagesSent") + (delivered.get(queue) ?? 0);
      const values = {
        NumberOfMessagesSent: sent,
        NumberOfMessagesReceived: of("NumberOfMessagesReceived"),
        NumberOfMessagesDeleted: of("NumberOfMessagesDeleted"),
        NumberOfEmptyReceives: of("NumberOfEmptyReceives"),
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
    return [{ namespace: "AWS/SQS", data: series }];
  };
  return { count: counts.count, measure };
}
