import type { Input } from "@pulumi/pulumi";
import { form, type MaybeMistake, rule } from "../base/validate.ts";

/** A VPC that is there already: somebody else's program, or a person, looks after it. */
export interface ExistingNetworkArgs {
  /** `vpc-…` */
  readonly vpcId: Input<string>;
  /**
   * Subnets in which instances stand, at least one; in two zones, the loss of one is survived. They must reach S3, DynamoDB,
   * SQS, SNS, SSM and CloudWatch Logs: through a NAT gateway, through endpoints, or by public addresses.
   */
  readonly instanceSubnetIds: Input<Input<string>[]>;
  /** Public subnets for a balancer of ours, in two zones at least. @default none: the farm's balancer is there already */
  readonly publicSubnetIds?: Input<Input<string>[]>;
  /**
   * Security group of a balancer that is there already: web instances then answer it and nobody else. Its own rules must let
   * it out to them.
   * @default one of ours, for a balancer of ours
   */
  readonly balancerSecurityGroupId?: Input<string>;
}

/** Those of a network's arguments that are judged here. */
interface Judged {
  readonly existing?: ExistingNetworkArgs;
  readonly cidrBlock?: string;
  readonly zones?: number;
  readonly zoneNames?: readonly string[];
  readonly endpoints?: string;
}

/** What the arguments may be. */
export function existingNetworkRules(args: Judged): MaybeMistake[] {
  const { existing } = args;
  if (existing === undefined) return [];
  // A list that is known only at deployment is not looked at.
  const plain = (ids: Input<Input<string>[]> | undefined) => (Array.isArray(ids) ? ids : undefined);
  const instanceSubnetIds = plain(existing.instanceSubnetIds);
  const publicSubnetIds = plain(existing.publicSubnetIds);
  const ofOurs = (path: "cidrBlock" | "endpoints" | "zoneNames" | "zones") =>
    rule(path, args[path] !== undefined, `the VPC is there already and has its own; omit ${path} or omit existing`);
  const subnets = (path: string, ids: readonly Input<string>[] | undefined) =>
    (ids ?? []).map((id, i) => form(`${path}[${i}]`, id, /^subnet-[0-9a-f]{8,17}$/, "the id of a subnet: subnet-…"));
  return [
    ofOurs("cidrBlock"),
    ofOurs("zones"),
    ofOurs("zoneNames"),
    ofOurs("endpoints"),
    form("existing.vpcId", existing.vpcId, /^vpc-[0-9a-f]{8,17}$/, "the id of a VPC: vpc-…"),
    rule("existing.instanceSubnetIds", instanceSubnetIds?.length === 0, "is empty; name at least one subnet"),
    ...subnets("existing.instanceSubnetIds", instanceSubnetIds),
    rule(
      "existing.publicSubnetIds",
      publicSubnetIds !== undefined && new Set(publicSubnetIds).size < 2,
      `${new Set(publicSubnetIds).size} is too few; a balancer stands in two subnets of different zones at least`,
    ),
    ...subnets("existing.publicSubnetIds", publicSubnetIds),
    form(
      "existing.balancerSecurityGroupId",
      existing.balancerSecurityGroupId,
      /^sg-[0-9a-f]{8,17}$/,
      "the id of a security group: sg-…",
    ),
  ];
}
