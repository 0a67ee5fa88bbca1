import * as glacier from "@pulumi/aws/glacier/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from "@pulumi/pulumi";
import type { ArchiveStoreKind } from "../../runtime/contract/storage.ts";
import { accountOf } from "../base/account.ts";
import { type CustomerKeyArgs, kmsKeyRule } from "../base/customer-key.ts";
import { keepsData, keepsName } from "../base/keep.ts";
import { eraseObjects } from "../base/permissions.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "../base/policy-document.ts";
import { regionalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, type MaybeMistake, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import type { BucketIds } from "./job-places.ts";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket.ts";

/** What an archive store may be told. */
export interface ArchiveStoreArgs extends CustomerKeyArgs {
  /** `s3` or `vault`. */
  readonly kind: ArchiveStoreKind;
  /** First part of the archives' keys in a bucket: that of the results they come from. */
  readonly keyPrefix: Input<string>;
  /** False: `pulumi destroy` deletes the bucket with every archive in it. (A vault must be emptied by hand anyway.) */
  readonly retainOnDestroy: boolean;
  /** Where requests to a bucket of archives are recorded. @default they are not */
  readonly accessLogs?: SecureBucket;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly vault?: Transform<glacier.VaultArgs>;
    readonly noticesTopic?: Transform<sns.TopicArgs>;
    readonly noticesPolicy?: Transform<sns.TopicPolicyArgs>;
    readonly bucket?: SecureBucketArgs["transform"];
  };
}

/** How the store tells that an archive can be read again. */
export type ArchiveNotices =
  | { readonly from: "topic"; readonly topicArn: Input<string> }
  | { readonly from: "bucket"; readonly bucket: BucketIds };

/** An archive store: its kind, the ARN of its vault or bucket, the first part of its keys. */
interface StoreIds {
  readonly kind: ArchiveStoreKind;
  readonly arn: Input<string>;
  readonly keyPrefix: Input<string>;
}

/** To store archives, to list them, and to delete one that has become superfluous, or all of a deleted job. */
function storePermissions(store: StoreIds): Statement[] {
  if (store.kind === "s3") {
    return [
      allow("StoreArchives", ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [objectsOf(store)]),
      allow("ListArchives", ["s3:ListBucket"], [store.arn]),
      ...eraseObjects("EraseArchives", store, store.keyPrefix),
    ];
  }
  const actions = [
    "glacier:UploadArchive",
    "glacier:InitiateMultipartUpload",
    "glacier:UploadMultipartPart",
    "glacier:CompleteMultipartUpload",
    "glacier:AbortMultipartUpload",
    "glacier:DeleteArchive",
  ];
  // The inventory: a retrieval like others, whose output lists what is stored.
  const listing = ["glacier:InitiateJob", "glacier:ListJobs", "glacier:GetJobOutput"];
  return [
    allow("StoreArchives", actions, [store.arn]),
    allow("ListArchives", listing, [store.arn]),
    allow("ProbeArchives", probing, [store.arn]),
  ];
}

/** To ask for archives, read and delete them. */
export function restorePermissions(store: StoreIds): Statement[] {
  if (store.kind === "s3") {
    return [
      allow("RestoreArchives", ["s3:RestoreObject", "s3:GetObject", "s3:DeleteObject"], [objectsOf(store)]),
      allow("MissingArchives", ["s3:ListBucket"], [store.arn]),
    ];
  }
  const actions = ["glacier:InitiateJob", "glacier:DescribeJob", "glacier:GetJobOutput", "glacier:DeleteArchive"];
  return [allow("RestoreArchives", actions, [store.arn]), allow("ProbeArchives", probing, [store.arn])];
}

/** The cheap question by which a service learns that an outage is over; to a bucket it is ListBucket. */
const probing = ["glacier:DescribeVault"];

const objectsOf = ({ arn, keyPrefix }: StoreIds) => interpolate`${arn}/${keyPrefix}/*`;

/** Glacier encrypts vaults with a key of its own and takes no other, so a vault would be the one store without the customer's. */
export const archiveKeyRule = (
  kind: ArchiveStoreKind,
  keyed: boolean,
  [path, store]: readonly [key: string, store: string] = ["kmsKeyArn", "store"],
): MaybeMistake =>
  rule(
    path,
    keyed && kind === "vault",
    `cannot encrypt a vault: Amazon Glacier uses a key of its own; set ${store} to s3, or leave the key out`,
  );

/**
 * Cold storage behind one face: an Amazon Glacier vault (accounts that had one before 15 December 2025), or a bucket whose
 * objects are in S3 Glacier Flexible Retrieval.
 */
export class ArchiveStore extends ComponentResource {
  /** `s3` or `vault`. */
  readonly kind: ArchiveStoreKind;
  /** Vault name, or bucket name. */
  readonly archiveName: Output<string>;
  /** How it tells that an archive can be read again. */
  readonly notices: ArchiveNotices;
  /** To store archives, and to delete one that has become superfluous. */
  readonly storePermissions: readonly Statement[];
  /** To ask for archives, read and delete them. */
  readonly restorePermissions: readonly Statement[];
  /** The raw resources: those of a vault, or a bucket. */
  readonly nodes: {
    readonly vault?: glacier.Vault;
    readonly noticesTopic?: sns.Topic;
    readonly noticesPolicy?: sns.TopicPolicy;
    readonly bucket?: SecureBucket;
  };

  constructor(name: string, args: ArchiveStoreArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ArchiveStore", name, {}, opts);
    const self = this;
    const parent = { parent: self };
    const { transform, kmsKeyArn } = args;
    check(`ArchiveStore ${name}`, [kmsKeyRule(kmsKeyArn), archiveKeyRule(args.kind, kmsKeyArn !== undefined)]);
    const store = args.kind === "vault" ? createVault() : createBucket();

    this.kind = args.kind;
    this.archiveName = store.archiveName;
    this.notices = store.notices;
    this.storePermissions = storePermissions({ ...args, arn: store.arn });
    this.restorePermissions = restorePermissions({ ...args, arn: store.arn });
    this.nodes = store.nodes;
    this.registerOutputs({ kind: this.kind, archiveName: this.archiveName });

    function createVault() {
      const vaultName = regionalName("vault", name);
      const { accountId } = accountOf(self);
      // Not encrypted with AWS's own key for SNS: other AWS services may not publish through that key.
      const noticesTopic = new sns.Topic(
        ...transformed(
          transform?.noticesTopic,
          `${name}-notices`,
          { name: regionalName("topic", `${name}-notices`) },
          { ...parent, ...keepsName() },
        ),
      );
      const noticesPolicy = new sns.TopicPolicy(
        ...transformed<sns.TopicPolicyArgs>(
          transform?.noticesPolicy,
          `${name}-notices`,
          {
            arn: noticesTopic.arn,
            policy: policyDocument([
              denyPlainText("sns:Publish", [noticesTopic.arn]),
              {
                ...allow("VaultPublishes", ["sns:Publish"], [noticesTopic.arn], {
                  // Glacier says for whose account it publishes, not for which vault.
                  StringEquals: { "AWS:SourceOwner": accountId },
                }),
                Principal: { Service: "glacier.amazonaws.com" },
              },
            ]),
          },
          parent,
        ),
      );
      const vault = new glacier.Vault(
        ...transformed(
          transform?.vault,
          name,
          {
            name: vaultName,
            notification: { snsTopic: noticesTopic.arn, events: ["ArchiveRetrievalCompleted"] },
            tags: { Name: name },
          },
          { ...parent, dependsOn: [noticesPolicy], ...keepsData(args.retainOnDestroy ?? false), ...keepsName() },
        ),
      );
      return {
        archiveName: vault.name,
        notices: { from: "topic", topicArn: noticesTopic.arn } as const,
        arn: vault.arn,
        nodes: { vault, noticesTopic, noticesPolicy },
      };
    }

    function createBucket() {
      const bucket = new SecureBucket(
        name,
        {
          retainOnDestroy: args.retainOnDestroy,
          ...given({ accessLogs: args.accessLogs, transform: transform?.bucket, kmsKeyArn }),
        },
        parent,
      );
      return {
        archiveName: bucket.bucketName,
        notices: { from: "bucket", bucket } as const,
        arn: bucket.arn,
        nodes: { bucket },
      };
    }
  }
}
