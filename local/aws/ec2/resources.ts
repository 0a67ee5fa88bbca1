import { isDeepStrictEqual } from "node:util";
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcEndpointCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type IpPermission,
  ModifyVpcEndpointCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import {
  type Context,
  type Handler,
  type Handlers,
  handler,
  ifThere,
  type State,
  sent,
} from "../../resources/handler.ts";
import { defined, type Tags, tagList, tagMap, tagSpecifications } from "../../resources/shape.ts";
import { defaultSecurityGroup } from "./default-security-group.ts";
import { flowLog } from "./flow-log.ts";
import { type InlineRule, inlinePermission } from "./inline-rule.ts";
import { launchTemplate } from "./launch-template.ts";
import { changeTags } from "./tags.ts";

interface GroupInputs {
  readonly name?: string;
  readonly description?: string;
  readonly vpcId?: string;
  readonly ingress?: readonly InlineRule[];
  readonly egress?: readonly InlineRule[];
  readonly tags?: Tags;
}

const everything: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

function groupState(id: string, name: string | undefined, vpcId: string | undefined, { emulator }: Context): State {
  const arn = `arn:aws:ec2:${emulator.region}:${emulator.accountId}:security-group/${id}`;
  return { id, outputs: defined({ arn, name, vpcId, ownerId: emulator.accountId }) };
}

async function readGroup(id: string, context: Context): Promise<State | undefined> {
  const command = new DescribeSecurityGroupsCommand({ GroupIds: [id] });
  const group = (await ifThere(context.client(EC2Client).send(command)))?.SecurityGroups?.[0];
  if (group === undefined) return undefined;
  const state = groupState(id, group.GroupName, group.VpcId, context);
  return { id, outputs: defined({ ...state.outputs, description: group.Description, tags: tagMap(group.Tags) }) };
}

interface RuleInputs {
  readonly securityGroupId: string;
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly referencedSecurityGroupId?: string;
  readonly description?: string;
  readonly tags?: Tags;
}

/** The way back from a rule to Pulumi's names. */
function ruleOutputs(id: string, rule: SecurityGroupRule) {
  // "All traffic" has no ports; EC2 says -1 for that.
  const port = (value: number | undefined) => (value === -1 ? undefined : value);
  return defined({
    securityGroupRuleId: id,
    securityGroupId: rule.GroupId,
    ipProtocol: rule.IpProtocol,
    fromPort: port(rule.FromPort),
    toPort: port(rule.ToPort),
    cidrIpv4: rule.CidrIpv4,
    cidrIpv6: rule.CidrIpv6,
    referencedSecurityGroupId: rule.ReferencedGroupInfo?.GroupId,
  });
}

function permissionOf(rule: RuleInputs): IpPermission {
  const Description = rule.description;
  return defined({
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    IpRanges: rule.cidrIpv4 === undefined ? undefined : [defined({ CidrIp: rule.cidrIpv4, Description })],
    Ipv6Ranges: rule.cidrIpv6 === undefined ? undefined : [defined({ CidrIpv6: rule.cidrIpv6, Description })],
    UserIdGroupPairs:
      rule.referencedSecurityGroupId === undefined
        ? undefined
        : [defined({ GroupId: rule.referencedSecurityGroupId, Description })],
  });
}

/** One rule as a resource of its own. */
function securityGroupRule(direction: "ingress" | "egress"): Handler {
  const inbound = direction === "ingress";

  async function create(rule: RuleInputs, context: Context): Promise<State> {
    const { client, emulator } = context;
    const ec2 = client(EC2Client);
    const request = { GroupId: rule.securityGroupId, IpPermissions: [permissionOf(rule)] };
    const { SecurityGroupRules } = await (inbound
      ? ec2.send(new AuthorizeSecurityGroupIngressCommand(request))
      : ec2.send(new AuthorizeSecurityGroupEgressCommand(request)));
    const id = sent(SecurityGroupRules?.[0]?.SecurityGroupRuleId, "SecurityGroupRuleId");
    await changeTags(id, undefined, rule.tags, context);
    const arn = `arn:aws:ec2:${emulator.region}:${emulator.accountId}:security-group-rule/${id}`;
    return { id, outputs: { arn, securityGroupRuleId: id } };
  }

  async function find(id: string, { client }: Context) {
    const command = new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
    const rules = (await ifThere(client(EC2Client).send(command)))?.SecurityGroupRules;
    return rules?.find((rule) => rule.SecurityGroupRuleId === id);
  }

  async function remove(id: string, context: Context): Promise<void> {
    const rule = await find(id, context);
    if (rule === undefined) return;
    const ec2 = context.client(EC2Client);
    const request = { GroupId: sent(rule.GroupId, "GroupId"), SecurityGroupRuleIds: [id] };
    if (inbound) await ec2.send(new RevokeSecurityGroupIngressCommand(request));
    else await ec2.send(new RevokeSecurityGroupEgressCommand(request));
  }

  return handler<RuleInputs>({
    create,
    async read({ id }, context) {
      const rule = await find(id, context);
      return rule && { id, outputs: ruleOutputs(id, rule) };
    },
    async update({ id, inputs: previous }, inputs, context) {
      const { tags: before, ...was } = previous;
      const { tags: after, ...is } = inputs;
      if (isDeepStrictEqual(was, is)) {
        await changeTags(id, before, after, context);
        return { id, outputs: {} };
      }
      // EC2 changes a rule in place; the emulator cannot, so the rule is made anew, under a new id.
      await remove(id, context);
      return create(inputs, context);
    },
    delete: ({ id }, context) => remove(id, context),
  });
}

interface EndpointInputs {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly vpcEndpointType?: "Gateway" | "Interface";
  readonly routeTableIds?: readonly string[];
  readonly subnetIds?: readonly string[];
  readonly securityGroupIds?: readonly string[];
  readonly privateDnsEnabled?: boolean;
  readonly policy?: string;
  readonly tags?: Tags;
}

export const handlers: Handlers = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
  "aws:ec2/flowLog:FlowLog": flowLog,
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:ec2/securityGroup:SecurityGroup": handler<GroupInputs>({
    async create(inputs, context) {
      const ec2 = context.client(EC2Client);
      const { ingress = [], egress = [], name = context.autoName } = inputs;
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand(
          defined({ GroupName: name, Description: inputs.description ?? "Managed by Pulumi", VpcId: inputs.vpcId }),
        ),
      );
      const id = sent(GroupId, "GroupId");
      // EC2 lets a new group call everybody; the provider takes that away, so that only what is declared is allowed.
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [everything] }));
      const permissions = (rules: readonly InlineRule[]) => ({
        GroupId: id,
        IpPermissions: rules.map(inlinePermission),
      });
      if (ingress.length > 0) await ec2.send(new AuthorizeSecurityGroupIngressCommand(permissions(ingress)));
      if (egress.length > 0) await ec2.send(new AuthorizeSecurityGroupEgressCommand(permissions(egress)));
      if (inputs.tags) await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(inputs.tags) }));
      return groupState(id, name, inputs.vpcId, context);
    },
    read: ({ id }, context) => readGroup(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const ec2 = context.client(EC2Client);
      const change = (rules: readonly InlineRule[] | undefined) => ({
        GroupId: id,
        IpPermissions: (rules ?? []).map(inlinePermission),
      });
      const differs = (key: "ingress" | "egress") => JSON.stringify(previous[key]) !== JSON.stringify(inputs[key]);
      if (differs("ingress")) {
        if (previous.ingress?.length) await ec2.send(new RevokeSecurityGroupIngressCommand(change(previous.ingress)));
        if (inputs.ingress?.length) await ec2.send(new AuthorizeSecurityGroupIngressCommand(change(inputs.ingress)));
      }
      if (differs("egress")) {
        if (previous.egress?.length) await ec2.send(new RevokeSecurityGroupEgressCommand(change(previous.egress)));
        if (inputs.egress?.length) await ec2.send(new AuthorizeSecurityGroupEgressCommand(change(inputs.egress)));
      }
      await changeTags(id, previous.tags, inputs.tags, context);
      return sent(await readGroup(id, context), "SecurityGroup");
    },
    async delete({ id }, { client }) {
      await ifThere(client(EC2Client).send(new DeleteSecurityGroupCommand({ GroupId: id })));
    },
  }),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule("ingress"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule("egress"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": handler<EndpointInputs>({
    async create(inputs, { client }) {
      const { VpcEndpoint } = await client(EC2Client).send(
        new CreateVpcEndpointCommand(
          defined({
            VpcId: inputs.vpcId,
            ServiceName: inputs.serviceName,
            VpcEndpointType: inputs.vpcEndpointType ?? "Gateway",
            RouteTableIds: inputs.routeTableIds && [...inputs.routeTableIds],
            SubnetIds: inputs.subnetIds && [...inputs.subnetIds],
            SecurityGroupIds: inputs.securityGroupIds && [...inputs.securityGroupIds],
            PrivateDnsEnabled: inputs.privateDnsEnabled,
            PolicyDocument: inputs.policy,
            TagSpecifications: tagSpecifications("vpc-endpoint", inputs.tags),
          }),
        ),
      );
      return { id: sent(VpcEndpoint?.VpcEndpointId, "VpcEndpointId"), outputs: { state: "available" } };
    },
    async read({ id }, { client }) {
      const command = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] });
      const endpoint = (await ifThere(client(EC2Client).send(command)))?.VpcEndpoints?.[0];
      if (endpoint === undefined || endpoint.State?.toLowerCase() === "deleted") return undefined;
      const { State: state, VpcId: vpcId, ServiceName: serviceName, RouteTableIds: routeTableIds, Tags } = endpoint;
      return { id, outputs: defined({ state, vpcId, serviceName, routeTableIds, tags: tagMap(Tags) }) };
    },
    async update({ id, inputs: previous }, inputs, context) {
      const { client } = context;
      const [before, after] = [new Set(previous.routeTableIds), new Set(inputs.routeTableIds)];
      await client(EC2Client).send(
        new ModifyVpcEndpointCommand({
          VpcEndpointId: id,
          AddRouteTableIds: [...after].filter((table) => !before.has(table)),
          RemoveRouteTableIds: [...before].filter((table) => !after.has(table)),
          ...(inputs.policy === undefined ? {} : { PolicyDocument: inputs.policy }),
        }),
      );
      await changeTags(id, previous.tags, inputs.tags, context);
      return { id, outputs: { state: "available" } };
    },
    async delete({ id }, { client }) {
      const ec2 = client(EC2Client);
      const command = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] });
      const { RouteTableIds = [] } = (await ifThere(ec2.send(command)))?.VpcEndpoints?.[0] ?? {};
      // The emulator misses its route in tables that a change has added, and then leaves the endpoint as it is.
      if (RouteTableIds.length > 0) {
        await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, RemoveRouteTableIds: RouteTableIds }));
      }
      await ifThere(ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })));
    },
  }),
};
