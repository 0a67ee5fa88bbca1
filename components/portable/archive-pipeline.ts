import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { archiveStoreKinds } from "../../runtime/contract/storage.ts";
import { given } from "../bundle/service.ts";
import { UtilityHost } from "../group/utility-host.ts";
import { ArchivePipeline as Component } from "../pipelines/archive-pipeline.ts";
import { type MachineArgs, machineOf } from "./machines.ts";
import { duration, oneOf, requirePlain, requireSeconds } from "./plain.ts";
import {
  type ArchiveReference,
  type JobStoreReference,
  jobsOf,
  type NetworkReference,
  networkOf,
} from "./references.ts";
import type { Traces } from "./traces.ts";

export interface ArchivePipelineArgs extends MachineArgs {
  /** Where jobs live: the `reference` of a JobStore. */
  jobs: Input<JobStoreReference>;
  /** Where its host stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** How long a free user's result stays in standard storage, 1 to 1,036,800 seconds. Default: 1800. */
  retentionSeconds?: number;
  /** Cold storage: `s3` (S3 Glacier Flexible Retrieval) or `vault` (Amazon Glacier). Default: `s3`. */
  store?: string;
  /** How often overdue results and superfluous archives are looked after, 1 to 86,400 seconds. Default: 3600. */
  sweepSeconds?: number;
  /** True: `pulumi destroy` leaves archives alone. Default: false. */
  production?: boolean;
  /** Where its service's traces go. Default: nothing is traced. */
  traces?: Traces;
  /** ARNs told of dead letters. Default: nobody. */
  alarmActions?: Input<string>[];
}

/** Moves results of free users to cold storage once their free period is over. Brings a host of one instance. */
export class ArchivePipeline extends ComponentResource {
  /** What RestorePipeline and WebFarm take. */
  readonly reference: Output<ArchiveReference>;
  /** Auto Scaling group of the host. */
  readonly groupName: Output<string>;

  constructor(name: string, args: ArchivePipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:ArchivePipeline", name, {}, opts);
    const what = `ArchivePipeline ${name}`;
    const { retentionSeconds, store, sweepSeconds, production, alarmActions, traces } = args;
    requirePlain(what, { retentionSeconds, store, sweepSeconds, production, alarmActions, traces });
    requireSeconds(what, { retentionSeconds, sweepSeconds });
    const machine = machineOf(what, args);
    const kind = oneOf(what, "store", store, archiveStoreKinds);
    const pipeline = new Component(
      name,
      {
        jobs: jobsOf(args.jobs, args.kmsKeyArn),
        ...given({
          store: kind,
          retention: duration(retentionSeconds),
          sweepEvery: duration(sweepSeconds),
          production,
          alarmActions,
          traces,
        }),
      },
      { parent: this },
    );
    const host = new UtilityHost(
      `${name}-host`,
      { network: networkOf(args.network), services: [pipeline.service], ...machine },
      { parent: this },
    );
    const { nodes, notices, archiveName } = pipeline.store;
    this.reference = output({
      queueUrl: pipeline.queue.url,
      queueArn: pipeline.queue.arn,
      archiveName,
      archiveArn: output(nodes.vault?.arn ?? nodes.bucket?.arn).apply(String),
      noticesTopicArn: notices.from === "topic" ? notices.topicArn : "",
    });
    this.groupName = host.groupName;
    this.registerOutputs({ reference: this.reference, groupName: this.groupName });
  }
}
