import * as ec2 from "@pulumi/aws/ec2/index.js";
import { type Input, interpolate, type Resource } from "@pulumi/pulumi";
import { accountOf } from "../base/account.ts";
import { type Transform, transformed } from "../base/transform.ts";
import { type SecurityGroupTransform, securityGroups } from "../group/security-group.ts";

/**
 * What instances call besides S3 and DynamoDB, as endpoints name it: queues, topics, logs, their group, roles, parameters, sessions.
 * KMS is not among them: encrypted stores ask it themselves. SES and Glacier are called on the public way.
 */
const services = ["autoscaling", "logs", "sns", "sqs", "ssm", "ssmmessages", "sts"] as const;

/** How instances reach AWS's services. */
export const endpointKinds = ["gateway", "interface"] as const;
export type EndpointKind = (typeof endpointKinds)[number];

export interface InterfaceEndpoints {
  readonly endpoints: readonly ec2.VpcEndpoint[];
  /** They answer HTTPS from within the VPC, and call nobody. */
  readonly securityGroup: ec2.SecurityGroup;
}

/** Endpoints with an address in each subnet; each service's usual name leads there, so no caller needs to know of them. */
export function createInterfaceEndpoints(
  name: string,
  {
    vpcId,
    subnetIds,
    cidrBlock,
  }: { readonly vpcId: Input<string>; readonly subnetIds: Input<string[]>; readonly cidrBlock: string },
  transform: SecurityGroupTransform & { readonly endpoint?: Transform<ec2.VpcEndpointArgs> },
  parent: Resource,
): InterfaceEndpoints {
  const { region } = accountOf(parent);
  const groups = securityGroups(name, vpcId, transform, parent);
  const securityGroup = groups.group("endpoints", "Interface endpoints: HTTPS from within the VPC");
  groups.ingress("endpoints", securityGroup, 443, { cidrIpv4: cidrBlock });
  const endpoints = services.map(
    (service) =>
      new ec2.VpcEndpoint(
        ...transformed<ec2.VpcEndpointArgs>(
          transform.endpoint,
          `${name}-${service}`,
          {
            vpcId,
            vpcEndpointType: "Interface",
            serviceName: interpolate`com.amazonaws.${region}.${service}`,
            subnetIds,
            securityGroupIds: [securityGroup.id],
            privateDnsEnabled: true,
            tags: { Name: `${name}-${service}` },
          },
          { parent },
        ),
      ),
  );
  return { endpoints, securityGroup };
}
