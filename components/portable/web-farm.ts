import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { days, minutes } from "../base/duration.ts";
import { given } from "../bundle/service.ts";
import { type WebFarmBaseArgs as Base, WebFarm as Component } from "../web/web-farm.ts";
import type { WebScaling as Scaling } from "../web/web-scaling.ts";
import { type GroupArgs, groupOf } from "./machines.ts";
import { duration, oneOf, requireCounts, requirePlain, requireSeconds } from "./plain.ts";
import {
  type ArchiveReference,
  type JobStoreReference,
  jobsOf,
  type NetworkReference,
  networkOf,
  queueOf,
} from "./references.ts";
import type { Traces } from "./traces.ts";

/** OpenID Connect provider that people sign in with. */
export interface Identity {
  /** Issuer: `https://auth.globus.org`. */
  issuer: Input<string>;
  /** What the issuer calls this service. */
  clientId: Input<string>;
}

/** Stripe's side of the premium plan. */
export interface Payments {
  /** Stripe's publishable key: `pk_test_…`. */
  publishableKey: Input<string>;
  /** Price of the premium plan: `price_…`. */
  priceId: Input<string>;
  /** Default: Stripe's own API. */
  apiUrl?: Input<string>;
  /** Default: Stripe's own script. */
  jsUrl?: Input<string>;
}

/** Where users find the service. */
export interface Domain {
  /** Fully qualified name: `gas.example.org`. */
  name: string;
  /** Route 53 zone that holds it: `example.org`. */
  zone: string;
}

/** A listener of an Application Load Balancer that is there already. */
export interface ExistingListener {
  /** The listener's ARN; its certificate must know the names. */
  listenerArn: Input<string>;
  /** Place of the rule among those of the listener, 1 to 50,000. */
  priority: number;
  /** Host names that lead to the farm, 1 to 5; the first is where users find the service. */
  hostNames: string[];
}

/** When a web farm grows and shrinks. */
export interface WebScaling {
  /** `load`, recommended; `requestsPerTarget`, target tracking; `requests` or `course`, as the course does it. Default: `load`. */
  by?: string;
  /** load, requestsPerTarget: requests a minute that one instance should get, 1 to 10,000,000. Default: 1600. */
  requestsPerTarget?: number;
  /** load, requestsPerTarget: time until a new instance counts, 1 to 7200 seconds. Default: 60. */
  warmUpSeconds?: number;
  /**
   * load: answers are slow once three of four take longer, default 0.5. requests: the one below which an instance is taken away,
   * default 0.05. 0.001 to 60 seconds.
   */
  responseSeconds?: number;
  /** requests: requests a minute, over the whole farm, above which an instance is added; 1 to 10,000,000. Default: 200. */
  requestsPerMinute?: number;
  /** requests: pause after each step, 60 to 7200 seconds. Default: 300. */
  pauseSeconds?: number;
}

/** What any web farm is told, whatever it serves. */
export interface WebFarmBaseArgs extends GroupArgs {
  /** Where it stands: the `reference` of a Network. */
  network: Input<NetworkReference>;
  /** Where users find the service. Default: the balancer's own name, under a self-signed certificate. */
  domain?: Domain;
  /** A balancer that is there already gets a rule. Default: a balancer of ours. */
  balancer?: ExistingListener;
  /** Origin users see when something stands in front of the balancer; no trailing slash. Default: the balancer's. */
  publicUrl?: Input<string>;
  /** When the farm grows and shrinks. Default: by load. */
  scaling?: WebScaling;
  /** The balancer's access logs are deleted after so many days, 1 to 3,650. Default: 90. */
  accessLogsExpireAfterDays?: number;
  /** True: the balancer refuses deletion, and its logs outlive `pulumi destroy`. Default: false. */
  production?: boolean;
}

export interface WebFarmArgs extends WebFarmBaseArgs {
  /** Where jobs live: the `reference` of a JobStore. */
  jobs: Input<JobStoreReference>;
  /** Where a downgrade makes results due for archiving again: the `reference` of an ArchivePipeline. */
  archive: Input<ArchiveReference>;
  /** The `retentionSeconds` of that ArchivePipeline. Default: 1800. */
  retentionSeconds?: number;
  /** Whom people sign in with. */
  identity: Identity;
  /** What the premium plan costs, and who takes the money. */
  payments: Payments;
  /** Begin of the names of the four SSM parameters the service reads. Default: `/<key prefix of the job store>/`. */
  parameterPrefix?: string;
  /** Address that mails on subscriptions and links to verify addresses come from. Default: neither is sent. */
  mailFrom?: string;
  /** Largest upload of a free user, 1 to 10,737,418,240 bytes. Default: 153,600. */
  freeInputBytesMax?: number;
  /** Largest upload of a premium user, 1 to 10,737,418,240 bytes. Default: 10,737,418,240. */
  premiumInputBytesMax?: number;
  /** Requests a minute one API token or address may make, 1 to 1,000,000. Default: 120. */
  apiRequestsPerMinute?: number;
  /** Where its service's traces go. Default: nothing is traced. */
  traces?: Traces;
}

/** The same in the terms of the components, of arguments that are known to be plain. @throws {ArgumentsError} */
export function baseOf(what: string, args: WebFarmBaseArgs): Base {
  const { domain, balancer, publicUrl, accessLogsExpireAfterDays, production, scaling } = args;
  requireCounts(what, "days", { accessLogsExpireAfterDays });
  return {
    network: networkOf(args.network),
    ...groupOf(what, args),
    scaling: scalingOf(what, scaling ?? {}),
    ...given({
      domain,
      balancer,
      publicUrl,
      accessLogsExpireAfter: duration(accessLogsExpireAfterDays, days),
      production,
    }),
  };
}

/** The annotation service's pages and API: a balancer that speaks TLS, and instances behind it that grow with the load. */
export class WebFarm extends ComponentResource {
  /** Origin users see, without a trailing slash. */
  readonly url: Output<string>;
  /** Auto Scaling group. */
  readonly groupName: Output<string>;
  /** ARN of the balancer. */
  readonly balancerArn: Output<string>;
  /** The balancer's own name. */
  readonly balancerDnsName: Output<string>;

  constructor(name: string, args: WebFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:WebFarm", name, {}, opts);
    const what = `WebFarm ${name}`;
    const { jobs, network, archive, publicUrl, identity, payments, imageId, kmsKeyArn, ...others } = args;
    const { alarmActions: _, ...plain } = others;
    requirePlain(what, { ...plain, identity, payments });
    const { retentionSeconds } = args;
    requireSeconds(what, { retentionSeconds });
    const { parameterPrefix, mailFrom, freeInputBytesMax, premiumInputBytesMax, apiRequestsPerMinute, traces } = args;
    const farm = new Component(
      name,
      {
        ...baseOf(what, args),
        jobs: jobsOf(jobs, kmsKeyArn),
        archive: { queue: queueOf(archive), retention: duration(retentionSeconds) ?? minutes(30), kmsKeyArn },
        identity,
        payments,
        ...given({ parameterPrefix, mailFrom, freeInputBytesMax, premiumInputBytesMax, apiRequestsPerMinute, traces }),
      },
      { parent: this },
    );
    this.url = farm.url;
    this.groupName = farm.groupName;
    this.balancerArn = farm.balancerArn;
    this.balancerDnsName = farm.balancerDnsName;
    this.registerOutputs({
      url: this.url,
      groupName: this.groupName,
      balancerArn: this.balancerArn,
      balancerDnsName: this.balancerDnsName,
    });
  }
}

const kinds = ["load", "requestsPerTarget", "requests", "course"] as const;

function scalingOf(what: string, scaling: WebScaling): Scaling {
  const { requestsPerTarget, warmUpSeconds, responseSeconds, requestsPerMinute, pauseSeconds } = scaling;
  requireSeconds(what, { "scaling.warmUpSeconds": warmUpSeconds, "scaling.pauseSeconds": pauseSeconds });
  const by = oneOf(what, "scaling.by", scaling.by, kinds) ?? "load";
  if (by === "course") return { by };
  if (by === "requests") return { by, ...given({ requestsPerMinute, responseSeconds, pause: duration(pauseSeconds) }) };
  const perTarget = given({ requestsPerTarget, warmUp: duration(warmUpSeconds) });
  return by === "load" ? { by, ...perTarget, ...given({ responseSeconds }) } : { by, ...perTarget };
}
