/** A VPC and everything in it. */
import {
  DeleteFlowLogsCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DeleteVpcEndpointsCommand,
  DescribeSecurityGroupsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  paginateDescribeFlowLogs,
  paginateDescribeInternetGateways,
  paginateDescribeNatGateways,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { CannotRemove, onPages, unlessGone } from "../lister.ts";
import { ec2Lister } from "./ec2.ts";

const within = (...ids: readonly (string | undefined)[]) => ids.filter((id) => id !== undefined);

export const flowLogs = ec2Lister({
  kind: "flow log",
  resource: "vpc-flow-log",
  list: (ec2) => onPages(paginateDescribeFlowLogs({ client: ec2 }, {}), ({ FlowLogs }) => FlowLogs),
  tell: ({ FlowLogId = "", LogGroupName = "", ResourceId }) => ({
    id: FlowLogId,
    names: [LogGroupName],
    partOf: within(ResourceId),
  }),
  call: ["delete-flow-logs", "flow-log-ids"],
  remove: (ec2, { FlowLogId = "" }) => ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [FlowLogId] })),
});

/** A call that removes several at once answers 200 and lists what it did not remove. */
async function removeEndpoint(ec2: EC2Client, id: string): Promise<void> {
  const { Unsuccessful = [] } = await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  const [failed] = Unsuccessful;
  if (failed?.Error === undefined) return;
  throw Object.assign(new Error(failed.Error.Message), { name: failed.Error.Code ?? "Unsuccessful" });
}

export const vpcEndpoints = ec2Lister({
  kind: "VPC endpoint",
  resource: "vpc-endpoint",
  list: (ec2) => onPages(paginateDescribeVpcEndpoints({ client: ec2 }, {}), ({ VpcEndpoints }) => VpcEndpoints),
  tell: ({ VpcEndpointId = "", VpcId, State }) => ({
    id: VpcEndpointId,
    partOf: within(VpcId),
    ...(/^deleted$/i.test(State ?? "") ? { gone: "deleted; EC2 lists it for a while more" } : {}),
  }),
  call: ["delete-vpc-endpoints", "vpc-endpoint-ids"],
  remove: (ec2, { VpcEndpointId = "" }) => removeEndpoint(ec2, VpcEndpointId),
});

export const natGateways = ec2Lister({
  kind: "NAT gateway",
  resource: "natgateway",
  list: (ec2) => onPages(paginateDescribeNatGateways({ client: ec2 }, {}), ({ NatGateways }) => NatGateways),
  tell: ({ NatGatewayId = "", VpcId, State }) => ({
    id: NatGatewayId,
    partOf: within(VpcId),
    ...(State === "deleted" || State === "failed" ? { gone: `${State}; EC2 lists it for about an hour more` } : {}),
  }),
  call: ["delete-nat-gateway", "nat-gateway-id"],
  remove: (ec2, { NatGatewayId }) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })),
});

export const securityGroupRules = ec2Lister({
  kind: "security group rule",
  resource: "security-group-rule",
  list: (ec2) => onPages(paginateDescribeSecurityGroupRules({ client: ec2 }, {}), (page) => page.SecurityGroupRules),
  tell: ({ SecurityGroupRuleId = "", GroupId = "" }) => ({
    id: SecurityGroupRuleId,
    partOf: [GroupId],
    goesWith: GroupId,
  }),
  remove: (ec2, { GroupId, SecurityGroupRuleId = "", IsEgress }) => {
    const rule = { GroupId, SecurityGroupRuleIds: [SecurityGroupRuleId] };
    return IsEgress
      ? ec2.send(new RevokeSecurityGroupEgressCommand(rule))
      : ec2.send(new RevokeSecurityGroupIngressCommand(rule));
  },
});

/** Groups that name each other keep each other, so a group's rules go first: those that it has now, for an earlier try has taken some. */
async function removeSecurityGroup(ec2: EC2Client, GroupId = ""): Promise<void> {
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  for (const { IpPermissions = [], IpPermissionsEgress = [] } of SecurityGroups) {
    const [ingress, egress] = [
      { GroupId, IpPermissions },
      { GroupId, IpPermissions: IpPermissionsEgress },
    ];
    if (IpPermissions.length > 0) await unlessGone(ec2.send(new RevokeSecurityGroupIngressCommand(ingress)));
    if (IpPermissionsEgress.length > 0) await unlessGone(ec2.send(new RevokeSecurityGroupEgressCommand(egress)));
  }
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
}

export const securityGroups = ec2Lister({
  kind: "security group",
  resource: "security-group",
  list: (ec2) => onPages(paginateDescribeSecurityGroups({ client: ec2 }, {}), (page) => page.SecurityGroups),
  tell: ({ GroupId = "", GroupName = "", VpcId = "" }) => ({
    id: GroupId,
    names: [GroupName],
    partOf: [VpcId],
    // A VPC's own group cannot be deleted by itself.
    ...(GroupName === "default" ? { goesWith: VpcId } : {}),
  }),
  call: ["delete-security-group", "group-id"],
  remove: (ec2, { GroupId }) => removeSecurityGroup(ec2, GroupId),
});

export const subnets = ec2Lister({
  kind: "subnet",
  resource: "subnet",
  list: (ec2) => onPages(paginateDescribeSubnets({ client: ec2 }, {}), ({ Subnets }) => Subnets),
  tell: ({ SubnetId = "", VpcId }) => ({ id: SubnetId, partOf: within(VpcId) }),
  call: ["delete-subnet", "subnet-id"],
  remove: (ec2, { SubnetId }) => ec2.send(new DeleteSubnetCommand({ SubnetId })),
});

export const routeTables = ec2Lister({
  kind: "route table",
  resource: "route-table",
  list: (ec2) => onPages(paginateDescribeRouteTables({ client: ec2 }, {}), ({ RouteTables }) => RouteTables),
  tell: ({ RouteTableId = "", VpcId = "", Associations = [] }) => ({
    id: RouteTableId,
    partOf: [VpcId],
    // A VPC's main table cannot be deleted by itself.
    ...(Associations.some(({ Main }) => Main) ? { goesWith: VpcId } : {}),
  }),
  call: ["delete-route-table", "route-table-id"],
  async remove(ec2, { RouteTableId, Associations = [] }) {
    for (const { RouteTableAssociationId: AssociationId, Main } of Associations) {
      if (!Main) await unlessGone(ec2.send(new DisassociateRouteTableCommand({ AssociationId })));
    }
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
  },
});

export const internetGateways = ec2Lister({
  kind: "internet gateway",
  resource: "internet-gateway",
  list: (ec2) => onPages(paginateDescribeInternetGateways({ client: ec2 }, {}), (page) => page.InternetGateways),
  tell: ({ InternetGatewayId = "", Attachments = [] }) => ({
    id: InternetGatewayId,
    partOf: within(...Attachments.map(({ VpcId }) => VpcId)),
  }),
  call: ["delete-internet-gateway", "internet-gateway-id"],
  async remove(ec2, { InternetGatewayId, Attachments = [] }) {
    for (const { VpcId } of Attachments)
      await unlessGone(ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })));
    await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  },
});

export const vpcs = ec2Lister({
  kind: "VPC",
  resource: "vpc",
  list: (ec2) => onPages(paginateDescribeVpcs({ client: ec2 }, {}), ({ Vpcs }) => Vpcs),
  tell: ({ VpcId = "", IsDefault = false }) => ({ id: VpcId, holdsOthers: IsDefault }),
  call: ["delete-vpc", "vpc-id"],
  async remove(ec2, { VpcId, IsDefault }) {
    if (IsDefault)
      throw new CannotRemove("it is the region's default VPC, which others may use; take its tags away instead");
    await ec2.send(new DeleteVpcCommand({ VpcId }));
  },
});
