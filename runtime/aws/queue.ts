import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Probed, Queue } from "../jobs/ports.ts";
import { type Tracer, untraced } from "../jobs/tracing.ts";
import { messageAttributes, sendingTo, traceAttributeNames, traceOf } from "./message-trace.ts";

/** An SQS queue. The probe needs `sqs:GetQueueAttributes`. */
export function createQueue(options: { client: SQSClient; url: string; tracer?: Tracer }): Queue & Probed {
  const { client, url: QueueUrl, tracer = untraced } = options;
  const sending = sendingTo("aws_sqs", QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1));
  const send = (message: object, traceparent: string | undefined) =>
    client.send(
      new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), ...messageAttributes(traceparent) }),
    );
  return {
    async probe() {
      await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    },
    async receive({ max, waitSeconds, visibilitySeconds, signal }) {
      if (signal?.aborted) return [];
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: max,
            WaitTimeSeconds: waitSeconds,
            VisibilityTimeout: visibilitySeconds,
            MessageSystemAttributeNames: ["ApproximateReceiveCount"],
            ...(tracer === untraced ? {} : { MessageAttributeNames: traceAttributeNames }),
          }),
          signal === undefined ? {} : { abortSignal: signal },
        );
        return Messages.map((message) => ({
          messageId: message.MessageId ?? "",
          receiptHandle: message.ReceiptHandle ?? "",
          body: message.Body ?? "",
          receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
          ...given(traceOf(message.MessageAttributes)),
        }));
      } catch (error) {
        if (signal?.aborted) return [];
        throw error;
      }
    },
    async delete({ receiptHandle }) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
    },
    async hide({ receiptHandle }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }),
      );
    },
    async send(message, traceparent) {
      if (traceparent !== undefined) await send(message, traceparent);
      else await tracer.span(sending, (span) => send(message, span.traceparent));
    },
  };
}

const given = (traceparent: string | undefined) => (traceparent === undefined ? {} : { traceparent });
