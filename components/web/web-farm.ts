import type * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import type * as lb from "@pulumi/aws/lb/index.js";
import type * as s3 from "@pulumi/aws/s3/index.js";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { type Duration, days } from "../base/duration.ts";
import { isWithin } from "../base/naming.ts";
import type { Transform } from "../base/transform.ts";
import { check, form, type MaybeMistake, rule, within } from "../base/validate.ts";
import { given, healthPath, type Service } from "../bundle/service.ts";
import type { ServiceBundle } from "../bundle/service-bundle.ts";
import { type GroupArgs, groupRules, type ScaledGroupTransform } from "../group/group-args.ts";
import { ScaledGroup, type ScaledGroupNodes } from "../group/scaled-group.ts";
import type { NetworkIds } from "../network/network.ts";
import { customerKey } from "../pipelines/service-parts.ts";
import type { ScalingRule } from "../scaling/scaling-rules.ts";
import type { SecureBucket } from "../storage/secure-bucket.ts";
import {
  type ExistingBalancerArgs,
  existingBalancerRules,
  joinBalancer,
  type TargetDimensions,
} from "./existing-balancer.ts";
import { createFailingAlarm } from "./failing-alarm.ts";
import { type AppArgs, type AppTransform, appRules, createAppBundle, declareApp } from "./web-app.ts";
import { type DomainArgs, WebBalancer, type WebBalancerNodes, type WebBalancerTransform } from "./web-balancer.ts";
import { type WebScaling, webScaling, webScalingRules } from "./web-scaling.ts";
import {
  createCors,
  createWebBundle,
  declareWeb,
  type WebServiceArgs,
  type WebServiceTransform,
  webServiceRules,
} from "./web-service.ts";

/** What any web farm may be told, whatever it serves. */
export interface WebFarmBaseArgs extends GroupArgs {
  /** Where it stands: a `Network`, or ids from elsewhere. */
  readonly network: NetworkIds;
  /**
   * A balancer that is there already: a listener of it that gets a rule, or a target group that others lead to.
   * @default a balancer of ours
   */
  readonly balancer?: ExistingBalancerArgs;
  /** Where users find the service. @default the balancer's own name, under a self-signed certificate */
  readonly domain?: DomainArgs;
  /** Origin users see when something stands in front of the balancer; no trailing slash. @default the balancer's */
  readonly publicUrl?: Input<string>;
  /** When the farm grows and shrinks. @default { by: "load" } */
  readonly scaling?: WebScaling;
  /** How long the balancer's access logs are kept; whole days, 1 to 3,650. @default 90 days */
  readonly accessLogsExpireAfter?: Duration;
  /** True: the balancer refuses deletion, and its logs outlive `pulumi destroy`. @default false */
  readonly production?: boolean;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: ScaledGroupTransform &
    WebBalancerTransform &
    WebServiceTransform &
    AppTransform & {
      readonly rule?: Transform<lb.ListenerRuleArgs>;
      readonly failingAlarm?: Transform<cloudwatch.MetricAlarmArgs>;
    };
}

/** A farm that serves the annotation service's pages and API. */
export interface WebFarmArgs extends WebFarmBaseArgs, WebServiceArgs {
  /** An own program is another kind of farm: `AppFarmArgs`. */
  readonly app?: undefined;
}

/** A farm that serves a program of your own. */
export interface AppFarmArgs extends WebFarmBaseArgs {
  /** The program. */
  readonly app: AppArgs;
}

/** The raw resources; which of them there are depends on the arguments. */
export interface WebFarmNodes extends ScaledGroupNodes, Partial<WebBalancerNodes> {
  readonly bundle: ServiceBundle;
  /** Bucket that keeps the bundle of an app. */
  readonly code: SecureBucket | undefined;
  /** Of the annotation service's uploads. */
  readonly cors: s3.BucketCorsConfiguration | undefined;
  /** Of a listener that was there already. */
  readonly rule?: lb.ListenerRule;
  /** Ends a roll whose version fails its users; there where groups are rolled by command. */
  readonly failingAlarm?: cloudwatch.MetricAlarm;
}

/**
 * A balancer that speaks TLS, and instances behind it that grow with the load. They serve the annotation service's pages and
 * API, or a program of your own.
 */
export class WebFarm extends ComponentResource {
  /** Origin users see, without a trailing slash. */
  readonly url: Output<string>;
  /** Name of the Auto Scaling group. */
  readonly groupName: Output<string>;
  /** Of the balancer, whoever made it. */
  readonly balancerArn: Output<string>;
  /** The balancer's own name; of one that was there already, the name by which users reach the farm. */
  readonly balancerDnsName: Output<string>;
  /** Dimensions of the balancer's metrics: those of the farm alone where others share the balancer. */
  readonly metricDimensions: Readonly<Record<string, Output<string>>>;
  /** Dimensions of metrics that are there by target group. */
  readonly targetDimensions: TargetDimensions;
  /** What its instances run. */
  readonly service: Service;
  /** When it grows and shrinks: each rule is a policy, in this order, and those of alarms have one each. */
  readonly scalingRules: readonly ScalingRule[];
  /** The raw resources. */
  readonly nodes: WebFarmNodes;

  constructor(name: string, args: WebFarmArgs | AppFarmArgs, opts?: ComponentResourceOptions) {
    super("annofarm:index:WebFarm", name, {}, opts);
    const self = this;
    const { network, transform = {} } = args;
    const port = network.webPort;
    check(`WebFarm ${name}`, webFarmRules(args));

    const { balancer, nodes: balancerNodes } = args.balancer === undefined ? createBalancer() : join(args.balancer);
    const url = output(args.publicUrl ?? balancer.url).apply(String);
    const { service, nodes: programNodes } = args.app === undefined ? createService(args) : createApp(args.app);
    const group = createGroup();
    const failingAlarm = createFailingAlarm(name, args, balancer.targetDimensions, self);
    this.url = url;
    this.groupName = group.groupName;
    this.balancerArn = balancer.arn;
    this.metricDimensions = balancer.dimensions;
    this.targetDimensions = balancer.targetDimensions;
    this.balancerDnsName = balancerNodes.balancer?.dnsName ?? url.apply((origin) => new URL(origin).hostname);
    this.service = service;
    this.scalingRules = group.scalingRules;
    this.nodes = { ...group.nodes, ...balancerNodes, ...programNodes, ...given({ failingAlarm }) };
    this.registerOutputs({ url: this.url, groupName: this.groupName });

    function target() {
      return { network, port, healthPath: args.app?.healthPath ?? healthPath };
    }

    function createBalancer() {
      const made = new WebBalancer(
        name,
        {
          ...target(),
          production: args.production ?? false,
          accessLogsExpireAfter: args.accessLogsExpireAfter ?? days(90),
          transform,
          ...given({ domain: args.domain, bucketLogs: args.app === undefined ? args.jobs.logs : undefined }),
        },
        { parent: self },
      );
      const nodes: Partial<WebBalancerNodes> = made.nodes;
      return { balancer: made, nodes };
    }

    function join(existing: ExistingBalancerArgs) {
      const joined = joinBalancer(name, existing, target(), transform, self);
      const nodes: Partial<WebBalancerNodes> = joined.nodes;
      return { balancer: joined, nodes };
    }

    function createService(service: WebFarmArgs) {
      const cors = createCors(name, service, url, transform, self);
      const bundle = createWebBundle(name, service, transform, self);
      return { service: declareWeb(service, bundle, port, url, self), nodes: { bundle, cors, code: undefined } };
    }

    function createApp(app: AppArgs) {
      const { bundle, code } = createAppBundle(name, app, { transform, kmsKeyArn: args.kmsKeyArn }, self);
      return { service: declareApp(app, bundle, port), nodes: { bundle, code, cors: undefined } };
    }

    function createGroup(): ScaledGroup {
      return new ScaledGroup(
        name,
        {
          ...args,
          ...given({ kmsKeyArn: args.app === undefined ? customerKey(args) : args.kmsKeyArn }),
          securityGroupId: network.webSecurityGroupId,
          services: [service],
          targetGroupArns: [balancer.targetGroupArn],
          scaling: (group) =>
            webScaling(args.scaling, { group, balancer: balancer.dimensions, target: balancer.targetDimensions }),
        },
        { parent: self, dependsOn: [...balancer.listeners] },
      );
    }
  }
}

function webFarmRules(args: WebFarmArgs | AppFarmArgs): MaybeMistake[] {
  const { domain } = args;
  const hostName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
  const ofOurs = (path: "domain" | "accessLogsExpireAfter") =>
    rule(
      path,
      args.balancer !== undefined && args[path] !== undefined,
      "belongs to a balancer of ours; omit it, or balancer",
    );
  return [
    ...groupRules(args),
    ...existingBalancerRules(args.balancer, args.publicUrl),
    ofOurs("domain"),
    ofOurs("accessLogsExpireAfter"),
    rule(
      "network",
      args.balancer === undefined && args.network.publicSubnetIds === undefined,
      "names no public subnets for a balancer; give it some (existing.publicSubnetIds), or give a balancer",
    ),
    form("domain.name", domain?.name, hostName, "a host name such as gas.example.org"),
    form("domain.zone", domain?.zone, hostName, "the zone's name such as example.org"),
    rule(
      "domain.name",
      domain !== undefined && !isWithin(domain.name, domain.zone),
      `${domain?.name} is not in the zone ${domain?.zone}; give a name that ends in .${domain?.zone}`,
    ),
    form(
      "publicUrl",
      args.publicUrl,
      /^https?:\/\/[^/]+$/,
      "an origin without a trailing slash: https://gas.example.org",
    ),
    ...webScalingRules(args.scaling),
    within("accessLogsExpireAfter", args.accessLogsExpireAfter, { min: days(1), max: days(3650), whole: "days" }),
    ...(args.app === undefined ? webServiceRules(args) : appRules(args.app)),
  ];
}
