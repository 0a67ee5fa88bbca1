/** Sends dead letters back to the queue they come from. */
import { setTimeout as delay } from "node:timers/promises";
import {
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import type { DeadLetters } from "./dead-letters.ts";

/** SQS tells of a task's progress about once a second. */
const lookMilliseconds = 1_000;
/** Hidden while it is sent back; whoever dies in between leaves it where it was. */
const hiddenSeconds = 60;

/** What emulators answer that do not offer a call; of a web page in place of JSON the client says SyntaxError. */
const notOffered = /NotImplemented|UnsupportedOperation|InvalidAction|UnknownOperation|UnknownError|SyntaxError/;

type Progress = (moved: number) => void;

/** By SQS itself. @throws {Error} when the task fails, with SQS's reason and how far it came. */
async function moveByTask(sqs: SQSClient, { deadLettersArn }: DeadLetters, onProgress: Progress): Promise<number> {
  const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadLettersArn }));
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadLettersArn }));
    // A task that has ended carries no handle any more; the newest is ours.
    const task = Results.find((each) => each.TaskHandle === TaskHandle) ?? Results[0];
    const moved = Number(task?.ApproximateNumberOfMessagesMoved ?? 0);
    onProgress(moved);
    if (task?.Status === "COMPLETED") return moved;
    if (task?.Status === "FAILED" || task?.Status === "CANCELLED") {
      throw new Error(`SQS gave up after ${moved} messages: ${task.FailureReason ?? task.Status}`);
    }
    await delay(lookMilliseconds);
  }
}

/**
 * One by one: sent first, deleted then, so that a crash in between doubles a message but loses none. As many as were there at
 * the begin: one that fails again meanwhile is not sent in circles.
 */
async function moveByHand(sqs: SQSClient, from: DeadLetters, onProgress: Progress): Promise<number> {
  async function move({ Body, MessageAttributes, ReceiptHandle }: Message): Promise<void> {
    await sqs.send(new SendMessageCommand({ QueueUrl: from.queueUrl, MessageBody: Body, MessageAttributes }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: from.deadLettersUrl, ReceiptHandle }));
  }
  let moved = 0;
  while (moved < from.messages) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: from.deadLettersUrl,
        MaxNumberOfMessages: Math.min(10, from.messages - moved),
        MessageAttributeNames: ["All"],
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    await Promise.all(Messages.map(move));
    moved += Messages.length;
    onProgress(moved);
  }
  return moved;
}

/** @returns how many messages went back. */
export async function redrive(sqs: SQSClient, from: DeadLetters, onProgress: Progress = () => {}): Promise<number> {
  if (from.messages === 0) return 0;
  try {
    return await moveByTask(sqs, from, onProgress);
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const absent = notOffered.test(`${name} ${message}`) || [404, 501].includes($metadata?.httpStatusCode ?? 0);
    if (!absent) throw error;
    return moveByHand(sqs, from, onProgress);
  }
}
