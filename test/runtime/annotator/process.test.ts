// The annotator as the process it is, against the emulator: environment, ports, health, signals, streams.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import test from "ava";
import { oversizedVcf, sampleVcf } from "../../../local/demo/sample-vcf.ts";
import { freePort } from "../../../local/net/free-port.ts";
import type { Emulator } from "../../../local/types.ts";
import { createJobStore } from "../../../runtime/aws/job-store.ts";
import type { Job } from "../../../runtime/contract/job.ts";
import { cancel } from "../../../runtime/jobs/annotation.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { pendingJob } from "../../support/memory.ts";
import { runsSources } from "../../support/runs-sources.ts";
import { until } from "../../support/until.ts";

let emulator: Emulator;
let s3: S3Client;
let sqs: SQSClient;
let documents: DynamoDBDocumentClient;
let queueUrl: string;
let resultsQueueUrl: string;
let topicArn: string;

test.before(async () => {
  emulator = await testEmulator();
  const options = clientOptions(emulator);
  s3 = new S3Client(options);
  sqs = new SQSClient(options);
  documents = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  for (const Bucket of ["inputs", "results"]) await s3.send(new CreateBucketCommand({ Bucket }));
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "job-requests" }))).QueueUrl ?? "";
  resultsQueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "job-results" }))).QueueUrl ?? "";
  const sns = new SNSClient(options);
  topicArn = (await sns.send(new CreateTopicCommand({ Name: "job-results" }))).TopicArn ?? "";
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: resultsQueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );
  await documents.send(
    new CreateTableCommand({
      TableName: "annotations",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "job_id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "job_id", AttributeType: "S" }],
    }),
  );
});
const started: ChildProcess[] = [];
test.after.always(async () => {
  for (const child of started) child.kill("SIGKILL");
  await emulator?.stop();
});

async function startAnnotator(engine = "builtin") {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...runsSources, fileURLToPath(new URL("../../../runtime/annotator/main.ts", import.meta.url))],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env.PATH ?? "",
        AWS_REGION: emulator.region,
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
        NODE_NO_WARNINGS: "1",
        PORT: String(port),
        ANNOTATIONS_TABLE: "annotations",
        INPUTS_BUCKET: "inputs",
        RESULTS_BUCKET: "results",
        JOB_REQUESTS_QUEUE_URL: queueUrl,
        JOB_RESULTS_TOPIC_ARN: topicArn,
        LEASE_SECONDS: "3",
        ENGINE: engine,
      },
    },
  );
  started.push(child);
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
  await until("the annotator is ready", () => lines.some((line) => line.includes('"ready"')));
  return { child, lines, port };
}

async function submit(body: string, name = "sample.vcf"): Promise<Job> {
  const job = pendingJob(Math.floor(Date.now() / 1000), {
    input_file_name: name,
    input_bytes: Buffer.byteLength(body),
  });
  await s3.send(new PutObjectCommand({ Bucket: "inputs", Key: job.s3_key_input_file, Body: body }));
  await documents.send(new PutCommand({ TableName: "annotations", Item: job }));
  const message = JSON.stringify({ job_id: job.job_id, user_id: job.user_id });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message }));
  return job;
}

const item = async (job: Job) =>
  (
    await documents.send(
      new GetCommand({ TableName: "annotations", Key: { job_id: job.job_id }, ConsistentRead: true }),
    )
  ).Item as Job;
const text = async (key: string | undefined) =>
  (await s3.send(new GetObjectCommand({ Bucket: "results", Key: key }))).Body?.transformToString() ?? "";

test.serial("from message to result; health; a stop ends it cleanly", async (t) => {
  const { child, lines, port } = await startAnnotator();
  const job = await submit(sampleVcf());
  await until(
    "the job has ended",
    async () => (await item(job)).job_status === "COMPLETED" && (await item(job)).outbox === undefined,
  );
  const ended = await item(job);
  const result = await text(ended.s3_key_result_file);
  t.is(ended.result_sha256, createHash("sha256").update(result).digest("hex"));
  t.is(ended.result_bytes, Buffer.byteLength(result));
  t.regex(result, /GAS_GENE=ISG15;GAS_GENE_ID=ENSG00000187608;GAS_CSQ=[^;]+;[^\t]*;GAS_CLNID=1028857/);
  t.regex(await text(ended.s3_key_log_file), /Records +770 /);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: resultsQueueUrl, WaitTimeSeconds: 5 }));
  t.like(JSON.parse(Messages?.[0]?.Body ?? "{}"), { job_id: job.job_id, job_status: "COMPLETED" });
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  t.is(health.status, 200);
  t.deepEqual(await health.json(), { status: "ok", checks: { queue: "ok", jobs: "ok", permissions: "ok" } });
  t.true(lines.some((line) => line.includes(job.job_id) && line.includes("job completed")));
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number];
  t.is(code, 0);
});

test.serial("a cancelled job leaves neither object nor unfinished upload", async (t) => {
  // An engine that writes much and never ends: the upload has begun, its parts are in storage.
  const program = `const fs = require("node:fs"); const [input, output] = process.argv.slice(1);
    fs.copyFileSync(input, output); setInterval(() => {}, 1000);`;
  const { child } = await startAnnotator(JSON.stringify([process.execPath, "-e", program, "{input}", "{output}"]));
  const job = await submit(oversizedVcf(1_000_000));
  await until("the job runs", async () => (await item(job)).job_status === "RUNNING");
  const store = createJobStore({ client: documents, table: "annotations" });
  await store.apply(job.job_id, cancel(Math.floor(Date.now() / 1000)));
  await until("the cancellation has been told of", async () => (await item(job)).outbox === undefined);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "results" }));
  t.false(Contents.some(({ Key }) => Key?.includes(job.job_id)));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: "results" }));
  t.deepEqual(Uploads, []);
  child.kill("SIGTERM");
  await once(child, "exit");
});

test.serial("a bad record far into a large file fails the job and leaves no unfinished upload", async (t) => {
  const { child } = await startAnnotator();
  const job = await submit(`${oversizedVcf(30_000_000)}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n`);
  await until("the job has failed", async () => (await item(job)).job_status === "FAILED");
  const ended = await item(job);
  t.regex(ended.failure_reason ?? "", /a second #CHROM line/);
  t.true((ended.failure_line ?? 0) > 500_000);
  t.regex(await text(ended.s3_key_log_file), /FAILED +line [\d,]+: a second #CHROM line/);
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: "results" }));
  t.deepEqual(Uploads, []);
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: "results", Prefix: job.s3_key_input_file }),
  );
  t.deepEqual(
    Contents.map(({ Key }) => Key),
    [ended.s3_key_log_file],
  );
  child.kill("SIGTERM");
  await once(child, "exit");
});

test.serial("an environment that is wrong ends it at once, naming the variable", async (t) => {
  const child = spawn(
    process.execPath,
    [...runsSources, fileURLToPath(new URL("../../../runtime/annotator/main.ts", import.meta.url))],
    { stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env.PATH ?? "", PORT: "none" } },
  );
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    printed += chunk;
  });
  const [code] = (await once(child, "exit")) as [number];
  t.is(code, 78);
  t.regex(printed, /RESULTS_BUCKET: not set/);
});
