import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { type Context, type Handlers, handler, ifThere, type State, sent, setting } from "../../resources/handler.ts";
import { defined, type Tags, tagList } from "../../resources/shape.ts";
import { readPattern } from "./pattern.ts";

interface RuleInputs {
  readonly name?: string;
  readonly description?: string;
  readonly eventPattern?: string;
  readonly state?: "ENABLED" | "DISABLED";
  readonly tags?: Tags;
}

async function putRule(name: string, inputs: RuleInputs, context: Context): Promise<State> {
  const { description, eventPattern, state = "ENABLED", tags } = inputs;
  if (eventPattern === undefined) throw new Error(`rule ${name} has no event pattern: schedules do not run here`);
  readPattern(eventPattern);
  await context.client(EventBridgeClient).send(
    new PutRuleCommand({
      Name: name,
      EventPattern: eventPattern,
      State: state,
      ...defined({ Description: description, Tags: tags && tagList(tags) }),
    }),
  );
  return sent(await readRule(name, context), "rule");
}

async function readRule(name: string, { client }: Context): Promise<State | undefined> {
  const found = await ifThere(client(EventBridgeClient).send(new DescribeRuleCommand({ Name: name })));
  if (found?.Arn === undefined) return undefined;
  const { Arn: arn, EventPattern: eventPattern, Description: description, State: state } = found;
  return { id: name, outputs: defined({ name, arn, eventPattern, description, state }) };
}

export const handlers: Handlers = {
  "aws:cloudwatch/eventRule:EventRule": handler<RuleInputs>({
    create: (inputs, context) => putRule(inputs.name ?? context.autoName, inputs, context),
    read: ({ id }, context) => readRule(id, context),
    update: ({ id }, inputs, context) => putRule(id, inputs, context),
    async delete({ id }, { client }) {
      await ifThere(client(EventBridgeClient).send(new DeleteRuleCommand({ Name: id })));
    },
  }),
  "aws:cloudwatch/eventTarget:EventTarget": setting<{
    readonly rule: string;
    readonly targetId: string;
    readonly arn: string;
  }>({
    id: ({ rule, targetId }) => `${rule}-${targetId}`,
    async put({ rule, targetId, arn }, { client }) {
      if (!/^arn:[a-z-]+:sns:/.test(arn)) {
        throw new Error(`target ${arn} of rule ${rule} is no SNS topic: the emulator delivers events to topics only`);
      }
      const command = new PutTargetsCommand({ Rule: rule, Targets: [{ Id: targetId, Arn: arn }] });
      await client(EventBridgeClient).send(command);
    },
    async get({ inputs: { rule, targetId } }, { client }) {
      const command = new ListTargetsByRuleCommand({ Rule: rule });
      const { Targets = [] } = (await ifThere(client(EventBridgeClient).send(command))) ?? {};
      const target = Targets.find(({ Id }) => Id === targetId);
      return target && { rule, targetId, arn: target.Arn };
    },
    async remove({ inputs: { rule, targetId } }, { client }) {
      await ifThere(client(EventBridgeClient).send(new RemoveTargetsCommand({ Rule: rule, Ids: [targetId] })));
    },
  }),
};
