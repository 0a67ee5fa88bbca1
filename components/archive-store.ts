import * as glacier from "@pulumi/aws/glacier/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import type { ArchiveStoreKind } from "../runtime/contract/job.ts";
import { accountOf } from "./account.ts";
import { keepsData } from "./keep.ts";
import { physicalName } from "./naming.ts";
import { allow, denyPlainText, policyDocument, type Statement } from "./policy-document.ts";
import { SecureBucket, type SecureBucketArgs } from "./secure-bucket.ts";
import { given } from "./service.ts";
import { type Transform, transformed } from "./transform.ts";

export interface ArchiveStoreArgs {
  readonly kind: ArchiveStoreKind;
  /** First part of the archives' keys in a bucket: that of the results they come from. */
  readonly keyPrefix: string;
  /** False: `pulumi destroy` deletes the bucket with every archive in it. (A vault must be emptied by hand anyway.) */
  readonly retainOnDestroy: boolean;
  readonly transform?: {
    readonly vault?: Transform<glacier.VaultArgs>;
    readonly noticesTopic?: Transform<sns.TopicArgs>;
    readonly noticesPolicy?: Transform<sns.TopicPolicyArgs>;
    readonly bucket?: SecureBucketArgs["transform"];
  };
}

/** How the store tells that an archive can be read again. */
export type ArchiveNotices =
  | { readonly from: "topic"; readonly topicArn: Output<string> }
  | { readonly from: "bucket"; readonly bucket: SecureBucket };

/**
 * Cold storage behind one face: an Amazon Glacier vault (accounts that had one before 15 December 2025), or a bucket whose
 * objects are in S3 Glacier Flexible Retrieval.
 */
export class ArchiveStore extends ComponentResource {
  readonly kind: ArchiveStoreKind;
  /** Vault name, or bucket name. */
  readonly archiveName: Output<string>;
  readonly notices: ArchiveNotices;
  /** To store archives, and to delete one that has become superfluous. */
  readonly storePermissions: readonly Statement[];
  /** To ask for archives, read and delete them. */
  readonly restorePermissions: readonly Statement[];
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
    const { transform } = args;
    const store = args.kind === "vault" ? createVault() : createBucket();

    this.kind = args.kind;
    this.archiveName = store.archiveName;
    this.notices = store.notices;
    this.storePermissions = store.storePermissions;
    this.restorePermissions = store.restorePermissions;
    this.nodes = store.nodes;
    this.registerOutputs({ kind: this.kind, archiveName: this.archiveName });

    function createVault() {
      const vaultName = physicalName("vault", name);
      const { accountId } = accountOf(self);
      // Not encrypted with AWS's own key for SNS: other AWS services may not publish through that key.
      const noticesTopic = new sns.Topic(
        ...transformed(
          transform?.noticesTopic,
          `${name}-notices`,
          { name: physicalName("topic", `${name}-notices`) },
          parent,
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
          { ...parent, dependsOn: [noticesPolicy], ...keepsData(args.retainOnDestroy ?? false) },
        ),
      );
      return {
        archiveName: vault.name,
        notices: { from: "topic", topicArn: noticesTopic.arn } as const,
        storePermissions: [
          allow(
            "StoreArchives",
            [
              "glacier:UploadArchive",
              "glacier:InitiateMultipartUpload",
              "glacier:UploadMultipartPart",
              "glacier:CompleteMultipartUpload",
              "glacier:AbortMultipartUpload",
              "glacier:DeleteArchive",
            ],
            [vault.arn],
          ),
        ],
        restorePermissions: [
          allow(
            "RestoreArchives",
            ["glacier:InitiateJob", "glacier:DescribeJob", "glacier:GetJobOutput", "glacier:DeleteArchive"],
            [vault.arn],
          ),
        ],
        nodes: { vault, noticesTopic, noticesPolicy },
      };
    }

    function createBucket() {
      const bucket = new SecureBucket(
        name,
        { retainOnDestroy: args.retainOnDestroy, ...given({ transform: transform?.bucket }) },
        parent,
      );
      const objects = interpolate`${bucket.arn}/${args.keyPrefix}/*`;
      const missing = allow("MissingArchives", ["s3:ListBucket"], [bucket.arn]);
      return {
        archiveName: bucket.bucketName,
        notices: { from: "bucket", bucket } as const,
        storePermissions: [
          allow(
            "StoreArchives",
            ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [objects],
          ),
          missing,
        ],
        restorePermissions: [
          allow("RestoreArchives", ["s3:RestoreObject", "s3:GetObject", "s3:DeleteObject"], [objects]),
          missing,
        ],
        nodes: { bucket },
      };
    }
  }
}
