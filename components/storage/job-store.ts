import * as dynamodb from "@pulumi/aws/dynamodb/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { jobIndexes, resultEntryAttributes } from "../../runtime/contract/storage.ts";
import { accountOf, type DeploymentPlace } from "../base/account.ts";
import { type CustomerKeyArgs, kmsKeyRule } from "../base/customer-key.ts";
import { type Duration, days } from "../base/duration.ts";
import { keepsData, keepsName } from "../base/keep.ts";
import { ownerPattern, ownerRule } from "../base/naming.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form, within } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import type { JobPlaces } from "./job-places.ts";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket.ts";

/** What a job store may be told. */
export interface JobStoreArgs extends CustomerKeyArgs {
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
  /** The key that all of it is encrypted with, but for the records of requests; undefined: AWS's own keys. */
  readonly kmsKeyArn: Input<string> | undefined;
  /** The raw resources. */
  readonly nodes: {
    readonly tables: readonly dynamodb.Table[];
    readonly topics: readonly sns.Topic[];
    readonly topicPolicies: readonly sns.TopicPolicy[];
    readonly buckets: readonly SecureBucket[];
  };

  constructor(name: string, args: JobStoreArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:JobStore", name, {}, opts);
    const settings = normalise(name, args);

    const table = (suffix: string, table: dynamodb.TableArgs) =>
      createTable(`${name}-${suffix}`, table, settings, this);
    const annotations = table("annotations", annotationsTable);
    const users = table("users", usersTable);
    const events = table("events", eventsTable);
    const logs = createLogs(`${name}-logs`, args.logsExpireAfter ?? days(90), settings, this);
    const bucket = (suffix: string, own: SecureBucketArgs = {}) =>
      createBucket(`${name}-${suffix}`, { accessLogs: logs, ...own }, settings, this);
    const inputs = bucket("inputs", given({ expireAfter: args.inputsExpireAfter }));
    const results = bucket("results");
    const code = bucket("code");
    const { topics, policies } = createTopics(name, settings, this);

    this.keyPrefix = settings.keyPrefix;
    this.annotations = annotations;
    this.users = users;
    this.events = events;
    this.inputs = inputs;
    this.results = results;
    this.code = code;
    this.logs = logs;
    this.topics = topics;
    this.kmsKeyArn = args.kmsKeyArn;
    this.nodes = {
      tables: [annotations, users, events],
      topics: Object.values(topics),
      topicPolicies: policies,
      buckets: [inputs, results, code, logs],
    };
    this.registerOutputs({ annotations: annotations.name, inputs: inputs.bucketName, results: results.bucketName });
  }
}

type Transforms = NonNullable<JobStoreArgs["transform"]>;
type Settings = ReturnType<typeof normalise>;

function normalise(name: string, args: JobStoreArgs) {
  const keyPrefix = args.keyPrefix ?? name;
  check(`JobStore ${name}`, [
    form(args.keyPrefix === undefined ? "name" : "keyPrefix", keyPrefix, ownerPattern, ownerRule),
    within("inputsExpireAfter", args.inputsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
    within("logsExpireAfter", args.logsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
    kmsKeyRule(args.kmsKeyArn),
  ]);
  const { production = false, transform = {}, kmsKeyArn } = args;
  return { keyPrefix, production, transform, kmsKeyArn };
}

function createTable(
  name: string,
  table: dynamodb.TableArgs,
  { production, transform, kmsKeyArn }: Settings,
  parent: Resource,
): dynamodb.Table {
  return new dynamodb.Table(
    ...transformed(
      transform.table,
      name,
      {
        ...table,
        name: regionalName("table", name),
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: production,
        ...(kmsKeyArn === undefined ? {} : { serverSideEncryption: { enabled: true, kmsKeyArn } }),
      },
      { parent, ...keepsData(production), ...keepsName() },
    ),
  );
}

/** Encrypted with S3's own key, whatever the others are: S3 delivers no records of requests to a bucket with a key of KMS. */
function createLogs(
  name: string,
  expireAfter: Duration,
  { production, transform }: Settings,
  parent: Resource,
): SecureBucket {
  return new SecureBucket(
    name,
    {
      retainOnDestroy: production,
      expireAfter,
      policy: (bucketArn) => [s3Records(bucketArn, accountOf(parent))],
      ...given({ transform: transform.bucket }),
    },
    { parent },
  );
}

function s3Records(bucketArn: Output<string>, account: DeploymentPlace): Statement {
  return {
    ...allow("S3RecordsRequests", ["s3:PutObject"], [interpolate`${bucketArn}/*`], {
      StringEquals: { "aws:SourceAccount": account.accountId },
    }),
    Principal: { Service: "logging.s3.amazonaws.com" },
  };
}

function createBucket(
  name: string,
  args: SecureBucketArgs,
  { production, transform, kmsKeyArn }: Settings,
  parent: Resource,
): SecureBucket {
  return new SecureBucket(
    name,
    { retainOnDestroy: production, ...args, ...given({ transform: transform.bucket, kmsKeyArn }) },
    { parent },
  );
}

function createTopic(name: string, { transform, kmsKeyArn }: Settings, parent: Resource): sns.Topic {
  return new sns.Topic(
    ...transformed(
      transform.topic,
      name,
      { name: regionalName("topic", name), kmsMasterKeyId: kmsKeyArn ?? "alias/aws/sns" },
      { parent, ...keepsName() },
    ),
  );
}

function createTopicPolicy(name: string, topic: sns.Topic, transform: Transforms, parent: Resource): sns.TopicPolicy {
  // Roles bring a permission of their own. AWS's default policy would let in everybody of the account.
  const policy = policyDocument([denyPlainText("sns:Publish", [topic.arn])]);
  return new sns.TopicPolicy(...transformed(transform.topicPolicy, name, { arn: topic.arn, policy }, { parent }));
}

function createTopics(name: string, settings: Settings, parent: Resource) {
  const policies: sns.TopicPolicy[] = [];
  const topic = (suffix: string) => {
    const made = createTopic(`${name}-${suffix}`, settings, parent);
    policies.push(createTopicPolicy(`${name}-${suffix}`, made, settings.transform, parent));
    return made;
  };
  const topics = { requests: topic("job-requests"), results: topic("job-results"), restore: topic("job-restore") };
  return { topics, policies };
}
