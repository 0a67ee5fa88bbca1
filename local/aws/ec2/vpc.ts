/**
 * `awsx:ec2:Vpc`: a component of awsx's own provider, here made whole: VPC, gateway, and the children of `vpc-children.ts`. A change
 * is made as Pulumi's engine makes it of awsx's children: what is new or replaced is created first, and what is not wanted any more is
 * deleted last. So a subnet that moves onto a range that another still has is refused, as on AWS.
 */
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { tagList } from "../../resources/shape.ts";
import { changeTags } from "./tags.ts";
import { cidrDefault, type SubnetType, sharedTags, subnetChildren, type VpcInputs, zonesOf } from "./vpc-children.ts";
import { createOrKeep, deleteOthers, type Standing, standingIn } from "./vpc-standing.ts";

async function createGateway(VpcId: string, inputs: VpcInputs, { client, logicalName }: Context): Promise<string> {
  const ec2 = client(EC2Client);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = sent(InternetGateway?.InternetGatewayId, "InternetGatewayId");
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const Tags = tagList(sharedTags(logicalName, inputs));
  await ec2.send(new CreateTagsCommand({ Resources: [InternetGatewayId], Tags }));
  return InternetGatewayId;
}

async function childrenOf(inputs: VpcInputs, { client, emulator, logicalName }: Context) {
  const { AvailabilityZones = [] } = await client(EC2Client).send(new DescribeAvailabilityZonesCommand({}));
  const there = AvailabilityZones.map(({ ZoneName }) => sent(ZoneName, "ZoneName"));
  return subnetChildren(logicalName, inputs, zonesOf(inputs, there, emulator.region));
}

async function create(inputs: VpcInputs, context: Context): Promise<State> {
  const ec2 = context.client(EC2Client);
  const { cidrBlock = cidrDefault, enableDnsHostnames = true } = inputs;
  // Like awsx, before anything is made.
  const children = await childrenOf(inputs, context);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidrBlock }));
  const vpcId = sent(Vpc?.VpcId, "VpcId");
  const Tags = tagList(sharedTags(context.logicalName, inputs));
  await ec2.send(new CreateTagsCommand({ Resources: [vpcId], Tags }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: enableDnsHostnames } }));
  const gatewayId = await createGateway(vpcId, inputs, context);
  await createOrKeep(vpcId, children, { gatewayId, standing: await standingIn(vpcId, context) }, context);
  return sent(await read(vpcId, context), "VPC");
}

function gatewaysOf(vpcId: string, { client }: Context) {
  const Filters = [{ Name: "attachment.vpc-id", Values: [vpcId] }];
  return client(EC2Client).send(new DescribeInternetGatewaysCommand({ Filters }));
}

async function read(vpcId: string, context: Context): Promise<State | undefined> {
  const ec2 = context.client(EC2Client);
  if ((await ifThere(ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })))) === undefined) return undefined;
  const { subnets, routeTables, natGateways }: Standing = await standingIn(vpcId, context);
  const { InternetGateways = [] } = await gatewaysOf(vpcId, context);
  // By the places that their names tell, as awsx lists them: zones by name may come in any order.
  const inOrder = subnets.toSorted((a, b) =>
    (a.tags.Name ?? "").localeCompare(b.tags.Name ?? "", "en", { numeric: true }),
  );
  const subnetsOf = (type: SubnetType) => inOrder.filter((subnet) => subnet.type === type).map(({ id }) => id);
  const asResources = (all: readonly { readonly id: string }[]) => all.map(({ id }) => ({ id }));
  const outputs = {
    vpcId,
    publicSubnetIds: subnetsOf("Public"),
    privateSubnetIds: subnetsOf("Private"),
    isolatedSubnetIds: subnetsOf("Isolated"),
    subnets: asResources(subnets),
    routeTables: asResources(routeTables),
    natGateways: asResources(natGateways),
    internetGateway: { id: InternetGateways[0]?.InternetGatewayId },
  };
  return { id: vpcId, outputs };
}

async function update(id: string, previous: VpcInputs, inputs: VpcInputs, context: Context): Promise<State> {
  const { enableDnsHostnames = true } = inputs;
  const children = await childrenOf(inputs, context);
  const ec2 = context.client(EC2Client);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: enableDnsHostnames } }));
  const { InternetGateways = [] } = await gatewaysOf(id, context);
  const gatewayId = sent(InternetGateways[0]?.InternetGatewayId, "InternetGatewayId");
  const [before, after] = [previous, inputs].map((each) => sharedTags(context.logicalName, each));
  for (const each of [id, gatewayId]) await changeTags(each, before, after, context);
  const wanted = await createOrKeep(id, children, { gatewayId, standing: await standingIn(id, context) }, context);
  await deleteOthers(id, wanted, context);
  return sent(await read(id, context), "VPC");
}

async function remove(vpcId: string, context: Context): Promise<void> {
  const ec2 = context.client(EC2Client);
  if ((await read(vpcId, context)) === undefined) return;
  await deleteOthers(vpcId, new Set(), context);
  const { InternetGateways = [] } = await gatewaysOf(vpcId, context);
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
    update: ({ id, inputs: previous }, inputs, context) => update(id, previous, inputs, context),
    delete: ({ id }, context) => remove(id, context),
  }),
};
