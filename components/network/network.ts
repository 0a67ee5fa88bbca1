import type * as ec2 from "@pulumi/aws/ec2/index.js";
import type * as vpc from "@pulumi/aws/vpc/index.js";
import type { Vpc } from "@pulumi/awsx/ec2/vpc.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { kmsKeyRule } from "../base/customer-key.ts";
import { check, form, range, rule } from "../base/validate.ts";
import { createBalancerGroup, type SecurityGroupTransform, securityGroups } from "../group/security-group.ts";
import { type ExistingNetworkArgs, existingNetworkRules } from "./existing-network.ts";
import { createFlowLog, type FlowLogNodes, type FlowLogTransform } from "./flow-log.ts";
import type { EndpointKind } from "./interface-endpoints.ts";
import { createVpcPlace, type VpcPlace, type VpcTransform } from "./vpc.ts";
import { zoneNameRules } from "./zones.ts";

/** What a network may be told. */
export interface NetworkArgs {
  /**
   * A VPC that is there already: only security groups are made in it.
   * @default a VPC of ours
   */
  readonly existing?: ExistingNetworkArgs;
  /**
   * Address range of the VPC, /16 to /24. Each subnet has an eighth of it, for there is room for four zones and for public and
   * private subnets: neither more zones nor another place of instances moves one that is there.
   * @default 10.0.0.0/16
   */
  readonly cidrBlock?: string;
  /** Availability zones, 2 to 3, of which awsx takes the first that the account has; a balancer needs two. @default 2 */
  readonly zones?: number;
  /**
   * Availability zones by name, 2 to 4 of the stack's region, such as `["us-east-1a", "us-east-1c"]`, instead of their number: not each zone
   * offers each instance type. A zone's place in the list is its place among the subnets. So add zones at the end: a zone that
   * takes another's place would need the range of a subnet that still stands, and AWS refuses it.
   * @default the first of the account, as many as `zones` says
   */
  readonly zoneNames?: readonly string[];
  /**
   * Where instances stand. `public`: in public subnets with an address of their own, closed to anything inbound except from
   * the balancer, and no NAT gateway to pay for. `private`: in private subnets behind one NAT gateway (about $33 a month
   * and its traffic). In a VPC that is there already it says only whether they get an address of their own.
   * @default "public"; "private" in a VPC that is there already
   */
  readonly instances?: "public" | "private";
  /** Port on which web instances answer the balancer, 1024 to 65,535. @default 8080 */
  readonly webPort?: number;
  /**
   * Which connections are recorded in CloudWatch Logs for 30 days: refused ones, all, or none. Costs $0.50 a GB: cents a
   * month for refused ones, dollars for all of a busy farm.
   * @default "none"
   */
  readonly flowLogs?: "none" | "rejected" | "all";
  /**
   * How instances reach AWS. `gateway`: S3 and DynamoDB through gateway endpoints, which cost nothing, all else on the public way.
   * `interface`: the services that instances call all day (queues, topics, logs, their group, roles, parameters, sessions) also through
   * endpoints in the VPC, $0.01 an hour for each service and zone: about $102 a month over two zones. The identity provider, Stripe,
   * mail, Glacier and packages of the operating system stay on the public way, so private instances keep their NAT gateway. A VPC that is
   * there already has its own.
   * @default "gateway"
   */
  readonly endpoints?: EndpointKind;
  /** KMS key of your own for those records. @default CloudWatch's own */
  readonly kmsKeyArn?: Input<string>;
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: FlowLogTransform & VpcTransform & SecurityGroupTransform;
}

/** What farms know of the network they stand in; a `Network` is one, and ids from elsewhere will do as well. */
export interface NetworkIds {
  /** `vpc-…` */
  readonly vpcId: Input<string>;
  /** Where a balancer of ours stands, in two zones at least. @default none: the balancer is there already */
  readonly publicSubnetIds?: Input<Input<string>[]> | undefined;
  /** Where instances stand. */
  readonly instanceSubnetIds: Input<Input<string>[]>;
  /** Whether instances need a public address to reach AWS. */
  readonly publicAddresses: Input<boolean>;
  /** Port on which web instances answer the balancer. */
  readonly webPort: Input<number>;
  /** Of the balancer. */
  readonly balancerSecurityGroupId: Input<string>;
  /** Of web instances: they answer the balancer only. */
  readonly webSecurityGroupId: Input<string>;
  /** Of all other instances: they answer nobody. */
  readonly workerSecurityGroupId: Input<string>;
}

export interface NetworkNodes {
  /** None in a VPC that is there already. */
  readonly vpc: Vpc | undefined;
  readonly endpoints: readonly ec2.VpcEndpoint[];
  readonly securityGroups: readonly ec2.SecurityGroup[];
  /** The VPC's own group, which allows nothing; none in a VPC that is there already. */
  readonly defaultSecurityGroup: ec2.DefaultSecurityGroup | undefined;
  readonly ingressRules: readonly vpc.SecurityGroupIngressRule[];
  readonly egressRules: readonly vpc.SecurityGroupEgressRule[];
  readonly flowLog: FlowLogNodes | undefined;
}

/**
 * A VPC over two zones, or security groups in one that is there already; a public balancer in front and instances nobody can
 * call: web instances answer the balancer only, workers answer nobody. In a VPC of ours, S3 and DynamoDB are reached through
 * gateway endpoints, which cost nothing.
 */
export class Network extends ComponentResource implements NetworkIds {
  /** `vpc-…` */
  readonly vpcId: Output<string>;
  /** Where a balancer stands; undefined in a VPC that is there already and names none. */
  readonly publicSubnetIds: Output<string[]> | undefined;
  /** Where instances stand. */
  readonly instanceSubnetIds: Output<string[]>;
  /** Whether instances need a public address to reach AWS. */
  readonly publicAddresses: boolean;
  /** Port on which web instances answer the balancer. */
  readonly webPort: number;
  /** Of the balancer. */
  readonly balancerSecurityGroupId: Output<string>;
  /** Of web instances: they answer the balancer only. */
  readonly webSecurityGroupId: Output<string>;
  /** Of all other instances: they answer nobody. */
  readonly workerSecurityGroupId: Output<string>;
  /** The raw resources. */
  readonly nodes: NetworkNodes;

  constructor(name: string, args: NetworkArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:Network", name, {}, opts);
    const { accountId } = accountOf(this);
    const settings = normalise(name, args);
    const { existing, flowLogs, transform } = settings;

    const place = existing === undefined ? createVpcPlace(name, settings, transform, this) : existingPlace(existing);
    const groups = createGroups(name, place.vpcId, settings, this);
    const flowLog =
      flowLogs === "none"
        ? undefined
        : createFlowLog(
            name,
            { vpcId: place.vpcId, traffic: flowLogs, accountId, kmsKeyArn: args.kmsKeyArn },
            transform,
            this,
          );

    this.vpcId = place.vpcId;
    this.publicSubnetIds = place.publicSubnetIds;
    this.instanceSubnetIds = place.instanceSubnetIds;
    this.publicAddresses = settings.isPublic;
    this.webPort = settings.webPort;
    this.balancerSecurityGroupId = groups.balancerId;
    this.webSecurityGroupId = groups.web.id;
    this.workerSecurityGroupId = groups.worker.id;
    const { vpc, endpoints, defaultSecurityGroup } = place;
    const { ingressRules, egressRules } = groups;
    const securityGroups = [
      ...groups.securityGroups,
      ...(place.endpointSecurityGroup ? [place.endpointSecurityGroup] : []),
    ];
    this.nodes = { vpc, endpoints, securityGroups, defaultSecurityGroup, ingressRules, egressRules, flowLog };
    this.registerOutputs({ vpcId: this.vpcId });
  }
}

type Settings = ReturnType<typeof normalise>;

function normalise(name: string, args: NetworkArgs) {
  check(`Network ${name}`, [
    form(
      "cidrBlock",
      args.cidrBlock,
      /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-4])$/,
      "an IPv4 range of /16 to /24, such as 10.0.0.0/16",
    ),
    range("zones", args.zones, { min: 2, max: 3, unit: "availability zones" }),
    rule(
      "zoneNames",
      args.zones !== undefined && args.zoneNames !== undefined,
      "say it as well as zones; omit one of both",
    ),
    ...zoneNameRules("zoneNames", args.zoneNames),
    range("webPort", args.webPort, { min: 1024, max: 65_535, unit: "port numbers" }),
    kmsKeyRule(args.kmsKeyArn),
    ...existingNetworkRules(args),
  ]);
  const { existing } = args;
  return {
    existing,
    cidrBlock: args.cidrBlock ?? "10.0.0.0/16",
    zones: args.zoneNames ?? args.zones ?? 2,
    isPublic: (args.instances ?? (existing === undefined ? "public" : "private")) === "public",
    webPort: args.webPort ?? 8080,
    flowLogs: args.flowLogs ?? "none",
    endpoints: args.endpoints ?? "gateway",
    transform: args.transform ?? {},
  };
}

function existingPlace({ vpcId, publicSubnetIds, instanceSubnetIds }: ExistingNetworkArgs): VpcPlace {
  return {
    vpc: undefined,
    endpoints: [],
    endpointSecurityGroup: undefined,
    defaultSecurityGroup: undefined,
    vpcId: output(vpcId),
    publicSubnetIds: publicSubnetIds && output(publicSubnetIds),
    instanceSubnetIds: output(instanceSubnetIds),
  };
}

/** Who may call whom: everybody the balancer, it the web instances, nobody the workers. */
function createGroups(
  name: string,
  vpcId: Output<string>,
  { existing, webPort, transform }: Settings,
  parent: Resource,
) {
  const groups = securityGroups(name, vpcId, transform, parent);
  const balancer = existing?.balancerSecurityGroupId === undefined ? createBalancerGroup(groups) : undefined;
  const balancerId = output(balancer?.group.id ?? existing?.balancerSecurityGroupId).apply(String);
  const web = groups.group("web", "Web instances: the balancer only");
  const worker = groups.group("worker", "Workers: nothing inbound");
  const toWeb = { referencedSecurityGroupId: web.id, ipProtocol: "tcp", fromPort: webPort, toPort: webPort };
  const anywhere = { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" };
  return {
    balancerId,
    web,
    worker,
    securityGroups: balancer === undefined ? [web, worker] : [balancer.group, web, worker],
    ingressRules: [
      ...(balancer?.ingressRules() ?? []),
      groups.ingress("web", web, webPort, { referencedSecurityGroupId: balancerId }),
    ],
    egressRules: [
      ...(balancer === undefined ? [] : [groups.egress("balancer", balancer.group, toWeb)]),
      groups.egress("web", web, anywhere),
      groups.egress("worker", worker, anywhere),
    ],
  };
}
