/** Instances, what they start from, and what they leave behind: volumes, snapshots, interfaces, addresses. */
import {
  type Address,
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type NetworkInterface,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplates,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  ReleaseAddressCommand,
  type Tag,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { onPages } from "../lister.ts";
import { ec2Lister } from "./ec2.ts";

const given = (...ids: readonly (string | undefined)[]): string[] =>
  ids.filter((id) => id !== undefined && id !== "") as string[];

export const instances = ec2Lister({
  kind: "EC2 instance",
  resource: "instance",
  list: (ec2) =>
    onPages(paginateDescribeInstances({ client: ec2 }, {}), ({ Reservations = [] }) =>
      Reservations.flatMap(({ Instances = [] }) => Instances),
    ),
  tell: ({ InstanceId = "", State, VpcId, SecurityGroups = [] }) => ({
    id: InstanceId,
    names: SecurityGroups.map(({ GroupName = "" }) => GroupName),
    partOf: given(VpcId, ...SecurityGroups.map(({ GroupId }) => GroupId)),
    ...(State?.Name === "terminated" ? { gone: "terminated; EC2 lists it for about an hour more" } : {}),
  }),
  call: ["terminate-instances", "instance-ids"],
  remove: (ec2, { InstanceId = "" }) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })),
});

export const launchTemplates = ec2Lister({
  kind: "launch template",
  resource: "launch-template",
  list: (ec2) =>
    onPages(paginateDescribeLaunchTemplates({ client: ec2 }, {}), ({ LaunchTemplates }) => LaunchTemplates),
  tell: ({ LaunchTemplateId = "", LaunchTemplateName = "" }) => ({ id: LaunchTemplateId, names: [LaunchTemplateName] }),
  call: ["delete-launch-template", "launch-template-id"],
  remove: (ec2, { LaunchTemplateId }) => ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId })),
});

export const volumes = ec2Lister({
  kind: "EBS volume",
  resource: "volume",
  list: (ec2) => onPages(paginateDescribeVolumes({ client: ec2 }, {}), ({ Volumes }) => Volumes),
  tell: ({ VolumeId = "", Attachments = [] }) => ({
    id: VolumeId,
    partOf: given(...Attachments.map(({ InstanceId }) => InstanceId)),
  }),
  call: ["delete-volume", "volume-id"],
  remove: (ec2, { VolumeId }) => ec2.send(new DeleteVolumeCommand({ VolumeId })),
});

export const snapshots = ec2Lister({
  kind: "EBS snapshot",
  resource: "snapshot",
  list: (ec2) =>
    onPages(paginateDescribeSnapshots({ client: ec2 }, { OwnerIds: ["self"] }), ({ Snapshots }) => Snapshots),
  tell: ({ SnapshotId = "", VolumeId, Description = "" }) => ({
    id: SnapshotId,
    names: [Description],
    partOf: given(VolumeId),
  }),
  call: ["delete-snapshot", "snapshot-id"],
  remove: (ec2, { SnapshotId }) => ec2.send(new DeleteSnapshotCommand({ SnapshotId })),
});

/** A balancer's interface says whose it is: `ELB app/gas-web/0123456789abcdef`. */
const balancerName = /^ELB (?:app|net)\/([^/]+)\//;

/** AWS removes the interfaces of balancers and gateways itself, minutes after these. */
async function removeInterface(ec2: EC2Client, { NetworkInterfaceId = "", RequesterManaged }: NetworkInterface) {
  if (RequesterManaged) {
    await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }));
    throw Object.assign(new Error("AWS removes it once what it was made for is gone"), { name: "InUse" });
  }
  await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
}

export const networkInterfaces = ec2Lister<NetworkInterface & { Tags?: Tag[] }>({
  kind: "network interface",
  resource: "network-interface",
  list: (ec2) =>
    onPages(paginateDescribeNetworkInterfaces({ client: ec2 }, {}), ({ NetworkInterfaces = [] }) =>
      NetworkInterfaces.map((each): NetworkInterface & { Tags?: Tag[] } => ({ ...each, Tags: each.TagSet ?? [] })),
    ),
  tell: ({ NetworkInterfaceId = "", Description = "", Groups = [], VpcId, Attachment }) => ({
    id: NetworkInterfaceId,
    names: [balancerName.exec(Description)?.[1] ?? Description, ...Groups.map(({ GroupName = "" }) => GroupName)],
    partOf: given(Attachment?.InstanceId, VpcId, ...Groups.map(({ GroupId }) => GroupId)),
  }),
  call: ["delete-network-interface", "network-interface-id"],
  remove: removeInterface,
});

/** EC2 tells all addresses at once. */
async function* addressesOf(ec2: EC2Client): AsyncGenerator<Address> {
  yield* (await ec2.send(new DescribeAddressesCommand({}))).Addresses ?? [];
}

export const addresses = ec2Lister({
  kind: "Elastic IP address",
  resource: "elastic-ip",
  list: addressesOf,
  tell: ({ AllocationId = "", InstanceId, NetworkInterfaceId }) => ({
    id: AllocationId,
    partOf: given(InstanceId, NetworkInterfaceId),
  }),
  call: ["release-address", "allocation-id"],
  remove: (ec2, { AllocationId }) => ec2.send(new ReleaseAddressCommand({ AllocationId })),
});
