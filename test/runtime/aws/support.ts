import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Emulator } from "../../../local/types.ts";
import { type AwsSettings, createDynamoClient } from "../../../runtime/aws/clients.ts";
import { jobIndexes, resultEntryAttributes } from "../../../runtime/contract/storage.ts";

export const settingsFor = ({ endpoint, region }: Emulator): AwsSettings => ({
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

const range = {
  user: "submit_time",
  outbox: "submit_time",
  restoring: "restore_requested_time",
  awaits: "submit_time",
  results: "complete_time",
} as const;
const hash = {
  user: "user_id",
  outbox: "outbox",
  restoring: "restoring",
  awaits: "awaits",
  results: "result_state",
} as const;
const all = { ProjectionType: "ALL" as const };
const projection = {
  user: all,
  outbox: all,
  restoring: all,
  awaits: { ProjectionType: "KEYS_ONLY" as const },
  results: { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...resultEntryAttributes] },
};

/** The tables as the components declare them. */
export async function createTables(emulator: Emulator): Promise<DynamoDBDocumentClient> {
  const client = createDynamoClient(settingsFor(emulator));
  const plain = new DynamoDBClient({ ...settingsFor(emulator) });
  const index = (name: keyof typeof jobIndexes) => ({
    IndexName: jobIndexes[name],
    KeySchema: [
      { AttributeName: hash[name], KeyType: "HASH" as const },
      { AttributeName: range[name], KeyType: "RANGE" as const },
    ],
    Projection: projection[name],
  });
  await plain.send(
    new CreateTableCommand({
      TableName: "annotations",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "job_id", KeyType: "HASH" }],
      AttributeDefinitions: [
        ...["job_id", "user_id", "outbox", "restoring", "awaits", "result_state"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S" as const,
        })),
        ...["submit_time", "restore_requested_time", "complete_time"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "N" as const,
        })),
      ],
      GlobalSecondaryIndexes: Object.keys(jobIndexes).map((name) => index(name as keyof typeof jobIndexes)),
    }),
  );
  for (const [TableName, AttributeName] of [
    ["users", "user_id"],
    ["events", "event_id"],
  ] as const) {
    await plain.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName, AttributeType: "S" }],
      }),
    );
  }
  plain.destroy();
  return client;
}
