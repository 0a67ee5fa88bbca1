/** The annotation service's own web part: what it is told, what it may do, and how browsers reach its bucket. */
import * as s3 from "@pulumi/aws/s3/index.js";
import { type Input, interpolate, type Output, type Resource } from "@pulumi/pulumi";
import { jobIndexes } from "../../runtime/contract/storage.ts";
import { accountOf } from "../base/account.ts";
import { withKeys } from "../base/customer-key.ts";
import { publish, readParameters, send, sendMail, useObjects, useTable } from "../base/permissions.ts";
import { stackPath } from "../base/stack-names.ts";
import { type TracesArgs, tracesEnvironment, tracesRules } from "../base/traces.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { form, type MaybeMistake, range } from "../base/validate.ts";
import { ownFile, packageFile } from "../bundle/package-files.ts";
import { declareService, given, type Service, text } from "../bundle/service.ts";
import type { ServiceBundle, ServiceBundleArgs } from "../bundle/service-bundle.ts";
import type { ArchivePlaces } from "../pipelines/archive-pipeline.ts";
import { createServiceBundle, customerKey } from "../pipelines/service-parts.ts";
import type { JobPlaces } from "../storage/job-places.ts";

/** OpenID Connect provider that people sign in with. */
export interface IdentityArgs {
  /** Issuer: `https://auth.globus.org`. */
  readonly issuer: Input<string>;
  /** What the issuer calls this service. */
  readonly clientId: Input<string>;
}

/** Stripe's side of the premium plan. */
export interface PaymentArgs {
  /** Stripe's publishable key: `pk_test_…`. */
  readonly publishableKey: Input<string>;
  /** Price of the premium plan: `price_…`. */
  readonly priceId: Input<string>;
  /** @default Stripe's own API */
  readonly apiUrl?: Input<string>;
  /** @default Stripe's own script */
  readonly jsUrl?: Input<string>;
}

/** What the annotation service's pages and API need. */
export interface WebServiceArgs {
  /** Where jobs live: a `JobStore`, or names from elsewhere. */
  readonly jobs: JobPlaces;
  /** Where a downgrade makes results due for archiving again. */
  readonly archive: Pick<ArchivePlaces, "kmsKeyArn" | "queue" | "retention">;
  /** KMS key of your own for the disks, the log and the parameters that the service reads. @default that of `jobs` */
  readonly kmsKeyArn?: Input<string>;
  /** Whom people sign in with. */
  readonly identity: IdentityArgs;
  /** What the premium plan costs, and who takes the money. */
  readonly payments: PaymentArgs;
  /**
   * Begin of the names of the four SSM parameters (SecureString) the service reads: `oidc-client-secret`,
   * `session-secret`, `stripe-secret-key`, `stripe-webhook-secret`. The operator makes them.
   * @default "/<key prefix of the job store>/<stack>/": two stacks of one owner have secrets of their own
   */
  readonly parameterPrefix?: string;
  /**
   * Address that mails on subscriptions and links to verify users' addresses come from: the `mailFrom` of the `NotifyPipeline`,
   * whose identity at SES it needs.
   * @default neither is sent; mail goes only to addresses that the identity provider vouches for
   */
  readonly mailFrom?: string;
  /** Largest upload of a free user, 1 byte to 10 GiB. @default 153,600 (150 KB) */
  readonly freeInputBytesMax?: number;
  /** Largest upload of a premium user, 1 byte to 10 GiB. @default 10,737,418,240 (10 GiB) */
  readonly premiumInputBytesMax?: number;
  /** Requests a minute one API token or address may make, 1 to 1,000,000. @default 120 */
  readonly apiRequestsPerMinute?: number;
  /** Where its service's traces go. @default nothing is traced */
  readonly traces?: TracesArgs;
  /** Module the service starts with, in place of ours. @default the one of this package */
  readonly entry?: string;
}

export interface WebServiceTransform {
  readonly cors?: Transform<s3.BucketCorsConfigurationArgs>;
  readonly bundle?: ServiceBundleArgs["transform"];
}

const uploadMax = 10_737_418_240;

/** @param path how whoever gives it calls it. */
export const parameterPrefixRule = (path: string, prefix: string | undefined): MaybeMistake =>
  form(path, prefix, /^\/([A-Za-z0-9_.-]+\/)+$/, "a path that begins and ends with a slash, such as /gas/");

/** What the arguments may be. */
export function webServiceRules(args: WebServiceArgs): MaybeMistake[] {
  return [
    parameterPrefixRule("parameterPrefix", args.parameterPrefix),
    form("identity.issuer", args.identity.issuer, /^https?:\/\/./, "the issuer's URL, such as https://auth.globus.org"),
    form("mailFrom", args.mailFrom, /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/, "an address such as gas@example.org"),
    range("freeInputBytesMax", args.freeInputBytesMax, { min: 1, max: uploadMax, unit: "bytes" }),
    range("premiumInputBytesMax", args.premiumInputBytesMax, { min: 1, max: uploadMax, unit: "bytes" }),
    range("apiRequestsPerMinute", args.apiRequestsPerMinute, { min: 1, max: 1_000_000, unit: "requests" }),
    ...tracesRules(args.traces),
  ];
}

/** Browsers upload straight into the bucket, from our own pages only. */
export function createCors(
  name: string,
  args: WebServiceArgs,
  url: Output<string>,
  transform: WebServiceTransform,
  parent: Resource,
): s3.BucketCorsConfiguration {
  return new s3.BucketCorsConfiguration(
    ...transformed<s3.BucketCorsConfigurationArgs>(
      transform.cors,
      name,
      {
        bucket: args.jobs.inputs.bucketName,
        corsRules: [
          {
            allowedOrigins: [url],
            // A form, or the parts of a large file.
            allowedMethods: ["POST", "PUT"],
            allowedHeaders: ["content-type"],
            maxAgeSeconds: 3000,
          },
        ],
      },
      { parent },
    ),
  );
}

export function createWebBundle(
  name: string,
  args: WebServiceArgs,
  transform: WebServiceTransform,
  parent: Resource,
): ServiceBundle {
  return createServiceBundle(
    name,
    "web",
    { jobs: args.jobs, ...given({ entry: args.entry, transform }) },
    parent,
    webAssets(),
  );
}

/** Files of the pages, laid beside the bundle. */
const webAssets = () => ({
  static: ownFile("runtime/web/static"),
  browser: ownFile("runtime/web/browser"),
  "static/pico.min.css": packageFile("@picocss/pico/css/pico.min.css"),
});

const useTables = (jobs: JobPlaces) => [
  // By the one index a user's jobs, by the other the place of a job that waits.
  ...useTable("Jobs", jobs.annotations, ["GetItem", "PutItem", "UpdateItem"], [jobIndexes.user, jobIndexes.awaits]),
  ...useTable("Users", jobs.users, ["GetItem", "PutItem", "UpdateItem"]),
  ...useTable("Events", jobs.events, ["PutItem", "DeleteItem"]),
];

/** @param url origin that users see. */
export function declareWeb(
  args: WebServiceArgs,
  bundle: ServiceBundle,
  port: Input<number>,
  url: Output<string>,
  parent: Resource,
): Service {
  const { jobs, archive } = args;
  const secret = (suffix: string) =>
    interpolate`${args.parameterPrefix ?? interpolate`/${jobs.keyPrefix}/${stackPath()}`}${suffix}`;
  const secrets = {
    OIDC_CLIENT_SECRET_PARAMETER: secret("oidc-client-secret"),
    SESSION_SECRET_PARAMETER: secret("session-secret"),
    STRIPE_SECRET_KEY_PARAMETER: secret("stripe-secret-key"),
    STRIPE_WEBHOOK_SECRET_PARAMETER: secret("stripe-webhook-secret"),
  };
  return declareService("web", {
    bundle,
    port,
    environment: {
      ...secrets,
      ANNOTATIONS_TABLE: jobs.annotations.name,
      USERS_TABLE: jobs.users.name,
      EVENTS_TABLE: jobs.events.name,
      INPUTS_BUCKET: jobs.inputs.bucketName,
      RESULTS_BUCKET: jobs.results.bucketName,
      KEY_PREFIX: jobs.keyPrefix,
      PUBLIC_URL: url,
      JOB_REQUESTS_TOPIC_ARN: jobs.topics.requests.arn,
      JOB_RESTORE_TOPIC_ARN: jobs.topics.restore.arn,
      JOB_ARCHIVE_QUEUE_URL: archive.queue.url,
      FREE_RETENTION_SECONDS: String(archive.retention.toSeconds()),
      OIDC_ISSUER: args.identity.issuer,
      OIDC_CLIENT_ID: args.identity.clientId,
      STRIPE_PUBLISHABLE_KEY: args.payments.publishableKey,
      STRIPE_PRICE_ID: args.payments.priceId,
      ...given({
        STRIPE_API_URL: args.payments.apiUrl,
        STRIPE_JS_URL: args.payments.jsUrl,
        MAIL_FROM: args.mailFrom,
        UPLOADS_KMS_KEY_ARN: jobs.kmsKeyArn,
        FREE_INPUT_BYTES_MAX: text(args.freeInputBytesMax),
        PREMIUM_INPUT_BYTES_MAX: text(args.premiumInputBytesMax),
        API_REQUESTS_PER_MINUTE: text(args.apiRequestsPerMinute),
      }),
      ...tracesEnvironment(args.traces),
    },
    permissions: withKeys(
      [
        ...useTables(jobs),
        ...useObjects(
          "Inputs",
          jobs.inputs,
          ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListMultipartUploadParts"],
          jobs.keyPrefix,
        ),
        ...useObjects("Results", jobs.results, ["GetObject"], jobs.keyPrefix),
        publish("Announce", jobs.topics.requests, jobs.topics.restore),
        send("ArchiveAgain", archive.queue),
        ...(args.mailFrom === undefined ? [] : [sendMail("Mail", accountOf(parent), args.mailFrom)]),
        readParameters("Secrets", accountOf(parent), Object.values(secrets)),
      ],
      [jobs.kmsKeyArn, archive.kmsKeyArn, customerKey(args)],
      parent,
    ),
    stopSeconds: 45,
  });
}
