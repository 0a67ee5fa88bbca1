import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../handler.ts";
import { defined, pascal, type Tags, tagList } from "../shape.ts";

/** `[{ Key, Value }]` of what is said. */
function attributes(values: Readonly<Record<string, unknown>>): { Key: string; Value: string }[] {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return said.map(([Key, value]) => ({ Key, Value: String(value) }));
}

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

async function readBalancer(arn: string, { client }: Context): Promise<State | undefined> {
  const command = new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] });
  const found = await ifThere(client(ElasticLoadBalancingV2Client).send(command));
  return found && balancerState(found.LoadBalancers?.[0]);
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
    async update({ id }, inputs, context) {
      const client = context.client(ElasticLoadBalancingV2Client);
      const { subnets, securityGroups } = inputs;
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
    async read({ id }, { client }) {
      const command = new DescribeTargetGroupsCommand({ TargetGroupArns: [id] });
      const found = await ifThere(client(ElasticLoadBalancingV2Client).send(command));
      return found && targetGroupState(found.TargetGroups?.[0]);
    },
    async update({ id }, inputs, context) {
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
    async create(inputs, { client }) {
      const { Listeners } = await client(ElasticLoadBalancingV2Client).send(
        new CreateListenerCommand({ LoadBalancerArn: inputs.loadBalancerArn, ...listenerSettings(inputs) }),
      );
      const arn = sent(Listeners?.[0]?.ListenerArn, "ListenerArn");
      return { id: arn, outputs: { arn } };
    },
    async read({ id }, { client }) {
      const command = new DescribeListenersCommand({ ListenerArns: [id] });
      const found = await ifThere(client(ElasticLoadBalancingV2Client).send(command));
      return found?.Listeners?.length ? { id, outputs: { arn: id } } : undefined;
    },
    async update({ id }, inputs, { client }) {
      await client(ElasticLoadBalancingV2Client).send(
        new ModifyListenerCommand({ ListenerArn: id, ...listenerSettings(inputs) }),
      );
      return { id, outputs: { arn: id } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(ElasticLoadBalancingV2Client).send(new DeleteListenerCommand({ ListenerArn: id })));
    },
  }),
};
