import {
  type Action,
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  RemoveTagsCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined, pascal, putTagChanges, type Tags, tagList, tagMap, truth } from "../../resources/shape.ts";
import { listenerRule } from "./listener-rule.ts";

/** `[{ Key, Value }]` of what is said. */
function attributes(values: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return said.map(([Key, value]) => ({ Key, Value: String(value) }));
}

async function changeTags(arn: string, before: Tags | undefined, after: Tags | undefined, { client }: Context) {
  const elb = client(ElasticLoadBalancingV2Client);
  await putTagChanges(before, after, {
    put: (tags) => elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: tagList(tags) })),
    remove: (TagKeys) => elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys })),
  });
}

async function tagsOf(arn: string, { client }: Context): Promise<Tags> {
  const command = new DescribeTagsCommand({ ResourceArns: [arn] });
  return tagMap((await client(ElasticLoadBalancingV2Client).send(command)).TagDescriptions?.[0]?.Tags);
}

const byKey = (list: Parameters<typeof tagMap>[0]) => tagMap(list) as Record<string, string>;

interface BalancerInputs {
  readonly name?: string;
  readonly loadBalancerType?: "application" | "network";
  readonly internal?: boolean;
  readonly subnets?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly ipAddressType?: "ipv4" | "dualstack";
  readonly idleTimeout?: number;
  readonly dropInvalidHeaderFields?: boolean;
  readonly desyncMitigationMode?: string;
  readonly enableDeletionProtection?: boolean;
  readonly enableHttp2?: boolean;
  readonly accessLogs?: { readonly bucket: string; readonly prefix?: string; readonly enabled?: boolean };
  readonly tags?: Tags;
}

const balancerAttributes = (inputs: BalancerInputs) =>
  attributes({
    "idle_timeout.timeout_seconds": inputs.idleTimeout,
    "routing.http.drop_invalid_header_fields.enabled": inputs.dropInvalidHeaderFields,
    "routing.http.desync_mitigation_mode": inputs.desyncMitigationMode,
    "routing.http2.enabled": inputs.enableHttp2,
    "deletion_protection.enabled": inputs.enableDeletionProtection,
    "access_logs.s3.enabled": inputs.accessLogs && (inputs.accessLogs.enabled ?? false),
    "access_logs.s3.bucket": inputs.accessLogs?.bucket,
    "access_logs.s3.prefix": inputs.accessLogs?.prefix,
  });

function balancerState(balancer: LoadBalancer | undefined): State {
  const arn = sent(balancer?.LoadBalancerArn, "LoadBalancerArn");
  const outputs = {
    arn,
    arnSuffix: arn.split(":loadbalancer/").at(-1),
    name: balancer?.LoadBalancerName,
    dnsName: balancer?.DNSName,
    zoneId: balancer?.CanonicalHostedZoneId,
    vpcId: balancer?.VpcId,
  };
  return { id: arn, outputs };
}

async function readBalancer(arn: string, context: Context): Promise<State | undefined> {
  const elb = context.client(ElasticLoadBalancingV2Client);
  const command = new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] });
  const balancer = (await ifThere(elb.send(command)))?.LoadBalancers?.[0];
  if (balancer === undefined) return undefined;
  const { Attributes } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
  const set = byKey(Attributes);
  const actual = {
    subnets: balancer.AvailabilityZones?.map(({ SubnetId }) => SubnetId),
    securityGroups: balancer.SecurityGroups,
    dropInvalidHeaderFields: truth(set["routing.http.drop_invalid_header_fields.enabled"]),
    enableDeletionProtection: truth(set["deletion_protection.enabled"]),
    idleTimeout: Number(set["idle_timeout.timeout_seconds"] ?? 60),
    tags: await tagsOf(arn, context),
  };
  return { id: arn, outputs: defined({ ...balancerState(balancer).outputs, ...actual }) };
}

interface TargetGroupInputs {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: "HTTP" | "HTTPS" | "TCP";
  readonly protocolVersion?: string;
  readonly vpcId?: string;
  readonly targetType?: "instance" | "ip";
  readonly deregistrationDelay?: number;
  readonly slowStart?: number;
  readonly loadBalancingAlgorithmType?: string;
  readonly stickiness?: { readonly enabled?: boolean; readonly type: string; readonly cookieDuration?: number };
  readonly healthCheck?: {
    readonly enabled?: boolean;
    readonly path?: string;
    readonly port?: string;
    readonly protocol?: "HTTP";
    readonly matcher?: string;
    readonly interval?: number;
    readonly timeout?: number;
    readonly healthyThreshold?: number;
    readonly unhealthyThreshold?: number;
  };
  readonly tags?: Tags;
}

const healthCheck = ({ healthCheck: check = {} }: TargetGroupInputs) =>
  defined({
    HealthCheckEnabled: check.enabled ?? true,
    HealthCheckPath: check.path ?? "/",
    HealthCheckPort: check.port ?? "traffic-port",
    HealthCheckProtocol: check.protocol ?? ("HTTP" as const),
    HealthCheckIntervalSeconds: check.interval ?? 30,
    HealthCheckTimeoutSeconds: check.timeout ?? 5,
    HealthyThresholdCount: check.healthyThreshold ?? 3,
    UnhealthyThresholdCount: check.unhealthyThreshold ?? 3,
    Matcher: { HttpCode: check.matcher ?? "200" },
  });

const targetGroupAttributes = ({ stickiness, ...inputs }: TargetGroupInputs) =>
  attributes({
    "deregistration_delay.timeout_seconds": inputs.deregistrationDelay,
    "slow_start.duration_seconds": inputs.slowStart,
    "load_balancing.algorithm.type": inputs.loadBalancingAlgorithmType,
    "stickiness.enabled": stickiness && (stickiness.enabled ?? true),
    "stickiness.type": stickiness?.type,
    "stickiness.lb_cookie.duration_seconds": stickiness?.cookieDuration,
  });

function targetGroupState(group: TargetGroup | undefined): State {
  const arn = sent(group?.TargetGroupArn, "TargetGroupArn");
  return { id: arn, outputs: { arn, arnSuffix: arn.split(":").at(-1), name: group?.TargetGroupName } };
}

async function readTargetGroup(arn: string, context: Context): Promise<State | undefined> {
  const elb = context.client(ElasticLoadBalancingV2Client);
  const group = (await ifThere(elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))))
    ?.TargetGroups?.[0];
  if (group === undefined) return undefined;
  const { Attributes } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
  const actual = {
    port: group.Port,
    protocol: group.Protocol,
    vpcId: group.VpcId,
    deregistrationDelay: Number(byKey(Attributes)["deregistration_delay.timeout_seconds"] ?? 300),
    tags: await tagsOf(arn, context),
  };
  return { id: arn, outputs: defined({ ...targetGroupState(group).outputs, ...actual }) };
}

async function putTargetGroupAttributes(arn: string, inputs: TargetGroupInputs, { client }: Context): Promise<void> {
  const Attributes = targetGroupAttributes(inputs);
  if (Attributes.length === 0) return;
  await client(ElasticLoadBalancingV2Client).send(
    new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes }),
  );
}

interface ListenerInputs {
  readonly loadBalancerArn: string;
  readonly port?: number;
  readonly protocol?: "HTTP" | "HTTPS";
  readonly sslPolicy?: string;
  readonly certificateArn?: string;
  readonly defaultActions: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[];
  readonly tags?: Tags;
}

function listenerSettings(inputs: ListenerInputs) {
  return defined({
    Port: inputs.port,
    Protocol: inputs.protocol,
    SslPolicy: inputs.sslPolicy,
    Certificates: inputs.certificateArn === undefined ? undefined : [{ CertificateArn: inputs.certificateArn }],
    DefaultActions: inputs.defaultActions.map(({ redirect, fixedResponse, ...action }) =>
      defined({
        ...(pascal(action) as object),
        RedirectConfig: pascal(redirect),
        FixedResponseConfig: pascal(fixedResponse),
      }),
    ) as Action[],
  });
}

export const handlers: Handlers = {
  "aws:lb/listenerRule:ListenerRule": listenerRule,
  "aws:lb/loadBalancer:LoadBalancer": handler<BalancerInputs>({
    async create(inputs, context) {
      const client = context.client(ElasticLoadBalancingV2Client);
      const { LoadBalancers } = await client.send(
        new CreateLoadBalancerCommand(
          defined({
            Name: inputs.name ?? context.autoName,
            Type: inputs.loadBalancerType ?? "application",
            Scheme: inputs.internal ? ("internal" as const) : ("internet-facing" as const),
            Subnets: inputs.subnets && [...inputs.subnets],
            SecurityGroups: inputs.securityGroups && [...inputs.securityGroups],
            IpAddressType: inputs.ipAddressType,
            Tags: inputs.tags && tagList(inputs.tags),
          }),
        ),
      );
      const state = balancerState(LoadBalancers?.[0]);
      await client.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: state.id,
          Attributes: balancerAttributes(inputs),
        }),
      );
      return state;
    },
    read: ({ id }, context) => readBalancer(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const client = context.client(ElasticLoadBalancingV2Client);
      const { subnets, securityGroups } = inputs;
      await changeTags(id, previous.tags, inputs.tags, context);
      await client.send(
        new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: id, Attributes: balancerAttributes(inputs) }),
      );
      if (subnets) await client.send(new SetSubnetsCommand({ LoadBalancerArn: id, Subnets: [...subnets] }));
      if (securityGroups) {
        await client.send(new SetSecurityGroupsCommand({ LoadBalancerArn: id, SecurityGroups: [...securityGroups] }));
      }
      return sent(await readBalancer(id, context), "LoadBalancer");
    },
    async delete({ id }, { client }) {
      await ifThere(client(ElasticLoadBalancingV2Client).send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id })));
    },
  }),
  "aws:lb/targetGroup:TargetGroup": handler<TargetGroupInputs>({
    async create(inputs, context) {
      const { TargetGroups } = await context.client(ElasticLoadBalancingV2Client).send(
        new CreateTargetGroupCommand({
          ...defined({
            Name: inputs.name ?? context.autoName,
            Port: inputs.port,
            Protocol: inputs.protocol,
            ProtocolVersion: inputs.protocolVersion,
            VpcId: inputs.vpcId,
            TargetType: inputs.targetType ?? ("instance" as const),
            Tags: inputs.tags && tagList(inputs.tags),
          }),
          ...healthCheck(inputs),
        }),
      );
      const state = targetGroupState(TargetGroups?.[0]);
      await putTargetGroupAttributes(state.id, inputs, context);
      return state;
    },
    read: ({ id }, context) => readTargetGroup(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      await changeTags(id, previous.tags, inputs.tags, context);
      const command = new ModifyTargetGroupCommand({ TargetGroupArn: id, ...healthCheck(inputs) });
      const { TargetGroups } = await context.client(ElasticLoadBalancingV2Client).send(command);
      await putTargetGroupAttributes(id, inputs, context);
      return targetGroupState(TargetGroups?.[0]);
    },
    async delete({ id }, { client }) {
      await ifThere(client(ElasticLoadBalancingV2Client).send(new DeleteTargetGroupCommand({ TargetGroupArn: id })));
    },
  }),
  "aws:lb/listener:Listener": handler<ListenerInputs>({
    async create(inputs, context) {
      const { Listeners } = await context
        .client(ElasticLoadBalancingV2Client)
        .send(new CreateListenerCommand({ LoadBalancerArn: inputs.loadBalancerArn, ...listenerSettings(inputs) }));
      const arn = sent(Listeners?.[0]?.ListenerArn, "ListenerArn");
      await changeTags(arn, undefined, inputs.tags, context);
      return { id: arn, outputs: { arn } };
    },
    async read({ id }, context) {
      const command = new DescribeListenersCommand({ ListenerArns: [id] });
      const found = await ifThere(context.client(ElasticLoadBalancingV2Client).send(command));
      const listener = found?.Listeners?.[0];
      if (listener === undefined) return undefined;
      const { Port: port, Protocol: protocol, LoadBalancerArn: loadBalancerArn, Certificates } = listener;
      const certificateArn = Certificates?.[0]?.CertificateArn;
      const tags = await tagsOf(id, context);
      return { id, outputs: defined({ arn: id, port, protocol, loadBalancerArn, certificateArn, tags }) };
    },
    async update({ id, inputs: previous }, inputs, context) {
      await context
        .client(ElasticLoadBalancingV2Client)
        .send(new ModifyListenerCommand({ ListenerArn: id, ...listenerSettings(inputs) }));
      await changeTags(id, previous.tags, inputs.tags, context);
      return { id, outputs: { arn: id } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(ElasticLoadBalancingV2Client).send(new DeleteListenerCommand({ ListenerArn: id })));
    },
  }),
};
