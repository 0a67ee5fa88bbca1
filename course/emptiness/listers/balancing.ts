/** Balancers, their listeners, the rules of listeners (also on a balancer that several stacks share) and target groups. */
import {
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
  paginateDescribeTargetGroups,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CannotRemove, chunks, cli, type Lister, onPages, saysAbsent, type Tags, tagsFrom } from "../lister.ts";

type Client = ElasticLoadBalancingV2Client;

/** ARNs whose tags one call tells. */
const tagsAtATime = 20;

/** Tags by ARN. One that is gone meanwhile fails the call for its neighbours too, so they are asked one by one then. */
async function tagsOf(elb: Client, arns: readonly string[], atATime = tagsAtATime): Promise<Map<string, Tags>> {
  const found = new Map<string, Tags>();
  for (const ResourceArns of chunks(arns, atATime)) {
    try {
      const { TagDescriptions = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
      for (const { ResourceArn = "", Tags } of TagDescriptions) found.set(ResourceArn, tagsFrom(Tags));
    } catch (error) {
      if (!saysAbsent(error)) throw error;
      if (atATime > 1) for (const [arn, tags] of await tagsOf(elb, ResourceArns, 1)) found.set(arn, tags);
    }
  }
  return found;
}

/** All that a paginator tells, with tags. */
async function* tagged<Each>(elb: Client, all: AsyncIterable<Each>, arnOf: (each: Each) => string | undefined) {
  const told: Each[] = [];
  for await (const each of all) told.push(each);
  const tags = await tagsOf(
    elb,
    told.map((each) => arnOf(each) ?? ""),
  );
  for (const each of told) {
    const arn = arnOf(each) ?? "";
    yield { each, arn, tags: tags.get(arn) ?? {} };
  }
}

const balancersOf = (elb: Client) =>
  onPages(paginateDescribeLoadBalancers({ client: elb }, {}), ({ LoadBalancers }) => LoadBalancers);

/** What a call tells of something that may be gone before it is asked about. */
async function* ifThere<Each>(all: AsyncIterable<Each>): AsyncGenerator<Each> {
  try {
    yield* all;
  } catch (error) {
    if (!saysAbsent(error)) throw error;
  }
}

async function* listenersOf(elb: Client): AsyncGenerator<Listener> {
  for await (const { LoadBalancerArn } of balancersOf(elb)) {
    yield* ifThere(
      onPages(paginateDescribeListeners({ client: elb }, { LoadBalancerArn }), ({ Listeners }) => Listeners),
    );
  }
}

async function* rulesOf(elb: Client): AsyncGenerator<Rule & { readonly listener: Listener }> {
  for await (const listener of listenersOf(elb)) {
    const { ListenerArn } = listener;
    const rules = onPages(paginateDescribeRules({ client: elb }, { ListenerArn }), ({ Rules }) => Rules);
    for await (const rule of ifThere(rules)) if (!rule.IsDefault) yield { ...rule, listener };
  }
}

/** `targetgroup/gas-web/0123…` → `gas-web`; so too of balancers. */
const nameIn = (arn: string | undefined) => arn?.split("/").at(-2) ?? "";

const targetsOf = ({ Actions = [] }: Rule): string[] =>
  Actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn ?? "",
    ...(ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn ?? ""),
  ]).filter((arn) => arn !== "");

export const listenerRules: Lister = {
  kind: "listener rule",
  service: "elb",
  scope: "region",
  arns: ["elasticloadbalancing:listener-rule/"],
  async *list({ client, region }) {
    const elb = client(ElasticLoadBalancingV2Client);
    for await (const { each, arn, tags } of tagged(elb, rulesOf(elb), ({ RuleArn }) => RuleArn)) {
      const balancer = each.listener.LoadBalancerArn ?? "";
      const hosts = (each.Conditions ?? []).flatMap(({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? []);
      yield {
        id: arn,
        names: [tags.Name ?? "", ...targetsOf(each).map(nameIn)],
        hosts,
        arn,
        tags,
        partOf: [...targetsOf(each), balancer],
        goesWith: balancer,
        command: cli("elbv2 delete-rule", { "rule-arn": arn }, region),
        async remove() {
          await elb.send(new DeleteRuleCommand({ RuleArn: arn }));
        },
      };
    }
  },
};

export const listeners: Lister = {
  kind: "listener",
  service: "elb",
  scope: "region",
  arns: ["elasticloadbalancing:listener/"],
  async *list({ client, region }) {
    const elb = client(ElasticLoadBalancingV2Client);
    for await (const { each, arn, tags } of tagged(elb, listenersOf(elb), ({ ListenerArn }) => ListenerArn)) {
      const balancer = each.LoadBalancerArn ?? "";
      yield {
        id: arn,
        names: [tags.Name ?? "", nameIn(balancer)],
        arn,
        tags,
        partOf: [balancer],
        goesWith: balancer,
        command: cli("elbv2 delete-listener", { "listener-arn": arn }, region),
        async remove() {
          await elb.send(new DeleteListenerCommand({ ListenerArn: arn }));
        },
      };
    }
  },
};

export const balancers: Lister = {
  kind: "load balancer",
  service: "elb",
  scope: "region",
  arns: ["elasticloadbalancing:loadbalancer/"],
  async *list({ client, region }) {
    const elb = client(ElasticLoadBalancingV2Client);
    for await (const { each, arn, tags } of tagged(elb, balancersOf(elb), ({ LoadBalancerArn }) => LoadBalancerArn)) {
      yield {
        id: arn,
        names: [each.LoadBalancerName ?? ""],
        arn,
        tags,
        partOf: [each.VpcId ?? ""],
        command: cli("elbv2 delete-load-balancer", { "load-balancer-arn": arn }, region),
        remove: () => removeBalancer(elb, arn, region),
      };
    }
  },
};

async function removeBalancer(elb: Client, arn: string, region: string): Promise<void> {
  try {
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
  } catch (error) {
    if (!(error instanceof Error) || !/OperationNotPermitted/.test(error.name)) throw error;
    const unprotect = cli("elbv2 modify-load-balancer-attributes", { "load-balancer-arn": arn }, region);
    throw new CannotRemove(
      `it is protected from deletion, as in production; ${unprotect} --attributes Key=deletion_protection.enabled,Value=false ends that`,
      { cause: error },
    );
  }
}

export const targetGroups: Lister = {
  kind: "target group",
  service: "elb",
  scope: "region",
  arns: ["elasticloadbalancing:targetgroup/"],
  async *list({ client, region }) {
    const elb = client(ElasticLoadBalancingV2Client);
    const all = onPages(paginateDescribeTargetGroups({ client: elb }, {}), ({ TargetGroups }) => TargetGroups);
    for await (const { each, arn, tags } of tagged(elb, all, ({ TargetGroupArn }) => TargetGroupArn)) {
      yield {
        id: arn,
        names: [each.TargetGroupName ?? ""],
        arn,
        tags,
        partOf: [each.VpcId ?? ""],
        command: cli("elbv2 delete-target-group", { "target-group-arn": arn }, region),
        async remove() {
          await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn }));
        },
      };
    }
  },
};
