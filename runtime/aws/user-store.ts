import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { User } from "../contract/user.ts";
import type { UserStore } from "../jobs/ports.ts";

interface Change {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
  readonly ConditionExpression?: string;
}

function required(userId: string, user: User | undefined): User {
  if (user === undefined) throw new Error(`there is no user ${userId}`);
  return user;
}

/** Users in DynamoDB. Reads are strongly consistent: the archiver decides by the role it reads. */
export function createUserStore(options: { client: DynamoDBDocumentClient; table: string }): UserStore {
  const table = openTable(options);
  return { ...people(table), ...addresses(table), ...plans(table), ...subscriptions(table), ...tokens(table) };
}

type Table = ReturnType<typeof openTable>;

function openTable({ client, table: TableName }: { client: DynamoDBDocumentClient; table: string }) {
  async function get(userId: string): Promise<User | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { user_id: userId }, ConsistentRead: true }));
    return Item as User | undefined;
  }

  /** One conditional write; the user after it. */
  async function update(userId: string, change: Change): Promise<User> {
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

  /** As `update`; `undefined` when the condition does not hold. */
  async function updateIf(userId: string, change: Change & { ConditionExpression: string }): Promise<User | undefined> {
    try {
      return await update(userId, change);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return undefined;
    }
  }

  async function createIfAbsent(user: User): Promise<User> {
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
  }

  return { get, update, updateIf, createIfAbsent };
}

/** Who people are, as their provider tells. */
const people = ({
  get,
  update,
  createIfAbsent,
}: Table): Pick<UserStore, "get" | "createIfAbsent" | "updateProfile" | "setMailsOff"> => ({
  get,
  createIfAbsent,

  updateProfile: (userId, { name, email, institution }) =>
    update(userId, {
      UpdateExpression: "SET #name = :name, #email = :email, #institution = :institution",
      ExpressionAttributeNames: { "#name": "name", "#email": "email", "#institution": "institution" },
      ExpressionAttributeValues: { ":name": name, ":email": email, ":institution": institution },
    }),

  setMailsOff: (userId, mails) =>
    update(userId, {
      UpdateExpression: "SET #mails = :mails",
      ExpressionAttributeNames: { "#mails": "mails_off" },
      ExpressionAttributeValues: { ":mails": mails },
    }),
});

const addresses = ({
  get,
  update,
  updateIf,
}: Table): Pick<UserStore, "setIdentityEmail" | "setEmailCheck" | "verifyEmail"> => ({
  setIdentityEmail: (userId, email) =>
    update(userId, {
      UpdateExpression: email === undefined ? "REMOVE #email" : "SET #email = :email",
      ExpressionAttributeNames: { "#email": "identity_email" },
      ...(email === undefined ? {} : { ExpressionAttributeValues: { ":email": email } }),
    }),

  async setEmailCheck(userId, before, next) {
    const written = await updateIf(userId, {
      UpdateExpression: "SET #check = :next",
      ExpressionAttributeNames: { "#check": "email_check" },
      ExpressionAttributeValues: { ":next": next, ...(before === undefined ? {} : { ":before": before }) },
      ConditionExpression: before === undefined ? "attribute_not_exists(#check)" : "#check = :before",
    });
    return written !== undefined;
  },

  async verifyEmail(userId, hash) {
    const open = (await get(userId))?.email_check?.open;
    if (open?.hash !== hash) return false;
    const written = await updateIf(userId, {
      UpdateExpression: "SET #verified = :email REMOVE #check.#open",
      ExpressionAttributeNames: { "#verified": "verified_email", "#check": "email_check", "#open": "open" },
      ExpressionAttributeValues: { ":email": open.email, ":open": open },
      ConditionExpression: "#check.#open = :open",
    });
    return written !== undefined;
  },
});

const plans = ({ update, updateIf }: Table): Pick<UserStore, "setPlan" | "planTold"> => ({
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
    await updateIf(userId, {
      UpdateExpression: "REMOVE #outbox",
      ExpressionAttributeNames: { "#outbox": "plan_outbox" },
      ExpressionAttributeValues: { ":role": role },
      ConditionExpression: "#outbox = :role",
    });
  },
});

/** Stripe's customers, and who is at subscribing just now. */
const subscriptions = ({
  get,
  updateIf,
}: Table): Pick<UserStore, "setCustomer" | "claimSubscribe" | "releaseSubscribe"> => ({
  async setCustomer(userId, customerId, insteadOf) {
    const known = insteadOf === undefined ? {} : { ":known": insteadOf };
    const written = await updateIf(userId, {
      UpdateExpression: "SET #customer = :customer",
      ExpressionAttributeNames: { "#customer": "stripe_customer_id" },
      ExpressionAttributeValues: { ":customer": customerId, ...known },
      ConditionExpression: insteadOf === undefined ? "attribute_not_exists(#customer)" : "#customer = :known",
    });
    return written ?? required(userId, await get(userId));
  },

  async claimSubscribe(userId, { id, now, until }) {
    const change = {
      ExpressionAttributeNames: { "#attempt": "subscribe_attempt" },
      ExpressionAttributeValues: { ":attempt": { id, until } },
    };
    const first = await updateIf(userId, {
      ...change,
      UpdateExpression: "SET #attempt = :attempt",
      ConditionExpression: "attribute_not_exists(#attempt)",
    });
    if (first !== undefined) return { attemptId: id };
    const taken = await updateIf(userId, {
      UpdateExpression: "SET #attempt.#until = :until",
      ExpressionAttributeNames: { ...change.ExpressionAttributeNames, "#until": "until" },
      ExpressionAttributeValues: { ":until": until, ":now": now },
      ConditionExpression: "#attempt.#until <= :now",
    });
    return taken?.subscribe_attempt === undefined ? undefined : { attemptId: taken.subscribe_attempt.id };
  },

  async releaseSubscribe(userId, attemptId, concluded) {
    await updateIf(userId, {
      UpdateExpression: concluded ? "REMOVE #attempt" : "SET #attempt.#until = :over",
      ExpressionAttributeNames: {
        "#attempt": "subscribe_attempt",
        "#id": "id",
        ...(concluded ? {} : { "#until": "until" }),
      },
      ExpressionAttributeValues: { ":id": attemptId, ...(concluded ? {} : { ":over": 0 }) },
      ConditionExpression: "#attempt.#id = :id",
    });
  },
});

function tokens({ get, update, updateIf }: Table): Pick<UserStore, "addApiToken" | "removeApiToken" | "apiTokenUsed"> {
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
    addApiToken: (userId, token) => changeTokens(userId, (tokens) => [...tokens, token]),
    removeApiToken: (userId, tokenId) =>
      changeTokens(userId, (tokens) => tokens.filter((token) => token.token_id !== tokenId)),

    // One element of the list is set, not the list: two tokens in use at once do not get into each other's way.
    async apiTokenUsed({ user_id, api_tokens = [] }, tokenId, at) {
      const index = api_tokens.findIndex(({ token_id }) => token_id === tokenId);
      if (index === -1) return;
      await updateIf(user_id, {
        UpdateExpression: `SET #tokens[${index}].#used = :at`,
        ExpressionAttributeNames: { "#tokens": "api_tokens", "#id": "token_id", "#used": "last_used_time" },
        ExpressionAttributeValues: { ":at": at, ":id": tokenId },
        ConditionExpression: `#tokens[${index}].#id = :id`,
      });
    },
  };
}
