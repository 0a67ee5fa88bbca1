/** A VPC's own security group: it is there as long as its VPC, and is only ever given other rules. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";
import { type Context, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { type Tags, tagList } from "../../resources/shape.ts";
import { type InlineRule, inlinePermission } from "./inline-rule.ts";

interface DefaultGroupInputs {
  readonly vpcId: string;
  readonly ingress?: readonly InlineRule[];
  readonly egress?: readonly InlineRule[];
  readonly tags?: Tags;
}

async function find(vpcId: string, { client }: Context): Promise<SecurityGroup | undefined> {
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "group-name", Values: ["default"] },
  ];
  const answer = await ifThere(client(EC2Client).send(new DescribeSecurityGroupsCommand({ Filters })));
  return answer?.SecurityGroups?.[0];
}

async function put(inputs: DefaultGroupInputs, context: Context): Promise<State> {
  const ec2 = context.client(EC2Client);
  const group = sent(await find(inputs.vpcId, context), `default security group of ${inputs.vpcId}`);
  const GroupId = sent(group.GroupId, "GroupId");
  const { IpPermissions: ingress = [], IpPermissionsEgress: egress = [] } = group;
  if (ingress.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress }));
  if (egress.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: egress }));
  const wanted = (rules: readonly InlineRule[]) => ({ GroupId, IpPermissions: rules.map(inlinePermission) });
  if (inputs.ingress?.length) await ec2.send(new AuthorizeSecurityGroupIngressCommand(wanted(inputs.ingress)));
  if (inputs.egress?.length) await ec2.send(new AuthorizeSecurityGroupEgressCommand(wanted(inputs.egress)));
  if (inputs.tags) await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags: tagList(inputs.tags) }));
  const { accountId, region } = context.emulator;
  const arn = `arn:aws:ec2:${region}:${accountId}:security-group/${GroupId}`;
  return { id: GroupId, outputs: { arn, name: "default", vpcId: inputs.vpcId, ownerId: accountId } };
}

export const defaultSecurityGroup = handler<DefaultGroupInputs>({
  create: put,
  async read({ id }, { client }) {
    const command = new DescribeSecurityGroupsCommand({ GroupIds: [id] });
    const group = (await ifThere(client(EC2Client).send(command)))?.SecurityGroups?.[0];
    return group && { id, outputs: { name: "default", vpcId: group.VpcId } };
  },
  update: (_existing, inputs, context) => put(inputs, context),
  // AWS keeps it as long as the VPC; the provider, too, only forgets it.
  async delete() {},
});
