/** Who submits jobs, and what became of them: items of the declared tables, since nobody here signs in. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { makeApiToken, partsOfToken } from "../../../runtime/contract/api-token.ts";
import { jobIndexes } from "../../../runtime/contract/storage.ts";
import type { User } from "../../../runtime/contract/user.ts";
import type { AwsSettings } from "./target.ts";

export interface Tables {
  readonly users: string;
  readonly annotations: string;
}

export interface JobCounts {
  readonly submitted: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Begun more than once: whoever ran it before was taken away. */
  readonly begunAgain: number;
  /** From being submitted to being done, seconds of the target's time, ascending; whole seconds of the wall clock at best. */
  readonly seconds: readonly number[];
}

/** Each token may make 120 requests a minute; users who take turns are under it. */
const usersMade = 10;
/** Jobs that a run looks at afterwards. */
const jobsMost = 20_000;

const open = (settings: AwsSettings) => DynamoDBDocument.from(new DynamoDBClient(settings));

/** Users with a token each, and what takes the tokens away again: their jobs keep an owner. */
export async function makeTokenUsers(
  settings: AwsSettings,
  { users: table }: Tables,
  run: string,
): Promise<{ tokens: string[]; remove: () => Promise<void> }> {
  const client = open(settings);
  const created = Math.floor(Date.now() / 1000);
  const tokens: string[] = [];
  const ids: string[] = [];
  const remove = async () => {
    for (const user_id of ids) {
      await client.update({ TableName: table, Key: { user_id }, UpdateExpression: "REMOVE api_tokens" });
    }
    client.destroy();
  };
  try {
    for (let n = 1; n <= usersMade; n++) {
      const user_id = `loadtest-${run}-${n}`;
      const { token, stored } = makeApiToken(user_id, "load test", created);
      const email = `${user_id}@example.org`;
      // A premium user's results stay where they are: archiving is not what is measured.
      const user: User = {
        user_id,
        role: "premium_user",
        email,
        name: "Load test",
        created_time: created,
        api_tokens: [stored],
      };
      await client.put({ TableName: table, Item: user });
      ids.push(user_id);
      tokens.push(token);
    }
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
  return { tokens, remove };
}

export const ownersOf = (tokens: readonly string[]): string[] => [
  ...new Set(tokens.flatMap((token) => partsOfToken(token)?.userId ?? [])),
];

/** @param since wall clock, epoch seconds: jobs of these users from then on. */
export async function countJobs(
  settings: AwsSettings,
  { annotations }: Tables,
  owners: readonly string[],
  since: number,
  speed: number,
): Promise<JobCounts> {
  const client = open(settings);
  const byStatus: Record<string, number> = {};
  const seconds: number[] = [];
  let [submitted, begunAgain] = [0, 0];
  try {
    for (const user_id of owners) {
      const asked = {
        TableName: annotations,
        IndexName: jobIndexes.user,
        KeyConditionExpression: "user_id = :user AND submit_time >= :since",
        ExpressionAttributeValues: { ":user": user_id, ":since": since },
      };
      for await (const { Items: items = [] } of paginateQuery({ client }, asked)) {
        for (const { job_status: status, attempts, submit_time: sent, complete_time: done } of items) {
          submitted++;
          byStatus[status] = (byStatus[status] ?? 0) + 1;
          if (attempts > 1) begunAgain++;
          if (typeof done === "number") seconds.push((done - sent) * speed);
        }
        if (submitted > jobsMost) throw new Error(`more than ${jobsMost} jobs were submitted`);
      }
    }
  } finally {
    client.destroy();
  }
  return { submitted, byStatus, begunAgain, seconds: seconds.sort((a, b) => a - b) };
}
