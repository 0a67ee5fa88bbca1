import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import type { Inputs } from "../../../local/resources/handler.ts";
import type { Emulator } from "../../../local/types.ts";
import { testEmulator } from "../../support/emulator.ts";
import { type Lives, livesIn } from "./life.ts";

let emulator: Emulator;
let lives: Lives;
test.before(async () => {
  emulator = await testEmulator("eu-central-1");
  lives = livesIn(emulator);
});
test.after.always(() => emulator?.stop());

const s3 = () => lives.context.client(S3Client);

test("a bucket, emptied of all versions when its destruction is forced", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:s3/bucket:Bucket",
      inputs: { bucket: "full-bucket", forceDestroy: true, tags: { Name: "full" } },
      changed: { tags: { Name: "fuller" } },
    },
    {
      async whileThere({ outputs }) {
        t.is(outputs.arn, "arn:aws:s3:::full-bucket");
        t.is(outputs.bucketRegionalDomainName, "full-bucket.s3.eu-central-1.amazonaws.com");
        await lives.create("aws:s3/bucketVersioning:BucketVersioning", {
          bucket: "full-bucket",
          versioningConfiguration: { status: "Enabled" },
        });
        for (const Body of ["one", "two"]) {
          await s3().send(new PutObjectCommand({ Bucket: "full-bucket", Key: "same", Body }));
        }
      },
    },
  );
});

test("settings of a bucket", async (t) => {
  const bucket = "set-bucket";
  await lives.create("aws:s3/bucket:Bucket", { bucket });
  const settings: Record<string, [Inputs, Inputs]> = {
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
      { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }] },
    ],
    "bucketPublicAccessBlock:BucketPublicAccessBlock": [{ blockPublicAcls: true }, { restrictPublicBuckets: true }],
    "bucketCorsConfiguration:BucketCorsConfiguration": [
      { corsRules: [{ allowedMethods: ["POST"], allowedOrigins: ["https://a.example"], maxAgeSeconds: 300 }] },
      { corsRules: [{ allowedMethods: ["POST"], allowedOrigins: ["https://b.example"], allowedHeaders: ["*"] }] },
    ],
  };
  for (const [type, [inputs, changed]] of Object.entries(settings)) {
    await lives.live(t, { type: `aws:s3/${type}`, inputs: { bucket, ...inputs }, changed });
  }
});

test("who owns the objects of a bucket", async (t) => {
  await lives.create("aws:s3/bucket:Bucket", { bucket: "owned" });
  const owner = async () => {
    const found = await s3().send(new GetBucketOwnershipControlsCommand({ Bucket: "owned" }));
    return found.OwnershipControls?.Rules?.map(({ ObjectOwnership }) => ObjectOwnership);
  };
  await lives.live(
    t,
    {
      type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      inputs: { bucket: "owned", rule: { objectOwnership: "BucketOwnerEnforced" } },
      changed: { rule: { objectOwnership: "BucketOwnerPreferred" } },
    },
    {
      whileThere: async () => t.deepEqual(await owner(), ["BucketOwnerEnforced"]),
      whenChanged: async () => t.deepEqual(await owner(), ["BucketOwnerPreferred"]),
    },
  );
});

test("lifecycle rules arrive as declared", async (t) => {
  const bucket = "cycle-bucket";
  await lives.create("aws:s3/bucket:Bucket", { bucket });
  await lives.live(
    t,
    {
      type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      inputs: {
        bucket,
        rules: [
          { id: "old", status: "Enabled", filter: {}, noncurrentVersionExpiration: { noncurrentDays: 1 } },
          { id: "parts", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 2 } },
          { id: "all", status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 3 } },
        ],
      },
      changed: { rules: [{ id: "all", status: "Disabled", filter: {}, expiration: { days: 4 } }] },
    },
    {
      async whileThere() {
        const { Rules = [] } = await s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
        t.deepEqual(
          Rules.map((rule) => [
            rule.ID,
            rule.NoncurrentVersionExpiration?.NoncurrentDays ??
              rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ??
              rule.Expiration?.Days,
          ]),
          [
            ["old", 1],
            ["parts", 2],
            ["all", 3],
          ],
        );
      },
    },
  );
});

test("a policy with conditions, which the emulator cannot judge, does not lock everybody out", async (t) => {
  const bucket = "tls-bucket";
  await lives.create("aws:s3/bucket:Bucket", { bucket });
  const deny = (sid: string) => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${bucket}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  const policy = (sid: string) => JSON.stringify({ Version: "2012-10-17", Statement: [deny(sid)] });
  await lives.live(
    t,
    {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      inputs: { bucket, policy: policy("A") },
      changed: { policy: policy("B") },
    },
    {
      async whileThere() {
        await t.notThrowsAsync(s3().send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "v" })));
      },
    },
  );
});

test("where requests to a bucket are recorded", async (t) => {
  await lives.create("aws:s3/bucket:Bucket", { bucket: "logged" });
  for (const bucket of ["logs", "more-logs"]) await lives.create("aws:s3/bucket:Bucket", { bucket });
  const target = async () => (await s3().send(new GetBucketLoggingCommand({ Bucket: "logged" }))).LoggingEnabled;
  await lives.live(
    t,
    {
      type: "aws:s3/bucketLogging:BucketLogging",
      inputs: { bucket: "logged", targetBucket: "logs", targetPrefix: "logged/" },
      changed: { targetBucket: "more-logs" },
    },
    {
      whileThere: async () => t.like(await target(), { TargetBucket: "logs", TargetPrefix: "logged/" }),
      whenChanged: async () => t.like(await target(), { TargetBucket: "more-logs" }),
    },
  );
});

test("a notification tells its queue of new objects", async (t) => {
  const bucket = "told-bucket";
  await lives.create("aws:s3/bucket:Bucket", { bucket });
  const queue = await lives.create("aws:sqs/queue:Queue", { name: "told" });
  const queues = [{ queueArn: queue.outputs.arn, events: ["s3:ObjectCreated:*"], filterPrefix: "in-" }];
  await lives.live(
    t,
    {
      type: "aws:s3/bucketNotification:BucketNotification",
      inputs: { bucket, queues },
      changed: { queues: [{ queueArn: queue.outputs.arn, events: ["s3:ObjectRemoved:*"] }] },
    },
    {
      async whileThere() {
        await s3().send(new PutObjectCommand({ Bucket: bucket, Key: "in-a", Body: "v" }));
        const sqs = lives.context.client(SQSClient);
        const bodies: string[] = [];
        // The first message may be S3's own test of the connection.
        while (!bodies.some((body) => body.includes("in-a"))) {
          const command = new ReceiveMessageCommand({
            QueueUrl: queue.id,
            WaitTimeSeconds: 5,
            MaxNumberOfMessages: 10,
          });
          const { Messages = [] } = await sqs.send(command);
          t.true(Messages.length > 0, "no event came");
          bodies.push(...Messages.map(({ Body }) => Body ?? ""));
        }
      },
      async whenChanged() {
        const command = new GetBucketNotificationConfigurationCommand({ Bucket: bucket });
        t.deepEqual((await s3().send(command)).QueueConfigurations?.[0]?.Events, ["s3:ObjectRemoved:*"]);
      },
    },
  );
});

test("an object of a file, then of text", async (t) => {
  const bucket = "object-bucket";
  await lives.create("aws:s3/bucket:Bucket", { bucket });
  const path = join(await mkdtemp(join(tmpdir(), "annofarm-object-")), "bundle.tgz");
  await writeFile(path, "file's content");
  const contentOf = async () => {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: "bundles/a/b.tgz" }));
    return Body?.transformToString();
  };
  await lives.live(
    t,
    {
      type: "aws:s3/bucketObjectv2:BucketObjectv2",
      inputs: { bucket, key: "bundles/a/b.tgz", source: { asset: "file", path } },
      changed: { source: { asset: "text", text: "text" } },
    },
    {
      whileThere: async () => t.is(await contentOf(), "file's content"),
      whenChanged: async () => t.is(await contentOf(), "text"),
    },
  );
});

test("a table with indexes, expiry and recovery", async (t) => {
  const dynamo = lives.context.client(DynamoDBClient);
  const describe = async () => (await dynamo.send(new DescribeTableCommand({ TableName: "jobs" }))).Table;
  const index = (name: string, hash: string) => ({
    name,
    projectionType: "ALL",
    keySchemas: [
      { attributeName: hash, keyType: "HASH" },
      { attributeName: "time", keyType: "RANGE" },
    ],
  });
  await lives.live(
    t,
    {
      type: "aws:dynamodb/table:Table",
      inputs: {
        name: "jobs",
        hashKey: "id",
        billingMode: "PAY_PER_REQUEST",
        attributes: [
          { name: "id", type: "S" },
          { name: "user", type: "S" },
          { name: "time", type: "N" },
        ],
        globalSecondaryIndexes: [index("by_user", "user")],
        pointInTimeRecovery: { enabled: true },
        ttl: { attributeName: "expires", enabled: true },
        serverSideEncryption: { enabled: true },
      },
      changed: {
        attributes: [
          { name: "id", type: "S" },
          { name: "state", type: "S" },
          { name: "time", type: "N" },
        ],
        globalSecondaryIndexes: [index("by_state", "state")],
        pointInTimeRecovery: { enabled: false },
      },
    },
    {
      async whileThere({ outputs }) {
        t.is(outputs.arn, "arn:aws:dynamodb:eu-central-1:123456789012:table/jobs");
        const table = await describe();
        t.deepEqual(
          table?.GlobalSecondaryIndexes?.[0]?.KeySchema?.map(({ AttributeName }) => AttributeName),
          ["user", "time"],
        );
        const ttl = await dynamo.send(new DescribeTimeToLiveCommand({ TableName: "jobs" }));
        t.is(ttl.TimeToLiveDescription?.AttributeName, "expires");
        const backups = await dynamo.send(new DescribeContinuousBackupsCommand({ TableName: "jobs" }));
        const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
        t.is(recovery?.PointInTimeRecoveryStatus, "ENABLED");
      },
      async whenChanged() {
        t.deepEqual(
          (await describe())?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
          ["by_state"],
        );
      },
    },
  );
});

test("a vault", async (t) => {
  await lives.live(
    t,
    {
      type: "aws:glacier/vault:Vault",
      inputs: { name: "archive", notification: { snsTopic: "arn:aws:sns:::t", events: ["ArchiveRetrievalCompleted"] } },
      changed: {},
    },
    { whileThere: ({ outputs }) => t.is(outputs.arn, "arn:aws:glacier:eu-central-1:123456789012:vaults/archive") },
  );
});
