import { createHash } from "node:crypto";
import { finished } from "node:stream/promises";
import {
  CreateVaultCommand,
  DeleteArchiveCommand,
  DescribeJobCommand,
  GetJobOutputCommand,
  GetVaultNotificationsCommand,
  GlacierClient,
  InitiateJobCommand,
  ListJobsCommand,
  SetVaultNotificationsCommand,
  UploadArchiveCommand,
} from "@aws-sdk/client-glacier";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import { describeJob } from "../../../../local/aws/glacier/job.ts";
import { retrievalMilliseconds } from "../../../../local/aws/glacier/retrieval-time.ts";
import { treeHasher } from "../../../../local/aws/glacier/tree-hash.ts";
import { vaultNoticeSchema } from "../../../../runtime/contract/messages.ts";
import { until } from "../../../support/until.ts";
import { type GatewayWorld, gatewayWorld, refusalOf, role } from "../../gateway/world.ts";

const minute = 60_000;
const hour = 60 * minute;
const vault = { accountId: "-", vaultName: "results" };

let world: GatewayWorld;
let glacier: GlacierClient;
let sqs: SQSClient;
let QueueUrl = "";

test.before(async () => {
  world = await gatewayWorld();
  glacier = new GlacierClient(world.as(role("archiver")));
  sqs = new SQSClient(world.direct);
  const sns = new SNSClient(world.direct);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "archive-events" }));
  ({ QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "archive-events" })));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: "sqs",
      Endpoint: "arn:aws:sqs:us-east-1:123456789012:archive-events",
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  await glacier.send(new CreateVaultCommand(vault));
  await glacier.send(
    new SetVaultNotificationsCommand({
      ...vault,
      vaultNotificationConfig: { SNSTopic: TopicArn, Events: ["ArchiveRetrievalCompleted"] },
    }),
  );
});
test.after.always(() => world?.stop());

async function upload(content: Buffer): Promise<string> {
  return (await glacier.send(new UploadArchiveCommand({ ...vault, body: content }))).archiveId ?? "";
}

async function retrieve(ArchiveId: string, Tier: string): Promise<string> {
  const jobParameters = { Type: "archive-retrieval", ArchiveId, Tier, Description: "the job" };
  return (await glacier.send(new InitiateJobCommand({ ...vault, jobParameters }))).jobId ?? "";
}

async function notice(): Promise<Record<string, unknown>> {
  return until("the completion notice arrives", async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    const body = Messages?.[0]?.Body;
    return body !== undefined && JSON.parse(body);
  });
}

test.serial("a vault tells where it announces completions", async (t) => {
  const { vaultNotificationConfig } = await glacier.send(new GetVaultNotificationsCommand(vault));
  t.deepEqual(vaultNotificationConfig?.Events, ["ArchiveRetrievalCompleted"]);
  const error = await refusalOf(
    glacier.send(new GetVaultNotificationsCommand({ accountId: "-", vaultName: "another" })),
  );
  t.is(error.name, "ResourceNotFoundException");
});

test.serial(
  "a retrieval is in progress for its tier's time, then announced, then readable byte for byte",
  async (t) => {
    const content = Buffer.concat([Buffer.alloc(2_500_000, "variant\n"), Buffer.from("end")]);
    const archive = await upload(content);
    const jobId = await retrieve(archive, "Expedited");
    world.clock.advance(minute - 1);
    const early = await glacier.send(new DescribeJobCommand({ ...vault, jobId }));
    t.like(early, { StatusCode: "InProgress", Completed: false, Tier: "Expedited", JobDescription: "the job" });
    const refused = await refusalOf(glacier.send(new GetJobOutputCommand({ ...vault, jobId })));
    t.is(refused.name, "InvalidParameterValueException");
    t.is(refused.$metadata?.httpStatusCode, 400);

    world.clock.advance(4 * minute);
    const told = vaultNoticeSchema.parse(await notice());
    t.like(told, {
      Action: "ArchiveRetrieval",
      ArchiveId: archive,
      ArchiveSizeInBytes: content.length,
      Completed: true,
      JobId: jobId,
      JobDescription: "the job",
      RetrievalByteRange: `0-${content.length - 1}`,
      StatusCode: "Succeeded",
      Tier: "Expedited",
      VaultARN: "arn:aws:glacier:us-east-1:123456789012:vaults/results",
    });
    const done = await glacier.send(new DescribeJobCommand({ ...vault, jobId }));
    t.like(done, { StatusCode: "Succeeded", Completed: true, ArchiveSizeInBytes: content.length });
    const output = await glacier.send(new GetJobOutputCommand({ ...vault, jobId }));
    t.true(content.equals((await output.body?.transformToByteArray()) ?? Buffer.alloc(0)));
    t.is(output.checksum, done.SHA256TreeHash);

    const { JobList } = await glacier.send(new ListJobsCommand({ ...vault, completed: "true" }));
    t.true(JobList?.some((job) => job.JobId === jobId));
    world.clock.advance(24 * hour);
    t.is(
      (await refusalOf(glacier.send(new GetJobOutputCommand({ ...vault, jobId })))).name,
      "ResourceNotFoundException",
      "the output is gone after a day",
    );
  },
);

test.serial("equal results are two archives: deleting one keeps the other", async (t) => {
  const [first, second] = [await upload(Buffer.from("same")), await upload(Buffer.from("same"))];
  t.not(first, second);
  await glacier.send(new DeleteArchiveCommand({ ...vault, archiveId: first }));
  await t.notThrowsAsync(
    glacier.send(new DeleteArchiveCommand({ ...vault, archiveId: first })),
    "deleting again succeeds",
  );
  t.is((await refusalOf(retrieve(first, "Expedited"))).name, "ResourceNotFoundException");
  const jobId = await retrieve(second, "Expedited");
  world.clock.advance(5 * minute);
  t.is((await notice()).JobId, jobId);
  const output = await glacier.send(new GetJobOutputCommand({ ...vault, jobId }));
  t.is(await output.body?.transformToString(), "same");
});

test.serial("the retrieval of an archive that is not there ends as failed, and says so", async (t) => {
  await retrieve("no-such-archive", "Expedited");
  world.clock.advance(5 * minute);
  t.like(await notice(), { StatusCode: "Failed", Completed: true, ArchiveId: "no-such-archive" });
});

test.serial("Expedited may be refused for want of capacity while Standard is not", async (t) => {
  const archive = await upload(Buffer.from("x"));
  const remove = world.gateway.inject({
    service: "glacier",
    action: "InitiateJob",
    tier: "Expedited",
    effect: { kind: "error", status: 503, code: "InsufficientCapacityException" },
  });
  const error = await refusalOf(retrieve(archive, "Expedited"));
  t.is(error.name, "InsufficientCapacityException");
  t.is(error.$metadata?.httpStatusCode, 503);
  t.not(await retrieve(archive, "Standard"), "");
  remove();
  t.not(await retrieve(archive, "Expedited"), "");
});

test("tiers take the times that AWS states, repeatably", (t) => {
  for (const seed of ["a", "b", "c", "d"]) {
    const within = (tier: "Expedited" | "Standard" | "Bulk", kind: "flexible" | "deep", from: number, to: number) => {
      const time = retrievalMilliseconds(tier, kind, seed) ?? Number.NaN;
      t.true(time >= from && time <= to, `${tier} ${kind} ${time}`);
      t.is(retrievalMilliseconds(tier, kind, seed), time);
    };
    within("Expedited", "flexible", minute, 5 * minute);
    within("Standard", "flexible", 3 * hour, 5 * hour);
    within("Bulk", "flexible", 5 * hour, 12 * hour);
    within("Standard", "deep", 0, 12 * hour);
    within("Bulk", "deep", 0, 48 * hour);
  }
  t.is(retrievalMilliseconds("Expedited", "deep", "a"), undefined);
  t.not(retrievalMilliseconds("Bulk", "flexible", "a"), retrievalMilliseconds("Bulk", "flexible", "b"));
});

test("the tree hash of one part is its SHA-256, of three it is the hash over pairs", async (t) => {
  const hash = (data: Buffer) => createHash("sha256").update(data).digest();
  const hashed = async (data: Buffer) => {
    const hasher = treeHasher();
    hasher.resume().end(data);
    await finished(hasher);
    return hasher.treeHash();
  };
  t.is(await hashed(Buffer.from("one")), hash(Buffer.from("one")).toString("hex"));
  t.is(await hashed(Buffer.alloc(0)), hash(Buffer.alloc(0)).toString("hex"));
  const part = Buffer.alloc(1024 * 1024, 1);
  const rest = Buffer.from("rest");
  const expected = hash(Buffer.concat([hash(Buffer.concat([hash(part), hash(part)])), hash(rest)]));
  t.is(await hashed(Buffer.concat([part, part, rest])), expected.toString("hex"));
});

test("a job in progress is described with every field that AWS names", (t) => {
  const described = describeJob({
    id: "j",
    vault: "v",
    vaultArn: "arn",
    action: "InventoryRetrieval",
    archiveId: null,
    description: null,
    snsTopic: null,
    tier: "Standard",
    creationDate: "2026-01-01T00:00:00.000Z",
  });
  t.is(Object.keys(described).length, 17);
  t.like(described, { Completed: false, StatusCode: "InProgress", CompletionDate: null });
});
