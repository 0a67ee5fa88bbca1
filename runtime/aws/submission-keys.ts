import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { SubmissionKeys } from "../jobs/ports.ts";

interface Item {
  readonly job_id: string;
  readonly claimed_until: number;
  /** SHA-256 of what was sent, once it has been taken. */
  readonly digest?: string;
}

/**
 * Keys of submissions, in the table of external events (key `event_id`, TTL `expires_time`). DynamoDB deletes what has expired
 * late, so conditions look at the time themselves.
 */
export function createSubmissionKeys(options: { client: DynamoDBDocumentClient; table: string }): SubmissionKeys {
  const { client, table: TableName } = options;
  const eventId = (key: string) => `submission:${key}`;

  /** The item that stands in the way; `undefined`: written. */
  async function put(
    key: string,
    fields: Item & { readonly expires_time: number },
    condition?: { ConditionExpression: string; ExpressionAttributeValues: Record<string, number | string> },
  ): Promise<Item | undefined> {
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: { event_id: eventId(key), ...fields },
          ...condition,
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return unmarshall(error.Item) as Item;
    }
  }

  return {
    async claim(key, { jobId, now, until, expires }) {
      const claimed = { claimed_until: until, expires_time: expires };
      const before = await put(
        key,
        { ...claimed, job_id: jobId },
        {
          ConditionExpression: "attribute_not_exists(event_id) OR expires_time < :now",
          ExpressionAttributeValues: { ":now": now },
        },
      );
      if (before === undefined) return { state: "claimed", jobId };
      if (before.digest !== undefined) return { state: "done", jobId: before.job_id, digest: before.digest };
      if (before.claimed_until > now) return { state: "held", jobId: before.job_id };
      const other = await put(
        key,
        { ...claimed, job_id: before.job_id },
        {
          ConditionExpression: "claimed_until = :seen AND attribute_not_exists(digest)",
          ExpressionAttributeValues: { ":seen": before.claimed_until },
        },
      );
      return { state: other === undefined ? "claimed" : "held", jobId: before.job_id };
    },

    async done(key, { jobId, digest, expires }) {
      await put(key, { job_id: jobId, claimed_until: 0, digest, expires_time: expires });
    },

    async release(key, { jobId, expires }) {
      await put(key, { job_id: jobId, claimed_until: 0, expires_time: expires });
    },
  };
}
