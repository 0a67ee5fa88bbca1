import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import test from "ava";
import type { Emulator } from "../../local/types.ts";
import { lookAt, queuePairs } from "../../operate/redrive/dead-letters.ts";
import { redrive } from "../../operate/redrive/redrive.ts";
import { nameWithinStack } from "../../runtime/contract/names.ts";
import { clientOptions, testEmulator } from "../support/emulator.ts";
import { projectPlan } from "./plans.ts";

let emulator: Emulator;
let sqs: SQSClient;
test.before(async () => {
  emulator = await testEmulator();
  sqs = new SQSClient(clientOptions(emulator));
});
test.after.always(() => {
  sqs?.destroy();
  return emulator?.stop();
});

async function queues(name: string) {
  const { QueueUrl: deadLettersUrl = "" } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${name}-dead-letters` }),
  );
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return { pair: { queue: name, deadLetters: `${name}-dead-letters` }, deadLettersUrl };
}

test("every queue of the project has a dead-letter queue that can be sent back", async (t) => {
  const pairs = queuePairs(await projectPlan());
  t.deepEqual(
    pairs.map(({ queue }) => nameWithinStack(queue)),
    [
      "gas-annotator-express",
      "gas-annotator-requests",
      "gas-job-archive",
      "gas-job-notify",
      "gas-job-restore",
      "gas-job-restore-events",
    ],
  );
  for (const { queue, deadLetters } of pairs) {
    t.is(nameWithinStack(deadLetters), `${nameWithinStack(queue)}-dead-letters`);
  }
});

test("where SQS moves none itself, dead letters go back one by one, with their attributes, and none is left", async (t) => {
  const { pair, deadLettersUrl } = await queues("jobs");
  const bodies = Array.from({ length: 23 }, (_, n) => `message ${n}`);
  for (const MessageBody of bodies) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLettersUrl,
        MessageBody,
        MessageAttributes: { kind: { DataType: "String", StringValue: "job" } },
      }),
    );
  }
  const before = await lookAt(sqs, pair);
  t.is(before.messages, 23);
  const told: number[] = [];
  t.is(await redrive(sqs, before, (moved) => told.push(moved)), 23);
  t.is(told.at(-1), 23);
  t.is((await lookAt(sqs, pair)).messages, 0);
  const back = new Set<string>();
  while (back.size < 23) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: before.queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
    );
    t.true(Messages.length > 0, `${back.size} came back`);
    for (const { Body = "", MessageAttributes } of Messages) {
      back.add(Body);
      t.is(MessageAttributes?.kind?.StringValue, "job");
    }
  }
  t.deepEqual([...back].sort(), [...bodies].sort());
});

test("a queue that is not there is named", async (t) => {
  await t.throwsAsync(lookAt(sqs, { queue: "gas-none", deadLetters: "gas-none-dead-letters" }), {
    message: /no queue gas-none(-dead-letters)? in this account and region/,
  });
});

test("nothing set aside, nothing done", async (t) => {
  const { pair } = await queues("idle");
  t.is(await redrive(sqs, await lookAt(sqs, pair)), 0);
});

/** SQS as it answers in AWS's JSON protocol, for the two calls that the emulator does not offer. */
async function sqsWithTasks(results: readonly object[]) {
  const asked: string[] = [];
  let at = 0;
  const server = createServer((request, response) => {
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    asked.push(action);
    const task = results[Math.min(at, results.length - 1)];
    if (action === "ListMessageMoveTasks") at += 1;
    const body = action === "StartMessageMoveTask" ? { TaskHandle: "task-1" } : { Results: [task] };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new SQSClient({
    ...clientOptions(emulator),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const close = () => {
    client.destroy();
    server.close();
  };
  return { client, asked, close };
}
const letters = {
  queue: "q",
  deadLetters: "d",
  queueUrl: "",
  deadLettersUrl: "",
  deadLettersArn: "arn:aws:sqs:us-east-1:123456789012:d",
  messages: 7,
};

test("SQS's own task is followed to its end", async (t) => {
  const { client, asked, close } = await sqsWithTasks([
    { TaskHandle: "task-1", Status: "RUNNING", ApproximateNumberOfMessagesMoved: 3 },
    { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 7 },
  ]);
  t.teardown(close);
  const told: number[] = [];
  t.is(await redrive(client, letters, (moved) => told.push(moved)), 7);
  t.deepEqual(told, [3, 7]);
  t.deepEqual(asked, ["StartMessageMoveTask", "ListMessageMoveTasks", "ListMessageMoveTasks"]);
});

test("a task that fails says why, and how far it came", async (t) => {
  const { client, close } = await sqsWithTasks([
    { Status: "FAILED", ApproximateNumberOfMessagesMoved: 2, FailureReason: "AWS.SimpleQueueService.NonExistentQueue" },
  ]);
  t.teardown(close);
  await t.throwsAsync(redrive(client, letters), { message: /gave up after 2 messages: .*NonExistentQueue/ });
});

test("the counts are SQS's", async (t) => {
  const { pair, deadLettersUrl } = await queues("counted");
  await sqs.send(new SendMessageCommand({ QueueUrl: deadLettersUrl, MessageBody: "one" }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLettersUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  t.is((await lookAt(sqs, pair)).messages, Number(Attributes?.ApproximateNumberOfMessages));
});
