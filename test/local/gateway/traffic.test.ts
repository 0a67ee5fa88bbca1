/** Faults, mail, metrics, and what the wire itself must stand. */
import { connect } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GlacierClient, ListVaultsCommand } from "@aws-sdk/client-glacier";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand, GetAccountCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import test from "ava";
import { metricData } from "../../../local/aws/cloudwatch/statistics.ts";
import { callsDuring, type GatewayWorld, gatewayWorld, refusalOf, role } from "./world.ts";

let world: GatewayWorld;
let options: ReturnType<GatewayWorld["as"]>;
let sqs: SQSClient;
test.before(async () => {
  world = await gatewayWorld();
  options = world.as(role("annotator"));
  sqs = new SQSClient(options);
});
test.after.always(() => world?.stop());

async function queue(QueueName: string): Promise<string> {
  return (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
}

async function visible(QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

test.serial("an injected error comes in the service's own form, as often as the rule says", async (t) => {
  const effect = { kind: "error", status: 400, code: "ThrottlingException" } as const;
  for (const service of ["sqs", "dynamodb", "ec2", "s3", "glacier"])
    world.gateway.inject({ service, times: 1, effect });
  const calls = [
    () => sqs.send(new CreateQueueCommand({ QueueName: "faulty" })),
    () => new DynamoDBClient(options).send(new ListTablesCommand({})),
    () => new EC2Client(options).send(new DescribeVpcsCommand({})),
    () => new S3Client(options).send(new ListBucketsCommand({})),
    () => new GlacierClient(options).send(new ListVaultsCommand({ accountId: "-" })),
  ];
  for (const call of calls) {
    const error = await refusalOf(call());
    t.is(error.name, "ThrottlingException");
    t.is(error.$metadata?.httpStatusCode, 400);
    await t.notThrowsAsync(call);
  }
});

test.serial("a rule can be taken back, and concerns its action only", async (t) => {
  const remove = world.gateway.inject({
    service: "sqs",
    action: "SendMessage",
    effect: { kind: "error", status: 503, code: "ServiceUnavailable" },
  });
  const QueueUrl = await queue("spared");
  const send = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  await t.throwsAsync(send);
  remove();
  await t.notThrowsAsync(send);
});

test.serial("a lost response: the emulator has done it, the caller cannot know", async (t) => {
  const QueueUrl = await queue("lost");
  world.gateway.inject({ service: "sqs", action: "SendMessage", times: 1, effect: { kind: "lose-response" } });
  const [call] = await callsDuring(world.gateway, () =>
    t.throwsAsync(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }))),
  );
  t.is(call?.status, 0);
  t.is(await visible(QueueUrl), 1);
});

test.serial("doubled and swallowed", async (t) => {
  const QueueUrl = await queue("doubled");
  world.gateway.inject({ service: "sqs", action: "SendMessage", times: 1, effect: { kind: "twice" } });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  t.is(await visible(QueueUrl), 2);
  world.gateway.inject({ service: "sqs", action: "DeleteMessage", times: 1, effect: { kind: "swallow" } });
  const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  const { Messages } = await receive();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  t.is(await visible(QueueUrl), 2, "the deleted message is still there");
});

test.serial("a message group of other characters than SQS takes is refused", async (t) => {
  const QueueUrl = await queue("grouped");
  const send = (MessageGroupId: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m", MessageGroupId }));
  await send("a".repeat(128));
  for (const group of ["a b", "ä", "a".repeat(129)]) {
    await t.throwsAsync(send(group), { name: "InvalidParameterValue" }, group);
  }
});

test.serial("a delayed call is answered after one that came later", async (t) => {
  world.gateway.inject({
    service: "sqs",
    action: "CreateQueue",
    effect: { kind: "delay", milliseconds: 300 },
    times: 1,
  });
  const calls = await callsDuring(world.gateway, async () => {
    const delayed = queue("delayed");
    await sqs.send(new ListQueuesCommand({}));
    await delayed;
  });
  t.deepEqual(
    calls.map(({ action, status }) => [action, status]),
    [
      ["ListQueues", 200],
      ["CreateQueue", 200],
    ],
  );
});

test.serial("mail is kept once the emulator accepted it, and only then", async (t) => {
  const ses = new SESv2Client(options);
  const mail = new SendEmailCommand({
    FromEmailAddress: "GAS <gas@example.org>",
    Destination: { ToAddresses: ["ada@example.org"] },
    Content: {
      Simple: { Subject: { Data: "Your job is done" }, Body: { Text: { Data: "see" }, Html: { Data: "<p>see</p>" } } },
    },
  });
  await t.throwsAsync(ses.send(mail));
  t.deepEqual(world.gateway.mails(), []);
  await new SESv2Client(world.direct).send(new CreateEmailIdentityCommand({ EmailIdentity: "gas@example.org" }));
  const { MessageId } = await ses.send(mail);
  t.like(world.gateway.mails()[0], {
    id: MessageId,
    from: "GAS <gas@example.org>",
    to: ["ada@example.org"],
    subject: "Your job is done",
    text: "see",
    html: "<p>see</p>",
  });
});

test.serial("the account may send: the emulator has no answer to that", async (t) => {
  t.like(await new SESv2Client(options).send(new GetAccountCommand({})), { SendingEnabled: true });
});

test.serial("queues have metrics by the minute, counting what comes through topics", async (t) => {
  const QueueUrl = await queue("measured");
  const sns = new SNSClient(options);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "measured" }));
  const Endpoint = "arn:aws:sqs:us-east-1:123456789012:measured";
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  await queue("chosen");
  const chosen = Endpoint.replace("measured", "chosen");
  const Attributes = { FilterPolicy: JSON.stringify({ lane: ["express", "other"] }) };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: chosen, Attributes }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "1" }));
  const Entries = ["a", "b"].map((Id) => ({ Id, MessageBody: Id }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  await sns.send(new PublishCommand({ TopicArn, Message: "x" }));
  const lane = { DataType: "String", StringValue: "express" };
  await sns.send(new PublishCommand({ TopicArn, Message: "y", MessageAttributes: { lane } }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2 }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
  const s3 = new S3Client(options);
  await s3.send(new CreateBucketCommand({ Bucket: "measured" }));
  await s3.send(new PutObjectCommand({ Bucket: "measured", Key: "k", Body: "x" }));

  const minute = Date.UTC(2026, 0, 5, 12);
  const series = await world.gateway.measure([minute]);
  const data = metricData(series, minute);
  const of = (namespace: string, name: string, dimensions: Record<string, string>) =>
    data
      .filter(
        (datum) =>
          datum.namespace === namespace && datum.name === name && isDeepStrictEqual(datum.dimensions, dimensions),
      )
      .map(({ sum }) => sum);
  const ofQueue = (name: string) => of("AWS/SQS", name, { QueueName: "measured" });
  t.deepEqual(ofQueue("NumberOfMessagesSent"), [5]);
  t.deepEqual(of("AWS/SQS", "NumberOfMessagesSent", { QueueName: "chosen" }), [1], "what its filter lets through");
  t.deepEqual(of("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: "chosen" }), [1]);
  t.deepEqual(ofQueue("NumberOfMessagesReceived"), [2]);
  t.deepEqual(ofQueue("NumberOfMessagesDeleted"), [1]);
  t.deepEqual(ofQueue("ApproximateNumberOfMessagesVisible"), [3]);
  t.deepEqual(ofQueue("ApproximateNumberOfMessagesNotVisible"), [1]);
  t.deepEqual(ofQueue("ApproximateAgeOfOldestMessage"), [30], "taken as come in the middle of the minute");
  t.deepEqual(of("AWS/SNS", "NumberOfMessagesPublished", { TopicName: "measured" }), [2]);
  t.deepEqual(of("AWS/S3", "PutRequests", { BucketName: "measured", FilterId: "EntireBucket" }), [2]);
});

test.serial("a long poll ends when a message comes", async (t) => {
  const QueueUrl = await queue("polled");
  const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  await new SQSClient(options).send(new SendMessageCommand({ QueueUrl, MessageBody: "wake" }));
  t.is((await polling).Messages?.[0]?.Body, "wake");
});

test.serial("a caller that goes away in the middle of an upload leaves nothing behind", async (t) => {
  const s3 = new S3Client(options);
  await s3.send(new CreateBucketCommand({ Bucket: "broken" }));
  const { port } = new URL(world.gateway.endpoint);
  const form = '--x\r\ncontent-disposition: form-data; name="key"\r\n\r\nk\r\n';
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => {
      socket.write(
        `POST /broken HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 100000\r\n\r\n${form}`,
        () => socket.destroy(),
      );
    });
    socket.once("close", () => resolve());
  });
  t.is((await s3.send(new ListObjectsV2Command({ Bucket: "broken" }))).KeyCount, 0);
});

test.serial("nothing went wrong in the background", (t) => {
  t.deepEqual(world.failures, []);
});
