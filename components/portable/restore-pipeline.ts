import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { archiveStoreKinds, retrievalTiers } from "../../runtime/contract/storage.ts";
import { given } from "../bundle/service.ts";
import { UtilityHost } from "../group/utility-host.ts";
import { RestorePipeline as Component } from "../pipelines/restore-pipeline.ts";
import { type ArchiveNotices, restorePermissions } from "../storage/archive-store.ts";
import { type MachineArgs, machineOf } from "./machines.ts";
import { duration, oneOf, requirePlain, requireSeconds } from "./plain.ts";
import {
  type ArchiveReference,
  type JobStoreReference,
  jobsOf,
  type NetworkReference,
  networkOf,
  queueOf,
  storeOf,
} from "./references.ts";
import type { Traces } from "./traces.ts";

export interface RestorePipelineArgs extends MachineArgs {
  /** Where jobs live: the `reference` of a JobStore. */
  jobs: Input<JobStoreReference>;
  /** Where its host stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** Where the archives are: the `reference` of an ArchivePipeline. */
  archive: Input<ArchiveReference>;
  /** The `store` of that ArchivePipeline: `s3` or `vault`. Default: `s3`. */
  store?: string;
  /** Tier asked for: `Expedited`, `Standard` or `Bulk`. Default: `Expedited`, 1 to 5 minutes. */
  tier?: string;
  /** How often restores whose notice was lost are looked after, 1 to 86,400 seconds. Default: 300. */
  sweepSeconds?: number;
  /** Where its service's traces go. Default: nothing is traced. */
  traces?: Traces;
  /** ARNs told of dead letters. Default: nobody. */
  alarmActions?: Input<string>[];
}

/** Brings archived results back for those who have become premium. Brings a host of one instance. */
export class RestorePipeline extends ComponentResource {
  /** URL of the queue of users whose results shall come back. */
  readonly queueUrl: Output<string>;
  /** Auto Scaling group of the host. */
  readonly groupName: Output<string>;

  constructor(name: string, args: RestorePipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:RestorePipeline", name, {}, opts);
    const what = `RestorePipeline ${name}`;
    const { store, tier, sweepSeconds, alarmActions, traces } = args;
    requirePlain(what, { store, tier, sweepSeconds, alarmActions, traces });
    requireSeconds(what, { sweepSeconds });
    const machine = machineOf(what, args);
    const kind = oneOf(what, "store", store, archiveStoreKinds) ?? "s3";
    const asked = oneOf(what, "tier", tier, retrievalTiers);
    const jobs = jobsOf(args.jobs, args.kmsKeyArn);
    const { arn, archiveName, noticesTopicArn } = storeOf(args.archive);
    const notices: ArchiveNotices =
      kind === "vault"
        ? { from: "topic", topicArn: noticesTopicArn }
        : { from: "bucket", bucket: { bucketName: archiveName, arn } };
    const pipeline = new Component(
      name,
      {
        jobs,
        archive: {
          kmsKeyArn: args.kmsKeyArn,
          queue: queueOf(args.archive),
          store: {
            kind,
            archiveName,
            notices,
            restorePermissions: restorePermissions({ kind, arn, keyPrefix: jobs.keyPrefix }),
          },
        },
        ...given({ tier: asked, sweepEvery: duration(sweepSeconds), alarmActions, traces }),
      },
      { parent: this },
    );
    const host = new UtilityHost(
      `${name}-host`,
      { network: networkOf(args.network), services: [pipeline.service], ...machine },
      { parent: this },
    );
    this.queueUrl = pipeline.queue.url;
    this.groupName = host.groupName;
    this.registerOutputs({ queueUrl: this.queueUrl, groupName: this.groupName });
  }
}
