/** A declared load balancer and its target group, read from the emulator. */
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { administrator } from "../../emulator/administrator.ts";
import type { Emulator } from "../../types.ts";

interface HealthCheck {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes that count as healthy: `200`, `200,302`, `200-299`. */
  readonly matcher: string;
}

export interface BalancerDeclaration {
  /** Last part of the ARN, the metric dimension `LoadBalancer`: `app/web/50dc6c495c0c9188`. */
  readonly loadBalancer: string;
  readonly targetGroupArn: string;
  /** Metric dimension `TargetGroup`: `targetgroup/web/73e2d6bc24d8a067`. */
  readonly targetGroup: string;
  readonly targetPort: number;
  readonly idleTimeoutSeconds: number;
  readonly dropInvalidHeaders: boolean;
  readonly deregistrationDelaySeconds: number;
  readonly algorithm: "round_robin" | "least_outstanding_requests" | "weighted_random";
  readonly healthCheck: HealthCheck;
}

const algorithms = ["round_robin", "least_outstanding_requests", "weighted_random"] as const;

/**
 * @throws {Error} when the balancer forwards to no target group or to several: one is what is played here.
 */
export async function readBalancer(
  emulator: Pick<Emulator, "endpoint" | "region">,
  loadBalancerArn: string,
): Promise<BalancerDeclaration> {
  const elb = new ElasticLoadBalancingV2Client(administrator(emulator));
  try {
    const { LoadBalancers: balancers } = await elb.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancerArn] }),
    );
    if (balancers?.[0] === undefined) throw new Error(`there is no load balancer ${loadBalancerArn}`);
    const targetGroupArn = await forwardedTo(elb, loadBalancerArn);
    const { TargetGroups: groups } = await elb.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
    );
    const group = groups?.[0];
    if (group?.Port === undefined) throw new Error(`target group ${targetGroupArn} has no port`);
    const ofBalancer = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: loadBalancerArn }));
    const ofGroup = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn }));
    const attributes = new Map(
      [...(ofBalancer.Attributes ?? []), ...(ofGroup.Attributes ?? [])].map(({ Key, Value }) => [Key, Value]),
    );
    const algorithm = attributes.get("load_balancing.algorithm.type");
    return {
      loadBalancer: loadBalancerArn.split(":loadbalancer/")[1] ?? loadBalancerArn,
      targetGroupArn,
      targetGroup: targetGroupArn.split(":").at(-1) ?? targetGroupArn,
      targetPort: group.Port,
      idleTimeoutSeconds: Number(attributes.get("idle_timeout.timeout_seconds") ?? 60),
      dropInvalidHeaders: attributes.get("routing.http.drop_invalid_header_fields.enabled") === "true",
      deregistrationDelaySeconds: Number(attributes.get("deregistration_delay.timeout_seconds") ?? 300),
      algorithm: algorithms.find((known) => known === algorithm) ?? "round_robin",
      healthCheck: {
        path: group.HealthCheckPath ?? "/",
        intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
        timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
        healthyThreshold: group.HealthyThresholdCount ?? 5,
        unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
        matcher: group.Matcher?.HttpCode ?? "200",
      },
    };
  } finally {
    elb.destroy();
  }
}

async function forwardedTo(elb: ElasticLoadBalancingV2Client, loadBalancerArn: string): Promise<string> {
  const { Listeners: listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn }));
  const actions = (listeners ?? []).flatMap((listener) => listener.DefaultActions ?? []);
  const arns = new Set(
    actions.flatMap((action) => [
      action.TargetGroupArn,
      ...(action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
    ]),
  );
  arns.delete(undefined);
  const [only, ...others] = arns;
  if (only === undefined || others.length > 0) {
    throw new Error(
      `load balancer ${loadBalancerArn} forwards to ${arns.size} target groups; the local balancer plays exactly one`,
    );
  }
  return only;
}

/** Whether a status code is one that a matcher (`200,302` or `200-299`) names. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from = Number.NaN, to = from] = part.split("-").map(Number);
    return status >= from && status <= to;
  });
}
