import { hostname } from "node:os";
import { createArchive } from "../aws/archive.ts";
import { createDynamoClient, createS3Client, createSnsClient, createSqsClient } from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createObjectStore } from "../aws/object-store.ts";
import { createQueue } from "../aws/queue.ts";
import { createTopic } from "../aws/topic.ts";
import { createUserStore } from "../aws/user-store.ts";
import { archiveMessageSchema } from "../contract/messages.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, startHealthServer } from "../jobs/health.ts";
import { runService } from "../jobs/service.ts";
import { createArchiver } from "./archiver.ts";

await runService(
  "archiver",
  () => identifyInstance(),
  async ({ environment, log, clock, signal }, identity) => {
    const dynamo = createDynamoClient();
    const s3 = createS3Client();
    const objects = createObjectStore({ client: s3 });
    const queue = createQueue({ client: createSqsClient(), url: environment.JOB_ARCHIVE_QUEUE_URL });
    const handle = createArchiver({
      jobs: createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE }),
      users: createUserStore({ client: dynamo, table: environment.USERS_TABLE }),
      objects,
      archive: createArchive({
        kind: environment.ARCHIVE_STORE,
        name: environment.ARCHIVE_NAME,
        s3,
        read: (source) => objects.read(source),
      }),
      archiveQueue: queue,
      restoreTopic: createTopic({ client: createSnsClient(), arn: environment.JOB_RESTORE_TOPIC_ARN }),
      clock,
      name: identity.instanceId ?? hostname(),
      retentionSeconds: environment.FREE_RETENTION_SECONDS,
    });
    const health = createLoopHealth(clock);
    const server = await startHealthServer({ port: environment.PORT, checks: { job_archive: health.check } });
    await consume({
      queue,
      parse: messageOf(archiveMessageSchema),
      handle,
      clock,
      log,
      signal,
      health,
      concurrency: 4,
      visibilitySeconds: 60,
      freshWaits: true,
    });
    await server.close();
  },
);
