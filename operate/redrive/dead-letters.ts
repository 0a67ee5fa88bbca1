/** The stack's queues and where each sets aside what it could not deal with. */
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Plan } from "../../plan/types.ts";

/** Credentials and endpoint come from where every AWS tool takes them. */
export const openQueues = (region: string): SQSClient => new SQSClient({ region });

/** Physical names. */
export interface QueuePair {
  readonly queue: string;
  readonly deadLetters: string;
}

/** Every declared queue with a dead-letter queue, in order of their names. */
export function queuePairs(plan: Plan): QueuePair[] {
  return plan.resources
    .filter(({ type, inputs }) => type === "aws:sqs/queue:Queue" && typeof inputs.redrivePolicy === "string")
    .map(({ inputs, outputs }) => {
      const { deadLetterTargetArn } = JSON.parse(inputs.redrivePolicy as string) as { deadLetterTargetArn: string };
      return {
        queue: String(outputs.name),
        deadLetters: deadLetterTargetArn.slice(deadLetterTargetArn.lastIndexOf(":") + 1),
      };
    })
    .sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

export interface DeadLetters extends QueuePair {
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly deadLettersArn: string;
  /** About: SQS counts without looking everywhere. */
  readonly messages: number;
}

/** @throws {Error} naming a queue that is not there: the stack is not deployed where these credentials lead. */
export async function lookAt(sqs: SQSClient, pair: QueuePair): Promise<DeadLetters> {
  const urlOf = async (QueueName: string): Promise<string> => {
    try {
      return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? "";
    } catch (cause) {
      if (!/NonExistent|DoesNotExist/.test((cause as Error).name)) throw cause;
      throw new Error(`there is no queue ${QueueName} in this account and region: is the stack up?`, { cause });
    }
  };
  const [queueUrl, deadLettersUrl] = await Promise.all([urlOf(pair.queue), urlOf(pair.deadLetters)]);
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: deadLettersUrl,
      AttributeNames: ["QueueArn", "ApproximateNumberOfMessages"],
    }),
  );
  return {
    ...pair,
    queueUrl,
    deadLettersUrl,
    deadLettersArn: Attributes.QueueArn ?? "",
    messages: Number(Attributes.ApproximateNumberOfMessages),
  };
}
