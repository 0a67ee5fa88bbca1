import * as s3 from "@pulumi/aws/s3/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { jobIndexes, type RetrievalTier } from "../../runtime/contract/storage.ts";
import { accountOf, type DeploymentPlace } from "../base/account.ts";
import { kmsKeyRule, withKeys } from "../base/customer-key.ts";
import { type Duration, days, seconds } from "../base/duration.ts";
import { consume, probeQueue, send, useObjects, useTable } from "../base/permissions.ts";
import { allow, type Statement } from "../base/policy-document.ts";
import { type TracesArgs, tracesEnvironment, tracesRules } from "../base/traces.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, within } from "../base/validate.ts";
import { declareService, given, type Service, text } from "../bundle/service.ts";
import type { ServiceBundle, ServiceBundleArgs } from "../bundle/service-bundle.ts";
import type { JobPlaces } from "../storage/job-places.ts";
import type { ArchivePlaces } from "./archive-pipeline.ts";
import { createServiceBundle, createWorkQueue, customerKey } from "./service-parts.ts";
import { WorkerQueue, type WorkerQueueArgs } from "./worker-queue.ts";

/** What a restore pipeline may be told. */
export interface RestorePipelineArgs {
  /** Where jobs live: a `JobStore`, or names from elsewhere. */
  readonly jobs: JobPlaces;
  /** Where the archives are. */
  readonly archive: Pick<ArchivePlaces, "kmsKeyArn" | "queue" | "store">;
  /** Tier asked for; where Expedited is not to be had, Standard. @default "Expedited": 1 to 5 minutes */
  readonly tier?: RetrievalTier;
  /** How often restores whose notice was lost are looked after, 1 s to 24 h. @default 5 minutes */
  readonly sweepEvery?: Duration;
  /** ARNs told of dead letters. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
  /** KMS key of your own for the queues. @default that of `jobs` */
  readonly kmsKeyArn?: Input<string>;
  /** Where its service's traces go. @default nothing is traced */
  readonly traces?: TracesArgs;
  /** Module the service starts with, in place of ours. @default the one of this package */
  readonly entry?: string;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly bundle?: ServiceBundleArgs["transform"];
    readonly queue?: WorkerQueueArgs["transform"];
    readonly eventsQueue?: WorkerQueueArgs["transform"];
    readonly notification?: Transform<s3.BucketNotificationArgs>;
  };
}

/** Brings archived results back for those who have become premium. */
export class RestorePipeline extends ComponentResource {
  /** Users whose results shall come back. */
  readonly queue: WorkerQueue;
  /** The store's own notices that an archive can be read. */
  readonly eventsQueue: WorkerQueue;
  /** For a host to run. */
  readonly service: Service;
  /** The raw resources. */
  readonly nodes: { readonly bundle: ServiceBundle; readonly notification: s3.BucketNotification | undefined };

  constructor(name: string, args: RestorePipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:RestorePipeline", name, {}, opts);
    check(`RestorePipeline ${name}`, [
      within("sweepEvery", args.sweepEvery, { min: seconds(1), max: days(1) }),
      kmsKeyRule(args.kmsKeyArn),
      ...tracesRules(args.traces),
    ]);

    const topics = { "job-restore": args.jobs.topics.restore.arn };
    const queue = createWorkQueue(name, { topics }, args, this);
    const eventsQueue = createEventsQueue(name, args, this);
    const notification = createNotification(name, args, eventsQueue, this);
    const bundle = createServiceBundle(name, "restorer", args, this);

    this.queue = queue;
    this.eventsQueue = eventsQueue;
    this.service = declareRestorer(args, { queue, eventsQueue, bundle }, this);
    this.nodes = { bundle, notification };
    this.registerOutputs({ queueUrl: queue.url, eventsQueueUrl: eventsQueue.url });
  }
}

function createEventsQueue(name: string, args: RestorePipelineArgs, parent: Resource): WorkerQueue {
  const { notices } = args.archive.store;
  return new WorkerQueue(
    `${name}-events`,
    {
      ...(notices.from === "topic"
        ? { topics: { vault: notices.topicArn } }
        : { policy: (queueArn) => [bucketSends(queueArn, notices.bucket.arn, accountOf(parent))] }),
      ...given({
        alarmActions: args.alarmActions,
        transform: args.transform?.eventsQueue,
        kmsKeyArn: customerKey(args),
      }),
    },
    { parent },
  );
}

function bucketSends(queueArn: Output<string>, bucketArn: Input<string>, account: DeploymentPlace): Statement {
  return {
    ...allow("ArchiveBucketSends", ["sqs:SendMessage"], [queueArn], {
      ArnEquals: { "aws:SourceArn": bucketArn },
      StringEquals: { "aws:SourceAccount": account.accountId },
    }),
    Principal: { Service: "s3.amazonaws.com" },
  };
}

function createNotification(
  name: string,
  args: RestorePipelineArgs,
  eventsQueue: WorkerQueue,
  parent: Resource,
): s3.BucketNotification | undefined {
  const { notices } = args.archive.store;
  if (notices.from === "topic") return undefined;
  return new s3.BucketNotification(
    ...transformed<s3.BucketNotificationArgs>(
      args.transform?.notification,
      name,
      {
        bucket: notices.bucket.bucketName,
        queues: [{ queueArn: eventsQueue.arn, events: ["s3:ObjectRestore:Completed"] }],
      },
      // S3 sends a test message when it is told of a queue, and refuses one that it may not write to.
      { parent, dependsOn: [eventsQueue.nodes.policy] },
    ),
  );
}

/** What the restorer is declared from. */
interface Parts {
  readonly queue: WorkerQueue;
  readonly eventsQueue: WorkerQueue;
  readonly bundle: ServiceBundle;
}

function declareRestorer(args: RestorePipelineArgs, { queue, eventsQueue, bundle }: Parts, parent: Resource): Service {
  const { jobs, archive } = args;
  return declareService("restorer", {
    bundle,
    environment: {
      ANNOTATIONS_TABLE: jobs.annotations.name,
      USERS_TABLE: jobs.users.name,
      RESULTS_BUCKET: jobs.results.bucketName,
      ARCHIVE_STORE: archive.store.kind,
      ARCHIVE_NAME: archive.store.archiveName,
      JOB_RESTORE_QUEUE_URL: queue.url,
      ARCHIVE_EVENTS_QUEUE_URL: eventsQueue.url,
      JOB_ARCHIVE_QUEUE_URL: archive.queue.url,
      ...given({
        RETRIEVAL_TIER: args.tier,
        SWEEP_SECONDS: text(args.sweepEvery),
      }),
      ...tracesEnvironment(args.traces),
    },
    permissions: withKeys(
      [
        ...useTable("Jobs", jobs.annotations, ["GetItem", "UpdateItem"], [jobIndexes.user, jobIndexes.restoring]),
        ...useTable("Users", jobs.users, ["GetItem"]),
        ...useObjects("Results", jobs.results, ["PutObject", "AbortMultipartUpload"], jobs.keyPrefix),
        ...archive.store.restorePermissions,
        consume("Restore", queue),
        // A fresh message for one that has to wait for the archiver.
        send("RestoreLater", queue),
        consume("Events", eventsQueue),
        send("ArchiveAgain", archive.queue),
        probeQueue("ProbeQueue", archive.queue),
      ],
      [jobs.kmsKeyArn, archive.kmsKeyArn, customerKey(args)],
      parent,
    ),
    stopSeconds: 60,
  });
}
