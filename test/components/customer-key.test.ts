// One key of the customer's reaches every store that takes one, and every role has what it needs of it, and of no other key.
import { fileURLToPath } from "node:url";
import { Config } from "@pulumi/pulumi";
import test from "ava";
import { ArgumentsError, readSettings } from "../../components/index.ts";
import { contextOf } from "../../plan/iam/context.ts";
import { evaluate } from "../../plan/iam/evaluate.ts";
import { type DeclaredRole, declaredPolicies } from "../../plan/iam/roles.ts";
import { runProgram } from "../../plan/program.ts";
import { synthesizeFunctions, synthesizeResources } from "../../plan/synthesize.ts";
import type { Plan } from "../../plan/types.ts";

const account = { region: "us-east-1", accountId: "123456789012" };
const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const otherKey = "arn:aws:kms:us-east-1:123456789012:key/99999999-12ab-34cd-56ef-1234567890ab";

const run = (config: Record<string, string>) =>
  runProgram({
    directory: fileURLToPath(new URL("../..", import.meta.url)),
    stack: "dev",
    config,
    resources: synthesizeResources(account),
    functions: synthesizeFunctions(account),
    onOutput: () => {},
  });

/** One evaluation for all tests of it. */
const withKey = () => (evaluated ??= run({ ...everywhere, kmsKeyArn: key }));
let evaluated: Promise<Plan> | undefined;

const everywhere = { operatorEmail: "operator@example.org", flowLogs: "all" };

/** Where a resource names the key that it is encrypted with. */
const keyOf: Readonly<Record<string, (inputs: Record<string, unknown>) => unknown>> = {
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ({ rules }) => {
    const [rule] = rules as { applyServerSideEncryptionByDefault: { kmsMasterKeyId?: string } }[];
    return rule?.applyServerSideEncryptionByDefault.kmsMasterKeyId;
  },
  "aws:sqs/queue:Queue": ({ kmsMasterKeyId }) => kmsMasterKeyId,
  "aws:sns/topic:Topic": ({ kmsMasterKeyId }) => kmsMasterKeyId,
  "aws:dynamodb/table:Table": ({ serverSideEncryption }) => (serverSideEncryption as { kmsKeyArn?: string })?.kmsKeyArn,
  "aws:cloudwatch/logGroup:LogGroup": ({ kmsKeyId }) => kmsKeyId,
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }) => {
    const disks = blockDeviceMappings as { ebs: { kmsKeyId?: string } }[];
    return new Set(disks.map(({ ebs }) => ebs.kmsKeyId)).size === 1 ? disks[0]?.ebs.kmsKeyId : "several";
  },
  "aws:kms/grant:Grant": ({ keyId }) => keyId,
};

const stores = (plan: Plan) =>
  plan.resources.flatMap(({ type, name, inputs }) => {
    const named = keyOf[type];
    return named === undefined ? [] : [{ name, type, key: named(inputs as Record<string, unknown>) }];
  });

test("no store of the service is without the key, but for the two buckets that AWS lets have none", async (t) => {
  const found = stores(await withKey());
  t.deepEqual([...new Set(found.map(({ type }) => type))].sort(), Object.keys(keyOf).sort());
  const without = found.filter((each) => each.key !== key).map(({ name }) => name);
  t.deepEqual(without.sort(), ["gas-logs", "gas-web-access-logs"]);
});

test("without a key nothing names one, but for the topics, which have AWS's", async (t) => {
  const plan = await run(everywhere);
  const named = stores(plan).filter((each) => each.key !== undefined && each.key !== "alias/aws/sns");
  t.deepEqual(named, []);
  t.false(JSON.stringify(plan.resources.map(({ inputs }) => inputs)).includes("kms:"));
});

/** What AWS asks of the caller when the store has a customer's key, after its documentation. */
const documented: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": ["kms:Decrypt"],
  "s3:PutObject": ["kms:GenerateDataKey", "kms:Decrypt"],
  "sqs:SendMessage": ["kms:GenerateDataKey", "kms:Decrypt"],
  "sqs:ReceiveMessage": ["kms:Decrypt"],
  "sns:Publish": ["kms:GenerateDataKey", "kms:Decrypt"],
  "ssm:GetParameter": ["kms:Decrypt"],
  "dynamodb:GetItem": ["kms:Decrypt"],
  "dynamodb:PutItem": ["kms:Decrypt"],
  "dynamodb:UpdateItem": ["kms:Decrypt"],
  "dynamodb:DeleteItem": ["kms:Decrypt"],
  "dynamodb:Query": ["kms:Decrypt"],
};

const actionsOf = ({ identity }: DeclaredRole) =>
  identity.flatMap(({ actions }) => actions.patterns.map(({ text }) => text));

/** Whether the role may ask the key for this, through a service. */
function may({ arn, identity }: DeclaredRole, action: string, resource: string, service: string): boolean {
  const context = contextOf({ "kms:ViaService": `${service}.us-east-1.amazonaws.com` });
  return evaluate({ caller: { role: arn }, action, resource, context }, { identity }).allowed;
}

test("every role may use the key through the services whose stores it uses, and no further", async (t) => {
  const { roles } = declaredPolicies(await withKey());
  const services = [...new Set(Object.keys(documented).map((action) => action.split(":")[0] ?? ""))];
  const judged: string[] = [];
  for (const role of roles) {
    const needed = new Set(
      actionsOf(role).flatMap((action) =>
        (documented[action] ?? []).map((ofKey) => `${ofKey} through ${action.split(":")[0]}`),
      ),
    );
    for (const ofKey of ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ScheduleKeyDeletion"]) {
      for (const service of services) {
        const name = `${ofKey} through ${service}`;
        t.is(may(role, ofKey, key, service), needed.has(name), `${role.name}: ${name}`);
        t.false(may(role, ofKey, otherKey, service), `${role.name}: ${name} of another key`);
        if (needed.has(name)) judged.push(`${role.name} ${name}`);
      }
      t.false(may(role, ofKey, key, "ec2"), `${role.name}: ${ofKey} through EC2`);
    }
  }
  // Hosts boot from an encrypted bucket, and each service uses what it uses.
  t.true(judged.some((each) => /^gas-utility--\S+ kms:Decrypt through s3$/.test(each)));
  t.true(judged.some((each) => /^gas-web.* kms:Decrypt through ssm$/.test(each)));
  t.true(judged.some((each) => /^gas-annotator.* kms:GenerateDataKey through s3$/.test(each)));
});

test("Auto Scaling is granted the key before a group launches its first instance", async (t) => {
  const plan = await withKey();
  const grants = plan.resources.filter(({ type }) => type === "aws:kms/grant:Grant");
  const groups = plan.resources.filter(({ type }) => type === "aws:autoscaling/group:Group");
  t.is(grants.length, groups.length);
  for (const { dependencies, name } of groups) {
    t.true(
      grants.some(({ urn }) => dependencies.includes(urn)),
      name,
    );
  }
  for (const { inputs } of grants) {
    const role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    t.is(inputs.granteePrincipal, `arn:aws:iam::123456789012:${role}`);
    t.true((inputs.operations as string[]).includes("CreateGrant"));
  }
});

test("an alias, and a key for a vault, are refused by name before anything is declared", (t) => {
  const read = (values: Record<string, string>) => {
    const config = new Config("annofarm");
    return t
      .throws(
        () =>
          readSettings(
            {
              name: config.name,
              get: (name: string) => values[name] as never,
            },
            [],
          ),
        { instanceOf: ArgumentsError },
      )
      ?.mistakes.filter(({ path }) => path === "annofarm:kmsKeyArn");
  };
  t.like(read({ kmsKeyArn: "alias/lab" }), [
    {
      reason:
        '"alias/lab" does not fit; give the ARN of a key, not of an alias: arn:aws:kms:<region>:<account>:key/<id>',
    },
  ]);
  t.like(read({ kmsKeyArn: key, store: "vault" }), [
    {
      reason:
        "cannot encrypt a vault: Amazon Glacier uses a key of its own; set annofarm:store to s3, or leave the key out",
    },
  ]);
});
