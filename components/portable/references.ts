/** What one component tells another when the program between them is in another language: names and ARNs. */
import type { Input, Output } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import type { NetworkIds } from "../network/network.ts";
import type { JobPlaces } from "../storage/job-places.ts";

/** A network, by its ids: the `reference` of a Network, or what is there already. */
export interface NetworkReference {
  /** The VPC. */
  vpcId: Input<string>;
  /** Public subnets for a balancer, in two zones at least. */
  publicSubnetIds: Input<Input<string>[]>;
  /** Subnets in which instances stand. */
  instanceSubnetIds: Input<Input<string>[]>;
  /** Whether instances get a public address. */
  publicAddresses: Input<boolean>;
  /** Port on which web instances answer the balancer. */
  webPort: Input<number>;
  /** Security group of the balancer. */
  balancerSecurityGroupId: Input<string>;
  /** Security group of web instances. */
  webSecurityGroupId: Input<string>;
  /** Security group of all other instances. */
  workerSecurityGroupId: Input<string>;
}

/** Where jobs live, by names and ARNs: the `reference` of a JobStore, or what is there already. */
export interface JobStoreReference {
  /** First part of every object key. */
  keyPrefix: Input<string>;
  /** Table of jobs, its name. */
  annotationsTable: Input<string>;
  /** Table of jobs, its ARN. */
  annotationsTableArn: Input<string>;
  /** Table of people, its name. */
  usersTable: Input<string>;
  /** Table of people, its ARN. */
  usersTableArn: Input<string>;
  /** Table of applied events, its name. */
  eventsTable: Input<string>;
  /** Table of applied events, its ARN. */
  eventsTableArn: Input<string>;
  /** Bucket of uploads, its name. */
  inputsBucket: Input<string>;
  /** Bucket of uploads, its ARN. */
  inputsBucketArn: Input<string>;
  /** Bucket of results, its name. */
  resultsBucket: Input<string>;
  /** Bucket of results, its ARN. */
  resultsBucketArn: Input<string>;
  /** Bucket of the services' code, its name. */
  codeBucket: Input<string>;
  /** Bucket of the services' code, its ARN. */
  codeBucketArn: Input<string>;
  /** Topic on which waiting jobs are announced. */
  requestsTopicArn: Input<string>;
  /** Topic on which ended jobs are announced. */
  resultsTopicArn: Input<string>;
  /** Topic on which users are announced whose results shall come back. */
  restoreTopicArn: Input<string>;
}

/** An archive, by names and ARNs: the `reference` of an ArchivePipeline. */
export interface ArchiveReference {
  /** URL of the queue of results that are due for archiving. */
  queueUrl: Input<string>;
  /** ARN of that queue. */
  queueArn: Input<string>;
  /** Name of the bucket or vault. */
  archiveName: Input<string>;
  /** ARN of the bucket or vault. */
  archiveArn: Input<string>;
  /** Topic of a vault's notices; empty for a bucket, which sends them itself. */
  noticesTopicArn: Input<string>;
}

/** One field of a reference that may be known only at deployment. */
const field =
  <Reference extends object>(reference: Input<Reference>) =>
  <Key extends keyof Reference>(key: Key) =>
    output(reference).apply((known) => (known as Reference)[key]) as Output<
      Reference[Key] extends Input<infer Value> ? Value : never
    >;

export function networkOf(reference: Input<NetworkReference>): NetworkIds {
  const of = field(reference);
  return {
    vpcId: of("vpcId"),
    publicSubnetIds: of("publicSubnetIds"),
    instanceSubnetIds: of("instanceSubnetIds"),
    publicAddresses: of("publicAddresses"),
    webPort: of("webPort"),
    balancerSecurityGroupId: of("balancerSecurityGroupId"),
    webSecurityGroupId: of("webSecurityGroupId"),
    workerSecurityGroupId: of("workerSecurityGroupId"),
  };
}

/** @param kmsKeyArn the key that all of it is encrypted with. */
export function jobsOf(reference: Input<JobStoreReference>, kmsKeyArn?: Input<string>): JobPlaces {
  const of = field(reference);
  return {
    kmsKeyArn,
    keyPrefix: of("keyPrefix"),
    annotations: { name: of("annotationsTable"), arn: of("annotationsTableArn") },
    users: { name: of("usersTable"), arn: of("usersTableArn") },
    events: { name: of("eventsTable"), arn: of("eventsTableArn") },
    inputs: { bucketName: of("inputsBucket"), arn: of("inputsBucketArn") },
    results: { bucketName: of("resultsBucket"), arn: of("resultsBucketArn") },
    code: { bucketName: of("codeBucket"), arn: of("codeBucketArn"), kmsKeyArn },
    topics: {
      requests: { arn: of("requestsTopicArn") },
      results: { arn: of("resultsTopicArn") },
      restore: { arn: of("restoreTopicArn") },
    },
  };
}

/** The queue of an archive. */
export function queueOf(reference: Input<ArchiveReference>) {
  const of = field(reference);
  return { url: of("queueUrl"), arn: of("queueArn") };
}

/** The vault or bucket of an archive. */
export function storeOf(reference: Input<ArchiveReference>) {
  const of = field(reference);
  return { archiveName: of("archiveName"), arn: of("archiveArn"), noticesTopicArn: of("noticesTopicArn") };
}
