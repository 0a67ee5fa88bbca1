import { type Call, textOf } from "./call.ts";

/** Name of a queue from its URL. */
export function queueName(url: unknown): string {
  const text = textOf(url);
  return text.slice(text.lastIndexOf("/") + 1);
}

/** Short name of what a call is about, for people: bucket/key, queue, topic, table, vault. */
export function resourceName(call: Omit<Call, "caller">): string | undefined {
  if (call.bucket !== undefined) return call.key === undefined ? call.bucket : `${call.bucket}/${call.key}`;
  if (call.vault !== undefined) return call.vault;
  const { QueueUrl, QueueName, TopicArn, TableName, RoleArn, Name } = call.input;
  if (QueueUrl !== undefined) return queueName(QueueUrl);
  const arn = textOf(TopicArn);
  if (arn !== "") return arn.slice(arn.lastIndexOf(":") + 1);
  return [QueueName, TableName, RoleArn, Name].map(textOf).find((text) => text !== "");
}
