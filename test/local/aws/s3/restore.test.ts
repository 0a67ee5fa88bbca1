import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  S3Client,
  type StorageClass,
  type Tier,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import { until } from "../../../support/until.ts";
import { type GatewayWorld, gatewayWorld, refusalOf, role } from "../../gateway/world.ts";

const minute = 60_000;
const hour = 60 * minute;
const Bucket = "results";

let world: GatewayWorld;
let s3: S3Client;
let sqs: SQSClient;
let QueueUrl = "";

test.before(async () => {
  world = await gatewayWorld();
  s3 = new S3Client(world.as(role("restorer")));
  sqs = new SQSClient(world.direct);
  ({ QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "archive-events" })));
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          { QueueArn: "arn:aws:sqs:us-east-1:123456789012:archive-events", Events: ["s3:ObjectRestore:*"] },
        ],
      },
    }),
  );
  await events();
});
test.after.always(() => world?.stop());

async function archived(Key: string, StorageClass: StorageClass = "GLACIER"): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "content", StorageClass }));
}

async function restore(Key: string, Tier: Tier, Days = 1): Promise<number | undefined> {
  const RestoreRequest = { Days, GlacierJobParameters: { Tier } };
  const { $metadata } = await s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest }));
  return $metadata.httpStatusCode;
}

const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));

/** Restore state, asked until the gateway has finished with it: it does so in the background of the clock. */
const untilRestored = (Key: string) =>
  until(`${Key} is restored`, async () => {
    const { Restore } = await head(Key);
    return Restore?.includes('ongoing-request="false"') && Restore;
  });

/** Names and keys of the events in the queue, which is emptied. */
async function events(): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return found;
    for (const { Body = "{}", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      for (const { eventName, s3: about } of JSON.parse(Body).Records ?? [])
        found.push(`${eventName} ${about.object.key}`);
    }
  }
}

test.serial("an archived object is not readable until its restore has taken the tier's time", async (t) => {
  await archived("user/job 1.vcf");
  const Key = "user/job 1.vcf";
  t.is((await refusalOf(s3.send(new GetObjectCommand({ Bucket, Key })))).name, "InvalidObjectState");
  t.is(await restore(Key, "Expedited", 2), 202);
  t.deepEqual(await events(), ["ObjectRestore:Post user%2Fjob+1.vcf"]);

  world.clock.advance(minute - 1);
  const waiting = await head(Key);
  t.like(waiting, { Restore: 'ongoing-request="true"', StorageClass: "GLACIER", ContentLength: 7 });
  const refused = await refusalOf(s3.send(new GetObjectCommand({ Bucket, Key })));
  t.is(refused.name, "InvalidObjectState");
  t.is(refused.$metadata?.httpStatusCode, 403);
  const copy = new CopyObjectCommand({ Bucket, Key: "back", CopySource: encodeURI(`${Bucket}/${Key}`) });
  t.is((await refusalOf(s3.send(copy))).$metadata?.httpStatusCode, 403);
  const again = await refusalOf(restore(Key, "Expedited"));
  t.is(again.name, "RestoreAlreadyInProgress");
  t.is(again.$metadata?.httpStatusCode, 409);
  t.deepEqual(await events(), [], "nobody is told before it is so");

  world.clock.advance(4 * minute);
  const restored = await untilRestored(Key);
  t.deepEqual(await events(), ["ObjectRestore:Completed user%2Fjob+1.vcf"]);
  const expiry = new Date(/expiry-date="([^"]+)"/.exec(restored)?.[1] ?? "");
  t.is(expiry.getTime() % (24 * hour), 0, "the copy lives to a midnight");
  const days = (expiry.getTime() - Date.now()) / (24 * hour);
  t.true(days > 1.9 && days <= 3);
  const read = await s3.send(new GetObjectCommand({ Bucket, Key }));
  t.is(await read.Body?.transformToString(), "content");
  await s3.send(copy);
  t.is((await head("back")).Restore, undefined);
  t.is(await restore(Key, "Standard", 5), 200, "restoring what is restored prolongs it");
});

test.serial("a tier can be sped up, not slowed", async (t) => {
  await archived("slow");
  t.is(await restore("slow", "Bulk"), 202);
  world.clock.advance(hour);
  t.is(await restore("slow", "Standard"), 202);
  t.is((await refusalOf(restore("slow", "Bulk"))).name, "RestoreAlreadyInProgress");
  t.is(await restore("slow", "Expedited"), 202);
  await events();
  world.clock.advance(5 * minute);
  await untilRestored("slow");
  world.clock.advance(12 * hour);
  t.deepEqual(await events(), ["ObjectRestore:Completed slow"], "one restore, one completion");
});

test.serial("Deep Archive has no Expedited", async (t) => {
  await archived("deep", "DEEP_ARCHIVE");
  const error = await refusalOf(restore("deep", "Expedited"));
  t.is(error.name, "InvalidArgument");
  t.is(error.$metadata?.httpStatusCode, 400);
  t.is(await restore("deep", "Standard"), 202);
  world.clock.advance(8 * hour);
  t.is((await head("deep")).Restore, 'ongoing-request="true"');
  world.clock.advance(4 * hour);
  await untilRestored("deep");
});

test.serial("only what is archived can be restored", async (t) => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "standard", Body: "x" }));
  t.is((await refusalOf(restore("standard", "Standard"))).name, "InvalidObjectState");
  t.is((await refusalOf(restore("nothing", "Standard"))).name, "NoSuchKey");
});

test.serial("Expedited may be refused for want of capacity", async (t) => {
  await archived("busy");
  const remove = world.gateway.inject({
    service: "s3",
    action: "RestoreObject",
    tier: "Expedited",
    effect: { kind: "error", status: 503, code: "GlacierExpeditedRetrievalNotAvailable" },
  });
  t.is((await refusalOf(restore("busy", "Expedited"))).name, "GlacierExpeditedRetrievalNotAvailable");
  t.is(await restore("busy", "Standard"), 202);
  remove();
});

test.serial("an object that replaces one being restored is itself; one that is deleted is gone", async (t) => {
  await archived("replaced");
  await restore("replaced", "Standard");
  await s3.send(new PutObjectCommand({ Bucket, Key: "replaced", Body: "new" }));
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: "replaced" }));
  t.is(await read.Body?.transformToString(), "new");
  await archived("deleted");
  await restore("deleted", "Standard");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "deleted" }));
  t.is((await refusalOf(head("deleted"))).$metadata?.httpStatusCode, 404);
});

test.serial("the same holds in a versioned bucket, asked with and without the version", async (t) => {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const Key = "versioned";
  await archived(Key);
  const { VersionId } = await head(Key);
  t.is(await restore(Key, "Expedited"), 202);
  t.is((await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }))).Restore, 'ongoing-request="true"');
  t.is((await refusalOf(s3.send(new GetObjectCommand({ Bucket, Key })))).name, "InvalidObjectState");
  world.clock.advance(5 * minute);
  await untilRestored(Key);
  const read = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  t.is(await read.Body?.transformToString(), "content");
});

test.serial("nothing went wrong in the background", (t) => {
  t.deepEqual(world.failures, []);
});
