/** Rules of security groups. */
import { byDesign, free } from "./cost.ts";
import { identified } from "./outputs.ts";
import { detail, listedAs, type ResourceTypes } from "./resource-type.ts";

export const vpc: ResourceTypes = {
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    outputs: identified("ec2", "sgr"),
    replacement: {
      replace: ["securityGroupId"],
      source: "ec2/vpc_security_group_egress_rule.go",
    },
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("security group rule"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    outputs: identified("ec2", "sgr"),
    replacement: {
      replace: ["securityGroupId"],
      source: "ec2/vpc_security_group_ingress_rule.go",
    },
    cost: free(byDesign.network),
    picture: detail,
    inAccount: listedAs("security group rule"),
  },
};
