import * as s3 from "@pulumi/aws/s3/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { jobIndexes } from "../runtime/contract/job.ts";
import { accountOf } from "./account.ts";
import type { ArchivePipeline } from "./archive-pipeline.ts";
import { type Duration, days } from "./duration.ts";
import { type GroupArgs, groupRules, type ScaledGroupTransform } from "./group-args.ts";
import type { JobStore } from "./job-store.ts";
import { isWithin } from "./naming.ts";
import type { Network } from "./network.ts";
import { publish, readParameters, send, useObjects, useTable } from "./permissions.ts";
import { ScaledGroup } from "./scaled-group.ts";
import { declareService, given, healthPath, type Service, text } from "./service.ts";
import { ServiceBundle, type ServiceBundleArgs } from "./service-bundle.ts";
import { type Transform, transformed } from "./transform.ts";
import { check, form, range, rule, within } from "./validate.ts";
import { type DomainArgs, WebBalancer, type WebBalancerNodes, type WebBalancerTransform } from "./web-balancer.ts";
import { type WebScaling, webScaling, webScalingRules } from "./web-scaling.ts";

/** OpenID Connect provider that people sign in with. */
export interface IdentityArgs {
  /** Issuer: `https://auth.globus.org`. */
  readonly issuer: Input<string>;
  readonly clientId: Input<string>;
}

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

export interface WebFarmArgs extends GroupArgs {
  readonly network: Network;
  readonly jobs: JobStore;
  /** Where a downgrade makes results due for archiving again. */
  readonly archive: ArchivePipeline;
  readonly identity: IdentityArgs;
  readonly payments: PaymentArgs;
  /**
   * Begin of the names of the four SSM parameters (SecureString) the service reads: `oidc-client-secret`,
   * `session-secret`, `stripe-secret-key`, `stripe-webhook-secret`. The operator makes them.
   * @default "/<key prefix of the job store>/"
   */
  readonly parameterPrefix?: string;
  /** Where users find the service. @default the balancer's own name, under a self-signed certificate */
  readonly domain?: DomainArgs;
  /** Origin users see when something stands in front of the balancer; no trailing slash. @default the balancer's */
  readonly publicUrl?: Input<string>;
  /** When the farm grows and shrinks. @default the course's figures */
  readonly scaling?: WebScaling;
  /** Largest upload of a free user, 1 byte to 5 GiB. @default 153,600 (150 KB) */
  readonly freeInputBytesMax?: number;
  /** Largest upload of a premium user, 1 byte to 5 GiB. @default 5,368,709,120 (5 GiB) */
  readonly premiumInputBytesMax?: number;
  /** Requests a minute one API token or address may make, 1 to 1,000,000. @default 120 */
  readonly apiRequestsPerMinute?: number;
  /** How long the balancer's access logs are kept; whole days, 1 to 3,650. @default 90 days */
  readonly accessLogsExpireAfter?: Duration;
  /** True: the balancer refuses deletion, and its logs outlive `pulumi destroy`. @default false */
  readonly production?: boolean;
  /** Module the service starts with. @default "runtime/web/main.ts" */
  readonly entry?: string;
  readonly transform?: ScaledGroupTransform &
    WebBalancerTransform & {
      readonly cors?: Transform<s3.BucketCorsConfigurationArgs>;
      readonly bundle?: ServiceBundleArgs["transform"];
    };
}

/** The pages and the API: a balancer that speaks TLS, and instances behind it that grow with the load. */
export class WebFarm extends ComponentResource {
  /** Origin users see, without a trailing slash. */
  readonly url: Output<string>;
  readonly groupName: Output<string>;
  readonly balancerArn: Output<string>;
  readonly balancerDnsName: Output<string>;
  readonly service: Service;
  readonly nodes: ScaledGroup["nodes"] &
    WebBalancerNodes & { readonly bundle: ServiceBundle; readonly cors: s3.BucketCorsConfiguration };

  constructor(name: string, args: WebFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:WebFarm", name, {}, opts);
    const self = this;
    const parent = { parent: self };
    const { network, jobs, archive } = args;
    const { parameterPrefix, production } = normalise(name, args);

    const balancer = createBalancer();
    const url = output(args.publicUrl ?? balancer.url);
    const cors = createCors();
    const bundle = createBundle();
    const service = declareWeb();
    const group = createGroup();

    this.url = url;
    this.groupName = group.groupName;
    this.balancerArn = balancer.nodes.balancer.arn;
    this.balancerDnsName = balancer.nodes.balancer.dnsName;
    this.service = service;
    this.nodes = { ...group.nodes, ...balancer.nodes, bundle, cors };
    this.registerOutputs({ url: this.url, groupName: this.groupName });

    function createBalancer(): WebBalancer {
      return new WebBalancer(
        name,
        {
          network,
          port: network.webPort,
          healthPath,
          production,
          accessLogsExpireAfter: args.accessLogsExpireAfter ?? days(90),
          bucketLogs: jobs.logs,
          transform: args.transform ?? {},
          ...given({ domain: args.domain }),
        },
        parent,
      );
    }

    /** Browsers upload straight into the bucket, from our own pages only. */
    function createCors(): s3.BucketCorsConfiguration {
      return new s3.BucketCorsConfiguration(
        ...transformed<s3.BucketCorsConfigurationArgs>(
          args.transform?.cors,
          name,
          {
            bucket: jobs.inputs.bucketName,
            corsRules: [
              {
                allowedOrigins: [url],
                allowedMethods: ["POST"],
                allowedHeaders: ["content-type"],
                maxAgeSeconds: 3000,
              },
            ],
          },
          parent,
        ),
      );
    }

    function createBundle(): ServiceBundle {
      const entry = args.entry ?? "runtime/web/main.ts";
      return new ServiceBundle(
        name,
        {
          bucket: jobs.code,
          entry,
          ...given({ assets: args.entry === undefined ? webAssets : undefined, transform: args.transform?.bundle }),
        },
        parent,
      );
    }

    function declareWeb(): Service {
      const secret = (suffix: string) => `${parameterPrefix}${suffix}`;
      const secrets = {
        OIDC_CLIENT_SECRET_PARAMETER: secret("oidc-client-secret"),
        SESSION_SECRET_PARAMETER: secret("session-secret"),
        STRIPE_SECRET_KEY_PARAMETER: secret("stripe-secret-key"),
        STRIPE_WEBHOOK_SECRET_PARAMETER: secret("stripe-webhook-secret"),
      };
      return declareService("web", {
        bundle,
        port: network.webPort,
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
            FREE_INPUT_BYTES_MAX: text(args.freeInputBytesMax),
            PREMIUM_INPUT_BYTES_MAX: text(args.premiumInputBytesMax),
            API_REQUESTS_PER_MINUTE: text(args.apiRequestsPerMinute),
          }),
        },
        permissions: [
          ...useTable("Jobs", jobs.annotations, ["GetItem", "PutItem", "UpdateItem"], [jobIndexes.user]),
          ...useTable("Users", jobs.users, ["GetItem", "PutItem", "UpdateItem"]),
          ...useTable("Events", jobs.events, ["PutItem", "DeleteItem"]),
          ...useObjects(
            "Inputs",
            jobs.inputs,
            ["GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload"],
            jobs.keyPrefix,
          ),
          ...useObjects("Results", jobs.results, ["GetObject"], jobs.keyPrefix),
          publish("Announce", jobs.topics.requests, jobs.topics.restore),
          send("ArchiveAgain", archive.queue),
          readParameters("Secrets", accountOf(self), Object.values(secrets)),
        ],
        stopSeconds: 45,
      });
    }

    function createGroup(): ScaledGroup {
      return new ScaledGroup(
        name,
        {
          ...args,
          securityGroupId: network.webSecurityGroupId,
          services: [service],
          targetGroupArns: [balancer.targetGroupArn],
          scaling: () => webScaling(args.scaling ?? {}, balancer.nodes.balancer.arnSuffix),
        },
        // A target without a listener is never checked, and would count as unhealthy.
        { ...parent, dependsOn: [balancer.nodes.listener] },
      );
    }
  }
}

/** Files of the pages, laid beside the bundle. */
const webAssets = {
  static: "runtime/web/static",
  browser: "runtime/web/browser",
  "static/pico.min.css": "node_modules/@picocss/pico/css/pico.min.css",
};

const uploadMax = 5_368_709_120;

function normalise(name: string, args: WebFarmArgs) {
  const { domain } = args;
  const parameterPrefix = args.parameterPrefix ?? `/${args.jobs.keyPrefix}/`;
  const hostName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
  check(`WebFarm ${name}`, [
    ...groupRules(args),
    form("domain.name", domain?.name, hostName, "a host name such as gas.example.org"),
    form("domain.zone", domain?.zone, hostName, "the zone's name such as example.org"),
    rule(
      "domain.name",
      domain !== undefined && !isWithin(domain.name, domain.zone),
      `${domain?.name} is not in the zone ${domain?.zone}; give a name that ends in .${domain?.zone}`,
    ),
    form(
      "parameterPrefix",
      parameterPrefix,
      /^\/([A-Za-z0-9_.-]+\/)+$/,
      "a path that begins and ends with a slash, such as /gas/",
    ),
    form(
      "publicUrl",
      args.publicUrl,
      /^https?:\/\/[^/]+$/,
      "an origin without a trailing slash: https://gas.example.org",
    ),
    form("identity.issuer", args.identity.issuer, /^https?:\/\/./, "the issuer's URL, such as https://auth.globus.org"),
    ...webScalingRules(args.scaling ?? {}),
    range("freeInputBytesMax", args.freeInputBytesMax, { min: 1, max: uploadMax, unit: "bytes" }),
    range("premiumInputBytesMax", args.premiumInputBytesMax, { min: 1, max: uploadMax, unit: "bytes" }),
    range("apiRequestsPerMinute", args.apiRequestsPerMinute, { min: 1, max: 1_000_000, unit: "requests" }),
    within("accessLogsExpireAfter", args.accessLogsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
  ]);
  return { parameterPrefix, production: args.production ?? false };
}
