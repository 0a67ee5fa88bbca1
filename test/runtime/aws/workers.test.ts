// Archiver, restorer and notifier as processes, wired by their own main modules, against the emulator.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateVaultCommand } from "@aws-sdk/client-glacier";
import { CreateBucketCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import test from "ava";
import { freePort } from "../../../local/net/free-port.ts";
import type { Emulator } from "../../../local/types.ts";
import * as clients from "../../../runtime/aws/clients.ts";
import { createJobStore } from "../../../runtime/aws/job-store.ts";
import { createObjectStore } from "../../../runtime/aws/object-store.ts";
import { createQueue } from "../../../runtime/aws/queue.ts";
import { createTopic } from "../../../runtime/aws/topic.ts";
import { createUserStore } from "../../../runtime/aws/user-store.ts";
import type { ResultState } from "../../../runtime/contract/job.ts";
import { testEmulator } from "../../support/emulator.ts";
import { completedJob, resultRef, sampleResult, sampleUser } from "../../support/memory.ts";
import { runsSources } from "../../support/runs-sources.ts";
import { until } from "../../support/until.ts";
import { createTables, settingsFor } from "./support.ts";

let emulator: Emulator;
const processes: ChildProcess[] = [];
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(async () => {
  for (const child of processes) child.kill("SIGKILL");
  await emulator?.stop();
});

/** Buckets, queues and topics, wired as the components declare them. */
async function declare() {
  const settings = settingsFor(emulator);
  const sqs = clients.createSqsClient(settings);
  const sns = clients.createSnsClient(settings);
  const s3 = clients.createS3Client(settings);
  for (const Bucket of ["results", "archive"]) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: "results", VersioningConfiguration: { Status: "Enabled" } }));
  await clients.createGlacierClient(settings).send(new CreateVaultCommand({ accountId: "-", vaultName: "gas" }));
  await clients.createSesClient(settings).send(new CreateEmailIdentityCommand({ EmailIdentity: "gas@example.org" }));
  const queue = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const topic = async (Name: string, ...queues: string[]) => {
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name }));
    for (const QueueUrl of queues) {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      const raw = { RawMessageDelivery: "true" };
      await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn, Attributes: raw }),
      );
    }
    return TopicArn;
  };
  const [archive, restore, events, notify] = await Promise.all(
    ["job_archive", "job_restore", "archive_events", "job_notify"].map(queue),
  );
  const tables = await createTables(emulator);
  return {
    tables,
    sqs,
    sns,
    objects: createObjectStore({ client: s3 }),
    environment: {
      AWS_REGION: emulator.region,
      ANNOTATIONS_TABLE: "annotations",
      USERS_TABLE: "users",
      RESULTS_BUCKET: "results",
      ARCHIVE_STORE: "s3",
      ARCHIVE_NAME: "archive",
      JOB_ARCHIVE_QUEUE_URL: archive ?? "",
      JOB_RESTORE_QUEUE_URL: restore ?? "",
      ARCHIVE_EVENTS_QUEUE_URL: events ?? "",
      JOB_NOTIFY_QUEUE_URL: notify ?? "",
      JOB_REQUESTS_TOPIC_ARN: await topic("job_requests"),
      JOB_RESULTS_TOPIC_ARN: await topic("job_results", archive ?? "", notify ?? ""),
      JOB_RESTORE_TOPIC_ARN: await topic("job_restore", restore ?? ""),
      FREE_RETENTION_SECONDS: "1",
      SWEEP_SECONDS: "1",
      MAIL_FROM: "gas@example.org",
      PUBLIC_URL: "http://127.0.0.1:8080",
    },
  };
}

async function start(service: string, environment: Record<string, string>) {
  const port = await freePort();
  const child = spawn(process.execPath, [...runsSources, `runtime/${service}/main.ts`], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      // Nothing answers there: no instance.
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
      PORT: String(port),
      ...environment,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  processes.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  await until(`${service} is healthy`, async () => {
    if (child.exitCode !== null) throw new Error(output);
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200;
  });
  return {
    async stop() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code as number;
    },
    output: () => output,
  };
}

test("a result is told of, archived, and comes back after an upgrade", async (t) => {
  const { environment, tables, sqs, sns, objects } = await declare();
  const jobs = createJobStore({ client: tables, table: "annotations" });
  const users = createUserStore({ client: tables, table: "users" });
  await users.createIfAbsent(sampleUser());
  const job = completedJob(Math.floor(Date.now() / 1000));
  await jobs.create(job);
  await objects.write(resultRef(job), sampleResult, { contentType: "text/plain" });

  const services = await Promise.all(["archiver", "restorer", "notifier"].map((name) => start(name, environment)));
  const { job_id, user_id, job_status } = job;
  await createTopic({ client: sns, arn: environment.JOB_RESULTS_TOPIC_ARN }).publish({ job_id, user_id, job_status });
  const reaches = (state: ResultState) =>
    until(`the result is ${state}`, async () => (await jobs.get(job_id))?.result_state === state);
  await reaches("ARCHIVED");
  await until("the object is gone", async () => (await objects.head(resultRef(job))) === undefined);
  await until("the user is told", async () => (await jobs.get(job_id))?.notified_time !== undefined);

  await users.setPlan(user_id, { role: "premium_user" });
  await createTopic({ client: sns, arn: environment.JOB_RESTORE_TOPIC_ARN }).publish({ user_id });
  await reaches("RESTORING");
  const key = (await jobs.get(job_id))?.results_file_archive_id ?? "";
  await createQueue({ client: sqs, url: environment.ARCHIVE_EVENTS_QUEUE_URL }).send({
    Records: [
      { eventName: "ObjectRestore:Completed", s3: { bucket: { name: "archive" }, object: { key: encodeURI(key) } } },
    ],
  });
  await reaches("AVAILABLE");
  t.like(await objects.head(resultRef(job)), { bytes: Buffer.byteLength(sampleResult) });

  t.deepEqual(await Promise.all(services.map((service) => service.stop())), [0, 0, 0]);
  for (const service of services) t.false(/"level":"(error|fatal)"/.test(service.output()), service.output());
});
