// Every call of a role against the policies that stand in the emulator: what they allow passes, all else is refused in the
// service's own form.
import { AutoScalingClient, SetInstanceHealthCommand } from "@aws-sdk/client-auto-scaling";
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateEmailIdentityCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import test from "ava";
import { conditionKeys } from "../../../../local/aws/iam/condition-keys.ts";
import { type EnforcedWorld, enforcedWorld, refusalOf, role } from "../../gateway/world.ts";

let world: EnforcedWorld;
let iam: IAMClient;
test.before(async () => {
  world = await enforcedWorld();
  world.gateway.attach({ groupOf: (instanceId) => (instanceId === "i-1" ? "farm" : undefined) });
  iam = new IAMClient(world.direct);
});
test.after.always(() => world?.stop());

const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const trust = (principal: object) => document({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" });

/** A fresh role that may do this; client options that act as it. */
async function as(name: string, ...statements: object[]) {
  const AssumeRolePolicyDocument = trust({ Service: "ec2.amazonaws.com" });
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  if (statements.length > 0) await grant(name, ...statements);
  return world.as(role(name));
}
const grant = (RoleName: string, ...statements: object[]) =>
  iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "service", PolicyDocument: document(...statements) }));

async function queue(name: string): Promise<string> {
  return (await new SQSClient(world.direct).send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? "";
}

test.serial("a permission holds for its resource; refusals name user, action and resource, and are told", async (t) => {
  const [jobs, others] = [await queue("jobs"), await queue("others")];
  const sqs = new SQSClient(await as("sender", allow("sqs:SendMessage", queueArn("jobs"))));
  const send = (QueueUrl: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  await t.notThrowsAsync(send(jobs));
  const Entries = [{ Id: "1", MessageBody: "m" }];
  await t.notThrowsAsync(sqs.send(new SendMessageBatchCommand({ QueueUrl: jobs, Entries })));
  const refused = await refusalOf(send(others));
  t.is(refused.name, "AccessDeniedException");
  t.is(refused.$metadata?.httpStatusCode, 403);
  t.is(
    refused.message,
    `User: ${role("sender")} is not authorized to perform: sqs:SendMessage on resource: ${queueArn("others")} because no policy allows the sqs:SendMessage action`,
  );
  t.like(world.denials.at(-1), { caller: role("sender"), action: "sqs:SendMessage", resource: queueArn("others") });
  const nobody = new SQSClient(world.as(role("of-nobody")));
  t.is(
    (await refusalOf(nobody.send(new SendMessageCommand({ QueueUrl: jobs, MessageBody: "m" })))).name,
    "AccessDeniedException",
  );
});

test.serial("what changes in the emulator behind the gateway's back counts", async (t) => {
  const QueueUrl = await queue("changing");
  const sqs = new SQSClient(await as("changing"));
  const send = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));
  await t.throwsAsync(send);
  await grant("changing", allow("sqs:SendMessage", "*"));
  await t.notThrowsAsync(send, "at once: nobody is refused by an old reading");
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "changing", PolicyName: "service" }));
  const created = await iam.send(
    new CreatePolicyCommand({ PolicyName: "shared", PolicyDocument: document(allow("s3:*", "*")) }),
  );
  const PolicyArn = created.Policy?.Arn ?? "";
  await iam.send(new AttachRolePolicyCommand({ RoleName: "changing", PolicyArn }));
  const buckets = new S3Client(world.as(role("changing")));
  await t.notThrowsAsync(buckets.send(new CreateBucketCommand({ Bucket: "by-managed-policy" })));
  await t.throwsAsync(send, undefined, "the reading that allowed the bucket no longer allows the queue");
  const narrower = document(allow("sqs:SendMessage", queueArn("changing")));
  await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: narrower, SetAsDefault: true }));
  await t.notThrowsAsync(send, "the default version of a managed policy is what counts");
  const AmazonSQSFullAccess = "arn:aws:iam::aws:policy/AmazonSQSFullAccess";
  const full = new SQSClient(await as("full"));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "full", PolicyArn: AmazonSQSFullAccess }));
  await t.notThrowsAsync(full.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" })), "AWS's own policies too");
});

test.serial("policies of buckets, queues and topics deny, and allow", async (t) => {
  const direct = new S3Client({ ...world.direct, forcePathStyle: true });
  const [Bucket, Key] = ["guarded", "gas/1"];
  await direct.send(new CreateBucketCommand({ Bucket }));
  await direct.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const deny = (Action: string, arns: string[], secure: string) => ({
    Sid: "Guard",
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: arns,
    Condition: { Bool: { "aws:SecureTransport": secure } },
  });
  const policyOf = (secure: string) => document(deny("s3:*", [`arn:aws:s3:::${Bucket}/*`], secure));
  await direct.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf("false") }));
  const s3 = new S3Client(await as("reader", allow("s3:GetObject", `arn:aws:s3:::${Bucket}/gas/*`)));
  const get = (role = s3) => role.send(new GetObjectCommand({ Bucket, Key }));
  await t.notThrowsAsync(get(), "the loopback interface stands for TLS");

  const other = new S3Client(await as("guest"));
  await t.throwsAsync(get(other));
  const guest = { ...allow("s3:GetObject", `arn:aws:s3:::${Bucket}/*`), Principal: { AWS: role("guest") } };
  await direct.send(new PutBucketPolicyCommand({ Bucket, Policy: document(guest) }));
  await t.notThrowsAsync(get(other), "by the bucket's policy alone");
  await direct.send(new DeleteBucketPolicyCommand({ Bucket }));

  const guarded = await queue("guarded");
  const Attributes = { Policy: document(deny("sqs:*", [queueArn("guarded")], "true")) };
  await new SQSClient(world.direct).send(new SetQueueAttributesCommand({ QueueUrl: guarded, Attributes }));
  const sqs = new SQSClient(await as("denied", allow(["sqs:*", "sns:Publish"], "*")));
  const refused = await refusalOf(sqs.send(new SendMessageCommand({ QueueUrl: guarded, MessageBody: "m" })));
  t.regex(refused.message, /with an explicit deny in statement Guard of policy of arn:aws:sqs:.*:guarded$/);
  const topic = await new SNSClient(world.direct).send(
    new CreateTopicCommand({
      Name: "guarded",
      Attributes: { Policy: document(deny("sns:Publish", ["arn:aws:sns:us-east-1:123456789012:guarded"], "true")) },
    }),
  );
  const sns = new SNSClient(world.as(role("denied")));
  const published = await refusalOf(sns.send(new PublishCommand({ TopicArn: topic.TopicArn, Message: "m" })));
  t.is(published.name, "AuthorizationErrorException");
  t.regex(published.message, /explicit deny in statement Guard/);
});

test.serial("plain HTTP from another machine is plain HTTP", (t) => {
  const keys = (remoteAddress: string) =>
    conditionKeys({ remoteAddress, caller: role("r"), headers: {}, service: "sqs" } as never, {
      region: "us-east-1",
      accountId: "123456789012",
    }).get("aws:securetransport");
  t.is(keys("127.0.0.1"), "true");
  t.is(keys("::1"), "true");
  t.is(keys("192.168.1.7"), "false");
  t.is(keys("fe80::1"), "false");
});

test.serial(
  "S3: every object of a call, the source of a copy, single versions; a missing object is not for all to know",
  async (t) => {
    const direct = new S3Client({ ...world.direct, forcePathStyle: true });
    const Bucket = "objects";
    const arn = `arn:aws:s3:::${Bucket}`;
    await direct.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ["gas/1", "gas/2", "other/1"])
      await direct.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const s3 = new S3Client(
      await as("worker", allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `${arn}/gas/*`)),
    );
    await t.notThrowsAsync(s3.send(new PutObjectCommand({ Bucket, Key: "gas/3", Body: "x" })));
    await t.throwsAsync(s3.send(new PutObjectCommand({ Bucket, Key: "other/3", Body: "x" })), { name: "AccessDenied" });
    const copy = (CopySource: string) => s3.send(new CopyObjectCommand({ Bucket, Key: "gas/4", CopySource }));
    await t.notThrowsAsync(copy(`${Bucket}/gas/1`));
    await t.throwsAsync(copy(`${Bucket}/other/1`), { name: "AccessDenied" });
    const remove = (...Objects: { Key: string; VersionId?: string }[]) =>
      s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await t.notThrowsAsync(remove({ Key: "gas/3" }, { Key: "gas/4" }));
    await t.throwsAsync(remove({ Key: "gas/2" }, { Key: "other/1" }), { name: "AccessDenied" });
    const version = await refusalOf(remove({ Key: "gas/2", VersionId: "v" }));
    t.regex(version.message, /s3:DeleteObjectVersion on resource: arn:aws:s3:::objects\/gas\/2/);
    await t.throwsAsync(s3.send(new ListObjectsV2Command({ Bucket })), { name: "AccessDenied" });

    const get = () => s3.send(new GetObjectCommand({ Bucket, Key: "gas/none" }));
    t.regex((await refusalOf(get())).message, /s3:ListBucket on resource: arn:aws:s3:::objects /);
    t.is((await refusalOf(s3.send(new HeadObjectCommand({ Bucket, Key: "gas/none" })))).$metadata?.httpStatusCode, 403);
    await grant(
      "worker",
      allow("s3:GetObject", `${arn}/gas/*`),
      allow("s3:ListBucket", arn, { StringEquals: { "s3:prefix": "gas/" } }),
    );
    const list = (Prefix?: string) => s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    await t.notThrowsAsync(list("gas/"));
    await t.throwsAsync(list("other/"), { name: "AccessDenied" });
    await grant("worker", allow("s3:GetObject", `${arn}/gas/*`), allow("s3:ListBucket", arn));
    t.is((await refusalOf(get())).name, "NoSuchKey");
  },
);

test.serial("a presigned request may do what its signer may, when it is used", async (t) => {
  const direct = new S3Client({ ...world.direct, forcePathStyle: true });
  const Bucket = "links";
  await direct.send(new CreateBucketCommand({ Bucket }));
  await direct.send(new PutObjectCommand({ Bucket, Key: "mine", Body: "content" }));
  const s3 = new S3Client(await as("signer"));
  const get = () => getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "mine" }), { expiresIn: 60 });
  const refused = await fetch(await get());
  t.is(refused.status, 403);
  t.regex(await refused.text(), /<Code>AccessDenied<\/Code><Message>User: .*role\/signer is not authorized.*GetObject/);
  const post = async () => {
    const { url, fields } = await createPresignedPost(s3, { Bucket, Key: "form", Expires: 60 });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("file", new Blob(["x"]));
    return (await fetch(url, { method: "POST", body: form })).status;
  };
  t.is(await post(), 403);
  const own = `arn:aws:s3:::${Bucket}/*`;
  const byForm = { StringEquals: { "s3:authType": "POST" } };
  await grant("signer", allow("s3:GetObject", own), allow("s3:PutObject", own, byForm));
  t.is(await (await fetch(await get())).text(), "content");
  t.is(await post(), 204);
  await t.throwsAsync(s3.send(new PutObjectCommand({ Bucket, Key: "x", Body: "x" })), { name: "AccessDenied" });
});

test.serial("DynamoDB: items, indexes, every table of a batch or transaction, and no way round by SQL", async (t) => {
  const direct = new DynamoDBClient(world.direct);
  for (const TableName of ["jobs", "users"]) {
    await direct.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-id",
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    );
  }
  const table = (name: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
  const options = await as(
    "tables",
    allow(["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"], table("jobs")),
    allow("dynamodb:Query", `${table("jobs")}/index/by-id`),
  );
  const db = new DynamoDBClient(options);
  const Key = { id: { S: "1" } };
  const denied = async (promise: Promise<unknown>, what: RegExp) => {
    const error = await refusalOf(promise);
    t.is(error.name, "AccessDeniedException");
    t.regex(error.message, what);
  };
  await t.notThrowsAsync(db.send(new GetItemCommand({ TableName: "jobs", Key })));
  await denied(db.send(new GetItemCommand({ TableName: "users", Key })), /GetItem on resource: .*table\/users /);
  await denied(db.send(new GetItemCommand({ TableName: table("users"), Key })), /table\/users /);
  const query = {
    TableName: "jobs",
    KeyConditionExpression: "id = :i",
    ExpressionAttributeValues: { ":i": { S: "1" } },
  };
  await t.notThrowsAsync(db.send(new QueryCommand({ ...query, IndexName: "by-id" })));
  await denied(db.send(new QueryCommand(query)), /Query on resource: .*table\/jobs /);
  const batch = { RequestItems: { jobs: { Keys: [Key] }, users: { Keys: [Key] } } };
  await denied(db.send(new BatchGetItemCommand(batch)), /BatchGetItem on resource: .*table\/users /);
  const update = { Key, UpdateExpression: "SET a = :a", ExpressionAttributeValues: { ":a": { S: "x" } } };
  const TransactItems = [{ Update: { TableName: "jobs", ...update } }, { Update: { TableName: "users", ...update } }];
  await denied(db.send(new TransactWriteItemsCommand({ TransactItems })), /UpdateItem on resource: .*table\/users /);
  await denied(db.send(new ExecuteStatementCommand({ Statement: "SELECT * FROM users" })), /ExecuteStatement/);
});

test.serial(
  "SES by sender, roles by their own permission and the other's trust, groups by their instance",
  async (t) => {
    await new SESv2Client(world.direct).send(new CreateEmailIdentityCommand({ EmailIdentity: "example.org" }));
    const from = { StringEquals: { "ses:FromAddress": "gas@example.org" } };
    const group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/farm";
    const options = await as(
      "host",
      allow("ses:SendEmail", "arn:aws:ses:us-east-1:123456789012:identity/*", from),
      allow("sts:AssumeRole", role("trusting")),
      allow("autoscaling:SetInstanceHealth", group),
    );
    const mail = (FromEmailAddress: string) =>
      new SESv2Client(options).send(
        new SendEmailCommand({
          FromEmailAddress,
          Destination: { ToAddresses: ["ada@example.org"] },
          Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } },
        }),
      );
    await t.notThrowsAsync(mail("GAS <gas@example.org>"));
    t.regex(
      (await refusalOf(mail("boss@example.org"))).message,
      /ses:SendEmail on resource: .*identity\/boss@example.org/,
    );

    const sts = new STSClient(options);
    await t.notThrowsAsync(sts.send(new GetCallerIdentityCommand({})), "everybody may ask who they are");
    const assume = async (name: string) =>
      refusalOf(sts.send(new AssumeRoleCommand({ RoleArn: role(name), RoleSessionName: "s" }))).then(
        ({ message }) => message,
        () => "done",
      );
    const make = (RoleName: string, principal: object) =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(principal) }));
    await make("trusting", { AWS: "arn:aws:iam::123456789012:root" });
    await make("unasked", { AWS: "arn:aws:iam::123456789012:root" });
    await make("named", { AWS: role("host") });
    t.is(await assume("trusting"), "done", "permitted and trusted");
    t.regex(await assume("unasked"), /sts:AssumeRole on resource: .*role\/unasked/, "trusted, but not permitted");
    t.is(await assume("named"), "done", "trust that names the role itself is permission enough");
    await grant("host", allow("sts:AssumeRole", "*"), allow("autoscaling:SetInstanceHealth", group));
    await make("distrusting", { AWS: role("somebody") });
    t.regex(await assume("distrusting"), /sts:AssumeRole on resource: .*role\/distrusting/, "permitted, not trusted");

    const health = async (InstanceId: string) =>
      refusalOf(
        new AutoScalingClient(options).send(new SetInstanceHealthCommand({ InstanceId, HealthStatus: "Unhealthy" })),
      );
    t.not((await health("i-1")).name, "AccessDenied", "its own group's: the emulator only knows no such instance");
    const other = await health("i-2");
    t.is(other.name, "AccessDenied");
  },
);

test.serial("a condition that cannot be judged here refuses, and says which", async (t) => {
  const QueueUrl = await queue("judged");
  const tagged = { StringEquals: { "aws:ResourceTag/owner": "gas" } };
  const sqs = new SQSClient(await as("tagged", allow("sqs:SendMessage", "*", tagged)));
  const error = await refusalOf(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m" })));
  t.regex(error.message, /because the condition key aws:ResourceTag\/owner is not known here/);
});

test.serial("a call cannot say one thing to the gateway and another to the emulator", async (t) => {
  const sns = new SNSClient(world.direct);
  // A topic's default policy lets in everybody of the account.
  const Policy = (Name: string) =>
    document({
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Subscribe",
      Resource: `arn:aws:sns:us-east-1:123456789012:${Name}`,
    });
  const make = (Name: string) => sns.send(new CreateTopicCommand({ Name, Attributes: { Policy: Policy(Name) } }));
  const mine = (await make("mine")).TopicArn ?? "";
  const theirs = (await make("theirs")).TopicArn ?? "";
  const options = await as("liar", allow("sns:Publish", mine));
  const publisher = new SNSClient(options);
  const publish = (change: (body: string) => string) => {
    publisher.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = change(request.body);
        request.headers["content-length"] = String(Buffer.byteLength(request.body));
        return next(args);
      },
      { step: "build", name: "lie", override: true },
    );
    return publisher.send(new PublishCommand({ TopicArn: mine, Message: "m" }));
  };
  await t.notThrowsAsync(publish((body) => body));
  const theirArn = encodeURIComponent(theirs);
  for (const lie of [
    (body: string) => `TopicArn=${theirArn}&${body}`,
    (body: string) => `${body}&TargetArn=${theirArn}`,
  ]) {
    const error = await refusalOf(publish(lie));
    t.regex(error.message, /sns:Publish on resource: arn:aws:sns:us-east-1:123456789012:theirs/);
  }
  const Bucket = "lies";
  const direct = new S3Client({ ...world.direct, forcePathStyle: true });
  await direct.send(new CreateBucketCommand({ Bucket }));
  const s3 = new S3Client(await as("deleter", allow("s3:DeleteObject", `arn:aws:s3:::${Bucket}/gas/*`)));
  const remove = (xml: string) => {
    s3.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = xml;
        request.headers["content-length"] = String(Buffer.byteLength(xml));
        return next(args);
      },
      { step: "build", name: "lie", override: true },
    );
    return s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "gas/1" }] } }));
  };
  for (const xml of [
    "<Delete><Object><Key>gas/1</Key></Object><x:Object><Key>other/1</Key></x:Object></Delete>",
    "<Delete><Object><Key>gas/1</Key><Key>other/1</Key></Object></Delete>",
    "<Delete/>",
  ]) {
    t.is((await refusalOf(remove(xml))).name, "MalformedXML", xml);
  }
  for (const key of ["&#111;ther/1", "<![CDATA[other/1]]>", "oth<!-- -->er/1"]) {
    const meant = await refusalOf(remove(`<Delete><Object><Key>${key}</Key></Object></Delete>`));
    t.regex(meant.message, /s3:DeleteObject on resource: arn:aws:s3:::lies\/other\/1/, key);
  }
});

test.serial("nothing went wrong in the background", (t) => {
  t.deepEqual(world.failures, []);
});
