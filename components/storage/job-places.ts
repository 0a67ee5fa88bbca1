import type { Input } from "@pulumi/pulumi";
import type { SecureBucket } from "./secure-bucket.ts";

/** A DynamoDB table, by what is needed to use it. */
export interface TableIds {
  /** Physical name. */
  readonly name: Input<string>;
  /** `arn:aws:dynamodb:…` */
  readonly arn: Input<string>;
}

/** A bucket, by what is needed to use it. */
export interface BucketIds {
  /** The key that its objects are encrypted with. @default S3's own */
  readonly kmsKeyArn?: Input<string> | undefined;
  /** Physical name. */
  readonly bucketName: Input<string>;
  /** `arn:aws:s3:::…` */
  readonly arn: Input<string>;
}

/** A queue, by what is needed to use it. */
export interface QueueIds {
  /** `https://sqs.…` */
  readonly url: Input<string>;
  /** `arn:aws:sqs:…` */
  readonly arn: Input<string>;
}

/** What components know of where jobs live; a `JobStore` is one, and names from elsewhere will do as well. */
export interface JobPlaces {
  /** First part of every object key. */
  readonly keyPrefix: Input<string>;
  /** Items of jobs; key `job_id`, with the three indexes that a `JobStore` has. */
  readonly annotations: TableIds;
  /** People; key `user_id`. */
  readonly users: TableIds;
  /** External events already applied; key `event_id`. */
  readonly events: TableIds;
  /** Uploaded files. */
  readonly inputs: BucketIds;
  /** Results and logs. */
  readonly results: BucketIds;
  /** Bundles of the services. */
  readonly code: BucketIds;
  /** Where S3 records the requests to buckets of ours. @default they are not recorded */
  readonly logs?: SecureBucket;
  /** The customer's KMS key that all of these are encrypted with, but for the records of requests. @default AWS's own keys */
  readonly kmsKeyArn?: Input<string> | undefined;
  /** A job waits; a job has ended; everything archived of a user shall come back. */
  readonly topics: Readonly<Record<"requests" | "results" | "restore", { readonly arn: Input<string> }>>;
}
