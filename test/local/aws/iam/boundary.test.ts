// Two students' stacks stand in one account under the boundary of their class. Somebody gives every role of one of them every permission,
// as its own policy: through the running gateway each still reaches its own stack and nothing of the other's, until its boundary is
// taken away.
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
import { courseNames } from "../../../../course/plan/sharing.ts";
import { deploy } from "../../../../local/run/deploy.ts";
import { placesOf } from "../../../../local/run/state/places.ts";
import type { Plan } from "../../../../plan/types.ts";
import { until } from "../../../support/until.ts";
import { type EnforcedWorld, enforcedWorld, role } from "../../gateway/world.ts";

const directory = fileURLToPath(new URL("../../../..", import.meta.url));
const shared = fileURLToPath(new URL("../../../../examples/course-shared", import.meta.url));
const [ada, ben] = ["gas26-sadaaaa", "gas26-sbennnn"];

let world: EnforcedWorld;
const plans: Record<string, Plan> = {};

test.before(async () => {
  world = await enforcedWorld();
  const { emulator } = world;
  const { outputs } = await deploy({
    ...{ directory: shared, stack: "dev", emulator, onOutput: () => {} },
    config: { ...courseNames, isolation: "own", domain: "", mailFrom: '["gas@example.org"]' },
  });
  for (const owner of [ada, ben]) {
    const config = {
      ...courseNames,
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
  const iam = new IAMClient(world.direct);
  for (const RoleName of rolesOf(ada)) {
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "planted", PolicyDocument: everything }));
  }
});
test.after.always(() => world?.stop());

function planOf(owner: string): Plan {
  const plan = plans[owner];
  if (plan === undefined) throw new Error(`${owner} has not been deployed`);
  return plan;
}

/** Names of a stack's roles. */
const rolesOf = (owner: string): string[] =>
  planOf(owner)
    .resources.filter(({ type }) => type === "aws:iam/role:Role")
    .map(({ outputs }) => String(outputs.name));

/** One attempt of each kind on a stack's things, with the credentials of one of ada's roles. */
function attemptsOn(owner: string, name: string): Record<string, () => Promise<unknown>> {
  const options = world.as(role(name));
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
      new SQSClient(options).send(
        new ReceiveMessageCommand({ QueueUrl: String(queue?.outputs.url), WaitTimeSeconds: 0 }),
      ),
    "sns:Publish": () => new SNSClient(options).send(new PublishCommand({ TopicArn, Message: "{}" })),
    "ssm:GetParameter": () =>
      new SSMClient(options).send(
        new GetParameterCommand({ Name: `/${owner}/stripe-secret-key`, WithDecryption: true }),
      ),
  };
}

/** To be rid of the boundary, or to be somebody else. */
function escapes(RoleName: string): Record<string, () => Promise<unknown>> {
  const options = world.as(role(RoleName));
  const [iam, sts] = [new IAMClient(options), new STSClient(options)];
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
    const names = rolesOf(ada);
    t.deepEqual(names.map((name) => name.slice(ada.length + 1)).sort(), [
      "annotator",
      "utility",
      "utility-archiver",
      "utility-notifier",
      "utility-restorer",
      "web",
    ]);
    for (const name of names) {
      for (const [action, attempt] of Object.entries(attemptsOn(ada, name)))
        t.is(await statusOf(attempt), 200, `${name}: own ${action}`);
      for (const [action, attempt] of Object.entries({ ...attemptsOn(ben, name), ...escapes(name) })) {
        const before = world.denials.length;
        t.is(await statusOf(attempt), action.startsWith("dynamodb:") ? 400 : 403, `${name}: ${action}`);
        if (action === "sts:AssumeRole") continue; // whom the role trusts is asked first
        const denial = world.denials[before];
        t.is(denial?.action, action);
        t.is(denial?.why, `because no permissions boundary allows the ${action} action`);
      }
    }
  },
);

test.serial("without the boundary it reaches them", async (t) => {
  const iam = new IAMClient(world.direct);
  for (const name of rolesOf(ada)) {
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name }));
    const attempts = attemptsOn(ben, name);
    const reached = async () => (await statusOf(attempts["s3:GetObject"] ?? (() => Promise.reject()))) === 200;
    // What the gateway has read stands for some seconds, as a change takes on AWS.
    await until(`the gateway judges ${name} without its boundary`, reached);
    for (const [action, attempt] of Object.entries(attempts)) t.is(await statusOf(attempt), 200, `${name}: ${action}`);
  }
});
