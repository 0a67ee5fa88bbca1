import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GlacierClient, ListVaultsCommand } from "@aws-sdk/client-glacier";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListCustomVerificationEmailTemplatesCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import test from "ava";
import { callsDuring, type GatewayWorld, gatewayWorld, refusalOf, role } from "./world.ts";

let world: GatewayWorld;
test.before(async () => {
  world = await gatewayWorld();
});
test.after.always(() => world?.stop());

const web = role("web");

test.serial("every protocol: the action and the calling role are known", async (t) => {
  const options = world.as(web);
  const calls = await callsDuring(world.gateway, async () => {
    await new SQSClient(options).send(new CreateQueueCommand({ QueueName: "known" }));
    await new DynamoDBClient(options).send(new ListTablesCommand({}));
    await new SNSClient(options).send(new CreateTopicCommand({ Name: "known" }));
    await new EC2Client(options).send(new DescribeVpcsCommand({}));
    await new CloudWatchClient(options).send(
      new PutMetricDataCommand({ Namespace: "test", MetricData: [{ MetricName: "m", Value: 1 }] }),
    );
    await new S3Client(options).send(new ListBucketsCommand({}));
    await new GlacierClient(options).send(new ListVaultsCommand({ accountId: "-" }));
    await new SSMClient(options).send(new DescribeParametersCommand({}));
  });
  t.deepEqual(
    calls.map(({ service, action }) => `${service}:${action}`),
    [
      "sqs:CreateQueue",
      "dynamodb:ListTables",
      "sns:CreateTopic",
      "ec2:DescribeVpcs",
      "monitoring:PutMetricData",
      "s3:ListBuckets",
      "glacier:ListVaults",
      "ssm:DescribeParameters",
    ],
  );
  t.true(calls.every(({ caller, status }) => caller === web && status === 200));
  t.is(world.gateway.callCounts().get("sqs:CreateQueue"), 1);
});

test.serial("what the emulator does not offer is said in words", async (t) => {
  const error = await refusalOf(new SESv2Client(world.as(web)).send(new ListCustomVerificationEmailTemplatesCommand({})));
  t.is(error.name, "NotImplemented");
  t.regex(error.message, /The emulator does not offer ses:GET \/v2\/email\/custom-verification-email-templates/);
});

test.serial("an access key nobody was given is refused in each protocol's own form", async (t) => {
  const options = world.through({ accessKeyId: "ASIAUNKNOWN", secretAccessKey: "x" });
  const s3 = await refusalOf(new S3Client(options).send(new ListObjectsV2Command({ Bucket: "b" })));
  t.is(s3.name, "InvalidAccessKeyId");
  t.is(s3.$metadata?.httpStatusCode, 403);
  const sns = await refusalOf(new SNSClient(options).send(new CreateTopicCommand({ Name: "t" })));
  t.is(sns.name, "InvalidClientTokenId");
  const sqs = await refusalOf(new SQSClient(options).send(new CreateQueueCommand({ QueueName: "q" })));
  t.is(sqs.name, "UnrecognizedClientException");
  const glacier = await refusalOf(new GlacierClient(options).send(new ListVaultsCommand({ accountId: "-" })));
  t.is(glacier.name, "UnrecognizedClientException");
  const ec2 = await refusalOf(new EC2Client(options).send(new DescribeVpcsCommand({})));
  t.is(ec2.name, "InvalidClientTokenId");
});

test.serial("a right access key with a wrong secret, or without its session token, is refused", async (t) => {
  const { accessKeyId, secretAccessKey, sessionToken } = world.gateway.credentialsFor(web);
  const forged = world.through({ accessKeyId, secretAccessKey: "guessed", sessionToken } as never);
  t.is((await refusalOf(new S3Client(forged).send(new ListBucketsCommand({})))).name, "SignatureDoesNotMatch");
  t.is((await refusalOf(new DynamoDBClient(forged).send(new ListTablesCommand({})))).name, "InvalidSignatureException");
  const tokenless = world.through({ accessKeyId, secretAccessKey });
  t.is((await refusalOf(new S3Client(tokenless).send(new ListBucketsCommand({})))).name, "InvalidToken");
});

test.serial("unsigned requests are refused, and told of as anonymous", async (t) => {
  let status = 0;
  const calls = await callsDuring(world.gateway, async () => {
    status = (await fetch(`${world.gateway.endpoint}/some-bucket/key`)).status;
  });
  t.is(status, 403);
  t.is(calls[0]?.caller, "anonymous");
});

test.serial("keys that need escaping, and bodies in parts, are signed and stored as they are", async (t) => {
  const s3 = new S3Client(world.as(web));
  await s3.send(new CreateBucketCommand({ Bucket: "escaped" }));
  const Key = "gas/a b+c(1)!'*/ü~§%41.vcf";
  await s3.send(new PutObjectCommand({ Bucket: "escaped", Key, Body: "small", Metadata: { note: "a  b" } }));
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: "escaped", Prefix: "gas/a b+" }));
  t.is(listed.Contents?.[0]?.Key, Key);
  const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: "escaped", Key }), { expiresIn: 60 });
  t.is(await (await fetch(url)).text(), "small");

  const Body = Buffer.alloc(12 * 1024 * 1024, "x");
  await new Upload({ client: s3, params: { Bucket: "escaped", Key: "big", Body }, partSize: 5 * 1024 * 1024 }).done();
  const big = await s3.send(new GetObjectCommand({ Bucket: "escaped", Key: "big" }));
  t.is((await big.Body?.transformToByteArray())?.length, Body.length);
  await s3.send(new CopyObjectCommand({ Bucket: "escaped", Key: "copy", CopySource: "escaped/big" }));
  const copy = await s3.send(new GetObjectCommand({ Bucket: "escaped", Key: "copy" }));
  t.is((await copy.Body?.transformToByteArray())?.length, Body.length);
  const removed = await s3.send(
    new DeleteObjectsCommand({ Bucket: "escaped", Delete: { Objects: [{ Key }, { Key: "big" }] } }),
  );
  t.is(removed.Deleted?.length, 2);
});

test.serial("a presigned URL acts for the role that signed it, for that object only, and not for ever", async (t) => {
  const s3 = new S3Client(world.as(web));
  await s3.send(new CreateBucketCommand({ Bucket: "presigned" }));
  await s3.send(new PutObjectCommand({ Bucket: "presigned", Key: "mine", Body: "content" }));
  const command = new GetObjectCommand({
    Bucket: "presigned",
    Key: "mine",
    ResponseContentDisposition: 'attachment; filename="my result.vcf"',
  });
  const url = await getSignedUrl(s3, command, { expiresIn: 60 });
  const [call] = await callsDuring(world.gateway, async () => {
    const answer = await fetch(url);
    t.is(await answer.text(), "content");
    t.is(answer.headers.get("content-disposition"), 'attachment; filename="my result.vcf"');
  });
  t.like(call, { service: "s3", action: "GetObject", caller: web, resource: "presigned/mine" });

  const other = await fetch(url.replace("/mine?", "/other?"));
  t.is(other.status, 403);
  t.regex(await other.text(), /<Code>SignatureDoesNotMatch<\/Code>/);

  const old = await getSignedUrl(s3, command, { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
  const expired = await fetch(old);
  t.is(expired.status, 403);
  t.regex(await expired.text(), /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>/);
});

test.serial(
  "a role takes on another that trusts it, and is then known as that; one that does not is refused",
  async (t) => {
    const iam = new IAMClient(world.direct);
    const trust = (principal: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" }],
      });
    await iam.send(new CreateRoleCommand({ RoleName: "archiver", AssumeRolePolicyDocument: trust(role("utility")) }));
    const sts = new STSClient(world.as(role("utility")));
    const assume = new AssumeRoleCommand({ RoleArn: role("archiver"), RoleSessionName: "s" });
    const { Credentials } = await sts.send(assume);
    const assumed = world.through({
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    } as never);
    const [call] = await callsDuring(world.gateway, () => new S3Client(assumed).send(new ListBucketsCommand({})));
    t.is(call?.caller, role("archiver"));
    const { Arn } = await new STSClient(assumed).send(new GetCallerIdentityCommand({}));
    t.is(Arn, "arn:aws:sts::123456789012:assumed-role/archiver/local");

    const refused = await refusalOf(new STSClient(world.as(web)).send(assume));
    t.is(refused.name, "AccessDenied");
    t.regex(refused.message, /role\/web is not authorized to perform: sts:AssumeRole on resource: .*role\/archiver/);
  },
);

test.serial("the administrator is known as such", async (t) => {
  const [call] = await callsDuring(world.gateway, () =>
    new S3Client(world.through(world.gateway.administrator)).send(new ListBucketsCommand({})),
  );
  t.is(call?.caller, "administrator");
});

test.serial("credentials end", async (t) => {
  const short = await gatewayWorld({ sessionMilliseconds: -1 });
  try {
    const options = short.as(web);
    t.is((await refusalOf(new S3Client(options).send(new ListBucketsCommand({})))).name, "ExpiredToken");
    t.is((await refusalOf(new SNSClient(options).send(new CreateTopicCommand({ Name: "t" })))).name, "ExpiredToken");
  } finally {
    await short.stop();
  }
});

test.serial("what is not permitted is refused by name: action, resource, role", async (t) => {
  const asked: unknown[] = [];
  const strict = await gatewayWorld({
    async authorize(request) {
      asked.push(request);
      const [denied] = request.permissions;
      return denied === undefined ? { allowed: true } : { allowed: false, denied, why: "because it is a test" };
    },
  });
  try {
    const options = strict.as(web);
    const queue = `${strict.gateway.endpoint}/123456789012/jobs`;
    const sqs = await refusalOf(
      new SQSClient(options).send(new SendMessageCommand({ QueueUrl: queue, MessageBody: "x" })),
    );
    t.is(sqs.name, "AccessDeniedException");
    t.regex(sqs.message, /perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:123456789012:jobs/);
    const s3 = await refusalOf(
      new S3Client(options).send(new PutObjectCommand({ Bucket: "b", Key: "k/1", Body: "x" })),
    );
    t.is(s3.name, "AccessDenied");
    t.like(asked[1], {
      caller: web,
      permissions: [{ action: "s3:PutObject", resource: "arn:aws:s3:::b/k/1" }],
    });
  } finally {
    await strict.stop();
  }
});
