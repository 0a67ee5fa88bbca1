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
import { createBreaker } from "../jobs/breaker.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, createSweepHealth, startHealthServer } from "../jobs/health.ts";
import { periodically } from "../jobs/periodic.ts";
import { runService } from "../jobs/service.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { createArchiver } from "./archiver.ts";
import { createArchiveSweep } from "./sweep.ts";

await runService(
  "archiver",
  { identify: () => identifyInstance(), openTracing },
  async ({ environment, log, clock, signal, tracer }, identity) => {
    const dynamo = createDynamoClient({ tracer });
    const s3 = createS3Client({ tracer });
    const breaker = createBreaker({ clock, log });
    const objects = breaker.watch("storage", createObjectStore({ client: s3 }), (storage) =>
      storage.probe(environment.RESULTS_BUCKET),
    );
    const queue = createQueue({ client: createSqsClient({ tracer }), url: environment.JOB_ARCHIVE_QUEUE_URL, tracer });
    const archive = createArchive({
      kind: environment.ARCHIVE_STORE,
      name: environment.ARCHIVE_NAME,
      s3,
      read: (source) => objects.read(source),
    });
    const jobs = createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE, tracer });
    const users = createUserStore({ client: dynamo, table: environment.USERS_TABLE });
    const ports = {
      jobs: breaker.watch("the annotations table", jobs, (table) => table.get("probe")),
      users: breaker.watch("the users table", users, (table) => table.get("probe")),
      objects,
      archive: breaker.watch("the archive", archive, (store) => store.probe()),
      archiveQueue: breaker.watch("job_archive", queue, (port) => port.probe()),
      restoreTopic: breaker.watch(
        "job_restore",
        createTopic({ client: createSnsClient({ tracer }), arn: environment.JOB_RESTORE_TOPIC_ARN, tracer }),
        (topic) => topic.probe(),
      ),
      resultsBucket: environment.RESULTS_BUCKET,
      clock,
      tracer,
      name: identity.instanceId ?? hostname(),
      retentionSeconds: environment.FREE_RETENTION_SECONDS,
    };
    const sweep = createArchiveSweep(ports);
    const health = {
      archive: createLoopHealth(clock),
      sweep: createSweepHealth(clock, environment.SWEEP_SECONDS),
    };
    const server = await startHealthServer({
      port: environment.PORT,
      checks: { job_archive: health.archive.check, sweep: health.sweep.check, permissions: breaker.permissions },
    });
    await Promise.all([
      consume({
        queue,
        parse: messageOf(archiveMessageSchema),
        handle: createArchiver(ports),
        clock,
        log,
        signal,
        health: health.archive,
        breaker,
        traces: { tracer, name: "job_archive" },
        concurrency: 4,
        visibilitySeconds: 60,
        freshWaits: true,
      }),
      periodically({
        name: "results and archives",
        seconds: environment.SWEEP_SECONDS,
        run: () => sweep(log),
        clock,
        log,
        signal,
        health: health.sweep,
      }),
    ]);
    await server.close();
  },
);
