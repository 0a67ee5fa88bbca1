/**
 * Counts what the metrics of queues, topics and buckets are made of, call by call. A minute's counts are taken as a whole.
 */
import { type Answer, type Call, type Interceptor, textOf, whole } from "./aws/call.ts";
import { elementsOf, parseXml } from "./aws/xml-document.ts";
import { queueName } from "./identity/permissions.ts";

export type QueueCounter = "NumberOfMessagesSent" | "NumberOfMessagesReceived" | "NumberOfMessagesDeleted";
export type BucketCounter = "AllRequests" | "GetRequests" | "PutRequests" | "4xxErrors" | "5xxErrors";

export interface Counts {
  readonly queues: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly topics: ReadonlyMap<string, number>;
  readonly buckets: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

function add(counts: Map<string, Map<string, number>>, name: string, counter: string, count: number): void {
  const counters = counts.get(name) ?? new Map<string, number>();
  counts.set(name, counters);
  counters.set(counter, (counters.get(counter) ?? 0) + count);
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function output(answer: Answer & { readonly body: Buffer }): Record<string, unknown> {
  return answer.body.length === 0 ? {} : JSON.parse(answer.body.toString("utf8"));
}

export function createMeter() {
  let queues = new Map<string, Map<string, number>>();
  let topics = new Map<string, number>();
  let buckets = new Map<string, Map<string, number>>();

  /** `count` messages were published; the metrics look up where the topic leads. */
  function published(topicArn: string, count = 1): void {
    topics.set(topicArn, (topics.get(topicArn) ?? 0) + count);
  }

  const queue: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200 || call.protocol !== "json") return answer;
    const name = queueName(call.input.QueueUrl);
    const count = (counter: QueueCounter | "NumberOfEmptyReceives", by = 1) => add(queues, name, counter, by);
    if (call.action === "SendMessage") count("NumberOfMessagesSent");
    if (call.action === "SendMessageBatch") count("NumberOfMessagesSent", lengthOf(output(answer).Successful));
    if (call.action === "DeleteMessage") count("NumberOfMessagesDeleted");
    if (call.action === "DeleteMessageBatch") count("NumberOfMessagesDeleted", lengthOf(output(answer).Successful));
    if (call.action === "ReceiveMessage") {
      const received = lengthOf(output(answer).Messages);
      if (received > 0) count("NumberOfMessagesReceived", received);
      else count("NumberOfEmptyReceives");
    }
    return answer;
  };

  const topic: Interceptor = async (call, next) => {
    const answer = await whole(await next(call));
    if (answer.status !== 200) return answer;
    const arn = textOf(call.input.TopicArn);
    if (call.action === "Publish" && arn !== "") published(arn);
    if (call.action === "PublishBatch") {
      published(arn, elementsOf(parseXml(answer.body.toString("utf8")), "MessageId").length);
    }
    return answer;
  };

  function request(call: Pick<Call, "method" | "bucket">, status: number): void {
    if (call.bucket === undefined) return;
    const count = (counter: BucketCounter) => add(buckets, call.bucket ?? "", counter, 1);
    count("AllRequests");
    if (call.method === "GET") count("GetRequests");
    if (call.method === "PUT") count("PutRequests");
    if (status >= 500) count("5xxErrors");
    else if (status >= 400) count("4xxErrors");
  }

  return {
    interceptors: { sqs: queue, sns: topic },
    published,
    request,
    /** Counts since the last take. */
    take(): Counts {
      const taken = { queues, topics, buckets };
      queues = new Map();
      topics = new Map();
      buckets = new Map();
      return taken;
    },
  };
}
export type Meter = ReturnType<typeof createMeter>;
