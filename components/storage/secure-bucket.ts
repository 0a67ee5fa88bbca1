import * as s3 from "@pulumi/aws/s3/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { type CustomerKeyArgs, kmsKeyRule } from "../base/customer-key.ts";
import { type Duration, days } from "../base/duration.ts";
import { keepsData, keepsName, staysWithData } from "../base/keep.ts";
import { denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { bucketName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, within } from "../base/validate.ts";

/** What a bucket may be told. */
export interface SecureBucketArgs extends CustomerKeyArgs {
  /**
   * Objects expire after this; whole days, 1 to 3,650.
   * @default objects are kept until they are deleted
   */
  readonly expireAfter?: Duration;
  /**
   * Versions replaced or deleted are kept this long; whole days, 1 to 365.
   * @default 1 day: time enough to undo a mistake
   */
  readonly keepReplacedFor?: Duration;
  /**
   * False: `pulumi destroy` deletes the bucket with everything in it. True: the engine refuses to delete or replace it, and it
   * stays, with its settings, when the stack goes.
   * @default false
   */
  readonly retainOnDestroy?: boolean;
  /**
   * Bucket in which requests to this one are recorded, under this one's logical name; it must let S3 write, as that of a
   * JobStore does.
   * @default requests are not recorded
   */
  readonly accessLogs?: SecureBucket;
  /** Statements of the bucket policy beside "TLS only", made from the bucket's ARN. @default none */
  readonly policy?: (bucketArn: Output<string>) => Statement[];
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly bucket?: Transform<s3.BucketArgs>;
    readonly versioning?: Transform<s3.BucketVersioningArgs>;
    readonly encryption?: Transform<s3.BucketServerSideEncryptionConfigurationArgs>;
    readonly publicAccess?: Transform<s3.BucketPublicAccessBlockArgs>;
    readonly lifecycle?: Transform<s3.BucketLifecycleConfigurationArgs>;
    readonly policy?: Transform<s3.BucketPolicyArgs>;
    readonly logging?: Transform<s3.BucketLoggingArgs>;
  };
}

export interface SecureBucketNodes {
  readonly bucket: s3.Bucket;
  readonly versioning: s3.BucketVersioning;
  readonly encryption: s3.BucketServerSideEncryptionConfiguration;
  readonly publicAccess: s3.BucketPublicAccessBlock;
  readonly lifecycle: s3.BucketLifecycleConfiguration;
  readonly policy: s3.BucketPolicy;
  readonly logging: s3.BucketLogging | undefined;
}

/**
 * A bucket as every bucket of ours is: private, reached over TLS only, encrypted, versioned, and tidied up after. Bucket
 * names are global, so stack, account and region are part of them.
 */
export class SecureBucket extends ComponentResource {
  /** The raw resources. */
  readonly nodes: SecureBucketNodes;
  /** Physical name. */
  readonly bucketName: Output<string>;
  /** `arn:aws:s3:::…` */
  readonly arn: Output<string>;
  /** The key that its objects are encrypted with; undefined: S3's own. */
  readonly kmsKeyArn: Input<string> | undefined;

  constructor(name: string, args: SecureBucketArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:SecureBucket", name, {}, opts);
    const settings = normalise(name, args);
    const { retainOnDestroy, transform } = settings;
    const setting = { parent: this, ...staysWithData(retainOnDestroy) };

    const bucket = createBucket(name, settings, this);
    const versioning = createVersioning(name, bucket, transform, setting);
    const encryption = createEncryption(name, bucket, args, setting);
    const publicAccess = createPublicAccessBlock(name, bucket, transform, setting);
    const lifecycle = createLifecycle(name, bucket, settings, setting);
    const policy = createPolicy(name, bucket, args, setting);
    const logging = createLogging(name, bucket, args, setting);

    this.bucketName = bucket.bucket;
    this.arn = bucket.arn;
    this.kmsKeyArn = args.kmsKeyArn;
    this.nodes = { bucket, versioning, encryption, publicAccess, lifecycle, policy, logging };
    this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
  }
}

type Transforms = NonNullable<SecureBucketArgs["transform"]>;
type Settings = ReturnType<typeof normalise>;

function normalise(name: string, args: SecureBucketArgs) {
  check(`SecureBucket ${name}`, [
    within("expireAfter", args.expireAfter, { min: days(1), max: days(3650), whole: "days" }),
    within("keepReplacedFor", args.keepReplacedFor, { min: days(1), max: days(365), whole: "days" }),
    kmsKeyRule(args.kmsKeyArn),
  ]);
  const { keepReplacedFor = days(1), expireAfter, retainOnDestroy = false, transform = {} } = args;
  return { keepReplacedFor, expireAfter, retainOnDestroy, transform };
}

function createBucket(name: string, { retainOnDestroy, transform }: Settings, parent: Resource): s3.Bucket {
  return new s3.Bucket(
    ...transformed(
      transform.bucket,
      name,
      { bucket: bucketName(name, parent), forceDestroy: !retainOnDestroy, tags: { Name: name } },
      { parent: parent, ...keepsData(retainOnDestroy), ...keepsName("bucket") },
    ),
  );
}

function createVersioning(
  name: string,
  bucket: s3.Bucket,
  transform: Transforms,
  setting: CustomResourceOptions,
): s3.BucketVersioning {
  return new s3.BucketVersioning(
    ...transformed(
      transform.versioning,
      name,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      setting,
    ),
  );
}

function createEncryption(
  name: string,
  bucket: s3.Bucket,
  { kmsKeyArn, transform }: SecureBucketArgs,
  setting: CustomResourceOptions,
): s3.BucketServerSideEncryptionConfiguration {
  const rule =
    kmsKeyArn === undefined
      ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
      : {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
          // S3 then asks KMS once for many objects: what is charged by the request costs next to nothing.
          bucketKeyEnabled: true,
        };
  return new s3.BucketServerSideEncryptionConfiguration(
    ...transformed<s3.BucketServerSideEncryptionConfigurationArgs>(
      transform?.encryption,
      name,
      { bucket: bucket.bucket, rules: [rule] },
      setting,
    ),
  );
}

function createPublicAccessBlock(
  name: string,
  bucket: s3.Bucket,
  transform: Transforms,
  setting: CustomResourceOptions,
): s3.BucketPublicAccessBlock {
  return new s3.BucketPublicAccessBlock(
    ...transformed(
      transform.publicAccess,
      name,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      setting,
    ),
  );
}

/** What goes by itself. */
function expiryRules({ keepReplacedFor, expireAfter }: Settings) {
  return [
    {
      id: "replaced-versions",
      status: "Enabled",
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays: keepReplacedFor.toDays() },
      // What deletion leaves once the last version is gone.
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      id: "unfinished-uploads",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
    ...(expireAfter === undefined
      ? []
      : [{ id: "expiry", status: "Enabled", filter: {}, expiration: { days: expireAfter.toDays() } }]),
  ];
}

function createLifecycle(
  name: string,
  bucket: s3.Bucket,
  settings: Settings,
  setting: CustomResourceOptions,
): s3.BucketLifecycleConfiguration {
  const rules = expiryRules(settings);
  return new s3.BucketLifecycleConfiguration(
    ...transformed(settings.transform.lifecycle, name, { bucket: bucket.bucket, rules }, setting),
  );
}

function createPolicy(
  name: string,
  bucket: s3.Bucket,
  args: SecureBucketArgs,
  setting: CustomResourceOptions,
): s3.BucketPolicy {
  const everything = [bucket.arn, bucket.arn.apply((arn) => `${arn}/*`)];
  return new s3.BucketPolicy(
    ...transformed(
      args.transform?.policy,
      name,
      {
        bucket: bucket.bucket,
        policy: policyDocument([denyPlainText("s3:*", everything), ...(args.policy?.(bucket.arn) ?? [])]),
      },
      setting,
    ),
  );
}

function createLogging(
  name: string,
  bucket: s3.Bucket,
  { accessLogs, transform }: SecureBucketArgs,
  setting: CustomResourceOptions,
): s3.BucketLogging | undefined {
  if (accessLogs === undefined) return undefined;
  return new s3.BucketLogging(
    ...transformed<s3.BucketLoggingArgs>(
      transform?.logging,
      name,
      { bucket: bucket.bucket, targetBucket: accessLogs.bucketName, targetPrefix: `${name}/` },
      // S3 refuses a target that it may not write to.
      { ...setting, dependsOn: [accessLogs.nodes.policy] },
    ),
  );
}
