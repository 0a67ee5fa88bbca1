// What a class shares stands before its first stack and goes after its last, on Pulumi's own engine in the account of
// `annofarm emulate`: a VPC, the boundary, what each stack is told of them, and what they cost for as long as they stand.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient, ListPoliciesCommand } from "@aws-sdk/client-iam";
import test, { type ExecutionContext } from "ava";
import type { Tally } from "../../../course/money/tally.ts";
import type { Emulated } from "../../../local/run/emulate.ts";
import { noPulumi, pulumiForTests } from "../../engine/support.ts";
import { type RunningCommand, runCommand } from "../../support/command.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

const directory = mkdtempSync(join(tmpdir(), "annofarm-shared-"));
const [file, state] = [join(directory, "course.yaml"), join(directory, "state")];
const account = join(directory, "emulate.json");
const program = fileURLToPath(new URL("program", import.meta.url));
writeFileSync(join(directory, "roster.csv"), "id,name,email\n1,Ada,ada@example.org\n2,Ben,ben@example.org\n");
writeFileSync(
  file,
  `course: gas26\nroster: roster.csv\nprogram: ${program}\nstack: dev\nregion: us-east-1\nisolation: network\n` +
    "config: { instances: private }\n",
);

let emulate: RunningCommand;
let clients: { dynamo: DynamoDBClient; ec2: EC2Client; iam: IAMClient };

async function course(command: string, ...words: readonly string[]) {
  const running = runCommand(["course", command, "--course", file, "--state", state, "--local", account, ...words]);
  const { code } = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** What the class shares costs, as `course cost` has written it; USD. */
async function sharedCost(t: ExecutionContext) {
  const { code, stdout, stderr } = await course("cost", "--no-look", "--json");
  t.is(code, 0, stderr);
  const { stacks, count } = JSON.parse(stdout) as Tally;
  const line = stacks.find(({ stack }) => stack === "gas26-shared");
  return { count, state: line?.state, usd: line?.usd ?? 0, hourly: line?.hourly, budget: line?.budget };
}

/** VPCs of the class, and its policies. */
async function shared() {
  const { Vpcs = [] } = await clients.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "tag:owner", Values: ["gas26"] }] }),
  );
  const { Policies = [] } = await clients.iam.send(new ListPoliciesCommand({ Scope: "Local" }));
  return { vpcs: Vpcs.map(({ VpcId }) => VpcId), policies: Policies.map(({ PolicyName }) => PolicyName) };
}

test.before(async () => {
  if (pulumi === undefined) return;
  emulate = runCommand(["emulate", "--state", directory]);
  await emulate.says(/An AWS account runs at/);
  const { endpoint, region, environment } = JSON.parse(readFileSync(account, "utf8")) as Emulated;
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = environment;
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  clients = { dynamo: new DynamoDBClient(options), ec2: new EC2Client(options), iam: new IAMClient(options) };
});
test.after.always(() => {
  emulate?.send("SIGINT");
  for (const client of Object.values(clients ?? {})) client.destroy();
});

const stacks = () => readdirSync(join(state, "gas26", "stacks")).filter((name) => name !== "gas26-shared");

engineTest("up: one VPC for all, which each stack is told of, and one boundary", async (t) => {
  const up = await course("up");
  t.is(up.code, 0, up.stderr);
  t.regex(up.stdout, /gas26-shared: what the class shares is coming up/);
  const { vpcs, policies } = await shared();
  t.is(vpcs.length, 1);
  t.deepEqual(policies, ["gas26-shared-boundary"]);
  const { usd, hourly, ...cost } = await sharedCost(t);
  t.deepEqual(cost, { count: 2, state: "up", budget: undefined });
  t.true(usd > 0 && (hourly ?? 0) >= 0.05, `$${usd}, $${hourly} an hour: a NAT gateway and its address`);
  t.is(stacks().length, 2);
  for (const stack of stacks()) {
    const { Table } = await clients.dynamo.send(new DescribeTableCommand({ TableName: `${stack}-items` }));
    const { Tags = [] } = await clients.dynamo.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn }));
    t.is(Tags.find(({ Key }) => Key === "vpc")?.Value, vpcs[0], stack);
  }
});

engineTest("up again: nothing to do, for what is shared neither", async (t) => {
  const again = await course("up");
  t.is(again.code, 0, again.stderr);
  t.notRegex(again.stdout, /gas26-shared/);
});

engineTest("down: what is shared stays for as long as a stack stands, and goes with the last", async (t) => {
  const [first = ""] = stacks();
  t.is((await course("down", "--only", first)).code, 0);
  t.is((await shared()).vpcs.length, 1);
  const last = await course("down");
  t.is(last.code, 0, last.stderr);
  t.deepEqual(await shared(), { vpcs: [], policies: [] });
  t.false(readdirSync(join(state, "gas26")).includes("shared.json"));
  const spent = await sharedCost(t);
  t.deepEqual([spent.state, spent.hourly, spent.usd > 0], ["gone", 0, true]);
  t.deepEqual(await sharedCost(t), spent, "what was spent stays spent, and is no more later");
});
