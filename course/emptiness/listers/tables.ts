/** Tables, and backups that outlive theirs. */
import {
  type BackupSummary,
  DeleteBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  ListTagsOfResourceCommand,
  paginateListTables,
} from "@aws-sdk/client-dynamodb";
import { askedAbout, CannotRemove, cli, type Lister, onPages, pagesFrom, tagsFrom } from "../lister.ts";

export const tables: Lister = {
  kind: "DynamoDB table",
  service: "dynamodb",
  scope: "region",
  arns: ["dynamodb:table/"],
  async *list({ client, region, arn }) {
    const dynamo = client(DynamoDBClient);
    const all = onPages(paginateListTables({ client: dynamo }, {}), ({ TableNames }) => TableNames);
    const tagsOf = (name: string) =>
      dynamo.send(new ListTagsOfResourceCommand({ ResourceArn: arn("dynamodb", `table/${name}`) }));
    for await (const [TableName, { Tags } = {}] of askedAbout(all, tagsOf)) {
      yield {
        id: TableName,
        names: [TableName],
        arn: arn("dynamodb", `table/${TableName}`),
        tags: tagsFrom(Tags),
        command: cli("dynamodb delete-table", { "table-name": TableName }, region),
        remove: () => removeTable(dynamo, TableName, region),
      };
    }
  },
};

async function removeTable(dynamo: DynamoDBClient, TableName: string, region: string): Promise<void> {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  if (Table?.DeletionProtectionEnabled) {
    const unprotect = cli("dynamodb update-table", { "table-name": TableName }, region);
    throw new CannotRemove(
      `it is protected from deletion, as in production; ${unprotect} --no-deletion-protection-enabled ends that`,
    );
  }
  if (Table?.TableStatus === "DELETING") return;
  await dynamo.send(new DeleteTableCommand({ TableName }));
}

function backupsOf(dynamo: DynamoDBClient): AsyncIterable<BackupSummary> {
  const pages = pagesFrom(
    (from: string | undefined) =>
      dynamo.send(new ListBackupsCommand({ BackupType: "ALL", ExclusiveStartBackupArn: from })),
    ({ LastEvaluatedBackupArn }) => LastEvaluatedBackupArn,
  );
  return onPages(pages, ({ BackupSummaries }) => BackupSummaries);
}

/** DynamoDB's own last copy of a table with point-in-time recovery. */
const lastCopy =
  "DynamoDB's last copy of a deleted table: nobody can delete it, it costs nothing and expires after 35 days";

export const backups: Lister = {
  kind: "DynamoDB backup",
  service: "dynamodb",
  scope: "region",
  arns: [],
  async *list({ client, region }) {
    const dynamo = client(DynamoDBClient);
    for await (const { BackupArn = "", BackupName = "", BackupType, BackupStatus, TableName = "" } of backupsOf(
      dynamo,
    )) {
      if (BackupStatus === "DELETED") continue;
      yield {
        id: BackupArn,
        names: [BackupName, TableName],
        arn: BackupArn,
        partOf: [TableName],
        ...(BackupType === "SYSTEM" ? { gone: lastCopy } : {}),
        command: cli("dynamodb delete-backup", { "backup-arn": BackupArn }, region),
        async remove() {
          await dynamo.send(new DeleteBackupCommand({ BackupArn }));
        },
      };
    }
  },
};
