/** EC2: machines and networks. */
import { instance } from "../cost/rules/compute.ts";
import { address, endpoint, natGateway } from "../cost/rules/network.ts";
import { byDesign, free, known, off, priced, under } from "./cost.ts";
import { generic, identified } from "./outputs.ts";
import { byName, everything } from "./replacement.ts";
import { box, detail, goesWith, listedAs, notRunHere, plainBox, type ResourceTypes } from "./resource-type.ts";

const disk = "deleteOnTermination encrypted iops kmsKeyId snapshotId throughput volumeSize volumeType";

const machine = {
  "creditSpecification.cpuCredits": ["standard"],
  ebsOptimized: off,
  "capacityReservationSpecification.capacityReservationPreference": ["open", "none"],
};

export const ec2: ResourceTypes = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    outputs: (context) => ({
      ...identified("ec2", "sg")(context),
      name: "default",
    }),
    replacement: { replace: ["vpcId"], source: "ec2/vpc_default_security_group.go" },
    cost: free(byDesign.network),
    picture: plainBox,
    inAccount: listedAs("security group"),
  },
  "aws:ec2/eip:Eip": {
    outputs: generic,
    replacement: notRunHere,
    cost: priced(address, known("associateWithPrivateIp domain instance networkBorderGroup networkInterface vpc")),
    picture: detail,
    inAccount: listedAs("Elastic IP address"),
  },
  "aws:ec2/flowLog:FlowLog": {
    outputs: identified("ec2", "fl"),
    replacement: { replace: everything("tags"), source: "ec2/vpc_flow_log.go" },
    cost: priced(
      () => [{ notPriced: "what it records: how many connections are refused is not known" }],
      known(
        "deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat " +
          "logGroupName maxAggregationInterval subnetId trafficType transitGatewayAttachmentId transitGatewayId vpcId",
      ),
    ),
    picture: plainBox,
    inAccount: listedAs("flow log"),
  },
  "aws:ec2/instance:Instance": {
    outputs: generic,
    replacement: notRunHere,
    cost: priced(
      instance,
      known(
        "ami associatePublicIpAddress availabilityZone cpuOptions disableApiStop disableApiTermination " +
          `${under("rootBlockDevice", `${disk} tags tagsAll`)} ${under("ebsBlockDevices[]", `${disk} deviceName tags tagsAll`)} ` +
          "enclaveOptions forceDestroy getPasswordData hibernation iamInstanceProfile " +
          "instanceInitiatedShutdownBehavior instanceMarketOptions instanceType ipv6AddressCount ipv6Addresses keyName " +
          "maintenanceOptions metadataOptions monitoring networkInterfaces placementGroup placementPartitionNumber " +
          "privateDnsNameOptions privateIp secondaryPrivateIps securityGroups sourceDestCheck subnetId userData userDataBase64 " +
          "userDataReplaceOnChange volumeTags vpcSecurityGroupIds",
        { ...machine, tenancy: ["default"] },
      ),
    ),
    picture: box("instances", "Instance"),
    inAccount: listedAs("EC2 instance"),
  },
  "aws:ec2/internetGateway:InternetGateway": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("internet gateway"),
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    outputs: (context) => ({
      ...identified("ec2", "lt")(context),
      name: context.name,
      latestVersion: 1,
      defaultVersion: 1,
    }),
    replacement: {
      ...byName("ec2/ec2_launch_template.go"),
      renewed: ["defaultVersion", "latestVersion"],
    },
    cost: free(
      byDesign.counted,
      known(
        "cpuOptions defaultVersion disableApiStop disableApiTermination enclaveOptions hibernationOptions " +
          `blockDeviceMappings[].deviceName blockDeviceMappings[].noDevice ${under("blockDeviceMappings[].ebs", disk)} ` +
          "iamInstanceProfile imageId instanceInitiatedShutdownBehavior instanceMarketOptions instanceType kernelId keyName " +
          "maintenanceOptions metadataOptions monitoring placement.availabilityZone placement.groupName privateDnsNameOptions " +
          `${under("networkInterfaces[]", "associatePublicIpAddress deleteOnTermination description deviceIndex interfaceType ipv6AddressCount ipv6Addresses networkCardIndex networkInterfaceId privateIpAddress securityGroups subnetId")} ` +
          "ramDiskId securityGroupNames tagSpecifications updateDefaultVersion userData vpcSecurityGroupIds",
        { ...machine, "placement.tenancy": ["default"] },
      ),
    ),
    picture: detail,
    inAccount: listedAs("launch template"),
  },
  "aws:ec2/natGateway:NatGateway": {
    outputs: generic,
    replacement: notRunHere,
    cost: priced(natGateway, known("allocationId connectivityType privateIp subnetId")),
    picture: detail,
    inAccount: listedAs("NAT gateway"),
  },
  "aws:ec2/route:Route": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: detail,
    inAccount: goesWith("route table"),
  },
  "aws:ec2/routeTable:RouteTable": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("route table"),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: detail,
    inAccount: goesWith("route table"),
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    outputs: (context) => ({ ...identified("ec2", "sg")(context), name: context.name }),
    replacement: byName("ec2/vpc_security_group.go", "description", "vpcId"),
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("security group"),
  },
  "aws:ec2/subnet:Subnet": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("subnet"),
  },
  "aws:ec2/vpc:Vpc": {
    outputs: generic,
    replacement: notRunHere,
    cost: free(byDesign.network),
    picture: box("network", "Network"),
    inAccount: listedAs("VPC"),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    outputs: generic,
    replacement: {
      replace: [
        "resourceConfigurationArn",
        "serviceName",
        "serviceNetworkArn",
        "serviceRegion",
        "vpcEndpointType",
        "vpcId",
      ],
      source: "ec2/vpc_endpoint.go",
    },
    cost: priced(
      endpoint,
      known(
        "autoAccept dnsOptions ipAddressType policy privateDnsEnabled routeTableIds securityGroupIds serviceName " +
          "subnetConfigurations subnetIds vpcEndpointType vpcId",
      ),
    ),
    picture: detail,
    inAccount: listedAs("VPC endpoint"),
  },
};
