import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { type Context, type Handlers, handler, ifThere, type State, setting } from "../../resources/handler.ts";
import { defined, putTagChanges, type Tags } from "../../resources/shape.ts";

interface QueueInputs {
  readonly name?: string;
  readonly delaySeconds?: number;
  readonly maxMessageSize?: number;
  readonly messageRetentionSeconds?: number;
  readonly receiveWaitTimeSeconds?: number;
  readonly visibilityTimeoutSeconds?: number;
  readonly sqsManagedSseEnabled?: boolean;
  readonly kmsMasterKeyId?: string;
  readonly policy?: string;
  readonly redrivePolicy?: string;
  readonly redriveAllowPolicy?: string;
  readonly fifoQueue?: boolean;
  readonly contentBasedDeduplication?: boolean;
  readonly tags?: Tags;
}

function attributesOf(inputs: QueueInputs): Record<string, string> {
  const values = defined({
    DelaySeconds: inputs.delaySeconds,
    MaximumMessageSize: inputs.maxMessageSize,
    MessageRetentionPeriod: inputs.messageRetentionSeconds,
    ReceiveMessageWaitTimeSeconds: inputs.receiveWaitTimeSeconds,
    VisibilityTimeout: inputs.visibilityTimeoutSeconds,
    SqsManagedSseEnabled: inputs.sqsManagedSseEnabled,
    KmsMasterKeyId: inputs.kmsMasterKeyId,
    Policy: inputs.policy,
    RedrivePolicy: inputs.redrivePolicy,
    RedriveAllowPolicy: inputs.redriveAllowPolicy,
    ContentBasedDeduplication: inputs.contentBasedDeduplication,
  });
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** The emulator forgets a queue's policy with every change that does not name it, so it is named. */
async function setAttributes(url: string, attributes: Readonly<Record<string, string>>, { client }: Context) {
  const sqs = client(SQSClient);
  const { Attributes: now } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["Policy"] }),
  );
  const Attributes = { ...(now?.Policy === undefined ? {} : { Policy: now.Policy }), ...attributes };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
}

const whole = (text: string | undefined) => (text === undefined ? undefined : Number(text));

/** The way back from attributes to Pulumi's names. */
function settingsOf(attributes: Partial<Record<string, string>>) {
  return defined({
    delaySeconds: whole(attributes.DelaySeconds),
    maxMessageSize: whole(attributes.MaximumMessageSize),
    messageRetentionSeconds: whole(attributes.MessageRetentionPeriod),
    receiveWaitTimeSeconds: whole(attributes.ReceiveMessageWaitTimeSeconds),
    visibilityTimeoutSeconds: whole(attributes.VisibilityTimeout),
    redrivePolicy: attributes.RedrivePolicy,
    kmsMasterKeyId: attributes.KmsMasterKeyId,
  });
}

/** What a queue has when nothing is declared; a setting that is no longer declared goes back to it. */
const defaults: QueueInputs = {
  delaySeconds: 0,
  messageRetentionSeconds: 345_600,
  receiveWaitTimeSeconds: 0,
  visibilityTimeoutSeconds: 30,
  redrivePolicy: "",
  kmsMasterKeyId: "",
};

async function readQueue(url: string, { client, emulator }: Context): Promise<State | undefined> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
  const found = await ifThere(client(SQSClient).send(command));
  if (found === undefined) return undefined;
  const name = url.split("/").at(-1) ?? "";
  const arn = `arn:aws:sqs:${emulator.region}:${emulator.accountId}:${name}`;
  const { Tags: tags = {} } = await client(SQSClient).send(new ListQueueTagsCommand({ QueueUrl: url }));
  return { id: url, outputs: { url, name, arn, ...settingsOf(found.Attributes ?? {}), tags } };
}

async function mustRead(url: string, context: Context): Promise<State> {
  const state = await readQueue(url, context);
  if (state === undefined) throw new Error(`queue ${url} is gone`);
  return state;
}

/** One attribute of a queue that Pulumi declares as a resource of its own. */
function queueSetting(input: "policy" | "redriveAllowPolicy", attribute: QueueAttributeName) {
  type SettingInputs = { readonly queueUrl: string } & { readonly [K in typeof input]: string };
  const put = (url: string, value: string, context: Context) => setAttributes(url, { [attribute]: value }, context);
  return setting<SettingInputs>({
    id: ({ queueUrl }) => queueUrl,
    async put(inputs, context) {
      await put(inputs.queueUrl, inputs[input], context);
    },
    async get({ id }, { client }) {
      const command = new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["All"] });
      const found = (await ifThere(client(SQSClient).send(command)))?.Attributes;
      if (found === undefined) return undefined;
      // The emulator takes a redrive-allow policy, but neither obeys nor remembers it: it is set while its queue is there.
      const isSet = attribute === "RedriveAllowPolicy" || Boolean(found[attribute]);
      return isSet ? defined({ queueUrl: id, [input]: found[attribute] }) : undefined;
    },
    async remove({ id }, context) {
      await ifThere(put(id, "", context));
    },
  });
}

export const handlers: Handlers = {
  "aws:sqs/queue:Queue": handler<QueueInputs>({
    async create(inputs, context) {
      const fifo = inputs.fifoQueue ? { FifoQueue: "true" } : {};
      const { QueueUrl: url } = await context.client(SQSClient).send(
        new CreateQueueCommand({
          QueueName: inputs.name ?? context.autoName,
          Attributes: { ...attributesOf(inputs), ...fifo },
          tags: { ...inputs.tags },
        }),
      );
      return mustRead(url ?? "", context);
    },
    read: ({ id }, context) => readQueue(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const sqs = context.client(SQSClient);
      const dropped = Object.entries(defaults).filter(([key]) => key in previous && !(key in inputs));
      await setAttributes(id, attributesOf({ ...Object.fromEntries(dropped), ...inputs }), context);
      await putTagChanges(previous.tags, inputs.tags, {
        put: (Tags) => sqs.send(new TagQueueCommand({ QueueUrl: id, Tags })),
        remove: (TagKeys) => sqs.send(new UntagQueueCommand({ QueueUrl: id, TagKeys })),
      });
      return mustRead(id, context);
    },
    async delete({ id }, { client }) {
      await ifThere(client(SQSClient).send(new DeleteQueueCommand({ QueueUrl: id })));
    },
  }),
  "aws:sqs/queuePolicy:QueuePolicy": queueSetting("policy", "Policy"),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": queueSetting("redriveAllowPolicy", "RedriveAllowPolicy"),
};
