import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import { jobIndexes, resultEntryAttributes } from "../../runtime/contract/storage.ts";
import { accountOf } from "../base/account.ts";
import { type Duration, days } from "../base/duration.ts";
import { keepsData } from "../base/keep.ts";
import { ownerPattern, ownerRule, physicalName } from "../base/naming.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form, within } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import type { JobPlaces } from "./job-places.ts";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket.ts";

/** What a job store may be told. */
export interface JobStoreArgs {
  /** First part of every object key, and so of every S3 permission. @default the component's name */
  readonly keyPrefix?: string;
  /** Uploaded files are deleted after this; whole days, 1 to 3,650. @default kept */
  readonly inputsExpireAfter?: Duration;
  /** Records of who asked the buckets for what are deleted after this; whole days, 1 to 3,650. @default 90 days */
  readonly logsExpireAfter?: Duration;
  /** True: tables refuse deletion, and buckets are not emptied by `pulumi destroy`. @default false */
  readonly production?: boolean;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly table?: Transform<dynamodb.TableArgs>;
    readonly topic?: Transform<sns.TopicArgs>;
    readonly topicPolicy?: Transform<sns.TopicPolicyArgs>;
    readonly bucket?: SecureBucketArgs["transform"];
  };
}

/** What everybody agrees on: where jobs and their files are, and the topics on which they are announced. */
export interface JobTopics {
  /** A job waits to be annotated. */
  readonly requests: sns.Topic;
  /** A job has ended. */
  readonly results: sns.Topic;
  /** Everything archived of a user shall come back. */
  readonly restore: sns.Topic;
}

function index(
  name: string,
  hash: string,
  range: string,
  projection: { projectionType: string; nonKeyAttributes?: string[] } = { projectionType: "ALL" },
) {
  return {
    name,
    ...projection,
    keySchemas: [
      { attributeName: hash, keyType: "HASH" },
      { attributeName: range, keyType: "RANGE" },
    ],
  };
}

const annotationsTable: dynamodb.TableArgs = {
  hashKey: "job_id",
  attributes: [
    { name: "job_id", type: "S" },
    { name: "user_id", type: "S" },
    { name: "submit_time", type: "N" },
    { name: "outbox", type: "S" },
    { name: "restoring", type: "S" },
    { name: "restore_requested_time", type: "N" },
    { name: "awaits", type: "S" },
    { name: "result_state", type: "S" },
    { name: "complete_time", type: "N" },
  ],
  globalSecondaryIndexes: [
    index(jobIndexes.user, "user_id", "submit_time"),
    index(jobIndexes.outbox, "outbox", "submit_time"),
    index(jobIndexes.restoring, "restoring", "restore_requested_time"),
    index(jobIndexes.awaits, "awaits", "submit_time", { projectionType: "KEYS_ONLY" }),
    index(jobIndexes.results, "result_state", "complete_time", {
      projectionType: "INCLUDE",
      nonKeyAttributes: [...resultEntryAttributes],
    }),
  ],
};
const usersTable: dynamodb.TableArgs = { hashKey: "user_id", attributes: [{ name: "user_id", type: "S" }] };
const eventsTable: dynamodb.TableArgs = {
  hashKey: "event_id",
  attributes: [{ name: "event_id", type: "S" }],
  ttl: { attributeName: "expires_time", enabled: true },
};

/**
 * Where jobs live: their items, their files, the people they belong to, and the topics on which they are announced (a
 * topic stands beside the table because the item's outbox promises its publication). Queues belong to whoever consumes.
 */
export class JobStore extends ComponentResource implements JobPlaces {
  /** First part of every object key. */
  readonly keyPrefix: string;
  /** Items of jobs. */
  readonly annotations: dynamodb.Table;
  /** The people jobs belong to. */
  readonly users: dynamodb.Table;
  /** External events already applied; items expire by themselves. */
  readonly events: dynamodb.Table;
  /** Uploaded files. */
  readonly inputs: SecureBucket;
  /** Results and logs. */
  readonly results: SecureBucket;
  /** Bundles of the services. */
  readonly code: SecureBucket;
  /** Where S3 records the requests to the other buckets. */
  readonly logs: SecureBucket;
  /** On which jobs are announced. */
  readonly topics: JobTopics;
  /** The raw resources. */
  readonly nodes: {
    readonly tables: readonly dynamodb.Table[];
    readonly topics: readonly sns.Topic[];
    readonly topicPolicies: readonly sns.TopicPolicy[];
    readonly buckets: readonly SecureBucket[];
  };

  constructor(name: string, args: JobStoreArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:JobStore", name, {}, opts);
    const self = this;
    const parent = { parent: self };
    const { keyPrefix, production, transform } = normalise();

    const annotations = createTable("annotations", annotationsTable);
    const users = createTable("users", usersTable);
    const events = createTable("events", eventsTable);
    const logs = createLogs();
    const inputs = createBucket("inputs", args.inputsExpireAfter);
    const results = createBucket("results");
    const code = createBucket("code");
    const topicPolicies: sns.TopicPolicy[] = [];
    const topics = {
      requests: createTopic("job-requests"),
      results: createTopic("job-results"),
      restore: createTopic("job-restore"),
    };

    this.keyPrefix = keyPrefix;
    this.annotations = annotations;
    this.users = users;
    this.events = events;
    this.inputs = inputs;
    this.results = results;
    this.code = code;
    this.logs = logs;
    this.topics = topics;
    this.nodes = {
      tables: [annotations, users, events],
      topics: Object.values(topics),
      topicPolicies,
      buckets: [inputs, results, code, logs],
    };
    this.registerOutputs({ annotations: annotations.name, inputs: inputs.bucketName, results: results.bucketName });

    function normalise() {
      const keyPrefix = args.keyPrefix ?? name;
      check(`JobStore ${name}`, [
        form(args.keyPrefix === undefined ? "name" : "keyPrefix", keyPrefix, ownerPattern, ownerRule),
        within("inputsExpireAfter", args.inputsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
        within("logsExpireAfter", args.logsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
      ]);
      return { keyPrefix, production: args.production ?? false, transform: args.transform ?? {} };
    }

    function createTable(suffix: string, table: dynamodb.TableArgs): dynamodb.Table {
      const child = `${name}-${suffix}`;
      return new dynamodb.Table(
        ...transformed(
          transform.table,
          child,
          {
            ...table,
            name: physicalName("table", child),
            billingMode: "PAY_PER_REQUEST",
            pointInTimeRecovery: { enabled: true },
            deletionProtectionEnabled: production,
          },
          { ...parent, ...keepsData(production) },
        ),
      );
    }

    function createBucket(suffix: string, expireAfter?: Duration): SecureBucket {
      return new SecureBucket(
        `${name}-${suffix}`,
        {
          retainOnDestroy: production,
          accessLogs: logs,
          ...given({ expireAfter, transform: transform.bucket }),
        },
        parent,
      );
    }

    function createLogs(): SecureBucket {
      return new SecureBucket(
        `${name}-logs`,
        {
          retainOnDestroy: production,
          expireAfter: args.logsExpireAfter ?? days(90),
          policy: (bucketArn) => [s3Records(bucketArn)],
          ...given({ transform: transform.bucket }),
        },
        parent,
      );
    }

    function s3Records(bucketArn: Output<string>): Statement {
      return {
        ...allow("S3RecordsRequests", ["s3:PutObject"], [interpolate`${bucketArn}/*`], {
          StringEquals: { "aws:SourceAccount": accountOf(self).accountId },
        }),
        Principal: { Service: "logging.s3.amazonaws.com" },
      };
    }

    function createTopic(suffix: string): sns.Topic {
      const child = `${name}-${suffix}`;
      const topic = new sns.Topic(
        ...transformed(
          transform.topic,
          child,
          { name: physicalName("topic", child), kmsMasterKeyId: "alias/aws/sns" },
          parent,
        ),
      );
      topicPolicies.push(
        new sns.TopicPolicy(
          ...transformed(
            transform.topicPolicy,
            child,
            {
              arn: topic.arn,
              // Roles bring a permission of their own. AWS's default policy would let in everybody of the account.
              policy: policyDocument([denyPlainText("sns:Publish", [topic.arn])]),
            },
            parent,
          ),
        ),
      );
      return topic;
    }
  }
}
