/** S3. */
import { bucket, bucketEncryption } from "../cost/rules/buckets.ts";
import { byDesign, free, known, noRule, priced, under } from "./cost.ts";
import { ofBucket } from "./outputs.ts";
import { byBucket } from "./replacement.ts";
import { box, detail, goesWith, listedAs, notRunHere, type ResourceTypes } from "./resource-type.ts";

export const s3: ResourceTypes = {
  "aws:s3/bucket:Bucket": {
    outputs: ({ name, arn, region }) => ({
      id: name,
      bucket: name,
      arn: arn("s3", name, "partition"),
      bucketDomainName: `${name}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      region,
    }),
    replacement: {
      replace: ["bucket", "bucketPrefix", "objectLockEnabled"],
      name: "bucket",
      source: "s3/bucket.go",
    },
    cost: priced(
      bucket,
      known(
        "acl bucket bucketPrefix corsRules forceDestroy grants objectLockEnabled policy website " +
          under(
            "lifecycleRules[]",
            "abortIncompleteMultipartUploadDays enabled id noncurrentVersionExpiration prefix tags",
          ),
        { accelerationStatus: ["Suspended"], requestPayer: ["BucketOwner"] },
      ),
    ),
    picture: box("bucket", "S3 bucket"),
    inAccount: listedAs("S3 bucket"),
  },
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_cors_configuration.go"),
    cost: free(byDesign.bucketSetting),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_lifecycle_configuration.go"),
    cost: free(
      byDesign.bucketSetting,
      known(
        "bucket expectedBucketOwner transitionDefaultMinimumObjectSize " +
          under(
            "rules[]",
            "abortIncompleteMultipartUpload expiration filter id noncurrentVersionExpiration prefix status",
          ),
      ),
    ),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketLogging:BucketLogging": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_logging.go"),
    cost: free("its records are counted at the bucket that they are written to"),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketNotification:BucketNotification": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_notification.go"),
    cost: free(byDesign.bucketSetting),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    outputs: ({ inputs, hex }) => ({
      id: `${inputs.bucket}/${inputs.key}`,
      key: inputs.key,
      etag: hex(32),
      versionId: hex(32),
    }),
    replacement: {
      replace: ["bucket", "key"],
      renewed: ["etag", "versionId"],
      source: "s3/object.go",
    },
    cost: free(byDesign.counted),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_ownership_controls.go"),
    cost: free(byDesign.bucketSetting),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_policy.go"),
    cost: free(byDesign.bucketSetting),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_public_access_block.go"),
    cost: free(byDesign.bucketSetting),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_server_side_encryption_configuration.go"),
    cost: priced(
      bucketEncryption,
      known(
        "bucket expectedBucketOwner rules[].bucketKeyEnabled rules[].blockedEncryptionTypes " +
          "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId",
        { "rules[].applyServerSideEncryptionByDefault.sseAlgorithm": ["AES256", "aws:kms"] },
      ),
    ),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
  "aws:s3/bucketV2:BucketV2": {
    outputs: ofBucket,
    replacement: notRunHere,
    cost: noRule,
    picture: box("bucket", "S3 bucket"),
    inAccount: listedAs("S3 bucket"),
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    outputs: ofBucket,
    replacement: byBucket("s3/bucket_versioning.go"),
    cost: free("old versions are counted at the bucket"),
    picture: detail,
    inAccount: goesWith("S3 bucket"),
  },
};
