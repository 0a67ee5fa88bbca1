/**
 * Which key of a customer's each store of the emulator is encrypted with. They are read where they stand, for the reason and for as
 * long as policies are.
 */
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient, ListAliasesCommand } from "@aws-sdk/client-kms";
import { GetBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { administrator } from "../../emulator/administrator.ts";
import { ifThere } from "../../resources/handler.ts";
import type { Emulator } from "../../types.ts";
import { freshMilliseconds } from "./policies.ts";
import { remembered } from "./remembered.ts";

type Place = Pick<Emulator, "endpoint" | "region" | "accountId">;

/** By service of the store's ARN: the key as it was declared. */
type KeyReaders = Readonly<Record<string, (name: string, arn: string) => Promise<string | undefined>>>;

function readersOf(clients: ReturnType<typeof clientsOf>, { endpoint, accountId }: Place): KeyReaders {
  const { s3, sqs, sns, dynamodb, ssm } = clients;
  return {
    async s3(name) {
      const [Bucket = ""] = name.split("/");
      const found = await ifThere(s3.send(new GetBucketEncryptionCommand({ Bucket })));
      const [rule] = found?.ServerSideEncryptionConfiguration?.Rules ?? [];
      return rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
    },
    async sqs(name) {
      const asked = { QueueUrl: `${endpoint}/${accountId}/${name}`, AttributeNames: ["KmsMasterKeyId" as const] };
      return (await ifThere(sqs.send(new GetQueueAttributesCommand(asked))))?.Attributes?.KmsMasterKeyId;
    },
    async sns(_name, TopicArn) {
      return (await ifThere(sns.send(new GetTopicAttributesCommand({ TopicArn }))))?.Attributes?.KmsMasterKeyId;
    },
    async dynamodb(name) {
      const [, TableName = ""] = name.split("/");
      return (await ifThere(dynamodb.send(new DescribeTableCommand({ TableName }))))?.Table?.SSEDescription
        ?.KMSMasterKeyArn;
    },
    async ssm(name) {
      const Values = [name.replace(/^parameter/, "")];
      const asked = { ParameterFilters: [{ Key: "Name", Option: "Equals", Values }] };
      return (await ssm.send(new DescribeParametersCommand(asked))).Parameters?.[0]?.KeyId;
    },
  };
}

const clientsOf = (emulator: Place) => {
  const config = administrator(emulator);
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    dynamodb: new DynamoDBClient(config),
    ssm: new SSMClient(config),
    kms: new KMSClient(config),
  };
};

/** `arn:aws:s3:::bucket/key` and `arn:aws:dynamodb:…:table/name/index/x` belong to the bucket and the table. */
function storeOf(arn: string): string {
  const parts = arn.split("/");
  if (arn.startsWith("arn:aws:s3:")) return parts[0] ?? arn;
  return arn.includes(":dynamodb:") ? parts.slice(0, 2).join("/") : arn;
}

export function createStoreKeys(emulator: Place) {
  const clients = clientsOf(emulator);
  const readers = readersOf(clients, emulator);

  /** AWS's own keys, which every role of the account may use through their service, go by aliases that begin with `aws/`. */
  const isOfAws = remembered(freshMilliseconds, async (KeyId: string) => {
    const { Aliases = [] } = (await ifThere(clients.kms.send(new ListAliasesCommand({ KeyId })))) ?? {};
    return Aliases.some(({ AliasName }) => AliasName?.startsWith("alias/aws/"));
  });

  const keyOf = remembered(freshMilliseconds, async (store: string) => {
    const [, , service = "", , , ...name] = store.split(":");
    const key = await readers[service]?.(name.join(":"), store);
    if (key === undefined || !key.startsWith("arn:") || !key.includes(":key/")) return undefined;
    return (await isOfAws(key)) ? undefined : key;
  });

  return {
    /** ARN of the customer's key of the store that a resource belongs to; undefined: it has none. */
    of: (resource: string): Promise<string | undefined> =>
      resource.includes("*") ? Promise.resolve(undefined) : keyOf(storeOf(resource)),
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
