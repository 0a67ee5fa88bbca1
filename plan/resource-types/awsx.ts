/** Components of Pulumi's awsx. */
import { network } from "../cost/rules/network.ts";
import { known, noRule, priced } from "./cost.ts";
import { generic } from "./outputs.ts";
import { box, listedAs, notRunHere, type ResourceTypes } from "./resource-type.ts";
import { zoneCount } from "./zone-count.ts";

export const awsx: ResourceTypes = {
  "awsx:ec2/vpc:Vpc": {
    outputs: generic,
    replacement: notRunHere,
    cost: noRule,
    picture: box("network", "Network"),
    inAccount: listedAs("VPC"),
  },
  "awsx:ec2:Vpc": {
    outputs: ({ hex, inputs }) => {
      const types = ["Public", "Private", "Isolated"];
      const zones = zoneCount(inputs);
      const specs = (inputs.subnetSpecs as { readonly type: string }[] | undefined) ?? [
        { type: "Private" },
        { type: "Public" },
      ];
      const idsOf = (prefix: string, type: string) => {
        if (!specs.some((spec) => spec.type === type)) return [];
        return Array.from({ length: zones }, (_, zone) => `${prefix}-0${hex(12)}${types.indexOf(type)}00${zone}`);
      };
      return {
        id: "",
        vpcId: `vpc-0${hex(16)}`,
        publicSubnetIds: idsOf("subnet", "Public"),
        privateSubnetIds: idsOf("subnet", "Private"),
        isolatedSubnetIds: idsOf("subnet", "Isolated"),
        routeTables: types.flatMap((type) => idsOf("rtb", type).map((id) => ({ id }))),
      };
    },
    replacement: {
      unlike: ["natGateways"],
      // Its subnets, tables and gateways are children, each of which comes, goes or is made anew by itself.
      replace: ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"],
      renewed: ["publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds", "subnets", "routeTables"],
      renewedBy: ["availabilityZoneNames", "numberOfAvailabilityZones", "subnetSpecs"],
      source: "awsx/ec2/vpc.ts",
    },
    cost: priced(
      network,
      known(
        "assignGeneratedIpv6CidrBlock availabilityZoneCidrMask availabilityZoneIds availabilityZoneNames cidrBlock " +
          "enableDnsHostnames enableDnsSupport natGateways.strategy numberOfAvailabilityZones subnetSpecs subnetStrategy",
        { instanceTenancy: ["default"] },
      ),
    ),
    picture: box("network", "Network"),
    inAccount: listedAs("VPC"),
  },
};
