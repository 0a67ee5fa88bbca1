import { hostname } from "node:os";
import { createArchive } from "../aws/archive.ts";
import { createDynamoClient, createS3Client, createSqsClient } from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createObjectStore } from "../aws/object-store.ts";
import { createQueue } from "../aws/queue.ts";
import { createUserStore } from "../aws/user-store.ts";
import { type ArchiveEvent, archiveEventSchema, restoreMessageSchema } from "../contract/messages.ts";
import { type Breaker, createBreaker } from "../jobs/breaker.ts";
import { consume, messageOf } from "../jobs/consumer.ts";
import { createLoopHealth, createSweepHealth, type LoopHealth, startHealthServer } from "../jobs/health.ts";
import { periodically } from "../jobs/periodic.ts";
import { runService, type ServiceContext } from "../jobs/service.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { createEventHandler } from "./events.ts";
import { createRestorer } from "./restorer.ts";

type Sqs = ReturnType<typeof createSqsClient>;
type Context = ServiceContext<"restorer">;

/** The restorer on AWS's services, each watched for outages and refusals. @param name unique among restorers that run. */
function wireRestorer({ environment, clock, tracer }: Context, sqs: Sqs, breaker: Breaker, name: string) {
  const dynamo = createDynamoClient({ tracer });
  const s3 = createS3Client({ tracer });
  const jobs = breaker.watch(
    "the annotations table",
    createJobStore({ client: dynamo, table: environment.ANNOTATIONS_TABLE, tracer }),
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
      createQueue({ client: sqs, url: environment.JOB_ARCHIVE_QUEUE_URL, tracer }),
      (port) => port.probe(),
    ),
    clock,
    tracer,
    name,
    tier: environment.RETRIEVAL_TIER,
  });
  return { jobs, restorer };
}

/** Both queues and the sweep, until the service is to drain. */
async function work(
  { environment, log, clock, signal, tracer }: Context,
  sqs: Sqs,
  breaker: Breaker,
  { jobs, restorer }: ReturnType<typeof wireRestorer>,
  health: Readonly<Record<"requests" | "events" | "sweep", LoopHealth>>,
): Promise<void> {
  const loop = { clock, log, signal, concurrency: 4, breaker };
  await Promise.all([
    consume({
      ...loop,
      queue: createQueue({ client: sqs, url: environment.JOB_RESTORE_QUEUE_URL, tracer }),
      parse: messageOf(restoreMessageSchema),
      handle: restorer.handleRequest,
      traces: { tracer, name: "job_restore" },
      health: health.requests,
      visibilitySeconds: 60,
      freshWaits: true,
    }),
    consume<ArchiveEvent>({
      ...loop,
      queue: createQueue({ client: sqs, url: environment.ARCHIVE_EVENTS_QUEUE_URL, tracer }),
      parse: messageOf(archiveEventSchema),
      handle: createEventHandler(jobs, restorer),
      traces: { tracer, name: "archive_events" },
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
}

await runService("restorer", { identify: () => identifyInstance(), openTracing }, async (context, identity) => {
  const { environment, log, clock, tracer } = context;
  const sqs = createSqsClient({ tracer });
  const breaker = createBreaker({ clock, log });
  const wired = wireRestorer(context, sqs, breaker, identity.instanceId ?? hostname());
  const health = {
    requests: createLoopHealth(clock),
    events: createLoopHealth(clock),
    sweep: createSweepHealth(clock, environment.SWEEP_SECONDS),
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
  await work(context, sqs, breaker, wired, health);
  await server.close();
});
