// Two students' stacks stand in one account under the boundary of their class. Somebody gives one's web role every permission, as its
// own policy: through the running gateway it still reaches its own and nothing of the other's, until the boundary is taken away.
import { fileURLToPath } from "node:url";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteRolePermissionsBoundaryCommand,
  IAMClient,
  PutRolePolicyCommand,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import test from "ava";
import { deploy } from "../../../local/deploy.ts";
import { placesOf } from "../../../local/state/places.ts";
import type { Plan } from "../../../plan/types.ts";
import { until } from "../../support/until.ts";
import { type EnforcedWorld, enforcedWorld, role } from "./world.ts";

const directory = fileURLToPath(new URL("../../..", import.meta.url));
const shared = fileURLToPath(new URL("../../../examples/course-shared", import.meta.url));
const [ada, ben] = ["gas26-sadaaaa", "gas26-sbennnn"];

let world: EnforcedWorld;
const plans: Record<string, Plan> = {};

test.before(async () => {
  world = await enforcedWorld();
  const { emulator } = world;
  const { outputs } = await deploy({
    ...{ directory: shared, stack: "dev", emulator, onOutput: () => {} },
    config: { isolation: "own", domain: "", mailFrom: '["gas@example.org"]' },
  });
  for (const owner of [ada, ben]) {
    const config = {
      ...{ owner, permissionsBoundary: String(outputs.permissionsBoundary) },
      ...{ mailFrom: "gas@example.org", createMailIdentity: "false" },
    };
    plans[owner] = await deploy({ directory, stack: "local", emulator, config, onOutput: () => {} });
    const Bucket = placesOf(plans[owner]).resultsBucket;
    await new S3Client({ ...world.direct, forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket, Key: `${owner}/somebody/1~a.annot.vcf`, Body: "genome" }),
    );
    await new SSMClient(world.direct).send(
      new PutParameterCommand({ Name: `/${owner}/stripe-secret-key`, Value: "sk_x", Type: "SecureString" }),
    );
  }
  const everything = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  await new IAMClient(world.direct).send(
    new PutRolePolicyCommand({ RoleName: `${ada}-web`, PolicyName: "planted", PolicyDocument: everything }),
  );
});
test.after.always(() => world?.stop());

function planOf(owner: string): Plan {
  const plan = plans[owner];
  if (plan === undefined) throw new Error(`${owner} has not been deployed`);
  return plan;
}

/** One attempt of each kind on a stack's things, with the credentials of ada's web role. */
function attemptsOn(owner: string): Record<string, () => Promise<unknown>> {
  const options = world.as(role(`${ada}-web`));
  const { resultsBucket, usersTable } = placesOf(planOf(owner));
  const queue = planOf(owner).resources.find(
    ({ type, outputs }) => type === "aws:sqs/queue:Queue" && outputs.name === `${owner}-job-notify`,
  );
  const TopicArn = `arn:aws:sns:us-east-1:123456789012:${owner}-job-restore`;
  return {
    "s3:GetObject": () =>
      new S3Client(options).send(
        new GetObjectCommand({ Bucket: resultsBucket, Key: `${owner}/somebody/1~a.annot.vcf` }),
      ),
    "dynamodb:Scan": () => new DynamoDBClient(options).send(new ScanCommand({ TableName: usersTable })),
    "sqs:ReceiveMessage": () =>
      new SQSClient(options).send(new ReceiveMessageCommand({ QueueUrl: String(queue?.outputs.url) })),
    "sns:Publish": () => new SNSClient(options).send(new PublishCommand({ TopicArn, Message: "{}" })),
    "ssm:GetParameter": () =>
      new SSMClient(options).send(
        new GetParameterCommand({ Name: `/${owner}/stripe-secret-key`, WithDecryption: true }),
      ),
  };
}

/** To be rid of the boundary, or to be somebody else. */
function escapes(): Record<string, () => Promise<unknown>> {
  const options = world.as(role(`${ada}-web`));
  const [iam, sts] = [new IAMClient(options), new STSClient(options)];
  const RoleName = `${ada}-web`;
  return {
    "iam:DeleteRolePermissionsBoundary": () => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName })),
    "iam:TagRole": () => iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: "owner", Value: ben }] })),
    "iam:PutRolePolicy": () =>
      iam.send(new PutRolePolicyCommand({ RoleName: `${ben}-web`, PolicyName: "p", PolicyDocument: "{}" })),
    "sts:AssumeRole": () =>
      sts.send(new AssumeRoleCommand({ RoleArn: role(`${ben}-utility-archiver`), RoleSessionName: "s" })),
  };
}

const statusOf = (attempt: () => Promise<unknown>) =>
  attempt().then(
    () => 200,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
  );

test.serial(
  "under the boundary a role that may do everything reaches its own stack, and nothing of another's",
  async (t) => {
    for (const [action, attempt] of Object.entries(attemptsOn(ada)))
      t.is(await statusOf(attempt), 200, `own ${action}`);
    for (const [action, attempt] of Object.entries({ ...attemptsOn(ben), ...escapes() })) {
      const before = world.denials.length;
      t.is(await statusOf(attempt), action.startsWith("dynamodb:") ? 400 : 403, action);
      if (action === "sts:AssumeRole") continue; // whom the role trusts is asked first
      const denial = world.denials[before];
      t.is(denial?.action, action);
      t.is(denial?.why, `because no permissions boundary allows the ${action} action`);
    }
  },
);

test.serial("without the boundary it reaches them", async (t) => {
  await new IAMClient(world.direct).send(new DeleteRolePermissionsBoundaryCommand({ RoleName: `${ada}-web` }));
  const reached = async () => (await statusOf(attemptsOn(ben)["s3:GetObject"] ?? (() => Promise.reject()))) === 200;
  // What the gateway has read stands for some seconds, as a change takes on AWS.
  await until("the gateway judges without the boundary", reached);
  for (const [action, attempt] of Object.entries(attemptsOn(ben))) t.is(await statusOf(attempt), 200, action);
});
