import * as lb from "@pulumi/aws/lb/index.js";
import { type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import { type Transform, transformed } from "../base/transform.ts";
import { form, type MaybeMistake, range, rule } from "../base/validate.ts";
import type { NetworkIds } from "../network/network.ts";
import { createTargetGroup } from "./target-group.ts";

/** An Application Load Balancer that is there already: a rule of its listener sends some host names to the farm. */
export interface ExistingListenerArgs {
  /** The listener, HTTPS as a rule: `arn:aws:elasticloadbalancing:…:listener/app/…`. Its certificate must know the names. */
  readonly listenerArn: Input<string>;
  /** Place of the rule among those of the listener, 1 to 50,000; each place is taken once. */
  readonly priority: number;
  /** Host names that lead to the farm, 1 to 5. The first is where users find the service. */
  readonly hostNames: readonly string[];
}

/**
 * A target group that is there already, as are the listener and the rules that lead to it. It takes instances, at the
 * network's `webPort`, and should check the path on which the service answers. Say `publicUrl` with it.
 */
export interface ExistingTargetGroupArgs {
  /** `arn:aws:elasticloadbalancing:…:targetgroup/…` */
  readonly targetGroupArn: Input<string>;
  /** The balancer in front of it, by whose figures the farm scales: `arn:aws:elasticloadbalancing:…:loadbalancer/app/…`. */
  readonly loadBalancerArn: Input<string>;
}

export type ExistingBalancerArgs = ExistingListenerArgs | ExistingTargetGroupArgs;

/** What a farm knows of the balancer in front of it, whoever made it. */
export interface Balancer {
  /** Origin that users see; undefined where nobody has said it. */
  readonly url: Output<string> | undefined;
  readonly arn: Output<string>;
  readonly targetGroupArn: Output<string>;
  /** Dimensions of its metrics: those of the farm alone where others share the balancer. */
  readonly dimensions: Readonly<Record<string, Output<string>>>;
  /** Dimensions of metrics that are there by target group. */
  readonly targetDimensions: TargetDimensions;
  /** What must stand before targets are checked: one that no listener leads to counts as unhealthy. */
  readonly listeners: readonly Resource[];
}

/** Balancer and target group as metrics know them: `app/<balancer>/<id>`, `targetgroup/<name>/<id>`. */
export type TargetDimensions = Readonly<Record<"LoadBalancer" | "TargetGroup", Output<string>>>;

export interface ExistingBalancerNodes {
  readonly targetGroup?: lb.TargetGroup;
  readonly rule?: lb.ListenerRule;
}

const arnOf = (kind: string) => new RegExp(`^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\\d{12}:${kind}/.+`);
const listenerArn = arnOf("listener/app/[^/]+/[^/]+");
const hostName = /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** What the arguments may be. */
export function existingBalancerRules(balancer: ExistingBalancerArgs | undefined, publicUrl: unknown): MaybeMistake[] {
  if (balancer === undefined) return [];
  if ("targetGroupArn" in balancer) {
    return [
      form("balancer.targetGroupArn", balancer.targetGroupArn, arnOf("targetgroup"), "the ARN of a target group"),
      form(
        "balancer.loadBalancerArn",
        balancer.loadBalancerArn,
        arnOf("loadbalancer/app"),
        "the ARN of an application balancer",
      ),
      rule(
        "publicUrl",
        publicUrl === undefined,
        "is not set, and a target group does not tell; give it, such as https://gas.example.org",
      ),
    ];
  }
  const { hostNames } = balancer;
  return [
    form("balancer.listenerArn", balancer.listenerArn, listenerArn, "the ARN of an application balancer's listener"),
    range("balancer.priority", balancer.priority, { min: 1, max: 50_000, unit: "places" }),
    rule("balancer.hostNames", hostNames.length === 0, "is empty; name at least one host"),
    rule(
      "balancer.hostNames",
      hostNames.length > 5,
      `has ${hostNames.length} names and a rule takes 5; give fewer, or wildcards`,
    ),
    ...hostNames.map((name, i) =>
      form(`balancer.hostNames[${i}]`, name, hostName, "a host name such as gas.example.org"),
    ),
    rule(
      "balancer.hostNames[0]",
      hostNames[0]?.startsWith("*") === true && publicUrl === undefined,
      `${hostNames[0]} is no address; put a whole name first, or give publicUrl`,
    ),
  ];
}

/** Puts a farm behind a balancer that is there already. */
export function joinBalancer(
  name: string,
  existing: ExistingBalancerArgs,
  target: { network: NetworkIds; port: Input<number>; healthPath: string },
  transform: { readonly targetGroup?: Transform<lb.TargetGroupArgs>; readonly rule?: Transform<lb.ListenerRuleArgs> },
  parent: Resource,
): Balancer & { readonly nodes: ExistingBalancerNodes } {
  if ("targetGroupArn" in existing) {
    const arn = output(existing.loadBalancerArn);
    const targetGroupArn = output(existing.targetGroupArn);
    const dimensions = dimensionsOf(arn, targetGroupArn);
    return { url: undefined, arn, targetGroupArn, dimensions, targetDimensions: dimensions, listeners: [], nodes: {} };
  }
  const { hostNames, priority } = existing;
  const targetGroup = createTargetGroup(name, target, transform.targetGroup, parent);
  const rule = new lb.ListenerRule(
    ...transformed<lb.ListenerRuleArgs>(
      transform.rule,
      name,
      {
        listenerArn: existing.listenerArn,
        priority,
        conditions: [{ hostHeader: { values: [...hostNames] } }],
        actions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: { Name: name },
      },
      { parent },
    ),
  );
  const arn = output(existing.listenerArn).apply(balancerOf);
  const dimensions = dimensionsOf(arn, targetGroup.arn);
  return {
    url: output(`https://${hostNames[0]}`),
    arn,
    targetGroupArn: targetGroup.arn,
    dimensions,
    targetDimensions: dimensions,
    listeners: [rule],
    nodes: { targetGroup, rule },
  };
}

/** `…:listener/app/NAME/ID/LISTENER` → `…:loadbalancer/app/NAME/ID`. */
function balancerOf(listener: string): string {
  if (!listenerArn.test(listener)) throw new Error(`${listener} is not the ARN of an application balancer's listener`);
  return listener.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
}

function dimensionsOf(balancerArn: Output<string>, targetGroupArn: Output<string>): TargetDimensions {
  return {
    LoadBalancer: balancerArn.apply((arn) => arn.replace(/^.*:loadbalancer\//, "")),
    TargetGroup: targetGroupArn.apply((arn) => arn.replace(/^.*:(?=targetgroup\/)/, "")),
  };
}
