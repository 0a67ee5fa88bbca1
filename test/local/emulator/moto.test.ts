import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScheduledActionsCommand,
  PutScheduledUpdateGroupActionCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateTableCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateVaultCommand,
  DescribeJobCommand,
  GetJobOutputCommand,
  GlacierClient,
  InitiateJobCommand,
  UploadArchiveCommand,
} from "@aws-sdk/client-glacier";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand, ListEmailIdentitiesCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import test from "ava";
import { treeHasher } from "../../../local/aws/glacier/tree-hash.ts";
import { startEmulator, useEmulatorAt } from "../../../local/emulator/moto.ts";
import { freePort } from "../../../local/net/free-port.ts";
import { startChildren } from "../../../local/process/children.ts";
import { ensurePython } from "../../../local/process/python/environment.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { until } from "../../support/until.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

/** SIGKILL to whoever was started for this port. */
function killListener(port: string): void {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" });
  const [, pid] = new RegExp(`^\\s*(\\d+) .*moto_server.* -p ${port}$`, "m").exec(stdout) ?? [];
  if (pid === undefined) throw new Error(`no emulator at port ${port}`);
  process.kill(Number(pid), "SIGKILL");
}

test("is an AWS with its account id, and buckets by path", async (t) => {
  const identity = await new STSClient(clientOptions(emulator)).send(new GetCallerIdentityCommand({}));
  t.is(identity.Account, emulator.accountId);
  const s3 = new S3Client(clientOptions(emulator));
  await s3.send(new CreateBucketCommand({ Bucket: "by-path" }));
  await s3.send(new PutObjectCommand({ Bucket: "by-path", Key: "a/b", Body: "text" }));
  t.is((await s3.send(new HeadObjectCommand({ Bucket: "by-path", Key: "a/b" }))).ContentLength, 4);
});

test("regions, what is tagged in each of them, and mail identities are listed", async (t) => {
  const { Regions = [] } = await new EC2Client(clientOptions(emulator)).send(new DescribeRegionsCommand({}));
  const names = Regions.filter(({ OptInStatus }) => OptInStatus !== "not-opted-in").map(
    ({ RegionName = "" }) => RegionName,
  );
  t.true(names.includes("us-east-1") && names.length > 10, names.join());
  for (const region of names) {
    const client = new ResourceGroupsTaggingAPIClient({ ...clientOptions(emulator), region });
    const TagFilters = [{ Key: "owner" }];
    t.deepEqual((await client.send(new GetResourcesCommand({ TagFilters }))).ResourceTagMappingList, [], region);
  }
  const ses = new SESv2Client(clientOptions(emulator));
  for (const EmailIdentity of ["a.example.org", "b.example.org"]) {
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity, Tags: [{ Key: "owner", Value: EmailIdentity }] }));
  }
  const { EmailIdentities = [] } = await ses.send(new ListEmailIdentitiesCommand({}));
  t.deepEqual(
    EmailIdentities.map(({ IdentityName }) => IdentityName),
    ["a.example.org", "b.example.org"],
  );
  const tagging = new ResourceGroupsTaggingAPIClient(clientOptions(emulator));
  const TagFilters = [{ Key: "owner", Values: ["a.example.org"] }];
  const { ResourceTagMappingList = [] } = await tagging.send(new GetResourcesCommand({ TagFilters }));
  t.deepEqual(
    ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN),
    [`arn:aws:ses:us-east-1:${emulator.accountId}:identity/a.example.org`],
  );
});

test("a topic hands a message's group to its queue, which serves groups with little in flight first", async (t) => {
  const sqs = new SQSClient(clientOptions(emulator));
  const sns = new SNSClient(clientOptions(emulator));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "fair" }));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "fair" }));
  const Endpoint = `arn:aws:sqs:us-east-1:${emulator.accountId}:fair`;
  const Attributes = { RawMessageDelivery: "true" };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
  const publish = (MessageGroupId: string) => sns.send(new PublishCommand({ TopicArn, Message: "m", MessageGroupId }));
  for (let message = 0; message < 50; message++) await publish("loud");
  await publish("quiet");
  const groups: string[] = [];
  for (let receipt = 0; receipt < 5; receipt++) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["MessageGroupId"] }),
    );
    groups.push(...Messages.map(({ Attributes }) => Attributes?.MessageGroupId ?? ""));
  }
  t.is(groups.indexOf("quiet"), 30, groups.join());
  const fifo = sns.send(new PublishCommand({ TopicArn, Message: "m", MessageDeduplicationId: "1" }));
  await t.throwsAsync(fifo, { message: /not valid for this topic type/ });
});

test("equal archives are two, each with its tree hash, and each is read back as it was", async (t) => {
  const glacier = new GlacierClient(clientOptions(emulator));
  const vault = { accountId: "-", vaultName: "equals" };
  await glacier.send(new CreateVaultCommand(vault));
  const content = Buffer.alloc(2_500_000, "variant\n");
  const uploaded = await Promise.all(
    [1, 2].map(() => glacier.send(new UploadArchiveCommand({ ...vault, body: content }))),
  );
  const ids = uploaded.map(({ archiveId = "" }) => archiveId);
  t.is(new Set(ids).size, 2);

  const output = async (jobParameters: { Type: string; ArchiveId?: string }) => {
    const job = { ...vault, jobParameters: { ...jobParameters, Tier: "Expedited" } };
    const { jobId = "" } = await glacier.send(new InitiateJobCommand(job));
    await until("the job is over", async () => {
      return (await glacier.send(new DescribeJobCommand({ ...vault, jobId }))).Completed;
    });
    const { body } = await glacier.send(new GetJobOutputCommand({ ...vault, jobId }));
    return Buffer.from((await body?.transformToByteArray()) ?? []);
  };
  const [inventory, ...contents] = await Promise.all([
    output({ Type: "inventory-retrieval" }),
    ...ids.map((ArchiveId) => output({ Type: "archive-retrieval", ArchiveId })),
  ]);
  t.true(contents.every((each) => each.equals(content)));

  const hasher = treeHasher();
  await finished(hasher.resume().end(content));
  const { ArchiveList } = JSON.parse(inventory.toString("utf8")) as {
    ArchiveList: { ArchiveId: string; Size: number; SHA256TreeHash: string }[];
  };
  t.deepEqual(ArchiveList.map(({ ArchiveId }) => ArchiveId).sort(), [...ids].sort());
  for (const { Size, SHA256TreeHash } of ArchiveList) {
    t.is(Size, content.length);
    t.is(SHA256TreeHash, hasher.treeHash());
  }
});

test("an instance that is terminated takes its volumes and its interface with it", async (t) => {
  const ec2 = new EC2Client(clientOptions(emulator));
  const { Instances: [{ InstanceId = "" } = {}] = [] } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 },
      BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 8 } }],
    }),
  );
  const held = async () => {
    const Filters = [{ Name: "attachment.instance-id", Values: [InstanceId] }];
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
    const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    return [Volumes.length, NetworkInterfaces.length];
  };
  t.deepEqual(await held(), [1, 1]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  t.deepEqual(await held(), [0, 0]);
});

test("a group's scheduled actions and instances go with it, protected ones too, and another's stay", async (t) => {
  const autoscaling = new AutoScalingClient(clientOptions(emulator));
  const ec2 = new EC2Client(clientOptions(emulator));
  const LaunchTemplateName = "scheduled";
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName,
      LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t3.micro" },
    }),
  );
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: "spread", MinSize: 5, MaxSize: 5, LaunchTemplate: { LaunchTemplateName } },
      AvailabilityZones: ["us-east-1a", "us-east-1b"],
    }),
  );
  const { AutoScalingGroups = [] } = await autoscaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["spread"] }),
  );
  t.deepEqual(AutoScalingGroups[0]?.AvailabilityZones, ["us-east-1a", "us-east-1b"]);
  t.deepEqual(
    AutoScalingGroups[0]?.Instances?.map(({ AvailabilityZone = "" }) => AvailabilityZone.slice(-1)),
    ["a", "b", "a", "b", "a"],
    "each goes to the zone with the fewest",
  );
  for (const AutoScalingGroupName of ["goes", "stays"]) {
    const group = {
      ...{ AutoScalingGroupName, MinSize: 1, MaxSize: 1, AvailabilityZones: ["us-east-1a"] },
      NewInstancesProtectedFromScaleIn: true,
    };
    await autoscaling.send(new CreateAutoScalingGroupCommand({ ...group, LaunchTemplate: { LaunchTemplateName } }));
    const ScheduledActionName = `${AutoScalingGroupName}-night`;
    await autoscaling.send(
      new PutScheduledUpdateGroupActionCommand({ AutoScalingGroupName, ScheduledActionName, Recurrence: "0 22 * * *" }),
    );
  }
  await autoscaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: "goes", ForceDelete: true }));
  const { ScheduledUpdateGroupActions = [] } = await autoscaling.send(new DescribeScheduledActionsCommand({}));
  t.deepEqual(
    ScheduledUpdateGroupActions.map(({ ScheduledActionName }) => ScheduledActionName),
    ["stays-night"],
  );
  const running = [{ Name: "instance-state-name", Values: ["running"] }];
  const groupOf = [{ Name: "tag:aws:autoscaling:groupName", Values: ["goes", "stays"] }];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [...running, ...groupOf] }));
  const tags = Reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ Tags = [] }) => Tags));
  t.deepEqual(
    tags.filter(({ Key }) => Key === "aws:autoscaling:groupName").map(({ Value }) => Value),
    ["stays"],
  );
});

test("a runner that reads an archive while it is being restored does not end the restore", async (t) => {
  const s3 = new S3Client(clientOptions(emulator));
  const sqs = new SQSClient(clientOptions(emulator));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "restores" }));
  const [Bucket, Key] = ["restores", "archive"];
  await s3.send(new CreateBucketCommand({ Bucket }));
  const QueueArn = `arn:aws:sqs:us-east-1:${emulator.accountId}:restores`;
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectRestore:*"] }] },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "text", StorageClass: "GLACIER" }));
  await s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } }));
  async function events(): Promise<string> {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = "" }) => Body).join("\n");
  }

  const reading = new GetObjectCommand({ Bucket, Key });
  reading.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["x-annofarm-reads-archive"] = "true";
      return next(args);
    },
    { step: "build" },
  );
  t.is(await (await s3.send(reading)).Body?.transformToString(), "text");
  t.false((await events()).includes("ObjectRestore:Completed"));

  await s3.send(new HeadObjectCommand({ Bucket, Key }));
  t.true((await events()).includes("ObjectRestore:Completed"));
});

test("of conditional writes at once exactly one passes", async (t) => {
  const client = new DynamoDBClient(clientOptions(emulator));
  await client.send(
    new CreateTableCommand({
      TableName: "races",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    }),
  );
  for (let race = 0; race < 10; race += 1) {
    const Key = { id: { S: `race ${race}` } };
    await client.send(new PutItemCommand({ TableName: "races", Item: { ...Key, winner: { S: "nobody" } } }));
    const outcomes = await Promise.allSettled(
      ["a", "b", "c", "d", "e", "f"].map((winner) =>
        client.send(
          new UpdateItemCommand({
            TableName: "races",
            Key,
            UpdateExpression: "SET winner = :winner",
            ConditionExpression: "winner = :nobody",
            ExpressionAttributeValues: { ":winner": { S: winner }, ":nobody": { S: "nobody" } },
          }),
        ),
      ),
    );
    t.is(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  }
  client.destroy();
});

test("no web page gets an answer, and nobody reaches moto's own door", async (t) => {
  const s3 = new S3Client(clientOptions(emulator));
  await s3.send(new CreateBucketCommand({ Bucket: "stays" }));
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request(`${emulator.endpoint}${path}`, { method: "POST", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .once("error", reject)
        .end();
    });
  t.is(await ask("/moto-api/reset", {}), 403);
  t.is(await ask("//moto-api/reset", {}), 403);
  t.is(await ask("/?Action=DeleteQueue", { origin: "https://elsewhere.example" }), 403);
  t.is(await ask("/?Action=DeleteQueue", { "sec-fetch-site": "cross-site" }), 403);
  t.is(await ask("/?Action=DeleteQueue", { host: "rebound.example" }), 421);
  await t.notThrowsAsync(s3.send(new HeadBucketCommand({ Bucket: "stays" })));
});

test("a server that dies is told, and comes back empty at the same address", async (t) => {
  const children = startChildren();
  t.teardown(() => children.stopAll());
  const python = await ensurePython({ directory: fileURLToPath(new URL("../../../.annofarm", import.meta.url)) });
  const logFile = join(await mkdtemp(join(tmpdir(), "annofarm-test-")), "moto.log");
  const own = await startEmulator({ python: python.bin("python"), children, region: "us-east-1", logFile });
  const { revival } = own;
  if (revival === undefined) throw new Error("an emulator of our own can be brought back");
  const s3 = new S3Client({ ...clientOptions(own), maxAttempts: 3 });
  await s3.send(new CreateBucketCommand({ Bucket: "lost" }));
  const died = revival.died();
  killListener(new URL(own.endpoint).port);
  t.is(await died, "SIGKILL");
  await revival.restart();
  await t.throwsAsync(s3.send(new HeadBucketCommand({ Bucket: "lost" })), { name: "NotFound" });
});

test("allows no origin that a bucket does not allow", async (t) => {
  await new S3Client(clientOptions(emulator)).send(new CreateBucketCommand({ Bucket: "no-cors" }));
  const response = await fetch(`${emulator.endpoint}/no-cors`, { headers: { origin: "https://elsewhere.example" } });
  t.is(response.headers.get("access-control-allow-origin"), null);
});

test("another emulator is used where it answers and named where it does not", async (t) => {
  t.is((await useEmulatorAt(`${emulator.endpoint}/`, "eu-central-1")).endpoint, emulator.endpoint);
  const silent = `http://127.0.0.1:${await freePort()}`;
  await t.throwsAsync(useEmulatorAt(silent, "us-east-1"), { message: new RegExp(`nothing answers at .*${silent}`) });
});

test("a server that ends at once is an error that names its log", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-test-"));
  const broken = join(directory, "python");
  writeFileSync(broken, "#!/bin/sh\nexit 3\n", { mode: 0o755 });
  const children = startChildren();
  t.teardown(() => children.stopAll());
  const logFile = join(directory, "moto.log");
  await t.throwsAsync(startEmulator({ python: broken, children, region: "us-east-1", logFile }), {
    message: new RegExp(`ended at once \\(exit code 3\\); see ${logFile}`),
  });
});
