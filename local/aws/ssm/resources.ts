import {
  DeleteParameterCommand,
  GetParameterCommand,
  type ParameterType,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { type Context, type Handlers, handler, ifThere, type State, sent } from "../../resources/handler.ts";
import { defined } from "../../resources/shape.ts";

interface ParameterInputs {
  readonly name?: string;
  readonly type: string;
  readonly value: string;
  readonly description?: string;
}

async function put(Name: string, { type, value, description }: ParameterInputs, context: Context): Promise<State> {
  const request = defined({
    Name,
    Value: value,
    Type: type as ParameterType,
    Description: description,
    Overwrite: true,
  });
  await context.client(SSMClient).send(new PutParameterCommand(request));
  return sent(await read(Name, context), "Parameter");
}

async function read(name: string, { client, emulator }: Context): Promise<State | undefined> {
  const found = await ifThere(client(SSMClient).send(new GetParameterCommand({ Name: name, WithDecryption: true })));
  if (found === undefined) return undefined;
  const { Version: version, Type: type } = sent(found.Parameter, "Parameter");
  const path = name.startsWith("/") ? name : `/${name}`;
  const arn = `arn:aws:ssm:${emulator.region}:${emulator.accountId}:parameter${path}`;
  return { id: name, outputs: { name, arn, version, type } };
}

export const handlers: Handlers = {
  "aws:ssm/parameter:Parameter": handler<ParameterInputs>({
    create: (inputs, context) => put(inputs.name ?? context.autoName, inputs, context),
    read: ({ id }, context) => read(id, context),
    update: ({ id }, inputs, context) => put(id, inputs, context),
    async delete({ id }, { client }) {
      await ifThere(client(SSMClient).send(new DeleteParameterCommand({ Name: id })));
    },
  }),
};
