/**
 * What SQS refuses of a request and the emulator takes.
 *
 * @see SendMessage and SetQueueAttributes in the Amazon SQS API reference
 */
import { type Call, type Interceptor, pass } from "../../gateway/call.ts";
import { Refusal } from "../../gateway/errors.ts";
import { checkMessageGroup } from "./message-group.ts";

type Input = Readonly<Record<string, unknown>>;
type Bounds = Readonly<Record<string, readonly [least: number, most: number]>>;

const day = 86_400;

const delay = [0, 900] as const;

/** Seconds, and bytes of a message. */
const attributes: Bounds = {
  DelaySeconds: delay,
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 14 * day],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, day / 2],
};

/** Names and values of a queue's attributes, which the query protocol numbers. */
function attributesOf({ protocol, input }: Call): Input {
  if (protocol !== "query") return (input.Attributes ?? {}) as Input;
  const names = Object.entries(input).filter(([name]) => /^Attribute\.\d+\.Name$/.test(name));
  return Object.fromEntries(names.map(([name, of]) => [String(of), input[name.replace(/Name$/, "Value")]]));
}

function outOfBounds(input: Input, bounds: Bounds): string | undefined {
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = input[name];
    if (value === undefined) continue;
    if (!(Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most)) {
      return `Value ${value} for parameter ${name} is invalid; it must be a whole number from ${least} to ${most}.`;
    }
  }
  return undefined;
}

const refused = (code: string, problem: string | undefined): void => {
  if (problem !== undefined) throw new Refusal(400, code, problem);
};

const checks: Readonly<Record<string, (call: Call) => void>> = {
  SendMessage({ input }) {
    if (input.MessageBody === undefined || input.MessageBody === "") {
      refused("MissingParameter", "The request must contain the parameter MessageBody.");
    }
    checkMessageGroup(input.MessageGroupId);
    refused("InvalidParameterValue", outOfBounds(input, { DelaySeconds: delay }));
  },
  CreateQueue: (call) => refused("InvalidAttributeValue", outOfBounds(attributesOf(call), attributes)),
  SetQueueAttributes: (call) => refused("InvalidAttributeValue", outOfBounds(attributesOf(call), attributes)),
};

/** Every call passes it. */
export const checkedQueues: Interceptor = (call, next) => {
  checks[call.action]?.(call);
  return pass(call, next);
};
