import * as iam from "@pulumi/aws/iam/index.js";
import type * as lb from "@pulumi/aws/lb/index.js";
import * as route53 from "@pulumi/aws/route53/index.js";
import * as sesv2 from "@pulumi/aws/sesv2/index.js";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { type Duration, days } from "../base/duration.ts";
import { globalName } from "../base/stack-names.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { check, form, type MaybeMistake, range, rule } from "../base/validate.ts";
import { createBalancerGroup, type SecurityGroupTransform, securityGroups } from "../group/security-group.ts";
import type { EndpointKind } from "../network/interface-endpoints.ts";
import { createVpcPlace, type VpcPlace, type VpcTransform } from "../network/vpc.ts";
import { zoneNameRules } from "../network/zones.ts";
import { type CertificateTransform, createDomainCertificate } from "../web/certificate.ts";
import {
  createAccessLogs,
  createBalancerRecord,
  createListeners,
  createLoadBalancer,
  type PublicBalancerTransform,
} from "../web/public-balancer.ts";
import { ownerBoundary } from "./boundary.ts";

/** A network that the stacks of a class share. */
export interface SharedNetworkArgs {
  /** Address range of the VPC, /16 to /20: a class needs room. @default 10.0.0.0/16 */
  readonly cidrBlock?: string;
  /** Availability zones, 2 to 3. @default 2 */
  readonly zones?: number;
  /** Availability zones by name, 2 to 4, instead of their number: not each zone offers each instance type. Add zones at the end. */
  readonly zoneNames?: readonly string[];
  /** Where instances stand; `private`: behind one NAT gateway for all. @default "public" */
  readonly instances?: "public" | "private";
  /** How instances reach AWS's services; `interface`: through endpoints in the VPC, which cost by the hour. @default "gateway" */
  readonly endpoints?: EndpointKind;
}

/** Balancers that the stacks of a class share. */
export interface SharedBalancersArgs {
  /** Route 53 zone; the stacks are at `<stack>.<domain>`, under one wildcard certificate. */
  readonly domain: string;
  /** How many balancers stand, 1 to 50. */
  readonly count: number;
  /** Stack → number of the balancer that leads to it, from 0. Each gets its record. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Port on which web instances answer, 1024 to 65,535. @default 8080 */
  readonly webPort?: number;
  /** How long the balancers' access logs are kept; whole days. @default 90 days */
  readonly accessLogsExpireAfter?: Duration;
}

/** What a class shares, as a program may choose it. */
export interface CourseSharedArgs {
  /** Zone of the stacks' names, from whose subdomains they send mail. @default that of the balancers */
  readonly domain?: string;
  /** Addresses that every stack may send mail from. @default none */
  readonly mailFrom?: readonly string[];
  /** Whether each of them becomes an identity here, to which SES mails a link. @default true */
  readonly createIdentities?: boolean;
  /** @default each stack has a VPC of its own */
  readonly network?: SharedNetworkArgs;
  /** Need the network. @default each stack has a balancer of its own */
  readonly balancers?: SharedBalancersArgs;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: VpcTransform &
    SecurityGroupTransform &
    CertificateTransform &
    PublicBalancerTransform & {
      readonly policy?: Transform<iam.PolicyArgs>;
      readonly identity?: Transform<sesv2.EmailIdentityArgs>;
    };
}

/** The raw resources; which there are depends on the arguments. */
export interface CourseSharedNodes {
  readonly boundary: iam.Policy;
  readonly identities: readonly sesv2.EmailIdentity[];
  readonly vpc: VpcPlace["vpc"];
  readonly balancers: readonly lb.LoadBalancer[];
  readonly listeners: readonly lb.Listener[];
  readonly records: readonly route53.Record[];
}

/** The ports of a balancer's targets, and where they may be. */
interface Targets {
  readonly cidrBlock: string;
  readonly webPort: number;
}

/**
 * What the stacks of a class share: the permissions boundary of all their roles and, by choice, a VPC and as many balancers as
 * they need. Data, queues, secrets and roles are never shared: each stack has its own.
 */
export class CourseShared extends ComponentResource {
  /** ARN of the policy that bounds every role of every stack. */
  readonly permissionsBoundaryArn: Output<string>;
  /** `vpc-…`; undefined without a network. */
  readonly vpcId: Output<string> | undefined;
  /** Subnets of the balancers, `subnet-…`, one for each zone; undefined without a network. */
  readonly publicSubnetIds: Output<string[]> | undefined;
  /** Subnets of the stacks' instances, `subnet-…`, one for each zone; undefined without a network. */
  readonly instanceSubnetIds: Output<string[]> | undefined;
  /** Of the balancers; undefined without. */
  readonly balancerSecurityGroupId: Output<string> | undefined;
  /** HTTPS listeners, by the number of their balancer. */
  readonly listenerArns: readonly Output<string>[];
  /** The raw resources. */
  readonly nodes: CourseSharedNodes;

  constructor(name: string, args: CourseSharedArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:CourseShared", name, {}, opts);
    check(`CourseShared ${name}`, courseSharedRules(args));
    const { transform = {}, mailFrom = [] } = args;

    const boundary = createBoundary(name, args, this);
    const identities = (args.createIdentities === false ? [] : mailFrom).map((address, index) =>
      createIdentity(`${name}-mail-${index}`, address, transform, this),
    );
    const place = args.network && createPlace(name, args.network, transform, this);
    const shared = args.balancers && place && createBalancers(name, args.balancers, place, transform, this);

    this.permissionsBoundaryArn = boundary.arn;
    this.vpcId = place?.vpcId;
    this.publicSubnetIds = place?.publicSubnetIds;
    this.instanceSubnetIds = place?.instanceSubnetIds;
    this.balancerSecurityGroupId = shared?.securityGroupId;
    this.listenerArns = shared?.listeners.map(({ arn }) => arn) ?? [];
    this.nodes = {
      boundary,
      identities,
      vpc: place?.vpc,
      balancers: shared?.balancers ?? [],
      listeners: shared?.listeners ?? [],
      records: shared?.records ?? [],
    };
    this.registerOutputs({ permissionsBoundaryArn: boundary.arn });
  }
}

/** What somebody is told who asks for a host name that no stack has. */
const nobodysHost = {
  type: "fixed-response",
  fixedResponse: {
    contentType: "text/plain",
    statusCode: "404",
    messageBody: "No stack of this class has this name.\n",
  },
};

function courseSharedRules({ network, balancers, mailFrom = [], domain }: CourseSharedArgs): MaybeMistake[] {
  const zone = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
  const most = (balancers?.count ?? 0) - 1;
  const astray = Object.entries(balancers?.hosts ?? {}).filter(
    ([, at]) => !Number.isInteger(at) || at < 0 || at > most,
  );
  return [
    form("domain", domain, zone, "the zone's name such as example.org"),
    ...mailFrom.map((address, i) => form(`mailFrom[${i}]`, address, /^[^@\s*]+@[^@\s*]+$/, "a mail address")),
    form(
      "network.cidrBlock",
      network?.cidrBlock,
      /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|20)$/,
      "an IPv4 range of /16 to /20, such as 10.0.0.0/16",
    ),
    range("network.zones", network?.zones, { min: 2, max: 3, unit: "availability zones" }),
    rule(
      "network.zoneNames",
      network?.zones !== undefined && network.zoneNames !== undefined,
      "say it as well as network.zones; omit one of both",
    ),
    ...zoneNameRules("network.zoneNames", network?.zoneNames),
    rule("balancers", balancers !== undefined && network === undefined, "stand in a shared network; give network too"),
    form("balancers.domain", balancers?.domain, zone, "the zone's name such as example.org"),
    range("balancers.count", balancers?.count, { min: 1, max: 50, unit: "balancers" }),
    range("balancers.webPort", balancers?.webPort, { min: 1024, max: 65_535, unit: "port numbers" }),
    ...astray.map(([stack, at]) => ({
      path: `balancers.hosts.${stack}`,
      reason: `${at} is no balancer; give one from 0 to ${most}, or raise balancers.count`,
    })),
  ];
}

type Transforms = NonNullable<CourseSharedArgs["transform"]>;

function createBoundary(name: string, args: CourseSharedArgs, parent: Resource): iam.Policy {
  const { transform = {}, mailFrom = [] } = args;
  const child = `${name}-boundary`;
  const domain = args.domain ?? args.balancers?.domain;
  return new iam.Policy(
    ...transformed<iam.PolicyArgs>(
      transform.policy,
      child,
      {
        name: globalName("policy", child, parent),
        description: `The most that a role of a stack of ${name} may do: reach what begins with its owner`,
        policy: ownerBoundary(accountOf(parent), { domain, mailFrom }),
        tags: { Name: child },
      },
      { parent },
    ),
  );
}

function createIdentity(
  name: string,
  emailIdentity: string,
  transform: Transforms,
  parent: Resource,
): sesv2.EmailIdentity {
  return new sesv2.EmailIdentity(
    ...transformed(transform.identity, name, { emailIdentity, tags: { Name: name } }, { parent }),
  );
}

function createPlace(
  name: string,
  { cidrBlock = "10.0.0.0/16", zones: count = 2, zoneNames, instances = "public", endpoints }: SharedNetworkArgs,
  transform: Transforms,
  parent: Resource,
) {
  const zones = zoneNames ?? count;
  return {
    ...createVpcPlace(
      name,
      { cidrBlock, zones, isPublic: instances === "public", ...(endpoints === undefined ? {} : { endpoints }) },
      transform,
      parent,
    ),
    cidrBlock,
  };
}

function createBalancers(
  name: string,
  args: SharedBalancersArgs,
  { vpcId, publicSubnetIds, cidrBlock }: VpcPlace & { readonly cidrBlock: string },
  transform: Transforms,
  parent: Resource,
) {
  const targets = { cidrBlock, webPort: args.webPort ?? 8080 };
  const securityGroupId = createSecurityGroup(name, vpcId, targets, transform, parent);
  const zoneId = route53.getZoneOutput({ name: args.domain }, { parent }).zoneId;
  const certificate = createDomainCertificate(name, `*.${args.domain}`, zoneId, transform, parent);
  const accessLogs = createAccessLogs(
    name,
    { production: false, accessLogsExpireAfter: args.accessLogsExpireAfter ?? days(90), transform },
    parent,
  );
  const network = { publicSubnetIds, balancerSecurityGroupId: securityGroupId };
  const made = Array.from({ length: args.count }, (_, index) => {
    const child = `${name}-${index}`;
    const balancer = createLoadBalancer(child, { network, production: false, accessLogs }, transform, parent);
    const { arn: certificateArn } = certificate;
    return {
      balancer,
      ...createListeners(child, { balancer, certificateArn, otherwise: nobodysHost }, transform, parent),
    };
  });
  const records = Object.entries(args.hosts).map(([stack, index]) => {
    const balancer = made[index]?.balancer;
    if (balancer === undefined) throw new Error(`${stack} is behind balancer ${index}, and there is none`);
    const hostName = `${stack}.${args.domain}`;
    return createBalancerRecord(`${name}-${stack}`, { zoneId, hostName, balancer }, transform, parent);
  });
  return {
    securityGroupId,
    balancers: made.map(({ balancer }) => balancer),
    listeners: made.map(({ listener }) => listener),
    records,
  };
}

/** The balancers' own group. It reaches the port of web instances, whichever stack they are of. */
function createSecurityGroup(
  name: string,
  vpcId: Output<string>,
  { cidrBlock: cidrIpv4, webPort }: Targets,
  transform: Transforms,
  parent: Resource,
): Output<string> {
  const groups = securityGroups(name, vpcId, transform, parent);
  const { group, ingressRules } = createBalancerGroup(groups);
  ingressRules();
  groups.egress("balancer", group, { cidrIpv4, ipProtocol: "tcp", fromPort: webPort, toPort: webPort });
  return group.id;
}
