import type { Input } from "@pulumi/pulumi";

/** A DynamoDB table, by what is needed to use it. */
export interface TableIds {
  readonly name: Input<string>;
  readonly arn: Input<string>;
}

/** A bucket, by what is needed to use it. */
export interface BucketIds {
  readonly bucketName: Input<string>;
  readonly arn: Input<string>;
}

/** A queue, by what is needed to use it. */
export interface QueueIds {
  readonly url: Input<string>;
  readonly arn: Input<string>;
}

/** What components know of where jobs live; a `JobStore` is one, and names from elsewhere will do as well. */
export interface JobPlaces {
  /** First part of every object key. */
  readonly keyPrefix: Input<string>;
  readonly annotations: TableIds;
  readonly users: TableIds;
  readonly events: TableIds;
  readonly inputs: BucketIds;
  readonly results: BucketIds;
  readonly code: BucketIds;
  readonly topics: Readonly<Record<"requests" | "results" | "restore", { readonly arn: Input<string> }>>;
}
