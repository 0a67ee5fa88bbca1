import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  type Event,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { type Context, type Handlers, handler, ifThere, type State, setting } from "../../resources/handler.ts";
import { camel, defined, pascal, type Tags, tagList, tagMap } from "../../resources/shape.ts";
import { bucketLogging } from "./logging.ts";
import { bucketObject } from "./object.ts";
import { bucketOwnershipControls } from "./ownership.ts";

interface BucketInputs {
  readonly bucket?: string;
  readonly forceDestroy?: boolean;
  readonly tags?: Tags;
}
/** Settings of a bucket are resources of their own, known by the bucket's name. */
interface OfBucket {
  readonly bucket: string;
}

function bucketState(bucket: string, { emulator }: Context): State {
  const outputs = {
    bucket,
    arn: `arn:aws:s3:::${bucket}`,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${emulator.region}.amazonaws.com`,
    region: emulator.region,
  };
  return { id: bucket, outputs };
}

async function empty(bucket: string, { client }: Context): Promise<void> {
  const s3 = client(S3Client);
  for (;;) {
    const page = await ifThere(s3.send(new ListObjectVersionsCommand({ Bucket: bucket })));
    const objects = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects } }));
  }
}

async function putTags(Bucket: string, tags: Tags | undefined, { client }: Context): Promise<void> {
  // They are put as a whole.
  const none = Object.keys(tags ?? {}).length === 0;
  if (none) await client(S3Client).send(new DeleteBucketTaggingCommand({ Bucket }));
  else await client(S3Client).send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }));
}

interface LifecycleInputs extends OfBucket {
  readonly rules: readonly (Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly filter?: Readonly<Record<string, unknown>>;
  })[];
}

function lifecycleRules({ rules }: LifecycleInputs): LifecycleRule[] {
  return rules.map(({ id, filter, transitions, noncurrentVersionTransitions, ...rule }) => ({
    ...(pascal({ ...rule, transitions, noncurrentVersionTransitions }) as LifecycleRule),
    ID: id,
    // No filter at all is every object; S3 calls that the empty prefix.
    Filter: Object.keys(filter ?? {}).length === 0 ? { Prefix: "" } : (pascal(filter) as { Prefix: string }),
  }));
}

interface NotificationTarget {
  readonly id?: string;
  readonly events: readonly string[];
  readonly filterPrefix?: string;
  readonly filterSuffix?: string;
}
interface NotificationInputs extends OfBucket {
  readonly queues?: readonly (NotificationTarget & { readonly queueArn: string })[];
  readonly topics?: readonly (NotificationTarget & { readonly topicArn: string })[];
  readonly eventbridge?: boolean;
}

function notificationTarget({ id, events, filterPrefix, filterSuffix }: NotificationTarget) {
  const rules = [
    ...(filterPrefix === undefined ? [] : [{ Name: "prefix" as const, Value: filterPrefix }]),
    ...(filterSuffix === undefined ? [] : [{ Name: "suffix" as const, Value: filterSuffix }]),
  ];
  return {
    ...(id === undefined ? {} : { Id: id }),
    Events: [...events] as Event[],
    ...(rules.length === 0 ? {} : { Filter: { Key: { FilterRules: rules } } }),
  };
}

async function putNotification(inputs: NotificationInputs, { client }: Context): Promise<void> {
  const { bucket, queues = [], topics = [], eventbridge } = inputs;
  await client(S3Client).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        QueueConfigurations: queues.map((queue) => ({ ...notificationTarget(queue), QueueArn: queue.queueArn })),
        TopicConfigurations: topics.map((topic) => ({ ...notificationTarget(topic), TopicArn: topic.topicArn })),
        ...(eventbridge ? { EventBridgeConfiguration: {} } : {}),
      },
    }),
  );
}

/**
 * The statements that a moto of somebody else's can judge: it enforces a policy, but without conditions and for everybody, so
 * that "deny what is not TLS" would deny all. Ours keeps whole policies for the gateway, which knows callers and conditions.
 */
function enforceable(policy: string): string {
  const document = JSON.parse(policy) as {
    readonly Statement: { readonly Principal?: unknown; readonly Condition?: unknown }[];
  };
  const Statement = document.Statement.filter((one) => one.Principal === "*" && one.Condition === undefined);
  return JSON.stringify({ ...document, Statement });
}

/** The oldest region lets an account create a bucket that it has; the provider, which takes over none, does not. */
async function refuseOwnBucket(bucket: string, { client }: Context): Promise<void> {
  if ((await ifThere(client(S3Client).send(new HeadBucketCommand({ Bucket: bucket })))) === undefined) return;
  const message = `bucket ${bucket} is there already and yours`;
  throw Object.assign(new Error(message), { name: "BucketAlreadyOwnedByYou" });
}

const id = ({ bucket }: OfBucket) => bucket;

export const handlers: Handlers = {
  "aws:s3/bucket:Bucket": handler<BucketInputs>({
    async create(inputs, context) {
      const { region } = context.emulator;
      const bucket = inputs.bucket ?? context.autoName;
      await refuseOwnBucket(bucket, context);
      // The oldest region must not be named.
      const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
      const location = region === "us-east-1" ? {} : { CreateBucketConfiguration };
      await context.client(S3Client).send(new CreateBucketCommand({ Bucket: bucket, ...location }));
      await putTags(bucket, inputs.tags, context);
      return bucketState(bucket, context);
    },
    async read({ id }, context) {
      const found = await ifThere(context.client(S3Client).send(new HeadBucketCommand({ Bucket: id })));
      if (found === undefined) return undefined;
      const set = await ifThere(context.client(S3Client).send(new GetBucketTaggingCommand({ Bucket: id })));
      return { id, outputs: { ...bucketState(id, context).outputs, tags: tagMap(set?.TagSet) } };
    },
    async update({ id }, inputs, context) {
      await putTags(id, inputs.tags, context);
      return bucketState(id, context);
    },
    async delete({ id, inputs }, context) {
      if (inputs.forceDestroy) await empty(id, context);
      await ifThere(context.client(S3Client).send(new DeleteBucketCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": bucketObject,
  "aws:s3/bucketVersioning:BucketVersioning": setting<
    OfBucket & { readonly versioningConfiguration: { readonly status: string } }
  >({
    id,
    async put({ bucket, versioningConfiguration }, { client }) {
      const Status = versioningConfiguration.status as "Enabled";
      await client(S3Client).send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }),
      );
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(S3Client).send(new GetBucketVersioningCommand({ Bucket: id })));
      return found?.Status && { bucket: id, versioningConfiguration: { status: found.Status } };
    },
    async remove({ id }, { client }) {
      // Versioning cannot be taken back, only suspended.
      const VersioningConfiguration = { Status: "Suspended" as const };
      await ifThere(client(S3Client).send(new PutBucketVersioningCommand({ Bucket: id, VersioningConfiguration })));
    },
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting<
    OfBucket & {
      readonly rules: readonly {
        readonly applyServerSideEncryptionByDefault?: {
          readonly sseAlgorithm: string;
          readonly kmsMasterKeyId?: string;
        };
        readonly bucketKeyEnabled?: boolean;
      }[];
    }
  >({
    id,
    async put({ bucket, rules }, { client }) {
      const Rules = rules.map(({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled = false }) => ({
        BucketKeyEnabled: bucketKeyEnabled,
        ...(by === undefined
          ? {}
          : {
              ApplyServerSideEncryptionByDefault: {
                SSEAlgorithm: by.sseAlgorithm,
                ...(by.kmsMasterKeyId === undefined ? {} : { KMSMasterKeyID: by.kmsMasterKeyId }),
              },
            }),
      })) as ServerSideEncryptionRule[];
      const ServerSideEncryptionConfiguration = { Rules };
      await client(S3Client).send(
        new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration }),
      );
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(S3Client).send(new GetBucketEncryptionCommand({ Bucket: id })));
      const rules = found?.ServerSideEncryptionConfiguration?.Rules;
      return (
        rules && {
          bucket: id,
          rules: rules.map(({ ApplyServerSideEncryptionByDefault: by, BucketKeyEnabled: bucketKeyEnabled }) =>
            defined({
              applyServerSideEncryptionByDefault:
                by && defined({ sseAlgorithm: by.SSEAlgorithm, kmsMasterKeyId: by.KMSMasterKeyID }),
              bucketKeyEnabled: bucketKeyEnabled || undefined,
            }),
          ),
        }
      );
    },
    async remove({ id }, { client }) {
      await ifThere(client(S3Client).send(new DeleteBucketEncryptionCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting<
    OfBucket & {
      readonly blockPublicAcls?: boolean;
      readonly blockPublicPolicy?: boolean;
      readonly ignorePublicAcls?: boolean;
      readonly restrictPublicBuckets?: boolean;
    }
  >({
    id,
    async put(inputs, { client }) {
      const PublicAccessBlockConfiguration = {
        BlockPublicAcls: inputs.blockPublicAcls ?? false,
        BlockPublicPolicy: inputs.blockPublicPolicy ?? false,
        IgnorePublicAcls: inputs.ignorePublicAcls ?? false,
        RestrictPublicBuckets: inputs.restrictPublicBuckets ?? false,
      };
      await client(S3Client).send(
        new PutPublicAccessBlockCommand({ Bucket: inputs.bucket, PublicAccessBlockConfiguration }),
      );
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(S3Client).send(new GetPublicAccessBlockCommand({ Bucket: id })));
      return found && { bucket: id, ...(camel(found.PublicAccessBlockConfiguration) as object) };
    },
    async remove({ id }, { client }) {
      await ifThere(client(S3Client).send(new DeletePublicAccessBlockCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketOwnershipControls,
  "aws:s3/bucketPolicy:BucketPolicy": setting<OfBucket & { readonly policy: string }>({
    id,
    async put({ bucket, policy }, { client, emulator }) {
      const Policy = emulator.keepsPolicies === true ? policy : enforceable(policy);
      await client(S3Client).send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(S3Client).send(new GetBucketPolicyCommand({ Bucket: id })));
      return found && { bucket: id };
    },
    async remove({ id }, { client }) {
      await ifThere(client(S3Client).send(new DeleteBucketPolicyCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting<LifecycleInputs>({
    id,
    async put(inputs, { client }) {
      const LifecycleConfiguration = { Rules: lifecycleRules(inputs) };
      await client(S3Client).send(
        new PutBucketLifecycleConfigurationCommand({ Bucket: inputs.bucket, LifecycleConfiguration }),
      );
    },
    async get({ id }, { client }) {
      const command = new GetBucketLifecycleConfigurationCommand({ Bucket: id });
      return (await ifThere(client(S3Client).send(command))) && { bucket: id };
    },
    async remove({ id }, { client }) {
      await ifThere(client(S3Client).send(new DeleteBucketLifecycleCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": setting<
    OfBucket & { readonly corsRules: readonly { readonly id?: string; readonly maxAgeSeconds?: number }[] }
  >({
    id,
    async put({ bucket, corsRules }, { client }) {
      const CORSRules = corsRules.map(({ id, ...rule }) => ({
        ...(pascal(rule) as { AllowedMethods: string[]; AllowedOrigins: string[] }),
        ...(id === undefined ? {} : { ID: id }),
      }));
      await client(S3Client).send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }));
    },
    async get({ id }, { client }) {
      const found = await ifThere(client(S3Client).send(new GetBucketCorsCommand({ Bucket: id })));
      return (
        found && {
          bucket: id,
          corsRules: found.CORSRules?.map(({ ID, ...rule }) => defined({ ...(camel(rule) as object), id: ID })),
        }
      );
    },
    async remove({ id }, { client }) {
      await ifThere(client(S3Client).send(new DeleteBucketCorsCommand({ Bucket: id })));
    },
  }),
  "aws:s3/bucketLogging:BucketLogging": bucketLogging,
  "aws:s3/bucketNotification:BucketNotification": setting<NotificationInputs>({
    id,
    put: putNotification,
    async get({ id }, { client }) {
      const command = new GetBucketNotificationConfigurationCommand({ Bucket: id });
      const found = await ifThere(client(S3Client).send(command));
      const targets = [...(found?.QueueConfigurations ?? []), ...(found?.TopicConfigurations ?? [])];
      return targets.length > 0 || found?.EventBridgeConfiguration ? { bucket: id } : undefined;
    },
    async remove({ id }, context) {
      await ifThere(putNotification({ bucket: id }, context));
    },
  }),
};
