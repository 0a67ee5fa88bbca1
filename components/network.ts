import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import { Vpc, type VpcArgs } from "@pulumi/awsx/ec2/vpc.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  output,
} from "@pulumi/pulumi";
import { accountOf } from "./account.ts";
import { type ExistingNetworkArgs, existingNetworkRules } from "./existing-network.ts";
import { createFlowLog, type FlowLogNodes, type FlowLogTransform } from "./flow-log.ts";
import { physicalName } from "./naming.ts";
import { type Transform, transformed } from "./transform.ts";
import { check, form, range } from "./validate.ts";

/** What a network may be told. */
export interface NetworkArgs {
  /**
   * A VPC that is there already: only security groups are made in it.
   * @default a VPC of ours
   */
  readonly existing?: ExistingNetworkArgs;
  /** Address range of the VPC, /16 to /24. @default 10.0.0.0/16 */
  readonly cidrBlock?: string;
  /** Availability zones, 2 to 3; a balancer needs two. @default 2 */
  readonly zones?: number;
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
  /** Last word on each child before it is created. @default as we make them */
  readonly transform?: FlowLogTransform & {
    readonly vpc?: Transform<VpcArgs>;
    readonly endpoint?: Transform<ec2.VpcEndpointArgs>;
    readonly securityGroup?: Transform<ec2.SecurityGroupArgs>;
    readonly defaultSecurityGroup?: Transform<ec2.DefaultSecurityGroupArgs>;
    readonly ingressRule?: Transform<vpc.SecurityGroupIngressRuleArgs>;
    readonly egressRule?: Transform<vpc.SecurityGroupEgressRuleArgs>;
  };
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

/** The VPC, made or found. */
interface Place {
  readonly vpcId: Output<string>;
  readonly publicSubnetIds: Output<string[]> | undefined;
  readonly instanceSubnetIds: Output<string[]>;
  readonly vpc: Vpc | undefined;
  readonly endpoints: readonly ec2.VpcEndpoint[];
  readonly defaultSecurityGroup: ec2.DefaultSecurityGroup | undefined;
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
    const parent = { parent: this };
    const { region, accountId } = accountOf(this);
    const { existing, cidrBlock, zones, isPublic, webPort, flowLogs, transform } = normalise();

    const place = existing === undefined ? createPlace() : existingPlace(existing);
    const balancer = existing?.balancerSecurityGroupId === undefined ? createBalancerGroup() : undefined;
    const balancerId = output(balancer?.id ?? existing?.balancerSecurityGroupId).apply(String);
    const web = createSecurityGroup("web", "Web instances: the balancer only");
    const worker = createSecurityGroup("worker", "Workers: nothing inbound");
    const ingressRules = [
      ...(balancer === undefined ? [] : createPublicRules(balancer)),
      createIngressRule("web", web, webPort, { referencedSecurityGroupId: balancerId }),
    ];
    const egressRules = [
      ...(balancer === undefined ? [] : [createEgressRule("balancer", balancer, toWebInstances())]),
      createEgressRule("web", web, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }),
      createEgressRule("worker", worker, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }),
    ];
    const securityGroups = balancer === undefined ? [web, worker] : [balancer, web, worker];
    const flowLog = recordConnections(this);

    this.vpcId = place.vpcId;
    this.publicSubnetIds = place.publicSubnetIds;
    this.instanceSubnetIds = place.instanceSubnetIds;
    this.publicAddresses = isPublic;
    this.webPort = webPort;
    this.balancerSecurityGroupId = balancerId;
    this.webSecurityGroupId = web.id;
    this.workerSecurityGroupId = worker.id;
    const { endpoints, defaultSecurityGroup } = place;
    this.nodes = {
      vpc: place.vpc,
      endpoints,
      securityGroups,
      defaultSecurityGroup,
      ingressRules,
      egressRules,
      flowLog,
    };
    this.registerOutputs({ vpcId: this.vpcId });

    function normalise() {
      check(`Network ${name}`, [
        form(
          "cidrBlock",
          args.cidrBlock,
          /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-4])$/,
          "an IPv4 range of /16 to /24, such as 10.0.0.0/16",
        ),
        range("zones", args.zones, { min: 2, max: 3, unit: "availability zones" }),
        range("webPort", args.webPort, { min: 1024, max: 65_535, unit: "port numbers" }),
        ...existingNetworkRules(args),
      ]);
      const { existing } = args;
      return {
        existing,
        cidrBlock: args.cidrBlock ?? "10.0.0.0/16",
        zones: args.zones ?? 2,
        isPublic: (args.instances ?? (existing === undefined ? "public" : "private")) === "public",
        webPort: args.webPort ?? 8080,
        flowLogs: args.flowLogs ?? "none",
        transform: args.transform ?? {},
      };
    }

    function createPlace(): Place {
      const vpc = createVpc();
      const endpoints = ["s3", "dynamodb"].map((service) => createGatewayEndpoint(vpc, service));
      const { vpcId, publicSubnetIds, privateSubnetIds } = vpc;
      return {
        vpc,
        endpoints,
        defaultSecurityGroup: closeDefaultSecurityGroup(vpc),
        vpcId,
        publicSubnetIds,
        instanceSubnetIds: isPublic ? publicSubnetIds : privateSubnetIds,
      };
    }

    function existingPlace({ vpcId, publicSubnetIds, instanceSubnetIds }: ExistingNetworkArgs): Place {
      return {
        vpc: undefined,
        endpoints: [],
        defaultSecurityGroup: undefined,
        vpcId: output(vpcId),
        publicSubnetIds: publicSubnetIds && output(publicSubnetIds),
        instanceSubnetIds: output(instanceSubnetIds),
      };
    }

    function createVpc(): Vpc {
      return new Vpc(
        ...transformed<VpcArgs>(
          transform.vpc,
          name,
          {
            cidrBlock,
            numberOfAvailabilityZones: zones,
            enableDnsHostnames: true,
            subnetStrategy: "Auto",
            subnetSpecs: isPublic ? [{ type: "Public" }] : [{ type: "Public" }, { type: "Private" }],
            natGateways: { strategy: isPublic ? "None" : "Single" },
            tags: { Name: name },
          },
          parent,
        ),
      );
    }

    function createGatewayEndpoint(of: Vpc, service: string): ec2.VpcEndpoint {
      return new ec2.VpcEndpoint(
        ...transformed(
          transform.endpoint,
          `${name}-${service}`,
          {
            vpcId: of.vpcId,
            vpcEndpointType: "Gateway",
            serviceName: interpolate`com.amazonaws.${region}.${service}`,
            routeTableIds: of.routeTables.apply((tables) => tables.map((table) => table.id)),
            tags: { Name: `${name}-${service}` },
          },
          parent,
        ),
      );
    }

    function recordConnections(self: Network): FlowLogNodes | undefined {
      if (flowLogs === "none") return undefined;
      return createFlowLog(name, { vpcId: place.vpcId, traffic: flowLogs, accountId }, transform, self);
    }

    function createBalancerGroup(): ec2.SecurityGroup {
      return createSecurityGroup("balancer", "Public balancer: HTTP and HTTPS from anywhere");
    }

    function createPublicRules(group: ec2.SecurityGroup): vpc.SecurityGroupIngressRule[] {
      const anywhere = { cidrIpv4: "0.0.0.0/0" };
      return [
        createIngressRule("balancer-http", group, 80, anywhere),
        createIngressRule("balancer-https", group, 443, anywhere),
      ];
    }

    function toWebInstances() {
      return { referencedSecurityGroupId: web.id, ipProtocol: "tcp", fromPort: webPort, toPort: webPort };
    }

    /** Takes away the rules that AWS gives a VPC's own group, so that what lands in it by mistake can talk to nobody. */
    function closeDefaultSecurityGroup(of: Vpc): ec2.DefaultSecurityGroup {
      const child = `${name}-default`;
      return new ec2.DefaultSecurityGroup(
        ...transformed<ec2.DefaultSecurityGroupArgs>(
          transform.defaultSecurityGroup,
          child,
          { vpcId: of.vpcId, ingress: [], egress: [], tags: { Name: child } },
          parent,
        ),
      );
    }

    function createSecurityGroup(role: string, description: string): ec2.SecurityGroup {
      const child = `${name}-${role}`;
      return new ec2.SecurityGroup(
        ...transformed(
          transform.securityGroup,
          child,
          {
            name: physicalName("securityGroup", child),
            description,
            vpcId: place.vpcId,
            tags: { Name: child },
          },
          parent,
        ),
      );
    }

    function createIngressRule(
      rule: string,
      group: ec2.SecurityGroup,
      port: number,
      source: { cidrIpv4: string } | { referencedSecurityGroupId: Output<string> },
    ): vpc.SecurityGroupIngressRule {
      return new vpc.SecurityGroupIngressRule(
        ...transformed<vpc.SecurityGroupIngressRuleArgs>(
          transform.ingressRule,
          `${name}-${rule}`,
          { ...source, securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port },
          parent,
        ),
      );
    }

    function createEgressRule(
      rule: string,
      group: ec2.SecurityGroup,
      target: Omit<vpc.SecurityGroupEgressRuleArgs, "securityGroupId">,
    ): vpc.SecurityGroupEgressRule {
      return new vpc.SecurityGroupEgressRule(
        ...transformed<vpc.SecurityGroupEgressRuleArgs>(
          transform.egressRule,
          `${name}-${rule}`,
          { ...target, securityGroupId: group.id },
          parent,
        ),
      );
    }
  }
}
