import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Job } from "../contract/job.ts";
import { jobIndexes } from "../contract/storage.ts";
import { InvalidCursorError } from "../jobs/errors.ts";
import type { JobStore, Page } from "../jobs/ports.ts";
import { rememberingTraces, type Tracer, untraced } from "../jobs/tracing.ts";
import { cursorOf, keyOf } from "./cursor.ts";
import { updateOf } from "./expression.ts";

/** Job items in DynamoDB. Indexes project all attributes and are eventually consistent; `get` is not. */
export function createJobStore({ tracer = untraced, ...table }: Table & { readonly tracer?: Tracer }): JobStore {
  return rememberingTraces({ ...items(table), ...lists(table) }, tracer);
}

interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

const items = ({ client, table: TableName }: Table): Pick<JobStore, "create" | "get" | "apply" | "remove"> => ({
  async create(job) {
    try {
      await client.send(new PutCommand({ TableName, Item: job, ConditionExpression: "attribute_not_exists(job_id)" }));
      return "created";
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return "exists";
      throw error;
    }
  },

  async get(jobId) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { job_id: jobId }, ConsistentRead: true }));
    return Item as Job | undefined;
  },

  async apply(jobId, transition) {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { job_id: jobId },
          ...updateOf(transition, "job_id"),
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { applied: true, job: Attributes as Job };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { applied: false, job: error.Item === undefined ? undefined : (unmarshall(error.Item) as Job) };
    }
  },

  async remove(jobId) {
    const condition = { ConditionExpression: "attribute_exists(delete_time)" };
    await client
      .send(new DeleteCommand({ TableName, Key: { job_id: jobId }, ...condition }))
      .catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
  },
});

/** By the indexes. */
const lists = (
  table: Table,
): Pick<JobStore, "listByUser" | "listOutbox" | "listRestoring" | "listAwaiting" | "listResults"> => ({
  async listByUser(userId, page) {
    const list = (from: typeof page) =>
      query(table, jobIndexes.user, { name: "user_id", value: userId }, { name: "submit_time" }, from, "delete_time");
    let found = await list(page);
    // DynamoDB leaves out after it has counted: an empty page is not the last one.
    while (found.items.length === 0 && found.cursor !== undefined)
      found = await list({ ...page, cursor: found.cursor });
    return found;
  },

  listOutbox: (topic, submittedBefore, page) =>
    query(
      table,
      jobIndexes.outbox,
      { name: "outbox", value: topic },
      { name: "submit_time", before: submittedBefore },
      page,
    ),

  listRestoring: (requestedBefore, page) =>
    query(
      table,
      jobIndexes.restoring,
      { name: "restoring", value: "yes" },
      { name: "restore_requested_time", before: requestedBefore },
      page,
    ),

  listAwaiting: (what, submittedBefore, page) =>
    query(
      table,
      jobIndexes.awaits,
      { name: "awaits", value: what },
      { name: "submit_time", before: submittedBefore },
      page,
    ),

  listResults: (state, completedBefore, page) =>
    query(
      table,
      jobIndexes.results,
      { name: "result_state", value: state },
      { name: "complete_time", before: completedBefore },
      page,
    ),
});

/**
 * What is before a time is due, the oldest first; a list without a bound shows the newest first.
 *
 * @param without attribute whose items are left out of the page.
 */
async function query(
  { client, table: TableName }: Table,
  index: string,
  hash: { name: string; value: string },
  range: { name: string; before?: number },
  page: { limit: number; cursor?: string },
  without?: keyof Job,
): Promise<Page<Job>> {
  const bounded = range.before !== undefined;
  const input: QueryCommandInput = {
    TableName,
    IndexName: index,
    KeyConditionExpression: bounded ? "#hash = :hash AND #range < :before" : "#hash = :hash",
    ExpressionAttributeNames: { "#hash": hash.name, ...(bounded ? { "#range": range.name } : {}) },
    ExpressionAttributeValues: { ":hash": hash.value, ...(bounded ? { ":before": range.before } : {}) },
    ...(without === undefined ? {} : { FilterExpression: `attribute_not_exists(${without})` }),
    ScanIndexForward: bounded,
    Limit: page.limit,
  };
  if (page.cursor !== undefined) {
    const types = { job_id: "string", [hash.name]: "string", [range.name]: "number" } as const;
    input.ExclusiveStartKey = keyOf(index, page.cursor, types, { [hash.name]: hash.value });
  }
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(input)).catch((error: Error) => {
    // The rest of such a query is ours, so what DynamoDB finds invalid is the starting key: it lies outside the list.
    if (page.cursor === undefined || error.name !== "ValidationException") throw error;
    throw new InvalidCursorError("the cursor does not lie within this list; start from its first page", {
      cause: error,
    });
  });
  return { items: Items as Job[], ...cursorOf(index, LastEvaluatedKey) };
}
