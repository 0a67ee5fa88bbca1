/** `awsx:ec2:Vpc`: a component of awsx's own provider, here made whole: VPC, gateway, subnets, routes. */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { type Tags, tagList } from "../../resources/shape.ts";
import { subnetBlocks } from "./subnet-blocks.ts";
import { changeTags } from "./tags.ts";

type SubnetType = "Public" | "Private" | "Isolated";

interface VpcInputs {
  readonly cidrBlock?: string;
  readonly numberOfAvailabilityZones?: number;
  readonly enableDnsHostnames?: boolean;
  readonly subnetSpecs?: readonly { readonly type: SubnetType; readonly cidrMask?: number }[];
  readonly natGateways?: { readonly strategy?: "None" | "Single" | "OnePerAz" };
  readonly tags?: Tags;
}

/** Which kind of subnet it is; nothing else tells when a VPC is read back. */
const typeTag = "SubnetType";

async function createGateway(VpcId: string, { client }: Context): Promise<string> {
  const ec2 = client(EC2Client);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = sent(InternetGateway?.InternetGatewayId, "InternetGatewayId");
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  return InternetGatewayId;
}

async function createSubnet(
  VpcId: string,
  subnet: { type: SubnetType; zone: string; cidr: string; name: string },
  { client }: Context,
): Promise<{ subnetId: string; routeTableId: string }> {
  const ec2 = client(EC2Client);
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: subnet.cidr, AvailabilityZone: subnet.zone }),
  );
  const subnetId = sent(Subnet?.SubnetId, "SubnetId");
  const Tags = tagList({ Name: subnet.name, [typeTag]: subnet.type });
  await ec2.send(new CreateTagsCommand({ Resources: [subnetId], Tags }));
  if (subnet.type === "Public") {
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: subnetId, MapPublicIpOnLaunch: { Value: true } }));
  }
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const routeTableId = sent(RouteTable?.RouteTableId, "RouteTableId");
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: subnetId }));
  return { subnetId, routeTableId };
}

async function createNat(SubnetId: string, { client }: Context): Promise<string> {
  const ec2 = client(EC2Client);
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  return sent(NatGateway?.NatGatewayId, "NatGatewayId");
}

async function create(inputs: VpcInputs, context: Context): Promise<State> {
  const ec2 = context.client(EC2Client);
  const { cidrBlock = "10.0.0.0/16", numberOfAvailabilityZones = 3, enableDnsHostnames = true } = inputs;
  const specs = inputs.subnetSpecs ?? [{ type: "Private" as const }, { type: "Public" as const }];
  const name = inputs.tags?.Name ?? context.autoName;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidrBlock }));
  const vpcId = sent(Vpc?.VpcId, "VpcId");
  await ec2.send(new CreateTagsCommand({ Resources: [vpcId], Tags: tagList({ ...inputs.tags, Name: name }) }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: enableDnsHostnames } }));
  const gatewayId = await createGateway(vpcId, context);
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  const zones = AvailabilityZones.slice(0, numberOfAvailabilityZones).map(({ ZoneName }) => sent(ZoneName, "ZoneName"));
  if (zones.length < numberOfAvailabilityZones) {
    throw new Error(
      `${context.emulator.region} has ${zones.length} zones, but ${numberOfAvailabilityZones} are wanted`,
    );
  }
  const blocks = subnetBlocks(cidrBlock, zones.length, specs);
  const nats: string[] = [];
  const strategy = inputs.natGateways?.strategy ?? "OnePerAz";
  // Public subnets first: a NAT gateway stands in one of them.
  const ordered = blocks.toSorted((a, b) => Number(b.type === "Public") - Number(a.type === "Public"));
  for (const { type, zone, cidr } of ordered) {
    const placed = { type, cidr, zone: sent(zones[zone], "zone"), name: `${name}-${type.toLowerCase()}-${zone + 1}` };
    const { subnetId, routeTableId } = await createSubnet(vpcId, placed, context);
    const route = { RouteTableId: routeTableId, DestinationCidrBlock: "0.0.0.0/0" };
    if (type === "Public") {
      await ec2.send(new CreateRouteCommand({ ...route, GatewayId: gatewayId }));
      if (strategy === "OnePerAz" || (strategy === "Single" && nats.length === 0)) {
        nats.push(await createNat(subnetId, context));
      }
    }
    const NatGatewayId = nats[zone] ?? nats[0];
    if (type === "Private" && NatGatewayId !== undefined) {
      await ec2.send(new CreateRouteCommand({ ...route, NatGatewayId }));
    }
  }
  return sent(await read(vpcId, context), "VPC");
}

async function read(vpcId: string, { client }: Context): Promise<State | undefined> {
  const ec2 = client(EC2Client);
  if ((await ifThere(ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })))) === undefined) return undefined;
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: Filters }));
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
  );
  const subnetsOf = (type: SubnetType) =>
    Subnets.filter(({ Tags }) => Tags?.some(({ Key, Value }) => Key === typeTag && Value === type))
      .toSorted((a, b) => ((a.AvailabilityZone ?? "") < (b.AvailabilityZone ?? "") ? -1 : 1))
      .map(({ SubnetId }) => SubnetId);
  const asResource = (id: string | undefined) => ({ id });
  // The VPC's main table belongs to the VPC, not to a subnet.
  const own = RouteTables.filter(({ Associations = [] }) => !Associations.some(({ Main }) => Main));
  const outputs = {
    vpcId,
    publicSubnetIds: subnetsOf("Public"),
    privateSubnetIds: subnetsOf("Private"),
    isolatedSubnetIds: subnetsOf("Isolated"),
    subnets: Subnets.map(({ SubnetId }) => asResource(SubnetId)),
    routeTables: own.map(({ RouteTableId }) => asResource(RouteTableId)),
    natGateways: NatGateways.map(({ NatGatewayId }) => asResource(NatGatewayId)),
    internetGateway: asResource(InternetGateways[0]?.InternetGatewayId),
  };
  return { id: vpcId, outputs };
}

async function remove(vpcId: string, context: Context): Promise<void> {
  const ec2 = context.client(EC2Client);
  if ((await read(vpcId, context)) === undefined) return;
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: Filters }));
  for (const { NatGatewayId } of NatGateways) await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  for (const { RouteTableId, Associations = [] } of RouteTables) {
    if (Associations.some(({ Main }) => Main)) continue;
    for (const { RouteTableAssociationId: AssociationId } of Associations) {
      await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    }
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
  }
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  for (const { SubnetId } of Subnets) await ec2.send(new DeleteSubnetCommand({ SubnetId }));
  const { InternetGateways = [] } = await ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
  );
  for (const { InternetGatewayId } of InternetGateways) {
    await ec2.send(new DetachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId }));
    await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  }
  await ec2.send(new DeleteVpcCommand({ VpcId: vpcId }));
}

export const handlers: Handlers = {
  "awsx:ec2:Vpc": handler<VpcInputs>({
    create,
    read: ({ id }, context) => read(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const { enableDnsHostnames = true } = inputs;
      const ec2 = context.client(EC2Client);
      await ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: enableDnsHostnames } }));
      await changeTags(id, previous.tags, inputs.tags, context);
      return sent(await read(id, context), "VPC");
    },
    delete: ({ id }, context) => remove(id, context),
  }),
};
