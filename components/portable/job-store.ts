import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { days } from "../base/duration.ts";
import { given } from "../bundle/service.ts";
import { JobStore as Component } from "../storage/job-store.ts";
import { duration, requireCounts, requirePlain } from "./plain.ts";
import type { JobStoreReference } from "./references.ts";

export interface JobStoreArgs {
  /** First part of every object key. Default: the component's name. */
  keyPrefix?: string;
  /** Uploaded files are deleted after so many days, 1 to 3,650. Default: they are kept. */
  inputsExpireAfterDays?: number;
  /** Records of who asked the buckets for what are deleted after so many days, 1 to 3,650. Default: 90. */
  logsExpireAfterDays?: number;
  /** True: tables refuse deletion, and buckets are not emptied by `pulumi destroy`. Default: false. */
  production?: boolean;
  /** ARN of a KMS key of your own, which encrypts all of it: `arn:aws:kms:…:key/…`. Default: the keys of each AWS service. */
  kmsKeyArn?: Input<string>;
}

/** Where jobs live: their items, their files, the people they belong to, and the topics on which they are announced. */
export class JobStore extends ComponentResource {
  /** What the other components take. */
  readonly reference: Output<JobStoreReference>;

  constructor(name: string, args: JobStoreArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:JobStore", name, {}, opts);
    const { keyPrefix, inputsExpireAfterDays, logsExpireAfterDays, production } = args;
    requirePlain(`JobStore ${name}`, { keyPrefix, inputsExpireAfterDays, logsExpireAfterDays, production });
    requireCounts(`JobStore ${name}`, "days", { inputsExpireAfterDays, logsExpireAfterDays });
    const store = new Component(
      name,
      given({
        keyPrefix,
        production,
        kmsKeyArn: args.kmsKeyArn,
        inputsExpireAfter: duration(inputsExpireAfterDays, days),
        logsExpireAfter: duration(logsExpireAfterDays, days),
      }),
      { parent: this },
    );
    this.reference = output({
      keyPrefix: store.keyPrefix,
      annotationsTable: store.annotations.name,
      annotationsTableArn: store.annotations.arn,
      usersTable: store.users.name,
      usersTableArn: store.users.arn,
      eventsTable: store.events.name,
      eventsTableArn: store.events.arn,
      inputsBucket: store.inputs.bucketName,
      inputsBucketArn: store.inputs.arn,
      resultsBucket: store.results.bucketName,
      resultsBucketArn: store.results.arn,
      codeBucket: store.code.bucketName,
      codeBucketArn: store.code.arn,
      requestsTopicArn: store.topics.requests.arn,
      resultsTopicArn: store.topics.results.arn,
      restoreTopicArn: store.topics.restore.arn,
    });
    this.registerOutputs({ reference: this.reference });
  }
}
