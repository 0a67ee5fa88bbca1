/** How the trace of a message travels: as an attribute of it, which SNS hands to SQS with raw delivery. */
import type { SpanStart } from "../jobs/tracing.ts";

const traceAttribute = "traceparent";

/** For a receipt: which attributes are asked for. */
export const traceAttributeNames = [traceAttribute];

/** For a message that is sent: its trace, if anything is traced, and what else it says of itself. */
export function messageAttributes(traceparent: string | undefined, others: Readonly<Record<string, string>> = {}) {
  const all = traceparent === undefined ? others : { ...others, [traceAttribute]: traceparent };
  const MessageAttributes = Object.fromEntries(
    Object.entries(all).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );
  return Object.keys(all).length === 0 ? {} : { MessageAttributes };
}

/** Of a message that was received. */
export const traceOf = (
  attributes: Readonly<Record<string, { readonly StringValue?: string | undefined }>> | undefined,
): string | undefined => attributes?.[traceAttribute]?.StringValue;

/** Spans by OpenTelemetry's conventions for messaging. @param name of the topic or queue. */
export const sendingTo = (system: "aws.sns" | "aws_sqs", name: string): SpanStart => ({
  name: `send ${name}`,
  kind: "producer",
  attributes: {
    "messaging.system": system,
    "messaging.destination.name": name,
    "messaging.operation.name": system === "aws.sns" ? "publish" : "send",
    "messaging.operation.type": "send",
  },
});
