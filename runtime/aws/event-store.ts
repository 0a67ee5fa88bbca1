import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { EventStore } from "../jobs/ports.ts";

/**
 * External events in DynamoDB (key `event_id`, TTL `expires_time`). An item with `claimed_until` is a claim, one without an
 * event that has been applied.
 */
export function createEventStore(options: { client: DynamoDBDocumentClient; table: string }): EventStore {
  const { client, table: TableName } = options;
  return {
    async claim(eventId, { now, until }) {
      try {
        await client.send(
          new PutCommand({
            TableName,
            Item: { event_id: eventId, claimed_until: until, expires_time: until },
            ConditionExpression: "attribute_not_exists(event_id) OR claimed_until < :now",
            ExpressionAttributeValues: { ":now": now },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return "claimed";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item?.claimed_until === undefined ? "applied" : "held";
      }
    },
    async applied(eventId, expiresTime) {
      await client.send(new PutCommand({ TableName, Item: { event_id: eventId, expires_time: expiresTime } }));
    },
    async release(eventId) {
      await client.send(new DeleteCommand({ TableName, Key: { event_id: eventId } }));
    },
  };
}
