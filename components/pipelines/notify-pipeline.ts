import * as route53 from "@pulumi/aws/route53/index.js";
import * as sesv2 from "@pulumi/aws/sesv2/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Resource,
} from "@pulumi/pulumi";
import { jobIndexes } from "../../runtime/contract/storage.ts";
import { accountOf } from "../base/account.ts";
import { kmsKeyRule, withKeys } from "../base/customer-key.ts";
import { type Duration, days, hours, seconds } from "../base/duration.ts";
import { domainOf, isWithin } from "../base/naming.ts";
import { consume, probeMail, publish, sendMail, useTable } from "../base/permissions.ts";
import { type TracesArgs, tracesEnvironment, tracesRules } from "../base/traces.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form, type MaybeMistake, rule, within } from "../base/validate.ts";
import { declareService, given, type Service, text } from "../bundle/service.ts";
import type { ServiceBundle, ServiceBundleArgs } from "../bundle/service-bundle.ts";
import type { JobPlaces } from "../storage/job-places.ts";
import type { ArchivePlaces } from "./archive-pipeline.ts";
import { dkimDomain } from "./dkim-domain.ts";
import { createServiceBundle, createWorkQueue, customerKey } from "./service-parts.ts";
import type { WorkerQueue, WorkerQueueArgs } from "./worker-queue.ts";

/** What a notify pipeline may be told. */
export interface NotifyPipelineArgs {
  /** Where jobs live: a `JobStore`, or names from elsewhere. */
  readonly jobs: JobPlaces;
  /** Address mails come from. */
  readonly mailFrom: string;
  /**
   * Route 53 zone in which the domain of `mailFrom` can be proven to SES, with DKIM.
   * @default the address itself becomes the identity: SES mails it a link to confirm
   */
  readonly zone?: string;
  /** False when somebody else has made the SES identity, e.g. for all stacks of a class. @default true */
  readonly createIdentity?: boolean;
  /** Origin of the links in mails: `https://gas.example.org`. */
  readonly publicUrl: Input<string>;
  /**
   * Whose free period mails name: until when a free user can download a result, and that it will be archived soon.
   * @default mails say nothing of archiving
   */
  readonly archive?: Pick<ArchivePlaces, "retention">;
  /**
   * How long before a free user's result is archived a mail says so, 1 s to half of the free period.
   * @default a tenth of the free period, an hour at least; no such mail where the free period is below four hours, since the mail
   * that told of the result has said until when it can be downloaded
   */
  readonly archiveNotice?: Duration;
  /** How often jobs untold of, without a message, and endings without a mail are looked after, 1 s to 24 h. @default 1 minute */
  readonly sweepEvery?: Duration;
  /** ARNs told of dead letters. @default nobody */
  readonly alarmActions?: readonly Input<string>[];
  /** KMS key of your own for the queue. @default that of `jobs` */
  readonly kmsKeyArn?: Input<string>;
  /** Where its service's traces go. @default nothing is traced */
  readonly traces?: TracesArgs;
  /** Module the service starts with, in place of ours. @default the one of this package */
  readonly entry?: string;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: {
    readonly identity?: Transform<sesv2.EmailIdentityArgs>;
    readonly dkimRecord?: Transform<route53.RecordArgs>;
    readonly bundle?: ServiceBundleArgs["transform"];
    readonly queue?: WorkerQueueArgs["transform"];
  };
}

/** Below this, the mail that told of a result is still fresh. */
const shortestNoticed = hours(4);

/** How long before archiving a mail says so, unless declared; `undefined`: none does. */
function usualNotice(retention: Duration): Duration | undefined {
  if (retention.toSeconds() < shortestNoticed.toSeconds()) return undefined;
  return seconds(Math.max(hours(1).toSeconds(), Math.floor(retention.toSeconds() / 10)));
}

/** Mails that a job has ended, to its user, and what becomes of the result; also looks after jobs and mails that a crash or an outage has left behind. */
export class NotifyPipeline extends ComponentResource {
  /** Jobs that have ended. */
  readonly queue: WorkerQueue;
  /** For a host to run. */
  readonly service: Service;
  /** The raw resources. */
  readonly nodes: {
    readonly identity: sesv2.EmailIdentity | undefined;
    readonly dkimRecords: readonly route53.Record[];
    readonly bundle: ServiceBundle;
  };

  constructor(name: string, args: NotifyPipelineArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:NotifyPipeline", name, {}, opts);
    validate(name, args);

    const identity = createIdentity(name, args, this);
    const dkimRecords = createDkimRecords(name, args, identity, this);
    const topics = { "job-results": args.jobs.topics.results.arn };
    const queue = createWorkQueue(name, { topics }, args, this);
    const bundle = createServiceBundle(name, "notifier", args, this);

    this.queue = queue;
    this.service = declareNotifier(args, queue, bundle, this);
    this.nodes = { identity, dkimRecords, bundle };
    this.registerOutputs({ queueUrl: queue.url });
  }
}

function validate(name: string, args: NotifyPipelineArgs): void {
  const { mailFrom } = args;
  check(`NotifyPipeline ${name}`, [
    form("mailFrom", mailFrom, /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/, "an address such as gas@example.org"),
    rule(
      "zone",
      args.zone !== undefined && !isWithin(domainOf(mailFrom), args.zone),
      `${mailFrom} is not in the zone ${args.zone}; give the address's own zone, or omit it and confirm by mail`,
    ),
    archiveNoticeRule(args),
    within("sweepEvery", args.sweepEvery, { min: seconds(1), max: days(1) }),
    kmsKeyRule(args.kmsKeyArn),
    ...tracesRules(args.traces),
  ]);
}

/** @param path how its writer knows the argument. */
export function archiveNoticeRule(
  { archive, archiveNotice }: Pick<NotifyPipelineArgs, "archive" | "archiveNotice">,
  path = "archiveNotice",
): MaybeMistake {
  if (archive === undefined)
    return rule(path, archiveNotice !== undefined, "needs archive, whose free period it precedes");
  const max = seconds(Math.floor(archive.retention.toSeconds() / 2));
  return within(path, archiveNotice, { min: seconds(1), max, why: `results are archived after ${archive.retention}` });
}

function createIdentity(name: string, args: NotifyPipelineArgs, parent: Resource): sesv2.EmailIdentity | undefined {
  if (args.createIdentity === false) return undefined;
  const emailIdentity = args.zone === undefined ? args.mailFrom : domainOf(args.mailFrom);
  return new sesv2.EmailIdentity(
    ...transformed(args.transform?.identity, name, { emailIdentity, tags: { Name: name } }, { parent }),
  );
}

function createDkimRecords(
  name: string,
  args: NotifyPipelineArgs,
  identity: sesv2.EmailIdentity | undefined,
  parent: Resource,
): route53.Record[] {
  if (identity === undefined || args.zone === undefined) return [];
  const { zoneId } = route53.getZoneOutput({ name: args.zone }, { parent });
  const domain = accountOf(parent).region.apply(dkimDomain);
  // Easy DKIM always names three keys.
  return [0, 1, 2].map((i) => {
    const token = identity.dkimSigningAttributes.apply(({ tokens }) => tokens[i] ?? "");
    return new route53.Record(
      ...transformed<route53.RecordArgs>(
        args.transform?.dkimRecord,
        `${name}-dkim-${i + 1}`,
        {
          zoneId,
          name: interpolate`${token}._domainkey.${identity.emailIdentity}`,
          type: "CNAME",
          ttl: 1800,
          records: [interpolate`${token}.${domain}`],
        },
        { parent },
      ),
    );
  });
}

function declareNotifier(
  args: NotifyPipelineArgs,
  queue: WorkerQueue,
  bundle: ServiceBundle,
  parent: Resource,
): Service {
  const { jobs, mailFrom } = args;
  return declareService("notifier", {
    bundle,
    environment: {
      ANNOTATIONS_TABLE: jobs.annotations.name,
      USERS_TABLE: jobs.users.name,
      JOB_NOTIFY_QUEUE_URL: queue.url,
      JOB_REQUESTS_TOPIC_ARN: jobs.topics.requests.arn,
      JOB_RESULTS_TOPIC_ARN: jobs.topics.results.arn,
      MAIL_FROM: mailFrom,
      PUBLIC_URL: args.publicUrl,
      ...given({
        FREE_RETENTION_SECONDS: text(args.archive?.retention),
        ARCHIVE_NOTICE_SECONDS: text(args.archiveNotice ?? (args.archive && usualNotice(args.archive.retention))),
        SWEEP_SECONDS: text(args.sweepEvery),
      }),
      ...tracesEnvironment(args.traces),
    },
    permissions: withKeys(
      [
        ...useTable(
          "Jobs",
          jobs.annotations,
          ["GetItem", "UpdateItem"],
          [
            jobIndexes.outbox,
            jobIndexes.awaits,
            // One mail for all that come back: whose results are still on their way.
            jobIndexes.restoring,
          ],
        ),
        ...useTable("Users", jobs.users, ["GetItem"]),
        consume("Notices", queue),
        publish("Outbox", jobs.topics.requests, jobs.topics.results),
        sendMail("Mail", accountOf(parent), mailFrom),
        probeMail("ProbeMail"),
      ],
      [jobs.kmsKeyArn, customerKey(args)],
      parent,
    ),
    stopSeconds: 30,
  });
}
