/** What stands in a VPC, and how it becomes what is wanted: `createOrKeep`, then `deleteOthers`. */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  ReleaseAddressCommand,
  type RouteTable,
} from "@aws-sdk/client-ec2";
import { type Context, sent } from "../../resources/handler.ts";
import { type Tags, tagList, tagMap } from "../../resources/shape.ts";
import { changeTags } from "./tags.ts";
import type { SubnetChild } from "./vpc-children.ts";

interface Child {
  readonly id: string;
  readonly tags: Tags;
}

interface StandingSubnet extends Child {
  readonly type: string | undefined;
  readonly zoneName: string;
  readonly cidr: string | undefined;
}

interface StandingTable extends Child {
  /** By subnet: the association's id. */
  readonly associations: ReadonlyMap<string, string>;
  /** Id of the gateway, of whichever kind, that its route leads to. */
  readonly outward: string | undefined;
}

interface StandingNat extends Child {
  readonly subnetId: string | undefined;
  readonly addressId: string | undefined;
}

export interface Standing {
  readonly subnets: readonly StandingSubnet[];
  /** Without the VPC's main table, which belongs to the VPC. */
  readonly routeTables: readonly StandingTable[];
  readonly natGateways: readonly StandingNat[];
}

const everywhere = "0.0.0.0/0";

function tableOf({ RouteTableId, Tags, Associations = [], Routes = [] }: RouteTable): StandingTable {
  const outward = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === everywhere);
  return {
    id: sent(RouteTableId, "RouteTableId"),
    tags: tagMap(Tags),
    associations: new Map(
      Associations.map(({ SubnetId = "", RouteTableAssociationId = "" }) => [SubnetId, RouteTableAssociationId]),
    ),
    outward: outward?.NatGatewayId ?? outward?.GatewayId,
  };
}

export async function standingIn(vpcId: string, { client }: Pick<Context, "client">): Promise<Standing> {
  const ec2 = client(EC2Client);
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: Filters }));
  const isMain = ({ Associations = [] }: RouteTable) => Associations.some(({ Main }) => Main);
  return {
    subnets: Subnets.map(({ SubnetId, Tags, AvailabilityZone = "", CidrBlock }) => {
      const tags = tagMap(Tags);
      return {
        id: sent(SubnetId, "SubnetId"),
        tags,
        type: tags.SubnetType,
        zoneName: AvailabilityZone,
        cidr: CidrBlock,
      };
    }),
    routeTables: RouteTables.filter((table) => !isMain(table)).map(tableOf),
    natGateways: NatGateways.filter(({ State }) => State !== "deleted").map((nat) => ({
      id: sent(nat.NatGatewayId, "NatGatewayId"),
      tags: tagMap(nat.Tags),
      subnetId: nat.SubnetId,
      addressId: nat.NatGatewayAddresses?.[0]?.AllocationId,
    })),
  };
}

const named = <T extends Child>(all: readonly T[], name: string): T | undefined =>
  all.find(({ tags }) => tags.Name === name);

async function createTagged(id: string, tags: Tags, { client }: Context): Promise<string> {
  await client(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) }));
  return id;
}

/** @throws {Error} `InvalidSubnet.Conflict` while another subnet has some of its range, even one that would go. */
async function createSubnet(VpcId: string, child: SubnetChild, context: Context): Promise<string> {
  const ec2 = context.client(EC2Client);
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: child.cidr, AvailabilityZone: child.zoneName }),
  );
  const id = await createTagged(sent(Subnet?.SubnetId, "SubnetId"), child.tags, context);
  if (child.type === "Public") {
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } }));
  }
  return id;
}

async function keepSubnet(VpcId: string, child: SubnetChild, { subnets }: Standing, context: Context): Promise<string> {
  const there = named(subnets, child.name);
  if (there === undefined || there.cidr !== child.cidr || there.zoneName !== child.zoneName) {
    return createSubnet(VpcId, child, context);
  }
  await changeTags(there.id, there.tags, child.tags, context);
  return there.id;
}

/** The subnet's table, and both together: an association cannot change its subnet, so it is made anew. */
async function keepTable(
  VpcId: string,
  child: SubnetChild,
  subnetId: string,
  { routeTables }: Standing,
  context: Context,
): Promise<{ id: string; outward: string | undefined }> {
  const ec2 = context.client(EC2Client);
  const there = named(routeTables, child.name);
  if (there !== undefined) await changeTags(there.id, there.tags, child.tableTags, context);
  const create = async () => {
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    return createTagged(sent(RouteTable?.RouteTableId, "RouteTableId"), child.tableTags, context);
  };
  const id = there?.id ?? (await create());
  if (!there?.associations.has(subnetId)) {
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: id, SubnetId: subnetId }));
  }
  return { id, outward: there?.outward };
}

/** A gateway cannot change its subnet, and a new one cannot have the address of one that goes after it. */
async function keepNat(
  nat: { readonly name: string; readonly tags: Tags },
  subnetId: string,
  { natGateways }: Standing,
  context: Context,
): Promise<string> {
  const ec2 = context.client(EC2Client);
  const there = named(natGateways, nat.name);
  if (there !== undefined && there.subnetId === subnetId) {
    await changeTags(there.id, there.tags, nat.tags, context);
    return there.id;
  }
  if (there?.addressId !== undefined) {
    throw new Error(`Resource.AlreadyAssociated: Elastic IP address [${there.addressId}] is already associated`);
  }
  const address = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const AllocationId = await createTagged(sent(address.AllocationId, "AllocationId"), nat.tags, context);
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId }));
  return createTagged(sent(NatGateway?.NatGatewayId, "NatGatewayId"), nat.tags, context);
}

async function keepRoute(
  table: { readonly id: string; readonly outward: string | undefined },
  target: { readonly GatewayId: string } | { readonly NatGatewayId: string } | undefined,
  { client }: Context,
): Promise<void> {
  const [wanted] = Object.values(target ?? {});
  if (table.outward === wanted) return;
  const ec2 = client(EC2Client);
  const route = { RouteTableId: table.id, DestinationCidrBlock: everywhere };
  if (table.outward !== undefined) await ec2.send(new DeleteRouteCommand(route));
  if (target !== undefined) await ec2.send(new CreateRouteCommand({ ...route, ...target }));
}

/**
 * Makes what is new or has to be made anew, beside what stands.
 *
 * @returns ids of all that is wanted.
 */
export async function createOrKeep(
  vpcId: string,
  children: readonly SubnetChild[],
  { gatewayId, standing }: { readonly gatewayId: string; readonly standing: Standing },
  context: Context,
): Promise<ReadonlySet<string>> {
  const wanted = new Set<string>();
  const nats = new Map<string, string>();
  const note = (id: string) => {
    wanted.add(id);
    return id;
  };
  for (const child of children) {
    const subnetId = note(await keepSubnet(vpcId, child, standing, context));
    const table = await keepTable(vpcId, child, subnetId, standing, context);
    note(table.id);
    const { nat, outward } = child;
    if (nat !== undefined) nats.set(nat.name, note(await keepNat(nat, subnetId, standing, context)));
    const through = outward !== undefined && "nat" in outward ? sent(nats.get(outward.nat), outward.nat) : undefined;
    const target = through === undefined ? outward && { GatewayId: gatewayId } : { NatGatewayId: through };
    await keepRoute(table, target, context);
  }
  return wanted;
}

/** Deletes what is not wanted, what depends on others first. */
export async function deleteOthers(vpcId: string, wanted: ReadonlySet<string>, context: Context): Promise<void> {
  const ec2 = context.client(EC2Client);
  const { subnets, routeTables, natGateways } = await standingIn(vpcId, context);
  const unwanted = <T extends Child>(all: readonly T[]): T[] => all.filter(({ id }) => !wanted.has(id));
  for (const { id, addressId } of unwanted(natGateways)) {
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
    if (addressId !== undefined) await ec2.send(new ReleaseAddressCommand({ AllocationId: addressId }));
  }
  for (const { id, associations } of routeTables) {
    for (const [subnetId, AssociationId] of associations) {
      if (wanted.has(id) && wanted.has(subnetId)) continue;
      await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    }
    if (!wanted.has(id)) await ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }));
  }
  for (const { id } of unwanted(subnets)) await ec2.send(new DeleteSubnetCommand({ SubnetId: id }));
}
