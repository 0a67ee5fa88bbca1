/** A network and what stands in it. */
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  type ResourceType,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { type Clients, sure, tagList } from "../../support/clients.ts";

type Tags = Readonly<Record<string, string>>;

export interface PlantedNetwork {
  readonly planted: Readonly<Record<string, string>>;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly groupId: string;
}

const tagged = (ResourceType: ResourceType, tags: Tags) => ({
  TagSpecifications: Object.keys(tags).length === 0 ? [] : [{ ResourceType, Tags: tagList(tags) }],
});

async function plantVpc(ec2: EC2Client, region: string, tags: Tags) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", ...tagged("vpc", tags) }));
  const VpcId = sure(Vpc?.VpcId, "VPC");
  const subnetIds: string[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.0.${index}.0/24`,
        AvailabilityZone: `${region}${zone}`,
        // The second one has no tags of its own: it is known by the VPC that it is in.
        ...tagged("subnet", index === 0 ? tags : {}),
      }),
    );
    subnetIds.push(sure(Subnet?.SubnetId, "subnet"));
  }
  return { VpcId, subnetIds };
}

export async function plantNetwork({ of, region }: Clients, owner: string, own: Tags): Promise<PlantedNetwork> {
  const ec2 = of(EC2Client);
  const tags = { ...own, Name: owner };
  const { VpcId, subnetIds } = await plantVpc(ec2, region, tags);
  const [SubnetId] = subnetIds;
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: `${owner}-web`,
      Description: "web",
      VpcId,
      ...tagged("security-group", own),
    }),
  );
  const groupId = sure(GroupId, "security group");
  const other = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: `${owner}-balancer`, Description: "balancer", VpcId }),
  );
  // Each names the other, so that neither can be deleted before its rules.
  for (const [one, two] of [
    [groupId, other.GroupId],
    [other.GroupId, groupId],
  ]) {
    const rule = { IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: two }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: one, IpPermissions: [rule] }));
  }
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId, ...tagged("route-table", tags) }));
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: RouteTable?.RouteTableId, SubnetId }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand(tagged("internet-gateway", tags)));
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: InternetGateway?.InternetGatewayId, VpcId }));
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      ServiceName: `com.amazonaws.${region}.s3`,
      VpcEndpointType: "Gateway",
      ...tagged("vpc-endpoint", tags),
    }),
  );
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", tags) }));
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId, AllocationId, ...tagged("natgateway", tags) }),
  );
  const { FlowLogIds } = await ec2.send(
    new CreateFlowLogsCommand({
      ResourceIds: [VpcId],
      ResourceType: "VPC",
      TrafficType: "REJECT",
      LogGroupName: `${owner}-flow-log`,
      DeliverLogsPermissionArn: "arn:aws:iam::123456789012:role/none",
    }),
  );
  return {
    vpcId: VpcId,
    subnetIds,
    groupId,
    planted: {
      VPC: VpcId,
      subnet: sure(subnetIds[1], "subnet"),
      "security group": groupId,
      "route table": sure(RouteTable?.RouteTableId, "route table"),
      "internet gateway": sure(InternetGateway?.InternetGatewayId, "gateway"),
      "VPC endpoint": sure(VpcEndpoint?.VpcEndpointId, "endpoint"),
      "Elastic IP address": sure(AllocationId, "address"),
      "NAT gateway": sure(NatGateway?.NatGatewayId, "NAT gateway"),
      "flow log": sure(FlowLogIds?.[0], "flow log"),
    },
  };
}

export async function plantMachines(
  { of, region }: Clients,
  owner: string,
  own: Tags,
  { subnetIds, groupId }: PlantedNetwork,
): Promise<Readonly<Record<string, string>>> {
  const ec2 = of(EC2Client);
  const tags = { ...own, Name: `${owner}-web` };
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: `${owner}-web`,
      LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t4g.small" },
    }),
  );
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-12c6146b",
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnetIds[0],
      SecurityGroupIds: [groupId],
      ...tagged("instance", tags),
    }),
  );
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 8, ...tagged("volume", tags) }),
  );
  // Without tags: it is known by the volume that it was taken of.
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId: subnetIds[0], Groups: [groupId] }),
  );
  return {
    "launch template": sure(LaunchTemplate?.LaunchTemplateId, "template"),
    "EC2 instance": sure(Instances?.[0]?.InstanceId, "instance"),
    "EBS volume": sure(VolumeId, "volume"),
    "EBS snapshot": sure(SnapshotId, "snapshot"),
    "network interface": sure(NetworkInterface?.NetworkInterfaceId, "interface"),
  };
}
