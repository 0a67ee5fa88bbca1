import { ComponentResource, type ComponentResourceOptions, type Input, type Resource } from "@pulumi/pulumi";
import { type ArchiveStoreKind, jobIndexes } from "../../runtime/contract/storage.ts";
import { kmsKeyRule, withKeys } from "../base/customer-key.ts";
import { type Duration, days, hours, minutes, seconds } from "../base/duration.ts";
import {
  consume,
  eraseObjects,
  probeQueue,
  probeTopic,
  publish,
  send,
  useObjects,
  useTable,
} from "../base/permissions.ts";
import type { Statement } from "../base/policy-document.ts";
import { type TracesArgs, tracesEnvironment, tracesRules } from "../base/traces.ts";
import { check, within } from "../base/validate.ts";
import { declareService, given, type Service, text } from "../bundle/service.ts";
import type { ServiceBundle, ServiceBundleArgs } from "../bundle/service-bundle.ts";
import { type ArchiveNotices, ArchiveStore, type ArchiveStoreArgs, archiveKeyRule } from "../storage/archive-store.ts";
import type { JobPlaces, QueueIds } from "../storage/job-places.ts";
import { createServiceBundle, createWorkQueue, customerKey } from "./service-parts.ts";
import type { WorkerQueue, WorkerQueueArgs } from "./worker-queue.ts";

/** What an archive pipeline may be told. */
export interface ArchivePipelineArgs {
  /** Where jobs live: a `JobStore`, or names from elsewhere. */
  readonly jobs: JobPlaces;
  /** How long a free user's result stays in standard storage, 1 s to 12 days. @default 30 minutes */
  readonly retention?: Duration;
  /**
   * Cold storage: `s3` (S3 Glacier Flexible Retrieval) or `vault` (Amazon Glacier; closed to new customers).
   * @default "s3"
   */
  readonly store?: ArchiveStoreKind;
  /** How often overdue results and superfluous archives are looked after, 1 s to 24 h. @default 1 hour */
  readonly sweepEvery?: Duration;
  /** True: `pulumi destroy` leaves archives alone. @default false */
  readonly production?: boolean;
  /** ARNs told of dead letters. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
  /** KMS key of your own for the queue and the archive, which then cannot be a vault. @default that of `jobs` */
  readonly kmsKeyArn?: Input<string>;
  /** Where its service's traces go. @default nothing is traced */
  readonly traces?: TracesArgs;
  /** Module the service starts with, in place of ours. @default the one of this package */
  readonly entry?: string;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly store?: ArchiveStoreArgs["transform"];
    readonly bundle?: ServiceBundleArgs["transform"];
    readonly queue?: WorkerQueueArgs["transform"];
  };
}

/** What others know of the archive; an `ArchivePipeline` is one. */
export interface ArchivePlaces {
  /** The customer's KMS key that queue and archive are encrypted with. @default AWS's own keys */
  readonly kmsKeyArn?: Input<string> | undefined;
  /** Where a result goes that is due for archiving. */
  readonly queue: QueueIds;
  /** How long a free user's result stays in standard storage. */
  readonly retention: Duration;
  /** The archive itself. */
  readonly store: {
    readonly kind: ArchiveStoreKind;
    /** Vault name, or bucket name. */
    readonly archiveName: Input<string>;
    readonly notices: ArchiveNotices;
    readonly restorePermissions: readonly Statement[];
  };
}

/** How long a free user's result stays in standard storage, unless declared. */
export const usualRetention = minutes(30);

/** A message waits out the free period in the queue, which keeps it 13 days at most. */
const retentionMax = days(12);

/**
 * Receipts after which an archive message counts as a dead letter. A waiting message is received anew every 12 hours, the
 * longest SQS hides one; these receipts are no failures, so they are allowed for on top of five that are.
 */
export function archiveReceiptsMax(retention: Duration): number {
  return 5 + Math.ceil(retention.toSeconds() / hours(12).toSeconds());
}

/** Moves results of free users to cold storage once their free period is over. */
export class ArchivePipeline extends ComponentResource implements ArchivePlaces {
  /** How long a free user's result stays in standard storage. */
  readonly retention: Duration;
  /** Results that wait until they are due. */
  readonly queue: WorkerQueue;
  /** The archive itself. */
  readonly store: ArchiveStore;
  /** The key that queue and archive are encrypted with; undefined: AWS's own keys. */
  readonly kmsKeyArn: Input<string> | undefined;
  /** For a host to run. */
  readonly service: Service;
  /** The raw resources. */
  readonly nodes: { readonly bundle: ServiceBundle };

  constructor(name: string, args: ArchivePipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ArchivePipeline", name, {}, opts);
    const retention = normaliseRetention(name, args);

    const store = createStore(name, args, this);
    const topics = { "job-results": args.jobs.topics.results.arn };
    const waiting = { topics, retention: days(13), receiptsMax: archiveReceiptsMax(retention) };
    const queue = createWorkQueue(name, waiting, args, this);
    const bundle = createServiceBundle(name, "archiver", args, this);

    this.retention = retention;
    this.queue = queue;
    this.store = store;
    this.kmsKeyArn = customerKey(args);
    this.service = declareArchiver(args, { retention, store, queue, bundle }, this);
    this.nodes = { bundle };
    this.registerOutputs({ queueUrl: queue.url, archiveName: store.archiveName });
  }
}

/** What the archiver is declared from. */
interface Parts {
  readonly retention: Duration;
  readonly store: ArchiveStore;
  readonly queue: WorkerQueue;
  readonly bundle: ServiceBundle;
}

function normaliseRetention(name: string, args: ArchivePipelineArgs): Duration {
  check(`ArchivePipeline ${name}`, [
    within("retention", args.retention, {
      min: seconds(1),
      max: retentionMax,
      why: "the message waits in its queue, which keeps it 13 days",
    }),
    within("sweepEvery", args.sweepEvery, { min: seconds(1), max: days(1) }),
    kmsKeyRule(args.kmsKeyArn),
    ...tracesRules(args.traces),
    archiveKeyRule(args.store ?? "s3", customerKey(args) !== undefined),
  ]);
  return args.retention ?? usualRetention;
}

function createStore(name: string, args: ArchivePipelineArgs, parent: Resource): ArchiveStore {
  const { jobs } = args;
  return new ArchiveStore(
    `${name}-store`,
    {
      kind: args.store ?? "s3",
      keyPrefix: jobs.keyPrefix,
      retainOnDestroy: args.production ?? false,
      ...given({ accessLogs: jobs.logs, transform: args.transform?.store, kmsKeyArn: customerKey(args) }),
    },
    { parent },
  );
}

function declareArchiver(
  args: ArchivePipelineArgs,
  { retention, store, queue, bundle }: Parts,
  parent: Resource,
): Service {
  const { jobs } = args;
  return declareService("archiver", {
    bundle,
    environment: {
      ANNOTATIONS_TABLE: jobs.annotations.name,
      USERS_TABLE: jobs.users.name,
      RESULTS_BUCKET: jobs.results.bucketName,
      ARCHIVE_STORE: store.kind,
      ARCHIVE_NAME: store.archiveName,
      JOB_ARCHIVE_QUEUE_URL: queue.url,
      JOB_RESTORE_TOPIC_ARN: jobs.topics.restore.arn,
      FREE_RETENTION_SECONDS: String(retention.toSeconds()),
      ...given({ SWEEP_SECONDS: text(args.sweepEvery) }),
      ...tracesEnvironment(args.traces),
    },
    permissions: withKeys(
      [
        ...useTable(
          "Jobs",
          jobs.annotations,
          ["GetItem", "UpdateItem", "DeleteItem"],
          [jobIndexes.user, jobIndexes.results, jobIndexes.awaits],
        ),
        ...useTable("Users", jobs.users, ["GetItem"]),
        // Deletes the very version that it has archived: the bucket keeps versions.
        ...useObjects("Results", jobs.results, ["GetObject", "DeleteObjectVersion"], jobs.keyPrefix),
        // Of a job that its user has deleted, everything goes.
        ...eraseObjects("EraseResults", jobs.results, jobs.keyPrefix),
        ...eraseObjects("EraseInputs", jobs.inputs, jobs.keyPrefix),
        ...store.storePermissions,
        consume("Archive", queue),
        // One message for each result after a downgrade, a fresh one for a message that has waited long, and one that the sweep finds wanting.
        send("ArchiveLater", queue),
        publish("Restore", jobs.topics.restore),
        probeQueue("ProbeQueue", queue),
        probeTopic("ProbeTopic", jobs.topics.restore),
      ],
      [jobs.kmsKeyArn, customerKey(args)],
      parent,
    ),
    stopSeconds: 60,
  });
}
