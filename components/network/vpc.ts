import * as ec2 from "@pulumi/aws/ec2/index.js";
import { Vpc, type VpcArgs } from "@pulumi/awsx/ec2/vpc.js";
import { interpolate, type Output, type Resource } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { type Transform, transformed } from "../base/transform.ts";
import type { SecurityGroupTransform } from "../group/security-group.ts";
import { createInterfaceEndpoints, type EndpointKind } from "./interface-endpoints.ts";
import { type SubnetKind, subnetRanges } from "./subnet-layout.ts";
import { inRegionOf } from "./zones.ts";

export interface VpcTransform {
  readonly vpc?: Transform<VpcArgs>;
  readonly endpoint?: Transform<ec2.VpcEndpointArgs>;
  readonly defaultSecurityGroup?: Transform<ec2.DefaultSecurityGroupArgs>;
}

/** A VPC, made or found. */
export interface VpcPlace {
  readonly vpcId: Output<string>;
  readonly publicSubnetIds: Output<string[]> | undefined;
  readonly instanceSubnetIds: Output<string[]>;
  readonly vpc: Vpc | undefined;
  readonly endpoints: readonly ec2.VpcEndpoint[];
  /** Of the interface endpoints; none without them. */
  readonly endpointSecurityGroup: ec2.SecurityGroup | undefined;
  readonly defaultSecurityGroup: ec2.DefaultSecurityGroup | undefined;
}

/** Either how many, and awsx takes the first that the account has; or which. It refuses both together. */
const placesOf = (
  zones: number | readonly string[],
): Pick<VpcArgs, "availabilityZoneNames" | "numberOfAvailabilityZones"> =>
  typeof zones === "number" ? { numberOfAvailabilityZones: zones } : { availabilityZoneNames: [...zones] };

/** A VPC with the subnets that instances and balancers need; S3 and DynamoDB are always reached through gateway endpoints. */
export function createVpcPlace(
  name: string,
  {
    cidrBlock,
    zones,
    isPublic,
    endpoints: kind = "gateway",
  }: { cidrBlock: string; zones: number | readonly string[]; isPublic: boolean; endpoints?: EndpointKind },
  transform: VpcTransform & SecurityGroupTransform,
  parent: Resource,
): VpcPlace {
  const count = typeof zones === "number" ? zones : zones.length;
  const named = typeof zones === "number" ? [] : zones;
  const region = accountOf(parent).region.apply((name) => inRegionOf(named, name));
  const kinds: SubnetKind[] = isPublic ? ["Public"] : ["Public", "Private"];
  const vpc = createVpc();
  const gateways = ["s3", "dynamodb"].map(createGatewayEndpoint);
  const { vpcId, publicSubnetIds, privateSubnetIds } = vpc;
  const instanceSubnetIds = isPublic ? publicSubnetIds : privateSubnetIds;
  const interfaces =
    kind === "interface"
      ? createInterfaceEndpoints(name, { vpcId, subnetIds: instanceSubnetIds, cidrBlock }, transform, parent)
      : undefined;
  return {
    vpc,
    endpoints: [...gateways, ...(interfaces?.endpoints ?? [])],
    endpointSecurityGroup: interfaces?.securityGroup,
    defaultSecurityGroup: closeDefaultSecurityGroup(),
    vpcId,
    publicSubnetIds,
    instanceSubnetIds,
  };

  function createVpc(): Vpc {
    return new Vpc(
      ...transformed<VpcArgs>(
        transform.vpc,
        name,
        {
          cidrBlock,
          ...placesOf(zones),
          enableDnsHostnames: true,
          subnetStrategy: "Auto",
          subnetSpecs: kinds.map((type) => ({ type, cidrBlocks: subnetRanges(cidrBlock, type, count) })),
          natGateways: { strategy: isPublic ? "None" : "Single" },
          tags: { Name: name },
        },
        { parent },
      ),
    );
  }

  function createGatewayEndpoint(service: string): ec2.VpcEndpoint {
    return new ec2.VpcEndpoint(
      ...transformed(
        transform.endpoint,
        `${name}-${service}`,
        {
          vpcId: vpc.vpcId,
          vpcEndpointType: "Gateway",
          serviceName: interpolate`com.amazonaws.${region}.${service}`,
          routeTableIds: vpc.routeTables.apply((tables) => tables.map((table) => table.id)),
          tags: { Name: `${name}-${service}` },
        },
        { parent },
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
        { vpcId: vpc.vpcId, ingress: [], egress: [], tags: { Name: child } },
        { parent },
      ),
    );
  }
}
