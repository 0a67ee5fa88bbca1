// A store with a customer's key asks for the key, too: what a role lacks there is refused here as by AWS, in the service's own form.
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import { type EnforcedWorld, enforcedWorld, refusalOf, role } from "../../gateway/world.ts";

let world: EnforcedWorld;
let iam: IAMClient;
let key: string;
test.before(async () => {
  world = await enforcedWorld();
  iam = new IAMClient(world.direct);
  key = (await new KMSClient(world.direct).send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
});
test.after.always(() => world?.stop());

const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | string[], Resource: string, via?: string) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(via === undefined ? {} : { Condition: { StringEquals: { "kms:ViaService": `${via}.us-east-1.amazonaws.com` } } }),
});

const trust = document({ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" });
const grant = (RoleName: string, ...statements: object[]) =>
  iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "service", PolicyDocument: document(...statements) }));

/** A fresh role that may do this; client options that act as it. */
async function as(name: string, ...statements: object[]) {
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  await grant(name, ...statements);
  return { ...world.as(role(name)), forcePathStyle: true };
}

const lacks = (name: string, action: string) =>
  `User: ${role(name)} is not authorized to perform: ${action} on resource: ${key} because no policy allows the ${action} action`;

test.serial(
  "S3: an object is written with a data key and read by decrypting it; an upload in parts does both",
  async (t) => {
    const direct = new S3Client({ ...world.direct, forcePathStyle: true });
    const Bucket = "sealed";
    const sealed = `arn:aws:s3:::${Bucket}/*`;
    await direct.send(new CreateBucketCommand({ Bucket }));
    const by = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: key };
    const Rules = [{ ApplyServerSideEncryptionByDefault: by, BucketKeyEnabled: true }];
    await direct.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    const s3 = new S3Client(await as("author", allow(["s3:PutObject", "s3:GetObject"], sealed)));
    const put = () => s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "genome" }));
    const get = () => s3.send(new GetObjectCommand({ Bucket, Key: "a" }));

    const refused = await refusalOf(put());
    t.is(refused.name, "AccessDenied");
    t.is(refused.$metadata?.httpStatusCode, 403);
    t.is(refused.message, lacks("author", "kms:GenerateDataKey"));
    t.like(world.denials.at(-1), { caller: role("author"), action: "kms:GenerateDataKey", resource: key });

    const files = allow(["s3:PutObject", "s3:GetObject"], sealed);
    await grant("author", files, allow("kms:GenerateDataKey", key, "sqs"));
    t.is((await refusalOf(put())).message, lacks("author", "kms:GenerateDataKey"), "through another service");
    await grant("author", files, allow("kms:GenerateDataKey", key, "s3"));
    await t.notThrowsAsync(put());
    t.is((await refusalOf(get())).message, lacks("author", "kms:Decrypt"));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "b" }));
    const part = () => s3.send(new UploadPartCommand({ Bucket, Key: "b", UploadId, PartNumber: 1, Body: "genome" }));
    t.is((await refusalOf(part())).message, lacks("author", "kms:Decrypt"));
    await grant("author", files, allow(["kms:GenerateDataKey", "kms:Decrypt"], key, "s3"));
    await t.notThrowsAsync(get());
    await t.notThrowsAsync(part());
  },
);

test.serial("SQS and SNS: who sends and who publishes needs both, who receives decrypts", async (t) => {
  const sqs = new SQSClient(world.direct);
  const Attributes = { KmsMasterKeyId: key };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "sealed", Attributes }));
  const { TopicArn = "" } = await new SNSClient(world.direct).send(
    new CreateTopicCommand({ Name: "sealed", Attributes }),
  );
  const plain = [allow(["sqs:SendMessage", "sqs:ReceiveMessage"], "*"), allow("sns:Publish", TopicArn)];
  const options = await as("courier", ...plain, allow("kms:GenerateDataKey", key));
  const send = () => new SQSClient(options).send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  const receive = () => new SQSClient(options).send(new ReceiveMessageCommand({ QueueUrl }));
  const publish = () => new SNSClient(options).send(new PublishCommand({ TopicArn, Message: "m" }));
  for (const [call, name] of [
    [send, "KmsAccessDenied"],
    [receive, "KmsAccessDenied"],
    [publish, "KMSAccessDenied"],
  ] as const) {
    const refused = await refusalOf(call());
    t.regex(refused.name, new RegExp(`^${name}`));
    t.is(refused.$metadata?.httpStatusCode, 400);
    t.is(refused.message, lacks("courier", "kms:Decrypt"));
  }
  await grant("courier", ...plain, allow(["kms:GenerateDataKey", "kms:Decrypt"], key));
  await t.notThrowsAsync(send());
  await t.notThrowsAsync(receive());
  await t.notThrowsAsync(publish());
});

test.serial("DynamoDB and parameters decrypt in their caller's name", async (t) => {
  const TableName = "sealed";
  await new DynamoDBClient(world.direct).send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: key },
    }),
  );
  const secret = { Name: "/sealed/secret", Value: "s", Type: "SecureString" as const, KeyId: key };
  await new SSMClient(world.direct).send(new PutParameterCommand(secret));
  const plain = [allow("dynamodb:GetItem", "*"), allow("ssm:GetParameter", "*")];
  const options = await as("clerk", ...plain);
  const item = () => new DynamoDBClient(options).send(new GetItemCommand({ TableName, Key: { id: { S: "1" } } }));
  const read = (WithDecryption: boolean) =>
    new SSMClient(options).send(new GetParameterCommand({ Name: secret.Name, WithDecryption }));
  const refused = await refusalOf(item());
  t.is(refused.name, "AccessDeniedException");
  t.is(refused.message, lacks("clerk", "kms:Decrypt"));
  t.is((await refusalOf(read(true))).message, lacks("clerk", "kms:Decrypt"));
  await t.notThrowsAsync(read(false), "what is not decrypted needs no key");
  await grant("clerk", ...plain, allow("kms:Decrypt", key, "dynamodb"));
  await t.notThrowsAsync(item());
  await grant("clerk", ...plain, allow("kms:Decrypt", key, "ssm"));
  t.is((await read(true)).Parameter?.Value, "s");
});

test.serial("the key's own policy decides whether a role's counts", async (t) => {
  const named = { Effect: "Allow", Principal: { AWS: role("named") }, Action: "kms:*", Resource: "*" };
  const made = await new KMSClient(world.direct).send(new CreateKeyCommand({ Policy: document(named) }));
  const Attributes = { KmsMasterKeyId: made.KeyMetadata?.Arn ?? "" };
  const { QueueUrl } = await new SQSClient(world.direct).send(new CreateQueueCommand({ QueueName: "own", Attributes }));
  const send = async (name: string, ...statements: object[]) =>
    new SQSClient(await as(name, ...statements)).send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  const all = allow(["sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"], "*");
  t.regex(
    (await refusalOf(send("guest", all))).message,
    /kms:GenerateDataKey/,
    "the key leaves nothing to the account",
  );
  await t.notThrowsAsync(send("named", allow("sqs:SendMessage", "*")), "the key names the role itself");
});
