import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { withKeys } from "../base/customer-key.ts";
import { consume } from "../base/permissions.ts";
import { check, range, rule } from "../base/validate.ts";
import { given } from "../bundle/service.ts";
import { groupRules } from "../group/group-args.ts";
import { ScaledGroup } from "../group/scaled-group.ts";
import { annotatorScaling, annotatorScalingRules } from "../pipelines/annotator-scaling.ts";
import { WorkerQueue } from "../pipelines/worker-queue.ts";
import { type AnnotatorScaling, scalingOf } from "./annotator-farm.ts";
import { type App, bundleOf, ownServiceOf, serviceOf } from "./app.ts";
import { type GroupArgs, groupOf } from "./machines.ts";
import { duration, requirePlain, requireSeconds } from "./plain.ts";
import { type NetworkReference, networkOf } from "./references.ts";

export interface WorkerFarmArgs extends GroupArgs {
  /** Where it stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** The program, which finds the queue's URL in `QUEUE_URL` and may receive and delete its messages. */
  app: App;
  /** Topics whose messages arrive in the queue, as they were published: name → ARN. Default: none. */
  topics?: { [name: string]: Input<string> };
  /** How long a received message stays hidden when the receiver does not say, 1 to 43,200 seconds. Default: 60. */
  visibilitySeconds?: number;
  /** How long an unconsumed message is kept, 60 to 1,123,200 seconds. Default: 345,600. */
  retentionSeconds?: number;
  /** Receipts after which a message is set aside as a dead letter, 1 to 1,000. Default: 5. */
  receiptsMax?: number;
  /** When the farm grows and shrinks; a job is a message. Default: by backlog. */
  scaling?: AnnotatorScaling;
  /** Messages one instance handles at a time, 1 to 64: what scaling by backlog reckons with. Default: 1. */
  concurrency?: number;
}

/** A queue of your own with its dead letters, and instances that run a program of your own on it and grow with it. */
export class WorkerFarm extends ComponentResource {
  /** URL of the queue. */
  readonly queueUrl: Output<string>;
  /** ARN of the queue. */
  readonly queueArn: Output<string>;
  /** URL of the queue of messages that were set aside. */
  readonly deadLettersUrl: Output<string>;
  /** Auto Scaling group. */
  readonly groupName: Output<string>;

  constructor(name: string, args: WorkerFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:WorkerFarm", name, {}, opts);
    const what = `WorkerFarm ${name}`;
    const { network, topics, imageId, kmsKeyArn, alarmActions, ...plain } = args;
    requirePlain(what, plain);
    const { visibilitySeconds, retentionSeconds, receiptsMax, concurrency } = args;
    requireSeconds(what, { visibilitySeconds, retentionSeconds });
    const machines = groupOf(what, args);
    const scaling = scalingOf(what, args.scaling ?? {});
    check(what, [
      ...groupRules(machines),
      ...annotatorScalingRules(scaling, args.minSize),
      range("concurrency", concurrency, { min: 1, max: 64, unit: "messages" }),
      rule("app.environment.QUEUE_URL", args.app.environment?.QUEUE_URL !== undefined, "is set here; leave it out"),
    ]);
    const own = ownServiceOf(what, args.app);

    const queue = new WorkerQueue(
      `${name}-messages`,
      given({
        topics,
        receiptsMax,
        kmsKeyArn,
        alarmActions,
        visibility: duration(visibilitySeconds),
        retention: duration(retentionSeconds),
      }),
      { parent: this },
    );
    const told = {
      ...own,
      environment: { ...own.environment, QUEUE_URL: queue.url },
      permissions: withKeys([...(own.permissions ?? []), consume("Messages", queue)], [kmsKeyArn], this),
    };
    const place = networkOf(network);
    const bundle = bundleOf(name, args.app, kmsKeyArn, this);
    const group = new ScaledGroup(
      name,
      {
        ...machines,
        network: place,
        securityGroupId: place.workerSecurityGroupId,
        services: [serviceOf(what, args.app, told, { bundle, port })],
        scaling: (groupName) =>
          annotatorScaling(scaling, concurrency ?? 1, { queue: queue.queueName, group: groupName }),
      },
      { parent: this },
    );
    this.queueUrl = queue.url;
    this.queueArn = queue.arn;
    this.deadLettersUrl = queue.deadLettersUrl;
    this.groupName = group.groupName;
    this.registerOutputs({
      queueUrl: this.queueUrl,
      queueArn: this.queueArn,
      deadLettersUrl: this.deadLettersUrl,
      groupName: this.groupName,
    });
  }
}

/** On which the program answers: nobody but its own host asks it there. */
const port = 8080;
