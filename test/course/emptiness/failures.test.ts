// A list that does not come to its end proves nothing: refused, throttled to the end, broken on its second page, out of reach.
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import { type Aws, openAws } from "../../../course/emptiness/aws.ts";
import { proveEmpty } from "../../../course/emptiness/empty.ts";
import type { Lister } from "../../../course/emptiness/lister.ts";
import { listers } from "../../../course/emptiness/listers/index.ts";
import { isEmpty, prove } from "../../../course/emptiness/prove.ts";
import { reportOf } from "../../../course/emptiness/report.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientsOf } from "../../support/clients.ts";
import { clientOptions, testEmulator } from "../../support/emulator.ts";
import { type Call, type Faults, startFaults } from "./faults.ts";

const regions = ["us-east-1", "eu-west-1"];
const sought = { owners: ["gas26-sk7m2qa"] };
/** More than the emulator tells on two pages of anything. */
const many = 205;

let emulator: Emulator;
let faults: Faults;
let aws: Aws;
test.before(async () => {
  emulator = await testEmulator();
  faults = await startFaults(emulator.endpoint);
  const { credentials } = clientOptions(emulator);
  aws = await openAws("us-east-1", { endpoint: faults.endpoint, credentials, maxAttempts: 3 });
  await plantMany();
});
test.afterEach.always(() => {
  faults.decide = () => undefined;
});
test.after.always(async () => {
  aws?.close();
  await faults?.close();
  await emulator?.stop();
});

/** Of a stack that no other test looks for. */
async function plantMany(): Promise<void> {
  const { of } = clientsOf(emulator, "eu-west-1");
  const KeySchema = [{ AttributeName: "id", KeyType: "HASH" as const }];
  const AttributeDefinitions = [{ AttributeName: "id", AttributeType: "S" as const }];
  const tags = { owner: "many" };
  for (let index = 0; index < many; index++) {
    const name = `many-${String(index).padStart(3, "0")}`;
    const TableName = name;
    const table = { TableName, KeySchema, AttributeDefinitions, BillingMode: "PAY_PER_REQUEST" as const };
    const role = { RoleName: name, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' };
    await Promise.all([
      of(DynamoDBClient).send(new CreateTableCommand(table)),
      of(SNSClient).send(new CreateTopicCommand({ Name: name })),
      of(IAMClient).send(new CreateRoleCommand(role)),
      of(SQSClient).send(new CreateQueueCommand({ QueueName: name, tags })),
      of(SSMClient).send(new PutParameterCommand({ Name: `/many/${name}`, Value: "x", Type: "String" })),
      of(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: name })),
    ]);
  }
}

const kinds = ["DynamoDB table", "SNS topic", "IAM role", "SQS queue", "SSM parameter", "log group"];

test.serial("nothing is hidden by the end of a page", async (t) => {
  const pages = new Map<string, number>();
  faults.decide = ({ service, text }) => {
    if (/NextToken|Exclusive|PaginationToken|Marker/i.test(text)) pages.set(service, (pages.get(service) ?? 0) + 1);
    return undefined;
  };
  const proof = await proveEmpty({ aws, sought: { owners: ["many"] }, regions: ["eu-west-1"] });
  t.deepEqual(proof.failures, []);
  for (const kind of kinds) t.is(proof.leftovers.filter((each) => each.kind === kind).length, many, kind);
  t.is(proof.leftovers.length, many * kinds.length);
  // The emulator itself pages these.
  for (const service of ["dynamodb", "sns", "iam", "ssm", "logs", "tagging"])
    t.true((pages.get(service) ?? 0) >= 1, service);
});

/** Answers every call that matches, and counts them. */
function failing(matches: (call: Call) => boolean, status: number, body: string) {
  let count = 0;
  faults.decide = (call) => {
    if (!matches(call)) return undefined;
    count += 1;
    return { status, body };
  };
  return () => count;
}

test.serial("nothing found and nothing failed is empty", async (t) => {
  const proof = await proveEmpty({ aws, sought, regions });
  t.deepEqual(proof.leftovers, []);
  t.true(isEmpty(proof), JSON.stringify(proof.failures));
  t.regex(
    reportOf(proof, "stack x"),
    /^Nothing of stack x is left in account 123456789012, 2 regions only \(us-east-1, eu-west-1\): \d+ lists/,
  );
});

test.serial("a service that answers 403 is a failure with its name and region, and is not asked again", async (t) => {
  const refusal = '{"__type":"AccessDeniedException","message":"User is not authorized to perform: sqs:ListQueues"}';
  const calls = failing(({ service, region }) => service === "sqs" && region === "eu-west-1", 403, refusal);
  const proof = await proveEmpty({ aws, sought, regions });
  t.false(isEmpty(proof));
  t.deepEqual(
    proof.failures.map(({ service, kind, region }) => ({ service, kind, region })),
    [{ service: "sqs", kind: "SQS queue", region: "eu-west-1" }],
  );
  t.is(calls(), 1);
  const report = reportOf(proof, "stack x");
  t.regex(report, /sqs in eu-west-1 \(SQS queue\): AccessDeniedException: .*sqs:ListQueues/);
  t.regex(report, /→ allow these credentials to list sqs/);
  t.regex(report, /Not empty, or not proven to be: nothing found, 1 list failed/);
});

test.serial("a refusal to tell one resource's tags is a failure too", async (t) => {
  failing(
    ({ service, text }) => service === "sqs" && text.includes("ListQueueTags"),
    403,
    '{"__type":"AccessDeniedException","message":"no"}',
  );
  const proof = await proveEmpty({ aws, sought, regions });
  t.deepEqual(
    proof.failures.map(({ kind, region }) => `${kind} in ${region}`),
    ["SQS queue in eu-west-1"],
  );
});

test.serial("throttling is waited out, and is a failure when it does not end", async (t) => {
  const throttled = '{"__type":"ThrottlingException","message":"Rate exceeded"}';
  let left = 2;
  faults.decide = ({ service, region }) => {
    if (service !== "logs" || region !== "us-east-1" || left === 0) return undefined;
    left -= 1;
    return { status: 400, body: throttled };
  };
  t.true(isEmpty(await proveEmpty({ aws, sought, regions })));
  t.is(left, 0);

  const calls = failing(({ service, region }) => service === "logs" && region === "us-east-1", 400, throttled);
  const proof = await proveEmpty({ aws, sought, regions });
  t.deepEqual(
    proof.failures.map(({ service, region }) => `${service} ${region}`),
    ["logs us-east-1"],
  );
  t.is(calls(), 3);
  t.regex(reportOf(proof, "x"), /→ run this again when less is going on/);
});

test.serial("a second page that fails is a failure, and what the first one told is told", async (t) => {
  failing(({ service, text }) => service === "dynamodb" && text.includes("ExclusiveStartTableName"), 500, "{}");
  const proof = await proveEmpty({ aws, sought: { owners: ["many"] }, regions: ["eu-west-1"] });
  t.deepEqual(
    proof.failures.map(({ kind, region }) => `${kind} in ${region}`),
    ["DynamoDB table in eu-west-1"],
  );
  const told = proof.leftovers.filter(({ kind }) => kind === "DynamoDB table").length;
  t.true(told > 0 && told < many, `${told} tables`);
});

test.serial("the tagging API is a list like any other", async (t) => {
  failing(({ service }) => service === "tagging", 403, '{"__type":"AccessDeniedException","message":"no"}');
  const { failures } = await proveEmpty({ aws, sought, regions });
  t.deepEqual(failures.map(({ service, region }) => `${service} ${region}`).sort(), [
    "resourcegroupstaggingapi eu-west-1",
    "resourcegroupstaggingapi us-east-1",
  ]);
});

const failingWith = (error: Error): Lister => ({
  kind: "broken thing",
  service: "brokenservice",
  scope: "region",
  arns: [],
  // biome-ignore lint/correctness/useYield: it ends before the first one
  async *list() {
    throw error;
  },
});

test.serial("a lister that fails fails for every region that it was asked for", async (t) => {
  const broken = failingWith(new TypeError("cannot read what is not there"));
  const proof = await prove({ aws, listers: [...listers, broken], sought, regions });
  t.deepEqual(
    proof.failures.map(({ service, region, cause }) => `${service} ${region} ${cause}`).sort(),
    regions.map((region) => `brokenservice ${region} TypeError: cannot read what is not there`).sort(),
  );
});

test.serial("no endpoint is no failure only where AWS itself offers no such service", async (t) => {
  const absent = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
  const cause = async (service: string) => {
    const { failures } = await prove({
      aws,
      listers: [{ ...failingWith(absent), service }],
      sought,
      regions: ["us-east-1"],
    });
    return failures.map((each) => each.cause);
  };
  t.deepEqual(await cause("sqs"), ["Error: getaddrinfo ENOTFOUND"], "AWS offers it there, so it is out of reach");
  t.regex((await cause("nosuchservice"))[0] ?? "", /whether AWS offers it there is unknown as well/);
  // In AWS's list, as the emulator has it, and not in this region.
  const offered = await aws.offers("workmail", "us-east-1");
  const elsewhere = await prove({
    aws,
    listers: [{ ...failingWith(absent), service: "workmail" }],
    sought,
    regions: ["eu-west-3"],
  });
  t.true(offered);
  t.deepEqual(elsewhere.failures, []);
});
