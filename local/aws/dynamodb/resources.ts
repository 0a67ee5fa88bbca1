import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type GlobalSecondaryIndexUpdate,
  type KeySchemaElement,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type Context, type Handlers, handler, ifThere, type State } from "../../resources/handler.ts";
import { defined, putTagChanges, type Tags, tagList, tagMap } from "../../resources/shape.ts";

interface IndexInputs {
  readonly name: string;
  readonly projectionType: string;
  readonly nonKeyAttributes?: readonly string[];
  readonly hashKey?: string;
  readonly rangeKey?: string;
  readonly keySchemas?: readonly { readonly attributeName: string; readonly keyType: string }[];
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
}

interface TableInputs {
  readonly name?: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly billingMode?: "PAY_PER_REQUEST" | "PROVISIONED";
  readonly readCapacity?: number;
  readonly writeCapacity?: number;
  readonly globalSecondaryIndexes?: readonly IndexInputs[];
  readonly pointInTimeRecovery?: { readonly enabled: boolean };
  readonly serverSideEncryption?: { readonly enabled: boolean; readonly kmsKeyArn?: string };
  readonly ttl?: { readonly attributeName?: string; readonly enabled?: boolean };
  readonly streamEnabled?: boolean;
  readonly streamViewType?: string;
  readonly deletionProtectionEnabled?: boolean;
  readonly tags?: Tags;
}

const key = (AttributeName: string, KeyType: "HASH" | "RANGE"): KeySchemaElement => ({ AttributeName, KeyType });

function keySchema(hash: string | undefined, range: string | undefined): KeySchemaElement[] {
  return [...(hash ? [key(hash, "HASH")] : []), ...(range ? [key(range, "RANGE")] : [])];
}

function throughput({ billingMode, ...table }: TableInputs, index?: IndexInputs) {
  if (billingMode === "PAY_PER_REQUEST") return {};
  const { readCapacity = 1, writeCapacity = 1 } = index ?? table;
  return { ProvisionedThroughput: { ReadCapacityUnits: readCapacity, WriteCapacityUnits: writeCapacity } };
}

function indexOf(index: IndexInputs, table: TableInputs): GlobalSecondaryIndex {
  const schema = index.keySchemas?.map(({ attributeName, keyType }) => key(attributeName, keyType as "HASH" | "RANGE"));
  return {
    IndexName: index.name,
    KeySchema: schema ?? keySchema(index.hashKey, index.rangeKey),
    Projection: {
      ProjectionType: index.projectionType as "ALL",
      ...(index.nonKeyAttributes === undefined ? {} : { NonKeyAttributes: [...index.nonKeyAttributes] }),
    },
    ...throughput(table, index),
  };
}

/** The key of a table; nothing for DynamoDB's own, unless another stood there before. */
function encryption({ serverSideEncryption: now }: TableInputs, before?: TableInputs) {
  if (now?.enabled !== true) {
    return before?.serverSideEncryption?.enabled === true ? { SSESpecification: { Enabled: false } } : {};
  }
  const key = now.kmsKeyArn === undefined ? {} : { KMSMasterKeyId: now.kmsKeyArn };
  return { SSESpecification: { Enabled: true, SSEType: "KMS" as const, ...key } };
}

const attributeDefinitions = (inputs: TableInputs) =>
  inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type as "S" }));

async function readTable(name: string, { client }: Context): Promise<State | undefined> {
  const dynamo = client(DynamoDBClient);
  const found = await ifThere(dynamo.send(new DescribeTableCommand({ TableName: name })));
  if (found?.Table === undefined) return undefined;
  const { TableArn: arn, LatestStreamArn: streamArn, BillingModeSummary: billing } = found.Table;
  const [{ TimeToLiveDescription: expiry }, { ContinuousBackupsDescription: backups }, { Tags }] = await Promise.all([
    dynamo.send(new DescribeTimeToLiveCommand({ TableName: name })),
    dynamo.send(new DescribeContinuousBackupsCommand({ TableName: name })),
    dynamo.send(new ListTagsOfResourceCommand({ ResourceArn: arn })),
  ]);
  const expires = expiry?.TimeToLiveStatus === "ENABLED" || expiry?.TimeToLiveStatus === "ENABLING";
  const recovery = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED";
  const outputs = {
    name,
    arn,
    streamArn,
    billingMode: billing?.BillingMode ?? "PROVISIONED",
    deletionProtectionEnabled: found.Table.DeletionProtectionEnabled ?? false,
    ttl: defined({ attributeName: expiry?.AttributeName, enabled: expires }),
    pointInTimeRecovery: { enabled: recovery },
    tags: tagMap(Tags),
  };
  return { id: name, outputs: defined(outputs) };
}

/** Expiry and recovery are set on a table that is there. */
async function putSettings(name: string, inputs: TableInputs, previous: TableInputs | undefined, { client }: Context) {
  const dynamo = client(DynamoDBClient);
  const { ttl } = inputs;
  const expires = ttl?.enabled ?? ttl?.attributeName !== undefined;
  // DynamoDB refuses a change to what is the case already.
  if (ttl?.attributeName !== undefined && expires !== (previous?.ttl?.enabled ?? false)) {
    const TimeToLiveSpecification = { AttributeName: ttl.attributeName, Enabled: expires };
    await dynamo.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
  }
  const recovery = inputs.pointInTimeRecovery?.enabled ?? false;
  if (recovery !== (previous?.pointInTimeRecovery?.enabled ?? false)) {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: recovery };
    await dynamo.send(new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification }));
  }
}

function indexChanges(inputs: TableInputs, previous: TableInputs): GlobalSecondaryIndexUpdate[] {
  const namesOf = (table: TableInputs) => new Set((table.globalSecondaryIndexes ?? []).map(({ name }) => name));
  const [before, after] = [namesOf(previous), namesOf(inputs)];
  const added = (inputs.globalSecondaryIndexes ?? []).filter(({ name }) => !before.has(name));
  return [
    ...[...before].filter((name) => !after.has(name)).map((name) => ({ Delete: { IndexName: name } })),
    ...added.map((index) => ({ Create: indexOf(index, inputs) })),
  ] as GlobalSecondaryIndexUpdate[];
}

export const handlers: Handlers = {
  "aws:dynamodb/table:Table": handler<TableInputs>({
    async create(inputs, context) {
      const name = inputs.name ?? context.autoName;
      const indexes = inputs.globalSecondaryIndexes ?? [];
      await context.client(DynamoDBClient).send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
          AttributeDefinitions: attributeDefinitions(inputs),
          BillingMode: inputs.billingMode ?? "PROVISIONED",
          ...throughput(inputs),
          ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map((index) => indexOf(index, inputs)) }),
          ...encryption(inputs),
          ...(inputs.streamEnabled
            ? { StreamSpecification: { StreamEnabled: true, StreamViewType: inputs.streamViewType as "NEW_IMAGE" } }
            : {}),
          DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
          Tags: tagList(inputs.tags),
        }),
      );
      await putSettings(name, inputs, undefined, context);
      return (await readTable(name, context)) ?? { id: name, outputs: { name } };
    },
    read: ({ id }, context) => readTable(id, context),
    async update({ id, inputs: previous }, inputs, context) {
      const dynamo = context.client(DynamoDBClient);
      await dynamo.send(
        new UpdateTableCommand({
          TableName: id,
          BillingMode: inputs.billingMode ?? "PROVISIONED",
          ...throughput(inputs),
          DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
          ...encryption(inputs, previous),
        }),
      );
      // One index at a time, as DynamoDB wants it.
      for (const change of indexChanges(inputs, previous)) {
        await dynamo.send(
          new UpdateTableCommand({
            TableName: id,
            AttributeDefinitions: attributeDefinitions(inputs),
            GlobalSecondaryIndexUpdates: [change],
          }),
        );
      }
      await putSettings(id, inputs, previous, context);
      const ResourceArn = `arn:aws:dynamodb:${context.emulator.region}:${context.emulator.accountId}:table/${id}`;
      await putTagChanges(previous.tags, inputs.tags, {
        put: (tags) => dynamo.send(new TagResourceCommand({ ResourceArn, Tags: tagList(tags) })),
        remove: (TagKeys) => dynamo.send(new UntagResourceCommand({ ResourceArn, TagKeys })),
      });
      return (await readTable(id, context)) ?? { id, outputs: { name: id } };
    },
    async delete({ id }, { client }) {
      await ifThere(client(DynamoDBClient).send(new DeleteTableCommand({ TableName: id })));
    },
  }),
};
