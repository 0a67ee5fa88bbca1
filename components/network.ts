import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import { Vpc, type VpcArgs } from "@pulumi/awsx/ec2/vpc.js";
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from "@pulumi/pulumi";
import { accountOf } from "./account.ts";
import { createFlowLog, type FlowLogNodes, type FlowLogTransform } from "./flow-log.ts";
import { physicalName } from "./naming.ts";
import { type Transform, transformed } from "./transform.ts";
import { check, form, range } from "./validate.ts";

export interface NetworkArgs {
  /** Address range of the VPC, /16 to /24. @default 10.0.0.0/16 */
  readonly cidrBlock?: string;
  /** Availability zones, 2 to 3; a balancer needs two. @default 2 */
  readonly zones?: number;
  /**
   * Where instances stand. `public`: in public subnets with an address of their own, closed to anything inbound except from
   * the balancer, and no NAT gateway to pay for. `private`: in private subnets behind one NAT gateway (about $33 a month
   * and its traffic).
   * @default "public"
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
  readonly transform?: FlowLogTransform & {
    readonly vpc?: Transform<VpcArgs>;
    readonly endpoint?: Transform<ec2.VpcEndpointArgs>;
    readonly securityGroup?: Transform<ec2.SecurityGroupArgs>;
    readonly defaultSecurityGroup?: Transform<ec2.DefaultSecurityGroupArgs>;
    readonly ingressRule?: Transform<vpc.SecurityGroupIngressRuleArgs>;
    readonly egressRule?: Transform<vpc.SecurityGroupEgressRuleArgs>;
  };
}

export interface NetworkNodes {
  readonly vpc: Vpc;
  readonly endpoints: readonly ec2.VpcEndpoint[];
  readonly securityGroups: readonly ec2.SecurityGroup[];
  /** The VPC's own group, which allows nothing. */
  readonly defaultSecurityGroup: ec2.DefaultSecurityGroup;
  readonly ingressRules: readonly vpc.SecurityGroupIngressRule[];
  readonly egressRules: readonly vpc.SecurityGroupEgressRule[];
  readonly flowLog: FlowLogNodes | undefined;
}

/**
 * A VPC over two zones with a public balancer in front and instances nobody can call: web instances answer the balancer
 * only, workers answer nobody. S3 and DynamoDB are reached through gateway endpoints, which cost nothing.
 */
export class Network extends ComponentResource {
  readonly vpcId: Output<string>;
  readonly publicSubnetIds: Output<string[]>;
  readonly instanceSubnetIds: Output<string[]>;
  /** Whether instances need a public address to reach AWS. */
  readonly publicAddresses: boolean;
  readonly webPort: number;
  readonly balancerSecurityGroupId: Output<string>;
  readonly webSecurityGroupId: Output<string>;
  readonly workerSecurityGroupId: Output<string>;
  readonly nodes: NetworkNodes;

  constructor(name: string, args: NetworkArgs = {}, opts?: ComponentResourceOptions) {
    super("annofarm:index:Network", name, {}, opts);
    const parent = { parent: this };
    const { region, accountId } = accountOf(this);
    const { cidrBlock, zones, isPublic, webPort, flowLogs, transform } = normalise();

    const network = createVpc();
    const endpoints = [createGatewayEndpoint("s3"), createGatewayEndpoint("dynamodb")];
    const defaultSecurityGroup = closeDefaultSecurityGroup();
    const balancer = createSecurityGroup("balancer", "Public balancer: HTTP and HTTPS from anywhere");
    const web = createSecurityGroup("web", "Web instances: the balancer only");
    const worker = createSecurityGroup("worker", "Workers: nothing inbound");
    const ingressRules = [
      createIngressRule("balancer-http", balancer, 80, { cidrIpv4: "0.0.0.0/0" }),
      createIngressRule("balancer-https", balancer, 443, { cidrIpv4: "0.0.0.0/0" }),
      createIngressRule("web", web, webPort, { referencedSecurityGroupId: balancer.id }),
    ];
    const egressRules = [
      createEgressRule("balancer", balancer, {
        referencedSecurityGroupId: web.id,
        ipProtocol: "tcp",
        fromPort: webPort,
        toPort: webPort,
      }),
      createEgressRule("web", web, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }),
      createEgressRule("worker", worker, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }),
    ];
    const flowLog =
      flowLogs === "none"
        ? undefined
        : createFlowLog(name, { vpcId: network.vpcId, traffic: flowLogs, accountId }, transform, this);

    this.vpcId = network.vpcId;
    this.publicSubnetIds = network.publicSubnetIds;
    this.instanceSubnetIds = isPublic ? network.publicSubnetIds : network.privateSubnetIds;
    this.publicAddresses = isPublic;
    this.webPort = webPort;
    this.balancerSecurityGroupId = balancer.id;
    this.webSecurityGroupId = web.id;
    this.workerSecurityGroupId = worker.id;
    this.nodes = {
      vpc: network,
      endpoints,
      securityGroups: [balancer, web, worker],
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
      ]);
      return {
        cidrBlock: args.cidrBlock ?? "10.0.0.0/16",
        zones: args.zones ?? 2,
        isPublic: (args.instances ?? "public") === "public",
        webPort: args.webPort ?? 8080,
        flowLogs: args.flowLogs ?? "none",
        transform: args.transform ?? {},
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

    function createGatewayEndpoint(service: string): ec2.VpcEndpoint {
      return new ec2.VpcEndpoint(
        ...transformed(
          transform.endpoint,
          `${name}-${service}`,
          {
            vpcId: network.vpcId,
            vpcEndpointType: "Gateway",
            serviceName: interpolate`com.amazonaws.${region}.${service}`,
            routeTableIds: network.routeTables.apply((tables) => tables.map((table) => table.id)),
            tags: { Name: `${name}-${service}` },
          },
          parent,
        ),
      );
    }

    /** Takes away the rules that AWS gives a VPC's own group, so that what lands in it by mistake can talk to nobody. */
    function closeDefaultSecurityGroup(): ec2.DefaultSecurityGroup {
      const child = `${name}-default`;
      return new ec2.DefaultSecurityGroup(
        ...transformed<ec2.DefaultSecurityGroupArgs>(
          transform.defaultSecurityGroup,
          child,
          { vpcId: network.vpcId, ingress: [], egress: [], tags: { Name: child } },
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
            vpcId: network.vpcId,
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
