import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { given } from "../bundle/service.ts";
import { UtilityHost } from "../group/utility-host.ts";
import { NotifyPipeline as Component } from "../pipelines/notify-pipeline.ts";
import { type MachineArgs, machineOf } from "./machines.ts";
import { duration, requirePlain, requireSeconds } from "./plain.ts";
import { type JobStoreReference, jobsOf, type NetworkReference, networkOf } from "./references.ts";
import type { Traces } from "./traces.ts";

export interface NotifyPipelineArgs extends MachineArgs {
  /** Where jobs live: the `reference` of a JobStore. */
  jobs: Input<JobStoreReference>;
  /** Where its host stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** Address mails come from. */
  mailFrom: string;
  /** Origin of the links in mails: `https://gas.example.org`; the `url` of a WebFarm. */
  publicUrl: Input<string>;
  /** Route 53 zone in which the domain of `mailFrom` is proven. Default: SES mails the address a link to confirm. */
  zone?: string;
  /** False when somebody else has made the SES identity. Default: true. */
  createIdentity?: boolean;
  /** The `retentionSeconds` of the ArchivePipeline, which mails name. Default: mails say nothing of archiving. */
  retentionSeconds?: number;
  /**
   * How long before a free user's result is archived a mail says so, 1 second to half of `retentionSeconds`. Default: a tenth of it, an
   * hour at least; no such mail below four hours.
   */
  archiveNoticeSeconds?: number;
  /** How often unpublished jobs are looked after, 1 to 86,400 seconds. Default: 60. */
  sweepSeconds?: number;
  /** Where its service's traces go. Default: nothing is traced. */
  traces?: Traces;
  /** ARNs told of dead letters. Default: nobody. */
  alarmActions?: Input<string>[];
}

/** Mails that a job has ended; publishes what a crash has left unpublished. Brings a host of one instance. */
export class NotifyPipeline extends ComponentResource {
  /** URL of the queue of jobs that have ended. */
  readonly queueUrl: Output<string>;
  /** Auto Scaling group of the host. */
  readonly groupName: Output<string>;

  constructor(name: string, args: NotifyPipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:NotifyPipeline", name, {}, opts);
    const what = `NotifyPipeline ${name}`;
    const { mailFrom, publicUrl, zone, createIdentity, sweepSeconds, alarmActions, traces } = args;
    const { retentionSeconds, archiveNoticeSeconds } = args;
    const times = { retentionSeconds, archiveNoticeSeconds, sweepSeconds };
    requirePlain(what, { mailFrom, zone, createIdentity, ...times, alarmActions, traces });
    requireSeconds(what, times);
    const retention = duration(retentionSeconds);
    const machine = machineOf(what, args);
    const pipeline = new Component(
      name,
      {
        jobs: jobsOf(args.jobs, args.kmsKeyArn),
        mailFrom,
        publicUrl,
        ...given({
          zone,
          createIdentity,
          archive: retention && { retention },
          archiveNotice: duration(archiveNoticeSeconds),
          sweepEvery: duration(sweepSeconds),
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
    this.queueUrl = pipeline.queue.url;
    this.groupName = host.groupName;
    this.registerOutputs({ queueUrl: this.queueUrl, groupName: this.groupName });
  }
}
