/** The annotator as a process: environment → ports → service. */
import { randomBytes } from "node:crypto";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import {
  createAutoScalingClient,
  createDynamoClient,
  createS3Client,
  createSnsClient,
  createSqsClient,
} from "../aws/clients.ts";
import { identifyInstance } from "../aws/instance.ts";
import { createJobStore } from "../aws/job-store.ts";
import { createObjectStore } from "../aws/object-store.ts";
import { createQueue } from "../aws/queue.ts";
import { createTopic } from "../aws/topic.ts";
import type { Environment } from "../contract/environment.ts";
import { createBreaker } from "../jobs/breaker.ts";
import { startHealthServer } from "../jobs/health.ts";
import type { ObjectStore, Queue } from "../jobs/ports.ts";
import { runService } from "../jobs/service.ts";
import type { Tracer } from "../jobs/tracing.ts";
import { openTracing } from "../telemetry/open-tracing.ts";
import { createAnnotator } from "./annotator.ts";
import { createBuiltinEngine } from "./engine/builtin.ts";
import { readEngineChoice } from "./engine/configuration.ts";
import type { Engine } from "./engine/engine.ts";
import { createExternalEngine } from "./engine/external.ts";
import { withExpressLane } from "./express-lane.ts";
import { fetchReference } from "./reference/fetch.ts";
import { openReference } from "./reference/index/open.ts";
import { loadReference, type Reference } from "./reference/load.ts";

const identify = () => identifyInstance({ autoScaling: () => createAutoScalingClient() });

/** The built-in data, or those that the farm was given. */
async function referenceOf(
  { REFERENCE_BUCKET: bucket, REFERENCE_SHA256: sha256 }: Environment<"annotator">,
  objects: ObjectStore,
): Promise<Reference> {
  if (bucket === undefined || sha256 === undefined) return loadReference();
  // systemd's, which outlasts a restart of the service.
  const directory = process.env.STATE_DIRECTORY ?? join(tmpdir(), "annofarm-reference");
  return openReference(await fetchReference({ objects, bucket, sha256, directory }));
}

function openQueue(environment: Readonly<Environment<"annotator">>, tracer: Tracer): Queue {
  const client = createSqsClient({ tracer });
  const queue = createQueue({ client, url: environment.JOB_REQUESTS_QUEUE_URL, tracer });
  const lane = environment.JOB_REQUESTS_EXPRESS_QUEUE_URL;
  return lane === undefined ? queue : withExpressLane(queue, createQueue({ client, url: lane, tracer }));
}

await runService("annotator", { identify, openTracing }, async (context, instance) => {
  const { environment, log, clock, signal, tracer } = context;
  const choice = readEngineChoice(environment.ENGINE);
  const objects = createObjectStore({ client: createS3Client({ tracer }) });
  const engine: Engine =
    choice.kind === "builtin"
      ? createBuiltinEngine(await referenceOf(environment, objects))
      : createExternalEngine({ ...choice, memoryMibMax: environment.ENGINE_MEMORY_MIB_MAX, clock, log });
  const breaker = createBreaker({ clock, log });
  const jobs = createJobStore({ client: createDynamoClient({ tracer }), table: environment.ANNOTATIONS_TABLE, tracer });
  const annotator = createAnnotator({
    jobs: breaker.watch("the annotations table", jobs, (table) => table.get("probe")),
    queue: openQueue(environment, tracer),
    results: createTopic({ client: createSnsClient({ tracer }), arn: environment.JOB_RESULTS_TOPIC_ARN, tracer }),
    objects: breaker.watch("storage", objects, (storage) => storage.probe(environment.INPUTS_BUCKET)),
    breaker,
    engine,
    clock,
    log,
    tracer,
    instance,
    worker: `${instance.instanceId ?? hostname()}/${process.pid}.${randomBytes(2).toString("hex")}`,
    resultsBucket: environment.RESULTS_BUCKET,
    leaseSeconds: environment.LEASE_SECONDS,
    jobSecondsMax: environment.JOB_SECONDS_MAX,
    concurrency: environment.CONCURRENCY,
  });
  const health = await startHealthServer({
    port: environment.PORT,
    checks: { ...annotator.checks, permissions: breaker.permissions },
  });
  log.info({ engine: engine.name, port: health.port }, "ready");
  // A drain (the group shrinks) leaves jobs the time they need; a stop does not.
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => annotator.giveBackAfter(environment.STOP_SECONDS));
  }
  await annotator.run(signal);
  await health.close();
});
