// Somebody has got hold of a worker's credentials and calls AWS with them, from a script of his own. The stack is the declared
// one; users, files, jobs, secrets and messages of others are there. He gets what the worker's work needs, and nothing else.
import { fileURLToPath } from "node:url";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  DeleteQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import test, { type ExecutionContext } from "ava";
import { deploy } from "../../../../local/run/deploy.ts";
import { type Places, placesOf } from "../../../../local/run/state/places.ts";
import type { Plan } from "../../../../plan/types.ts";
import { type EnforcedWorld, enforcedWorld, role } from "../../gateway/world.ts";

const directory = fileURLToPath(new URL("../../../..", import.meta.url));
const [inputKey, resultKey] = ["gas/ada/1~a.vcf", "gas/ada/1~a.annot.vcf"];
const secret = "/gas/stripe-secret-key";
const TopicArn = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`;

let world: EnforcedWorld;
let plan: Plan;
let places: Places;

test.before(async () => {
  world = await enforcedWorld();
  plan = await deploy({
    directory,
    stack: "local",
    config: { names: "owner" },
    emulator: world.emulator,
    onOutput: () => {},
  });
  places = placesOf(plan);
  const s3 = new S3Client({ ...world.direct, forcePathStyle: true });
  const put = (Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "genome" }));
  await put(places.inputsBucket, inputKey);
  await put(places.inputsBucket, "elsewhere/1");
  await put(places.resultsBucket, resultKey);
  await put(places.archiveName, `${resultKey}.archive`);
  const db = new DynamoDBClient(world.direct);
  const item = (TableName: string, Item: Record<string, { S: string }>) =>
    db.send(new PutItemCommand({ TableName, Item }));
  await item(places.usersTable, { user_id: { S: "ada" }, email: { S: "ada@example.org" } });
  await item(places.annotationsTable, { job_id: { S: "1" }, user_id: { S: "ada" } });
  await new SSMClient(world.direct).send(
    new PutParameterCommand({ Name: secret, Value: "sk_x", Type: "SecureString" }),
  );
});
test.after.always(() => world?.stop());

function clientsOf(roleName: string) {
  const options = world.as(role(roleName));
  return {
    s3: new S3Client(options),
    db: new DynamoDBClient(options),
    sqs: new SQSClient(options),
    sns: new SNSClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
    iam: new IAMClient(options),
    ec2: new EC2Client(options),
    ses: new SESv2Client(options),
    autoScaling: new AutoScalingClient(options),
  };
}
type Clients = ReturnType<typeof clientsOf>;

const queueUrl = (name: string) => {
  const found = plan.resources.find((each) => each.type === "aws:sqs/queue:Queue" && each.outputs.name === name);
  if (found === undefined) throw new Error(`there is no queue ${name}`);
  return String(found.outputs.url);
};

/** What a service answers to a call that may not be: DynamoDB keeps to 400 for whatever is the caller's. */
const refusalOf = (permission: string) => (permission.startsWith("dynamodb:") ? 400 : 403);

/** Every attempt is refused, for want of this permission. */
async function refuses(t: ExecutionContext, attempts: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  for (const [permission, attempt] of Object.entries(attempts)) {
    const before = world.denials.length;
    const error = await attempt().then(
      () => undefined,
      (thrown: { $metadata?: { httpStatusCode?: number } }) => thrown,
    );
    t.is(error?.$metadata?.httpStatusCode, refusalOf(permission), `${permission} is refused`);
    const told = world.denials.slice(before).map(({ action, resource }) => `${action} ${resource}`);
    t.true(
      told.some((each) => each.startsWith(permission)),
      `${permission} is what it was refused for, not ${told.join(", ")}`,
    );
  }
}

/** What no credentials of an instance are good for. */
const nobodyMay = ({ s3, db, ssm, iam, ec2, sqs, sns, autoScaling }: Clients) => ({
  "dynamodb:Scan": () => db.send(new ScanCommand({ TableName: places.usersTable })),
  "dynamodb:Scan arn:aws:dynamodb:us-east-1:123456789012:table/gas-annotations": () =>
    db.send(new ScanCommand({ TableName: places.annotationsTable })),
  "dynamodb:ExecuteStatement": () => db.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM "gas-users"' })),
  "dynamodb:DeleteTable": () => db.send(new DeleteTableCommand({ TableName: places.usersTable })),
  "s3:ListAllMyBuckets": () => s3.send(new ListBucketsCommand({})),
  "s3:PutBucketPolicy": () =>
    s3.send(new PutBucketPolicyCommand({ Bucket: places.resultsBucket, Policy: '{"Statement":[]}' })),
  "s3:GetBucketPolicy": () => s3.send(new GetBucketPolicyCommand({ Bucket: places.resultsBucket })),
  "ssm:GetParametersByPath": () => ssm.send(new GetParametersByPathCommand({ Path: "/gas/", WithDecryption: true })),
  "ssm:DescribeParameters": () => ssm.send(new DescribeParametersCommand({})),
  "ssm:PutParameter": () => ssm.send(new PutParameterCommand({ Name: secret, Value: "x", Overwrite: true })),
  "iam:ListRoles": () => iam.send(new ListRolesCommand({})),
  "iam:PutRolePolicy": () =>
    iam.send(new PutRolePolicyCommand({ RoleName: "gas-annotator", PolicyName: "more", PolicyDocument: "{}" })),
  "iam:AttachRolePolicy": () =>
    iam.send(
      new AttachRolePolicyCommand({
        RoleName: "gas-annotator",
        PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
    ),
  "iam:CreateAccessKey": () => iam.send(new CreateAccessKeyCommand({})),
  "ec2:RunInstances": () =>
    ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12345678",
        MinCount: 1,
        MaxCount: 1,
        IamInstanceProfile: { Name: "gas-web" },
      }),
    ),
  "autoscaling:UpdateAutoScalingGroup": () =>
    autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: "gas-web", MinSize: 0 })),
  "autoscaling:SetDesiredCapacity": () =>
    autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: "gas-web", DesiredCapacity: 0 })),
  "sqs:PurgeQueue": () => sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl("gas-annotator-requests") })),
  "sqs:DeleteQueue": () => sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl("gas-annotator-requests") })),
  "sns:Subscribe": () =>
    sns.send(
      new SubscribeCommand({ TopicArn: TopicArn("gas-job-results"), Protocol: "https", Endpoint: "https://x.example" }),
    ),
});

test.serial(
  "an annotator: the inputs it works on, and nothing of users, results, secrets, other queues or roles",
  async (t) => {
    const clients = clientsOf("gas-annotator");
    const { s3, db, sqs, sns, ssm, sts, ses, autoScaling } = clients;
    const { inputsBucket, resultsBucket, archiveName, usersTable, annotationsTable } = places;
    const user = { user_id: { S: "ada" } };
    const job = { job_id: { S: "1" } };

    // What it needs, and so does a thief get it: docs/security.md says so.
    await t.notThrowsAsync(s3.send(new GetObjectCommand({ Bucket: inputsBucket, Key: inputKey })));
    await t.notThrowsAsync(
      s3.send(new PutObjectCommand({ Bucket: resultsBucket, Key: "gas/ada/2~a.annot.vcf", Body: "x" })),
    );
    await t.notThrowsAsync(db.send(new GetItemCommand({ TableName: annotationsTable, Key: job })));

    await refuses(t, {
      [`s3:GetObject arn:aws:s3:::${resultsBucket}`]: () =>
        s3.send(new GetObjectCommand({ Bucket: resultsBucket, Key: resultKey })),
      [`s3:GetObject arn:aws:s3:::${resultsBucket}/gas`]: () =>
        s3.send(new HeadObjectCommand({ Bucket: resultsBucket, Key: resultKey })),
      [`s3:GetObject arn:aws:s3:::${resultsBucket}/gas/ada`]: () =>
        s3.send(
          new CopyObjectCommand({ Bucket: resultsBucket, Key: "gas/x", CopySource: `${resultsBucket}/${resultKey}` }),
        ),
      [`s3:ListBucket arn:aws:s3:::${resultsBucket}`]: () =>
        s3.send(new ListObjectsV2Command({ Bucket: resultsBucket })),
      "s3:ListBucketVersions": () => s3.send(new ListObjectVersionsCommand({ Bucket: inputsBucket })),
      [`s3:GetObjectVersion arn:aws:s3:::${inputsBucket}`]: () =>
        s3.send(new GetObjectCommand({ Bucket: inputsBucket, Key: inputKey, VersionId: "null" })),
      [`s3:GetObject arn:aws:s3:::${inputsBucket}/elsewhere`]: () =>
        s3.send(new GetObjectCommand({ Bucket: inputsBucket, Key: "elsewhere/1" })),
      [`s3:PutObject arn:aws:s3:::${inputsBucket}`]: () =>
        s3.send(new PutObjectCommand({ Bucket: inputsBucket, Key: inputKey, Body: "forged" })),
      [`s3:DeleteObject arn:aws:s3:::${inputsBucket}`]: () =>
        s3.send(new DeleteObjectCommand({ Bucket: inputsBucket, Key: inputKey })),
      [`s3:DeleteObjectVersion arn:aws:s3:::${resultsBucket}`]: () =>
        s3.send(new DeleteObjectCommand({ Bucket: resultsBucket, Key: resultKey, VersionId: "null" })),
      [`s3:GetObject arn:aws:s3:::${archiveName}`]: () =>
        s3.send(new GetObjectCommand({ Bucket: archiveName, Key: `${resultKey}.archive` })),
      "s3:GetObject arn:aws:s3:::gas-code-123456789012-us-east-1/bundles/gas-web": () =>
        s3.send(new GetObjectCommand({ Bucket: "gas-code-123456789012-us-east-1", Key: "bundles/gas-web/x.tgz" })),
      "s3:PutObject arn:aws:s3:::gas-code-123456789012-us-east-1/bundles/gas-annotator": () =>
        s3.send(
          new PutObjectCommand({
            Bucket: "gas-code-123456789012-us-east-1",
            Key: "bundles/gas-annotator/x.tgz",
            Body: "evil",
          }),
        ),
      "dynamodb:GetItem": () => db.send(new GetItemCommand({ TableName: usersTable, Key: user })),
      "dynamodb:BatchGetItem": () =>
        db.send(new BatchGetItemCommand({ RequestItems: { [usersTable]: { Keys: [user] } } })),
      "dynamodb:Query": () =>
        db.send(
          new QueryCommand({
            TableName: annotationsTable,
            IndexName: "user_id_index",
            KeyConditionExpression: "user_id = :u",
            ExpressionAttributeValues: { ":u": { S: "ada" } },
          }),
        ),
      "dynamodb:UpdateItem": () =>
        db.send(
          new UpdateItemCommand({
            TableName: usersTable,
            Key: user,
            UpdateExpression: "SET #r = :p",
            ExpressionAttributeNames: { "#r": "role" },
            ExpressionAttributeValues: { ":p": { S: "premium_user" } },
          }),
        ),
      "dynamodb:DeleteItem": () => db.send(new DeleteItemCommand({ TableName: annotationsTable, Key: job })),
      "dynamodb:PutItem": () => db.send(new PutItemCommand({ TableName: annotationsTable, Item: job })),
      "sqs:ReceiveMessage": () => sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl("gas-job-archive") })),
      "sqs:ReceiveMessage arn:aws:sqs:us-east-1:123456789012:gas-annotator-requests-dead-letters": () =>
        sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl("gas-annotator-requests-dead-letters") })),
      "sqs:SendMessage": () =>
        sqs.send(new SendMessageCommand({ QueueUrl: queueUrl("gas-job-restore"), MessageBody: '{"user_id":"ada"}' })),
      "sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:gas-annotator-requests": () =>
        sqs.send(new SendMessageCommand({ QueueUrl: queueUrl("gas-annotator-requests"), MessageBody: "{}" })),
      "sns:Publish": () =>
        sns.send(new PublishCommand({ TopicArn: TopicArn("gas-job-restore"), Message: '{"user_id":"ada"}' })),
      "ssm:GetParameter ": () => ssm.send(new GetParameterCommand({ Name: secret, WithDecryption: true })),
      "ssm:GetParameters ": () => ssm.send(new GetParametersCommand({ Names: [secret], WithDecryption: true })),
      "sts:AssumeRole arn:aws:iam::123456789012:role/gas-web": () =>
        sts.send(new AssumeRoleCommand({ RoleArn: role("gas-web"), RoleSessionName: "s" })),
      "sts:AssumeRole arn:aws:iam::123456789012:role/gas-utility-archiver": () =>
        sts.send(new AssumeRoleCommand({ RoleArn: role("gas-utility-archiver"), RoleSessionName: "s" })),
      "ses:SendEmail": () =>
        ses.send(
          new SendEmailCommand({
            FromEmailAddress: "gas@example.org",
            Destination: { ToAddresses: ["ada@example.org"] },
            Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
          }),
        ),
      "autoscaling:CompleteLifecycleAction": () =>
        autoScaling.send(
          new CompleteLifecycleActionCommand({
            AutoScalingGroupName: "gas-web",
            LifecycleHookName: "h",
            LifecycleActionResult: "ABANDON",
          }),
        ),
      ...nobodyMay(clients),
    });
  },
);

test.serial("a link that the thief signs reads no more than he may", async (t) => {
  const { s3 } = clientsOf("gas-annotator");
  const fetched = async (Bucket: string, Key: string) =>
    (await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 }))).status;
  t.is(await fetched(places.inputsBucket, inputKey), 200);
  t.is(await fetched(places.resultsBucket, resultKey), 403);
});

test.serial(
  "the utility host: no data by itself; a service's role only as that service, and not one beside it",
  async (t) => {
    const host = clientsOf("gas-utility");
    await refuses(t, {
      "s3:GetObject": () => host.s3.send(new GetObjectCommand({ Bucket: places.resultsBucket, Key: resultKey })),
      "dynamodb:GetItem": () =>
        host.db.send(new GetItemCommand({ TableName: places.usersTable, Key: { user_id: { S: "ada" } } })),
      "sqs:ReceiveMessage": () => host.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl("gas-job-notify") })),
      "sts:AssumeRole": () => host.sts.send(new AssumeRoleCommand({ RoleArn: role("gas-web"), RoleSessionName: "s" })),
      ...nobodyMay(host),
    });
    const taken = new AssumeRoleCommand({ RoleArn: role("gas-utility-notifier"), RoleSessionName: "s" });
    const { Credentials: session } = await host.sts.send(taken);
    t.truthy(session?.SessionToken, "the boot manifest has it take on its services' roles");

    const notifier = clientsOf("gas-utility-notifier");
    await t.notThrowsAsync(
      notifier.db.send(new GetItemCommand({ TableName: places.usersTable, Key: { user_id: { S: "ada" } } })),
    );
    await refuses(t, {
      "s3:GetObject": () => notifier.s3.send(new GetObjectCommand({ Bucket: places.resultsBucket, Key: resultKey })),
      "s3:DeleteObject": () =>
        notifier.s3.send(new DeleteObjectCommand({ Bucket: places.resultsBucket, Key: resultKey })),
      "sts:AssumeRole": () =>
        notifier.sts.send(new AssumeRoleCommand({ RoleArn: role("gas-utility-archiver"), RoleSessionName: "s" })),
      "ses:SendEmail": () =>
        notifier.ses.send(
          new SendEmailCommand({
            FromEmailAddress: "boss@example.org",
            Destination: { ToAddresses: ["ada@example.org"] },
            Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
          }),
        ),
      ...nobodyMay(notifier),
    });
  },
);

test.serial("web, which faces the world: no archive, no deletion of results, no single version, no role", async (t) => {
  const web = clientsOf("gas-web");
  await refuses(t, {
    [`s3:GetObject arn:aws:s3:::${places.archiveName}`]: () =>
      web.s3.send(new GetObjectCommand({ Bucket: places.archiveName, Key: `${resultKey}.archive` })),
    [`s3:PutObject arn:aws:s3:::${places.resultsBucket}`]: () =>
      web.s3.send(new PutObjectCommand({ Bucket: places.resultsBucket, Key: resultKey, Body: "forged" })),
    [`s3:DeleteObject arn:aws:s3:::${places.resultsBucket}`]: () =>
      web.s3.send(new DeleteObjectCommand({ Bucket: places.resultsBucket, Key: resultKey })),
    "dynamodb:DeleteItem": () =>
      web.db.send(new DeleteItemCommand({ TableName: places.usersTable, Key: { user_id: { S: "ada" } } })),
    "sqs:ReceiveMessage": () =>
      web.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl("gas-annotator-requests") })),
    "sts:AssumeRole": () =>
      web.sts.send(new AssumeRoleCommand({ RoleArn: role("gas-utility-archiver"), RoleSessionName: "s" })),
    ...nobodyMay(web),
  });
  const { Arn } = await web.sts.send(new GetCallerIdentityCommand({}));
  t.regex(Arn ?? "", /assumed-role\/gas-web\//);
});
