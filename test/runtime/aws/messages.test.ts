// Queue, topic, mail and secrets against the emulator.

import { CreateEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import test from "ava";
import { firstText, parseXml } from "../../../local/gateway/xml-document.ts";
import type { Emulator } from "../../../local/types.ts";
import { createSesClient, createSnsClient, createSqsClient, createSsmClient } from "../../../runtime/aws/clients.ts";
import { createMailer } from "../../../runtime/aws/mailer.ts";
import { createQueue } from "../../../runtime/aws/queue.ts";
import { readSecret } from "../../../runtime/aws/secrets.ts";
import { createTopic } from "../../../runtime/aws/topic.ts";
import { UnavailableError } from "../../../runtime/jobs/errors.ts";
import { testEmulator } from "../../support/emulator.ts";
import { settingsFor } from "./support.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

async function newQueue(name: string) {
  const client = createSqsClient(settingsFor(emulator));
  const { QueueUrl: url = "" } = await client.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  return { queue: createQueue({ client, url }), arn: Attributes?.QueueArn ?? "" };
}

const now = { max: 10, waitSeconds: 0, visibilitySeconds: 30 };

test("what a topic publishes arrives raw, is received once while hidden, and is gone when deleted", async (t) => {
  const { queue, arn } = await newQueue("fan-out");
  const client = createSnsClient(settingsFor(emulator));
  const { TopicArn = "" } = await client.send(new CreateTopicCommand({ Name: "job_results" }));
  await client.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn, Attributes: { RawMessageDelivery: "true" } }),
  );
  await createTopic({ client, arn: TopicArn }).publish({ job_id: "j", text: "é ✓" });
  const [delivery, ...more] = await queue.receive(now);
  t.deepEqual(more, []);
  t.deepEqual(JSON.parse(delivery?.body ?? ""), { job_id: "j", text: "é ✓" });
  t.is(delivery?.receiveCount, 1);
  t.deepEqual(await queue.receive(now), []);

  await queue.hide(delivery as NonNullable<typeof delivery>, 0);
  const [again] = await queue.receive(now);
  t.is(again?.receiveCount, 2);
  await queue.delete(again as NonNullable<typeof again>);
  t.deepEqual(await queue.receive(now), []);
});

test("a long poll ends at once, without an error, when the service drains", async (t) => {
  const { queue } = await newQueue("drain");
  const stop = new AbortController();
  const received = queue.receive({ ...now, waitSeconds: 20, signal: stop.signal });
  setImmediate(() => stop.abort());
  t.deepEqual(await received, []);
  t.deepEqual(await queue.receive({ ...now, signal: stop.signal }), []);
});

test("a queue that does not exist is an error, not silence", async (t) => {
  const client = createSqsClient({ ...settingsFor(emulator) });
  await t.throwsAsync(createQueue({ client, url: `${emulator.endpoint}/123456789012/none` }).receive(now));
});

test("mail goes out with subject, text and HTML", async (t) => {
  const client = createSesClient(settingsFor(emulator));
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "gas@example.org" }));
  const mailer = createMailer({ client, from: "gas@example.org" });
  await mailer.send({ to: "r@example.org", subject: "é is annotated", text: "plain", html: "<p>html</p>" });
  // SES counts what it has taken; the newer API of the emulator has no call that tells.
  const response = await fetch(emulator.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${emulator.region}/ses/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: "Action=GetSendQuota&Version=2010-12-01",
  });
  t.is(Number(firstText(parseXml(await response.text()), "SentLast24Hours")), 1);
});

test("the probes of queue and topic get an answer; one that is gone is unavailable", async (t) => {
  const { queue } = await newQueue("probed");
  await t.notThrowsAsync(queue.probe());
  const sqs = createSqsClient(settingsFor(emulator));
  await t.throwsAsync(createQueue({ client: sqs, url: `${emulator.endpoint}/123456789012/gone` }).probe(), {
    instanceOf: UnavailableError,
  });
  const sns = createSnsClient(settingsFor(emulator));
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "probed" }));
  await t.notThrowsAsync(createTopic({ client: sns, arn: TopicArn }).probe());
  await t.throwsAsync(createTopic({ client: sns, arn: `${TopicArn}-gone` }).probe(), { instanceOf: UnavailableError });
});

test("a secret is read by its parameter's name; a missing one tells how to create it", async (t) => {
  const client = createSsmClient(settingsFor(emulator));
  await client.send(new PutParameterCommand({ Name: "/gas/session", Type: "SecureString", Value: "s3cret" }));
  t.is(await readSecret(client, "/gas/session"), "s3cret");
  await t.throwsAsync(readSecret(client, "/gas/none"), {
    message: /SSM parameter \/gas\/none does not exist.*aws ssm put-parameter --type SecureString --name \/gas\/none/,
  });
});
