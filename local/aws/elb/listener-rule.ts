import {
  type Action,
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type RuleCondition,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Context, handler, ifThere, sent } from "../../resources/handler.ts";
import { defined, pascal, type Tags, tagList } from "../../resources/shape.ts";

interface Values {
  readonly values: readonly string[];
}
interface RuleInputs {
  readonly listenerArn: string;
  readonly priority: number;
  readonly conditions: readonly { readonly hostHeader?: Values; readonly pathPattern?: Values }[];
  readonly actions: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[];
  readonly tags?: Tags;
}

function settings({ conditions, actions }: RuleInputs) {
  return {
    Conditions: conditions.map(({ hostHeader, pathPattern }): RuleCondition => {
      if (hostHeader !== undefined) {
        return { Field: "host-header", HostHeaderConfig: { Values: [...hostHeader.values] } };
      }
      return { Field: "path-pattern", PathPatternConfig: { Values: [...(pathPattern?.values ?? [])] } };
    }),
    Actions: actions.map((action) => pascal(action)) as Action[],
  };
}

async function read(id: string, { client }: Context) {
  const found = await ifThere(client(ElasticLoadBalancingV2Client).send(new DescribeRulesCommand({ RuleArns: [id] })));
  const rule = found?.Rules?.[0];
  return rule && { id, outputs: defined({ arn: id, priority: Number(rule.Priority) }) };
}

/** A balancer's rule for requests that are somebody's; the balancer itself stands in another stack. */
export const listenerRule = handler<RuleInputs>({
  async create(inputs, context) {
    const { Rules } = await context.client(ElasticLoadBalancingV2Client).send(
      new CreateRuleCommand({
        ListenerArn: inputs.listenerArn,
        Priority: inputs.priority,
        ...settings(inputs),
        ...(inputs.tags === undefined ? {} : { Tags: tagList(inputs.tags) }),
      }),
    );
    const id = sent(Rules?.[0]?.RuleArn, "RuleArn");
    return { id, outputs: { arn: id, priority: inputs.priority } };
  },
  read: ({ id }, context) => read(id, context),
  async update({ id, inputs: previous }, inputs, context) {
    const elb = context.client(ElasticLoadBalancingV2Client);
    await elb.send(new ModifyRuleCommand({ RuleArn: id, ...settings(inputs) }));
    if (inputs.priority !== previous.priority) {
      const RulePriorities = [{ RuleArn: id, Priority: inputs.priority }];
      await elb.send(new SetRulePrioritiesCommand({ RulePriorities }));
    }
    return sent(await read(id, context), "Rule");
  },
  async delete({ id }, { client }) {
    await ifThere(client(ElasticLoadBalancingV2Client).send(new DeleteRuleCommand({ RuleArn: id })));
  },
});
