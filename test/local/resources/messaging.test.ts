import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import type { Emulator } from "../../../local/types.ts";
import { testEmulator } from "../../support/emulator.ts";
import { type Lives, livesIn } from "./life.ts";

let emulator: Emulator;
let lives: Lives;
test.before(async () => {
  emulator = await testEmulator();
  lives = livesIn(emulator);
});
test.after.always(() => emulator?.stop());

const attributesOf = async (url: string) => {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
  return (await lives.context.client(SQSClient).send(command)).Attributes ?? {};
};

test("a queue with its dead-letter queue", async (t) => {
  const dead = await lives.create("aws:sqs/queue:Queue", { name: "dead" });
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.outputs.arn, maxReceiveCount: 5 });
  await lives.live(
    t,
    {
      type: "aws:sqs/queue:Queue",
      inputs: { name: "jobs", visibilityTimeoutSeconds: 60, messageRetentionSeconds: 345_600, redrivePolicy },
      changed: { visibilityTimeoutSeconds: 90 },
    },
    {
      async whileThere({ id, outputs }) {
        t.is(outputs.arn, "arn:aws:sqs:us-east-1:123456789012:jobs");
        t.is(outputs.url, id);
        t.deepEqual(JSON.parse((await attributesOf(id)).RedrivePolicy ?? ""), JSON.parse(redrivePolicy));
      },
      async whenChanged({ id }) {
        t.is((await attributesOf(id)).VisibilityTimeout, "90");
      },
    },
  );
});

test("a queue without a name gets one of its own", async (t) => {
  const queue = await lives.create("aws:sqs/queue:Queue", {});
  t.regex(String(queue.outputs.name), /^test-[0-9a-f]{7}$/);
});

test("policies of a queue", async (t) => {
  const queue = await lives.create("aws:sqs/queue:Queue", { name: "with-policy" });
  const policy = (sid: string) => {
    const statement = { Sid: sid, Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
    return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  };
  await lives.live(
    t,
    {
      type: "aws:sqs/queuePolicy:QueuePolicy",
      inputs: { queueUrl: queue.id, policy: policy("One") },
      changed: { policy: policy("Two") },
    },
    { whenChanged: async ({ id }) => t.regex((await attributesOf(id)).Policy ?? "", /Two/) },
  );
  await t.notThrowsAsync(
    lives.create("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", {
      queueUrl: queue.id,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "allowAll" }),
    }),
  );
});

test("a topic and its policy", async (t) => {
  await lives.live(t, {
    type: "aws:sns/topic:Topic",
    inputs: { name: "results", kmsMasterKeyId: "alias/aws/sns", tags: { Name: "results" } },
    changed: { displayName: "Results" },
  });
  const topic = await lives.create("aws:sns/topic:Topic", { name: "with-policy" });
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  const set = await lives.create("aws:sns/topicPolicy:TopicPolicy", { arn: topic.outputs.arn, policy });
  t.is(set.outputs.policy, policy);
});

test("a subscription delivers what was published as it was published", async (t) => {
  const topic = await lives.create("aws:sns/topic:Topic", { name: "raw" });
  const queue = await lives.create("aws:sqs/queue:Queue", { name: "raw-receiver" });
  await lives.live(
    t,
    {
      type: "aws:sns/topicSubscription:TopicSubscription",
      inputs: { topic: topic.id, protocol: "sqs", endpoint: queue.outputs.arn, rawMessageDelivery: true },
      changed: { rawMessageDelivery: false },
    },
    {
      async whileThere() {
        await lives.context.client(SNSClient).send(new PublishCommand({ TopicArn: topic.id, Message: "as it is" }));
        const command = new ReceiveMessageCommand({ QueueUrl: queue.id, WaitTimeSeconds: 5 });
        t.is((await lives.context.client(SQSClient).send(command)).Messages?.[0]?.Body, "as it is");
      },
    },
  );
});
