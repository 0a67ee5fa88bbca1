import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import type { Input, Resource } from "@pulumi/pulumi";
import { keepsName } from "../base/keep.ts";
import { physicalName } from "../base/naming.ts";
import { type Transform, transformed } from "../base/transform.ts";

export interface SecurityGroupTransform {
  readonly securityGroup?: Transform<ec2.SecurityGroupArgs>;
  readonly ingressRule?: Transform<vpc.SecurityGroupIngressRuleArgs>;
  readonly egressRule?: Transform<vpc.SecurityGroupEgressRuleArgs>;
}

/** Security groups of a VPC and their rules, each a resource of its own; names are `<name>-<what it is>`. */
export function securityGroups(
  name: string,
  vpcId: Input<string>,
  transform: SecurityGroupTransform,
  parentResource: Resource,
) {
  const parent = { parent: parentResource };
  return {
    group(role: string, description: string): ec2.SecurityGroup {
      const child = `${name}-${role}`;
      return new ec2.SecurityGroup(
        ...transformed(
          transform.securityGroup,
          child,
          // AWS deletes no group that an instance is in, so one for another VPC must be able to stand beside it.
          { namePrefix: `${physicalName("securityGroup", child)}-`, description, vpcId, tags: { Name: child } },
          { ...parent, ...keepsName("name", "namePrefix") },
        ),
      );
    },

    ingress(
      rule: string,
      group: ec2.SecurityGroup,
      port: number,
      source: { cidrIpv4: string } | { referencedSecurityGroupId: Input<string> },
    ): vpc.SecurityGroupIngressRule {
      return new vpc.SecurityGroupIngressRule(
        ...transformed<vpc.SecurityGroupIngressRuleArgs>(
          transform.ingressRule,
          `${name}-${rule}`,
          { ...source, securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port },
          parent,
        ),
      );
    },

    egress(
      rule: string,
      group: ec2.SecurityGroup,
      target: Omit<vpc.SecurityGroupEgressRuleArgs, "securityGroupId">,
    ): vpc.SecurityGroupEgressRule {
      return new vpc.SecurityGroupEgressRule(
        ...transformed<vpc.SecurityGroupEgressRuleArgs>(
          transform.egressRule,
          `${name}-${rule}`,
          { ...target, securityGroupId: group.id },
          parent,
        ),
      );
    },
  };
}

/** What a public balancer is called by: HTTP and HTTPS from anywhere. */
export function createBalancerGroup(groups: ReturnType<typeof securityGroups>) {
  const anywhere = { cidrIpv4: "0.0.0.0/0" };
  const group = groups.group("balancer", "Public balancer: HTTP and HTTPS from anywhere");
  const ingressRules = () => [
    groups.ingress("balancer-http", group, 80, anywhere),
    groups.ingress("balancer-https", group, 443, anywhere),
  ];
  return { group, ingressRules };
}
