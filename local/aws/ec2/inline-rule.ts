import type { IpPermission } from "@aws-sdk/client-ec2";

/** A rule declared inside a security group. */
export interface InlineRule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly description?: string;
}

export const inlinePermission = (rule: InlineRule): IpPermission => ({
  IpProtocol: rule.protocol,
  FromPort: rule.fromPort,
  ToPort: rule.toPort,
  IpRanges: (rule.cidrBlocks ?? []).map((CidrIp) => ({ CidrIp })),
  UserIdGroupPairs: (rule.securityGroups ?? []).map((GroupId) => ({ GroupId })),
});
