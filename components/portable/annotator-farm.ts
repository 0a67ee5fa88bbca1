import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { given } from "../bundle/service.ts";
import { AnnotatorFarm as Component } from "../pipelines/annotator-farm.ts";
import type { AnnotatorScaling as Scaling } from "../pipelines/annotator-scaling.ts";
import { type GroupArgs, groupOf } from "./machines.ts";
import { duration, oneOf, requirePlain, requireSeconds } from "./plain.ts";
import { type JobStoreReference, jobsOf, type NetworkReference, networkOf } from "./references.ts";
import type { Traces } from "./traces.ts";

/** When an annotator farm grows and shrinks. */
export interface AnnotatorScaling {
  /** `backlog`, recommended; `backlogPerInstance`, target tracking; `jobsSent` or `course`, as the course does it. Default: `backlog`. */
  by?: string;
  /** jobsSent: window the jobs are counted in, 60 to 86,400 seconds, whole minutes. Default: 900. */
  windowSeconds?: number;
  /** jobsSent: jobs in a window from which on an instance is added, 1 to 1,000,000. Default: 30. */
  scaleOutAt?: number;
  /** jobsSent: jobs in a window below which an instance is taken away, 0 to 1,000,000. Default: 5. */
  scaleInBelow?: number;
  /** jobsSent: pause after each step, 60 to 7200 seconds. Default: 300. */
  pauseSeconds?: number;
  /** backlog, backlogPerInstance: how long a job may wait, 1 to 43,200 seconds. Default: 120. */
  acceptableWaitSeconds?: number;
  /** backlog, backlogPerInstance: what one job takes, 1 to 43,200 seconds. Default: 60. */
  jobTakesSeconds?: number;
  /** backlog: time until a new instance counts, 1 to 7200 seconds. Default: 60. */
  warmUpSeconds?: number;
}

export interface AnnotatorFarmArgs extends GroupArgs {
  /** Where jobs live: the `reference` of a JobStore. */
  jobs: Input<JobStoreReference>;
  /** Where it stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** When the farm grows and shrinks. Default: by backlog. */
  scaling?: AnnotatorScaling;
  /** Jobs one instance runs at a time, 1 to 64. Default: 1. */
  concurrency?: number;
  /** A command of your own, with `{input}` and `{output}`; the image must hold it. Default: the built-in annotator. */
  engine?: string[];
  /** Memory of such a command, 64 to 1,048,576 MiB. Default: 2048. */
  engineMemoryMiB?: number;
  /** Directory of reference data that `annofarm reference build` has made. Default: the built-in data. */
  reference?: string;
  /** Longest a job may take, 1 to 43,200 seconds. Default: 3600. */
  jobTimeoutSeconds?: number;
  /** How long a job stays claimed without a sign of life, 3 to 43,200 seconds. Default: 60. */
  leaseSeconds?: number;
  /** Time a busy instance that must go is given to finish, 30 to 7200 seconds. Default: 3600. */
  drainSeconds?: number;
  /** Where its service's traces go. Default: nothing is traced. */
  traces?: Traces;
}

/** Instances that take jobs from a queue and annotate them. A busy one is never taken away. */
export class AnnotatorFarm extends ComponentResource {
  /** URL of the queue of waiting jobs. */
  readonly queueUrl: Output<string>;
  /** Auto Scaling group. */
  readonly groupName: Output<string>;

  constructor(name: string, args: AnnotatorFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:AnnotatorFarm", name, {}, opts);
    const what = `AnnotatorFarm ${name}`;
    const { jobs, network, imageId, kmsKeyArn, ...plain } = args;
    requirePlain(what, plain);
    const { jobTimeoutSeconds, leaseSeconds, drainSeconds } = args;
    requireSeconds(what, { jobTimeoutSeconds, leaseSeconds, drainSeconds });
    const { concurrency, engine, engineMemoryMiB, reference, traces } = args;
    const farm = new Component(
      name,
      {
        jobs: jobsOf(jobs, kmsKeyArn),
        network: networkOf(network),
        ...groupOf(what, args),
        scaling: scalingOf(what, args.scaling ?? {}),
        ...given({
          concurrency,
          engine,
          engineMemoryMiB,
          reference,
          traces,
          jobTimeout: duration(jobTimeoutSeconds),
          lease: duration(leaseSeconds),
          drain: duration(drainSeconds),
        }),
      },
      { parent: this },
    );
    this.queueUrl = farm.queue.url;
    this.groupName = farm.groupName;
    this.registerOutputs({ queueUrl: this.queueUrl, groupName: this.groupName });
  }
}

const kinds = ["backlog", "backlogPerInstance", "jobsSent", "course"] as const;

export function scalingOf(what: string, scaling: AnnotatorScaling): Scaling {
  const { windowSeconds, pauseSeconds, acceptableWaitSeconds, jobTakesSeconds, warmUpSeconds } = scaling;
  requireSeconds(what, {
    "scaling.windowSeconds": windowSeconds,
    "scaling.pauseSeconds": pauseSeconds,
    "scaling.acceptableWaitSeconds": acceptableWaitSeconds,
    "scaling.jobTakesSeconds": jobTakesSeconds,
    "scaling.warmUpSeconds": warmUpSeconds,
  });
  const by = oneOf(what, "scaling.by", scaling.by, kinds) ?? "backlog";
  if (by === "course") return { by };
  if (by === "jobsSent") {
    const { scaleOutAt, scaleInBelow } = scaling;
    return {
      by,
      ...given({ scaleOutAt, scaleInBelow, window: duration(windowSeconds), pause: duration(pauseSeconds) }),
    };
  }
  const backlog = given({ acceptableWait: duration(acceptableWaitSeconds), jobTakes: duration(jobTakesSeconds) });
  return by === "backlog" ? { by, ...backlog, ...given({ warmUp: duration(warmUpSeconds) }) } : { by, ...backlog };
}
