import type { BucketObjectv2, BucketObjectv2Args } from "@pulumi/aws/s3/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { expressLane } from "../../runtime/contract/express-lane.ts";
import { withKeys } from "../base/customer-key.ts";
import { type Duration, hours, seconds } from "../base/duration.ts";
import { consume, publish, useObjects, useTable } from "../base/permissions.ts";
import { type TracesArgs, tracesEnvironment, tracesRules } from "../base/traces.ts";
import type { Transform } from "../base/transform.ts";
import { check, type MaybeMistake, range, rule, within } from "../base/validate.ts";
import { ownFile } from "../bundle/package-files.ts";
import { declareService, given, type Service, text } from "../bundle/service.ts";
import type { ServiceBundle, ServiceBundleArgs } from "../bundle/service-bundle.ts";
import { type GroupArgs, groupRules, type ScaledGroupTransform } from "../group/group-args.ts";
import { ScaledGroup } from "../group/scaled-group.ts";
import type { NetworkIds } from "../network/network.ts";
import type { ScalingRule } from "../scaling/scaling-rules.ts";
import type { JobPlaces } from "../storage/job-places.ts";
import { type AnnotatorScaling, annotatorScaling, annotatorScalingRules } from "./annotator-scaling.ts";
import { type ReferenceData, referenceRules, uploadReference } from "./reference-data.ts";
import { createServiceBundle, createWorkQueue, customerKey } from "./service-parts.ts";
import type { WorkerQueue, WorkerQueueArgs } from "./worker-queue.ts";

/** What an annotator farm may be told. */
export interface AnnotatorFarmArgs extends GroupArgs {
  /** Where it stands: a `Network`, or ids from elsewhere. */
  readonly network: NetworkIds;
  /** Where jobs live: a `JobStore`, or names from elsewhere. */
  readonly jobs: JobPlaces;
  /** When the farm grows and shrinks. @default { by: "backlog" } */
  readonly scaling?: AnnotatorScaling;
  /** Jobs one instance runs at a time, 1 to 64. @default 1 */
  readonly concurrency?: number;
  /**
   * A program of your own in place of the built-in annotator: command and arguments, with the placeholders `{input}` and
   * `{output}`. The image must hold it.
   * @default the built-in annotator
   */
  readonly engine?: readonly string[];
  /**
   * Reference data of your own for the built-in annotator: a directory that `annofarm reference build` has made, relative to the
   * program's project. Its index is uploaded, and each worker fetches it when it starts and checks its SHA-256.
   * @default the built-in data
   */
  readonly reference?: string;
  /** Longest a job may take, 1 s to 12 h; at most 100 times `drain`. @default 1 hour */
  readonly jobTimeout?: Duration;
  /** Memory of an external engine, 64 to 1,048,576 MiB. @default 2,048 */
  readonly engineMemoryMiB?: number;
  /**
   * How long a claimed job stays claimed without a sign of life, 3 s to 12 h: after this another worker takes it over.
   * @default 1 minute
   */
  readonly lease?: Duration;
  /**
   * Time a busy instance that must go is held without a sign of life, 30 s to 2 h. Its service sends one as long as jobs run: AWS
   * then holds it up to 100 times as long, and 48 hours at most.
   * @default 1 hour
   */
  readonly drain?: Duration;
  /** ARNs told of dead letters, and when AWS refuses calls of its services. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
  /** KMS key of your own for the queue, the disks and the log. @default that of `jobs` */
  readonly kmsKeyArn?: Input<string>;
  /** Where its service's traces go. @default nothing is traced */
  readonly traces?: TracesArgs;
  /** Module the service starts with, in place of ours. @default the one of this package */
  readonly entry?: string;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: ScaledGroupTransform & {
    readonly queue?: WorkerQueueArgs["transform"];
    readonly bundle?: ServiceBundleArgs["transform"];
    readonly reference?: Transform<BucketObjectv2Args>;
  };
}

/** Instances that take jobs from a queue and annotate them. A busy one is never taken away. */
export class AnnotatorFarm extends ComponentResource {
  /** Jobs that wait. */
  readonly queue: WorkerQueue;
  /** Those of them that a worker takes first: of people with few jobs under way. What is here is in `queue` as well. */
  readonly expressQueue: WorkerQueue;
  /** Name of the Auto Scaling group. */
  readonly groupName: Output<string>;
  /** What its instances run. */
  readonly service: Service;
  /** When it grows and shrinks: each rule is a policy, in this order, and those of alarms have one each. */
  readonly scalingRules: readonly ScalingRule[];
  /** The raw resources. */
  readonly nodes: ScaledGroup["nodes"] & {
    readonly bundle: ServiceBundle;
    /** Undefined: the built-in data. */
    readonly reference: BucketObjectv2 | undefined;
  };

  constructor(name: string, args: AnnotatorFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:AnnotatorFarm", name, {}, opts);
    validate(name, args);

    const topics = { "job-requests": args.jobs.topics.requests.arn };
    const visibility = given({ visibility: args.lease });
    const queue = createWorkQueue(`${name}-requests`, { topics, ...visibility }, args, this);
    const filter = { [expressLane.attribute]: [expressLane.value] };
    const express = createWorkQueue(`${name}-express`, { topics, filter, ...visibility }, args, this);
    const bundle = createServiceBundle(name, "annotator", args, this, referenceData);
    const reference = uploadReference(
      `${name}-reference`,
      args.reference,
      args.jobs.code,
      args.transform?.reference,
      this,
    );
    const service = declareAnnotator(args, { queue, express, bundle, reference }, this);
    const group = createGroup(name, args, queue, service, this);

    this.queue = queue;
    this.expressQueue = express;
    this.groupName = group.groupName;
    this.service = service;
    this.scalingRules = group.scalingRules;
    this.nodes = { ...group.nodes, bundle, reference: reference?.object };
    this.registerOutputs({ queueUrl: queue.url, groupName: this.groupName });
  }
}

/**
 * Seconds between SIGTERM and SIGKILL. A service that is told to stop gives its jobs back somewhat earlier; an instance that
 * leaves its group has the termination hook's longer wait.
 */
const stopSeconds = 60;

/** The annotator's data, laid beside its bundle. */
const referenceData = { data: ownFile("runtime/annotator/reference/data") };

const jobTimeoutDefault = hours(1);
const drainDefault = hours(1);

/** An instance that goes while a job still may run would end it each time the group is rolled, and the job would begin anew. */
function drainHoldsJobs({ jobTimeout = jobTimeoutDefault, drain = drainDefault }: AnnotatorFarmArgs): MaybeMistake {
  const held = Math.min(hours(48).toSeconds(), 100 * drain.toSeconds());
  const least = seconds(Math.max(30, Math.ceil(jobTimeout.toSeconds() / 100)));
  return rule(
    "jobTimeout",
    jobTimeout.toSeconds() > held,
    `${jobTimeout} is more than AWS holds an instance that must go, 100 times drain, which is ${drain}; ` +
      `give a drain of at least ${least}, or a jobTimeout of at most ${seconds(held)}`,
  );
}

function validate(name: string, args: AnnotatorFarmArgs): void {
  check(`AnnotatorFarm ${name}`, [
    ...groupRules(args),
    range("concurrency", args.concurrency, { min: 1, max: 64, unit: "jobs" }),
    rule("engine", args.engine?.length === 0, "is empty; give a command with its arguments, or omit it"),
    ...["{input}", "{output}"].map((placeholder) =>
      rule(
        "engine",
        args.engine !== undefined && !args.engine.some((part) => part.includes(placeholder)),
        `${JSON.stringify(args.engine)} has no ${placeholder}; put it where the command takes that path`,
      ),
    ),
    ...referenceRules("reference", args.reference),
    rule(
      "reference",
      args.reference !== undefined && args.engine !== undefined,
      "is of the built-in annotator, and engine is another; leave out one of them",
    ),
    within("jobTimeout", args.jobTimeout, {
      min: seconds(1),
      max: hours(12),
      why: "SQS hides a message 12 hours at most, then another worker takes it",
    }),
    drainHoldsJobs(args),
    range("engineMemoryMiB", args.engineMemoryMiB, { min: 64, max: 1_048_576, unit: "MiB" }),
    within("lease", args.lease, { min: seconds(3), max: hours(12), why: "SQS hides a message 12 hours at most" }),
    within("drain", args.drain, { min: seconds(30), max: hours(2), why: "a lifecycle hook's heartbeat" }),
    ...annotatorScalingRules(args.scaling, args.size?.min),
    ...tracesRules(args.traces),
  ]);
}

interface AnnotatorParts {
  readonly queue: WorkerQueue;
  readonly express: WorkerQueue;
  readonly bundle: ServiceBundle;
  readonly reference: ReferenceData | undefined;
}

function declareAnnotator(
  args: AnnotatorFarmArgs,
  { queue, express, bundle, reference }: AnnotatorParts,
  parent: Resource,
): Service {
  const { jobs } = args;
  return declareService("annotator", {
    bundle,
    environment: {
      ANNOTATIONS_TABLE: jobs.annotations.name,
      INPUTS_BUCKET: jobs.inputs.bucketName,
      RESULTS_BUCKET: jobs.results.bucketName,
      JOB_REQUESTS_QUEUE_URL: queue.url,
      JOB_REQUESTS_EXPRESS_QUEUE_URL: express.url,
      JOB_RESULTS_TOPIC_ARN: jobs.topics.results.arn,
      STOP_SECONDS: String(stopSeconds - 15),
      ...given({
        CONCURRENCY: text(args.concurrency),
        ENGINE: args.engine && JSON.stringify(args.engine),
        JOB_SECONDS_MAX: text(args.jobTimeout),
        ENGINE_MEMORY_MIB_MAX: text(args.engineMemoryMiB),
        LEASE_SECONDS: text(args.lease),
      }),
      ...reference?.environment,
      ...tracesEnvironment(args.traces),
    },
    permissions: withKeys(
      [
        ...useTable("ClaimJobs", jobs.annotations, ["GetItem", "UpdateItem"]),
        ...useObjects("Inputs", jobs.inputs, ["GetObject"], jobs.keyPrefix),
        ...useObjects(
          "Results",
          jobs.results,
          // Deletes what a job had written when it was cancelled meanwhile; reads nothing of what is there.
          ["PutObject", "DeleteObject", "AbortMultipartUpload"],
          jobs.keyPrefix,
        ),
        consume("Requests", queue),
        consume("ExpressRequests", express),
        publish("ResultsTopic", jobs.topics.results),
        ...(reference?.permissions ?? []),
      ],
      [jobs.kmsKeyArn, customerKey(args)],
      parent,
    ),
    stopSeconds,
  });
}

function createGroup(
  name: string,
  args: AnnotatorFarmArgs,
  queue: WorkerQueue,
  service: Service,
  parent: Resource,
): ScaledGroup {
  return new ScaledGroup(
    name,
    {
      ...args,
      ...given({ kmsKeyArn: customerKey(args) }),
      securityGroupId: args.network.workerSecurityGroupId,
      services: [service],
      drain: args.drain ?? drainDefault,
      scaling: (groupName) =>
        annotatorScaling(args.scaling, args.concurrency ?? 1, { queue: queue.queueName, group: groupName }),
    },
    { parent },
  );
}
