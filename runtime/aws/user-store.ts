import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { User } from "../contract/user.ts";
import type { UserStore } from "../jobs/ports.ts";

/** Users in DynamoDB. Reads are strongly consistent: the archiver decides by the role it reads. */
export function createUserStore(options: { client: DynamoDBDocumentClient; table: string }): UserStore {
  const { client, table: TableName } = options;

  async function get(userId: string): Promise<User | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { user_id: userId }, ConsistentRead: true }));
    return Item as User | undefined;
  }

  /** One conditional write; the user before it tells what has changed. */
  async function update(
    userId: string,
    change: {
      UpdateExpression: string;
      ExpressionAttributeNames: Record<string, string>;
      ExpressionAttributeValues?: Record<string, unknown>;
      ConditionExpression?: string;
    },
  ): Promise<User> {
    const exists = "attribute_exists(user_id)";
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { user_id: userId },
          ...change,
          ConditionExpression:
            change.ConditionExpression === undefined ? exists : `${exists} AND (${change.ConditionExpression})`,
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return Attributes as User;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item !== undefined) throw error;
      throw new Error(`there is no user ${userId}`, { cause: error });
    }
  }

  /** Replaces the token list as it was read; another change in between makes it read again. */
  async function changeTokens(
    userId: string,
    next: (tokens: NonNullable<User["api_tokens"]>) => NonNullable<User["api_tokens"]>,
  ): Promise<User> {
    for (let attempt = 1; ; attempt += 1) {
      const before = (await get(userId))?.api_tokens;
      try {
        return await update(userId, {
          UpdateExpression: "SET #tokens = :next",
          ExpressionAttributeNames: { "#tokens": "api_tokens" },
          ExpressionAttributeValues: {
            ":next": next(before ?? []),
            ...(before === undefined ? {} : { ":before": before }),
          },
          ConditionExpression: before === undefined ? "attribute_not_exists(#tokens)" : "#tokens = :before",
        });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === 5) throw error;
      }
    }
  }

  return {
    get,

    async createIfAbsent(user) {
      try {
        await client.send(
          new PutCommand({
            TableName,
            Item: user,
            ConditionExpression: "attribute_not_exists(user_id)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return user;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
        return unmarshall(error.Item) as User;
      }
    },

    updateProfile: (userId, { name, email, institution }) =>
      update(userId, {
        UpdateExpression: "SET #name = :name, #email = :email, #institution = :institution",
        ExpressionAttributeNames: { "#name": "name", "#email": "email", "#institution": "institution" },
        ExpressionAttributeValues: { ":name": name, ":email": email, ":institution": institution },
      }),

    async setPlan(userId, { role, ...ids }) {
      const given = Object.entries(ids).filter(([, id]) => id !== undefined);
      const sets = given.filter(([, id]) => id !== null);
      const removes = given.filter(([, id]) => id === null);
      const names = Object.fromEntries(given.map(([name]) => [`#${name}`, name]));
      const write = (condition: string, outbox: readonly string[]) =>
        update(userId, {
          UpdateExpression: [
            `SET ${["#role = :role", ...outbox, ...sets.map(([name]) => `#${name} = :${name}`)].join(", ")}`,
            ...(removes.length === 0 ? [] : [`REMOVE ${removes.map(([name]) => `#${name}`).join(", ")}`]),
          ].join(" "),
          ExpressionAttributeNames: { "#role": "role", ...names },
          ExpressionAttributeValues: {
            ":role": role,
            ...Object.fromEntries(sets.map(([name, id]) => [`:${name}`, id])),
          },
          ConditionExpression: condition,
        });
      // Exactly one of two writers that both make a user premium may hear that the role has changed by its write.
      for (let attempt = 1; ; attempt += 1) {
        for (const [condition, roleChanged] of [
          ["#role <> :role", true],
          ["#role = :role", false],
        ] as const) {
          try {
            return { user: await write(condition, roleChanged ? ["plan_outbox = :role"] : []), roleChanged };
          } catch (error) {
            if (!(error instanceof ConditionalCheckFailedException) || (!roleChanged && attempt === 5)) throw error;
          }
        }
      }
    },

    async planTold(userId, role) {
      try {
        await update(userId, {
          UpdateExpression: "REMOVE #outbox",
          ExpressionAttributeNames: { "#outbox": "plan_outbox" },
          ExpressionAttributeValues: { ":role": role },
          ConditionExpression: "#outbox = :role",
        });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    setCustomer: (userId, customerId) =>
      update(userId, {
        UpdateExpression: "SET #customer = :customer",
        ExpressionAttributeNames: { "#customer": "stripe_customer_id" },
        ExpressionAttributeValues: { ":customer": customerId },
      }),

    addApiToken: (userId, token) => changeTokens(userId, (tokens) => [...tokens, token]),
    removeApiToken: (userId, tokenId) =>
      changeTokens(userId, (tokens) => tokens.filter((token) => token.token_id !== tokenId)),
  };
}
