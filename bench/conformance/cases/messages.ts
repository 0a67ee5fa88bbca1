/** Topics and queues, as far as scaling depends on them: what alarms tell, and what queues count. */

import type { StateValue } from "@aws-sdk/client-cloudwatch";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import type { Case } from "../case.ts";
import { expect, expectEqual, expectRefused } from "../expect.ts";
import type { World } from "../world.ts";

const send = (world: World, QueueUrl: string, input: Partial<SendMessageCommandInput> = {}) =>
  world.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "message", ...input }));

/** Queues' own words for what a request is: the codes differ from those of other services. */
const refusal = /Invalid|OutOfRange|Validation|TooMany|TooLong|Empty|NotDistinct|MissingParameter/;

const wrongSends: readonly [id: string, rule: string, input: Partial<SendMessageCommandInput>][] = [
  ["delay-901", "DelaySeconds is at most 900", { DelaySeconds: 901 }],
  ["delay-negative", "DelaySeconds is at least 0", { DelaySeconds: -1 }],
  ["empty", "a message has at least one character", { MessageBody: "" }],
  ["two-mebibytes", "a message has at most 1 MiB", { MessageBody: "m".repeat(2 * 1024 * 1024) }],
];

const wrongReceives: readonly [id: string, rule: string, input: Partial<ReceiveMessageCommandInput>][] = [
  ["receive-11", "at most 10 messages are received at once", { MaxNumberOfMessages: 11 }],
  ["receive-0", "at least 1 message is asked for", { MaxNumberOfMessages: 0 }],
  ["wait-21", "WaitTimeSeconds is at most 20", { WaitTimeSeconds: 21 }],
];

const wrongAttributes: readonly [id: string, rule: string, attributes: Record<string, string>][] = [
  ["visibility-43201", "VisibilityTimeout is at most 12 hours", { VisibilityTimeout: "43201" }],
  ["retention-59", "MessageRetentionPeriod is at least 60 seconds", { MessageRetentionPeriod: "59" }],
  ["retention-15-days", "MessageRetentionPeriod is at most 14 days", { MessageRetentionPeriod: "1296000" }],
  ["size-1023", "MaximumMessageSize is at least 1,024 bytes", { MaximumMessageSize: "1023" }],
  ["queue-delay-901", "DelaySeconds is at most 900", { DelaySeconds: "901" }],
];

const batch = (world: World, QueueUrl: string, count: number) =>
  world.clients.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: Array.from({ length: count }, (_, n) => ({ Id: String(n), MessageBody: "message" })),
    }),
  );

const validations: readonly Case[] = [
  ...wrongSends.map(
    ([id, rule, input]): Case => ({
      id: `messages/${id}`,
      rule: `SendMessage: ${rule}.`,
      source: "sendMessage",
      kind: "validation",
      run: async (world) => {
        const queue = await world.queue();
        await expectRefused(() => send(world, queue, input), refusal);
      },
    }),
  ),
  ...wrongReceives.map(
    ([id, rule, input]): Case => ({
      id: `messages/${id}`,
      rule: `ReceiveMessage: ${rule}.`,
      source: "receiveMessage",
      kind: "validation",
      run: async (world) => {
        const QueueUrl = await world.queue();
        await expectRefused(() => world.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input })), refusal);
      },
    }),
  ),
  ...wrongAttributes.map(
    ([id, rule, Attributes]): Case => ({
      id: `messages/${id}`,
      rule: `SetQueueAttributes: ${rule}.`,
      source: "setQueueAttributes",
      kind: "validation",
      run: async (world) => {
        const QueueUrl = await world.queue();
        const set = new SetQueueAttributesCommand({ QueueUrl, Attributes });
        await expectRefused(() => world.clients.sqs.send(set), refusal);
      },
    }),
  ),
  {
    id: "messages/batch-11",
    rule: "SendMessageBatch: at most 10 messages.",
    source: "sendMessage",
    kind: "validation",
    run: async (world) => {
      const queue = await world.queue();
      await expectRefused(() => batch(world, queue, 11), refusal);
    },
  },
];

/** Visible, in flight, delayed. */
async function counts(world: World, queue: string): Promise<number[]> {
  const found = await world.attributes(queue);
  return ["", "NotVisible", "Delayed"].map((kind) => Number(found[`ApproximateNumberOfMessages${kind}`]));
}

async function expectCounts(world: World, queue: string, expected: readonly number[]): Promise<void> {
  const same = (found: number[]) => JSON.stringify(found) === JSON.stringify(expected);
  await world.until(`visible, in flight, delayed are ${expected}`, () => counts(world, queue), same, 10);
}

const receiveOne = async (world: World, QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}) => {
  const { Messages: [message] = [] } = await world.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input }));
  return message;
};

const queueCases: readonly Case[] = [
  {
    id: "messages/counts",
    rule: "ApproximateNumberOfMessages counts what is visible; in flight and delayed are counted apart.",
    source: "queueAttributes",
    kind: "state",
    run: async (world) => {
      const queue = await world.queue();
      await batch(world, queue, 3);
      await send(world, queue, { DelaySeconds: 900 });
      await expectCounts(world, queue, [3, 0, 1]);
      await receiveOne(world, queue);
      await expectCounts(world, queue, [2, 1, 1]);
    },
  },
  {
    id: "messages/deleted",
    rule: "A deleted message counts no more.",
    source: "deleteMessage",
    kind: "state",
    run: async (world) => {
      const queue = await world.queue();
      await batch(world, queue, 2);
      const message = await receiveOne(world, queue);
      const handle = { QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle };
      await world.clients.sqs.send(new DeleteMessageCommand(handle));
      await expectCounts(world, queue, [1, 0, 0]);
    },
  },
  {
    id: "messages/back-at-once",
    rule: "A visibility of 0 makes a received message visible again.",
    source: "visibility",
    kind: "state",
    run: async (world) => {
      const queue = await world.queue();
      await send(world, queue);
      const message = await receiveOne(world, queue);
      const handle = { QueueUrl: queue, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
      await world.clients.sqs.send(new ChangeMessageVisibilityCommand(handle));
      await expectCounts(world, queue, [1, 0, 0]);
    },
  },
  {
    id: "messages/back-after-timeout",
    rule: "A message that is not deleted comes back after its visibility timeout, and counts its receipts.",
    source: "visibility",
    kind: "timing",
    run: async (world) => {
      const queue = await world.queue({ VisibilityTimeout: "2" });
      await send(world, queue);
      await receiveOne(world, queue);
      await expectCounts(world, queue, [0, 1, 0]);
      const all = { MessageSystemAttributeNames: ["ApproximateReceiveCount" as const], WaitTimeSeconds: 10 };
      const again = await receiveOne(world, queue, all);
      expectEqual("receipts", again?.Attributes?.ApproximateReceiveCount, "2");
    },
  },
  {
    id: "messages/delayed",
    rule: "A delayed message cannot be received until its delay is over.",
    source: "sendMessage",
    kind: "timing",
    run: async (world) => {
      const queue = await world.queue();
      await send(world, queue, { DelaySeconds: 4 });
      expectEqual("messages at once", (await world.received(queue)).length, 0);
      const message = await receiveOne(world, queue, { WaitTimeSeconds: 15 });
      expect(message !== undefined, "it did not come within 15 s");
    },
  },
  {
    id: "messages/default-visibility",
    rule: "A queue's visibility timeout is 30 seconds, its retention 4 days, unless it says otherwise.",
    source: "queueAttributes",
    kind: "state",
    run: async (world) => {
      const { VisibilityTimeout, MessageRetentionPeriod } = await world.attributes(await world.queue());
      expectEqual("attributes", [VisibilityTimeout, MessageRetentionPeriod], ["30", "345600"]);
    },
  },
  {
    id: "messages/backlog-scales",
    rule: "An alarm on ApproximateNumberOfMessagesVisible of AWS/SQS sees a backlog and sets off its policy.",
    source: "queueMetrics",
    kind: "timing",
    run: async (world) => {
      const queue = await world.queue();
      await batch(world, queue, 5);
      const group = await world.running(1);
      const adjustment = { AdjustmentType: "ExactCapacity", ScalingAdjustment: 3 };
      const { PolicyARN } = await world.policy(group, adjustment);
      await world.alarm({
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ Name: "QueueName", Value: queue.slice(queue.lastIndexOf("/") + 1) }],
        Statistic: "Maximum",
        Threshold: 4,
        AlarmActions: [PolicyARN],
      });
      await world.untilDesired(group, 3, 200);
    },
  },
];

interface Told {
  readonly AlarmName?: string;
  readonly NewStateValue?: string;
  readonly OldStateValue?: string;
}

/** What topics have told a queue of alarms; SNS puts its own envelope around each. */
async function told(world: World, queue: string): Promise<Told[]> {
  const messages = await world.received(queue);
  return messages.map(({ Body = "{}" }) => JSON.parse((JSON.parse(Body) as { Message: string }).Message) as Told);
}

/** Waits until a queue has been told something. */
const untilTold = (world: World, queue: string) =>
  world.until(
    "the topic is told",
    () => told(world, queue),
    (list) => list.length > 0,
    15,
  );

const actions = [
  ["ALARM", "AlarmActions"],
  ["OK", "OKActions"],
  ["INSUFFICIENT_DATA", "InsufficientDataActions"],
] as const satisfies readonly (readonly [StateValue, string])[];

const topicCases: readonly Case[] = [
  ...actions.map(
    ([state, property]): Case => ({
      id: `messages/tells-${state}`,
      rule: `A topic among the actions of ${state} is told when the alarm gets into that state.`,
      source: "alarms",
      kind: "state",
      run: async (world) => {
        const { TopicArn, QueueUrl } = await world.topic();
        const alarm = await world.alarm({ TreatMissingData: "ignore", [property]: [TopicArn] });
        await world.setAlarm(alarm, state === "OK" ? "ALARM" : "OK");
        await world.setAlarm(alarm, state);
        const [first] = await untilTold(world, QueueUrl);
        expectEqual("what is told", [first?.AlarmName, first?.NewStateValue], [alarm, state]);
      },
    }),
  ),
  {
    id: "messages/tells-old-state",
    rule: "The message to a topic names the state before.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const { TopicArn, QueueUrl } = await world.topic();
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [TopicArn] });
      await world.setAlarm(alarm, "OK");
      await world.setAlarm(alarm, "ALARM");
      const [first] = await untilTold(world, QueueUrl);
      expectEqual("OldStateValue", first?.OldStateValue, "OK");
    },
  },
  {
    id: "messages/tells-once",
    rule: "A topic is told at the transition only, not again while the state holds.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const { TopicArn, QueueUrl } = await world.topic();
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [TopicArn] });
      await world.setAlarm(alarm, "ALARM");
      const first = await untilTold(world, QueueUrl);
      await world.setAlarm(alarm, "ALARM");
      await world.settle();
      expectEqual("messages", first.length + (await told(world, QueueUrl)).length, 1);
    },
  },
  {
    id: "messages/disabled-tells-nothing",
    rule: "An alarm whose actions are disabled tells no topic.",
    source: "alarms",
    kind: "state",
    run: async (world) => {
      const [quiet, loud] = await Promise.all([world.topic(), world.topic()]);
      const watch = (TopicArn: string, ActionsEnabled: boolean) =>
        world.alarm({ TreatMissingData: "ignore", AlarmActions: [TopicArn], ActionsEnabled });
      const alarms = await Promise.all([watch(quiet.TopicArn, false), watch(loud.TopicArn, true)]);
      await Promise.all(alarms.map((alarm) => world.setAlarm(alarm, "ALARM")));
      // That nothing happens says something only where something would.
      await untilTold(world, loud.QueueUrl);
      await world.settle(1);
      expectEqual("messages", (await told(world, quiet.QueueUrl)).length, 0);
    },
  },
  {
    id: "messages/tells-evaluated",
    rule: "A topic is told of a state that follows of data.",
    source: "alarms",
    kind: "timing",
    run: async (world) => {
      const { TopicArn, QueueUrl } = await world.topic();
      const alarm = await world.alarm({ TreatMissingData: "ignore", AlarmActions: [TopicArn] });
      await world.putMetric(alarm, 11);
      const heard = (list: Told[]) => list.some((each) => each.NewStateValue === "ALARM");
      await world.until("the topic is told of ALARM", () => told(world, QueueUrl), heard, 130);
    },
  },
];

export const messageCases: readonly Case[] = [...validations, ...queueCases, ...topicCases];
