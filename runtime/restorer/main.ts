import { hostname } from "node:os";
import { createArchive } from "../aws/archive.ts";
import { createDynamoClient, createS3Client, createSqsClient } from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createObjectStore } from "../aws/object-store.ts";
import { createQueue } from "../aws/queue.ts";
import { createUserStore } from "../aws/user-store.ts";
import { type ArchiveEvent, archiveEventSchema, restoreMessageSchema } from "../contract/messages.ts";
import { createBreaker } from "../jobs/breaker.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, startHealthServer } from "../jobs/health.ts";
import { periodically } from "../jobs/periodic.ts";
import { runService } from "../jobs/service.ts";
import { createEventHandler } from "./events.ts";
import { createRestorer } from "./restorer.ts";

await runService(
  "restorer",
  () => identifyInstance(),
  async ({ environment, log, clock, signal }, identity) => {
    const dynamo = createDynamoClient();
    const s3 = createS3Client();
    const sqs = createSqsClient();
    const breaker = createBreaker({ clock, log });
    const jobs = breaker.watch(
      "the annotations table",
      createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE }),
      (table) => table.get("probe"),
    );
    // It may write results and not ask for them: what is tried again is the probe.
    const objects = breaker.watch("storage", createObjectStore({ client: s3 }));
    const archive = createArchive({
      kind: environment.ARCHIVE_STORE,
      name: environment.ARCHIVE_NAME,
      s3,
      read: (source) => objects.read(source),
    });
    const restorer = createRestorer({
      jobs,
      users: breaker.watch(
        "the users table",
        createUserStore({ client: dynamo, table: environment.USERS_TABLE }),
        (table) => table.get("probe"),
      ),
      objects,
      archive: breaker.watch("the archive", archive, (store) => store.probe()),
      archiveQueue: breaker.watch(
        "job_archive",
        createQueue({ client: sqs, url: environment.JOB_ARCHIVE_QUEUE_URL }),
        (port) => port.probe(),
      ),
      clock,
      name: identity.instanceId ?? hostname(),
      tier: environment.RETRIEVAL_TIER,
    });
    const health = {
      requests: createLoopHealth(clock),
      events: createLoopHealth(clock),
      sweep: createLoopHealth(clock, environment.SWEEP_SECONDS * 3 + 180),
    };
    const server = await startHealthServer({
      port: environment.PORT,
      checks: {
        job_restore: health.requests.check,
        archive_events: health.events.check,
        sweep: health.sweep.check,
        permissions: breaker.permissions,
      },
    });
    const loop = { clock, log, signal, concurrency: 4, breaker };
    await Promise.all([
      consume({
        ...loop,
        queue: createQueue({ client: sqs, url: environment.JOB_RESTORE_QUEUE_URL }),
        parse: messageOf(restoreMessageSchema),
        handle: restorer.handleRequest,
        health: health.requests,
        visibilitySeconds: 60,
        freshWaits: true,
      }),
      consume<ArchiveEvent>({
        ...loop,
        queue: createQueue({ client: sqs, url: environment.ARCHIVE_EVENTS_QUEUE_URL }),
        parse: messageOf(archiveEventSchema),
        handle: createEventHandler(jobs, restorer),
        health: health.events,
        visibilitySeconds: 120,
      }),
      periodically({
        name: "overdue restores",
        seconds: environment.SWEEP_SECONDS,
        run: () => restorer.sweep(log),
        clock,
        log,
        signal,
        health: health.sweep,
      }),
    ]);
    await server.close();
  },
);
