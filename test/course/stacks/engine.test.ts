// A course of three on Pulumi's own engine, by the commands that staff use, in the account of `annofarm emulate`: one stack fails, the
// whole command is killed in the middle, the same command goes on, and in the end nothing is left.
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import type { Emulated } from "../../../local/run/emulate.ts";
import { noPulumi, pulumiForTests } from "../../engine/support.ts";
import { type RunningCommand, runCommand, untilGone } from "../../support/command.ts";

const pulumi = await pulumiForTests();
const engineTest = pulumi === undefined ? test.skip : test.serial;
if (pulumi === undefined) test(noPulumi, (t) => t.pass());

const directory = mkdtempSync(join(tmpdir(), "annofarm-course-"));
const [file, state] = [join(directory, "course.yaml"), join(directory, "state")];
const account = join(directory, "emulate.json");
const program = fileURLToPath(new URL("program", import.meta.url));
const people = ["Ada Lovelace", "Grace Hopper", "Rosalind Franklin"];
writeFileSync(
  join(directory, "roster.csv"),
  `id,name,email,section\n${people.map((name, index) => `id-90${index},${name},${name.replace(" ", ".")}@example.org,lab-${index}`).join("\n")}\n`,
);
writeFileSync(
  file,
  `course: gas26\nroster: roster.csv\nprogram: ${program}\nstack: dev\nregion: us-east-1\nparallel: 2\nbackend: s3://states/gas26\n`,
);

interface Status {
  readonly stack: string;
  readonly state: string;
  readonly section: string;
  readonly cutOff: boolean;
}
interface Outcome {
  readonly results: readonly { readonly stack: string; readonly outcome: string; readonly why?: string }[];
  readonly stacks: readonly Status[];
}

let emulate: RunningCommand;
let dynamo: DynamoDBClient;
let sqs: SQSClient;

const course = (...words: readonly string[]) => {
  const [command = "", ...rest] = words;
  const local = command === "status" || command === "logs" ? [] : ["--local", account];
  return runCommand(["course", command, "--course", file, "--state", state, ...local, ...rest]);
};
async function json<T>(...words: readonly string[]): Promise<{ code: number | null; said: T }> {
  const running = course(...words, "--json");
  const { code } = await running.ended;
  return { code, said: JSON.parse(running.stdout) as T };
}
const status = async () => (await json<Status[]>("status")).said;
const outcomes = ({ results }: Outcome) => results.map(({ outcome }) => outcome).sort();
const tables = async () => (await dynamo.send(new ListTablesCommand({}))).TableNames ?? [];
const queues = async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [];

let names: readonly string[] = [];
const table = (name: string) => ({ TableName: `${name}-items` });

test.before(async () => {
  if (pulumi === undefined) return;
  emulate = runCommand(["emulate", "--state", directory]);
  await emulate.says(/An AWS account runs at/);
  const { endpoint, region, environment } = JSON.parse(readFileSync(account, "utf8")) as Emulated;
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = environment;
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  dynamo = new DynamoDBClient(options);
  sqs = new SQSClient(options);
});
test.after.always(() => {
  emulate?.send("SIGINT");
  dynamo?.destroy();
  sqs?.destroy();
});

engineTest("what emulate prints fits a terminal, and what it writes is its owner's", (t) => {
  for (const line of emulate.stdout.split("\n")) t.true(line.length <= 80 || line.includes(directory), line);
  for (const name of ["emulate.json", "emulate.env"]) t.is(statSync(join(directory, name)).mode & 0o777, 0o600);
});

engineTest("the command is killed in the middle, with everything that it had started", async (t) => {
  names = (await status()).map(({ stack }) => stack);
  t.is(names.length, 3);
  // A table of this name is there already: the first stack's update fails, as it would on AWS.
  await dynamo.send(
    new CreateTableCommand({
      ...table(names[0] ?? ""),
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const up = course("up");
  // The third begins when one of the others has ended, so that it is under way when both have.
  await Promise.all([up.says(new RegExp(`${names[1]} {2}up \\(`)), up.says(new RegExp(`${names[0]} {2}failed:`))]);
  const descendants = up.descendants();
  t.true(descendants.length > 0);
  up.send("SIGKILL");
  for (const pid of descendants) process.kill(pid, "SIGKILL");
  await up.ended;
  await untilGone(descendants);
  const states = (await status()).map(({ state, cutOff }) => ({ state, cutOff }));
  t.deepEqual(states, [
    { state: "failed", cutOff: false },
    { state: "up", cutOff: false },
    { state: "creating", cutOff: true },
  ]);
});

engineTest("the same command goes on with it; one stack's failure is told and stops no other", async (t) => {
  const { code, said } = await json<Outcome>("up");
  t.is(code, 1);
  t.deepEqual(outcomes(said), ["done", "failed", "nothing to do"], JSON.stringify(said.results));
  const failed = said.results.find(({ outcome }) => outcome === "failed");
  t.is(failed?.stack, names[0]);
  t.regex(failed?.why ?? "", /items.*(exists|in use)/i);
  t.deepEqual((await tables()).sort(), names.map((name) => `${name}-items`).sort());
});

engineTest("once its cause is gone the one that failed comes up, and asked again all have nothing to do", async (t) => {
  await dynamo.send(new DeleteTableCommand(table(names[0] ?? "")));
  const retried = course("up", "--only", names[0] ?? "");
  t.is((await retried.ended).code, 0, retried.stderr);
  t.regex(retried.stdout, /state is kept on this machine: s3:\/\/states\/gas26 is for stacks on AWS\n(.*\n)*1 up/);
  t.is((await queues()).length, 12);
  const { code, said } = await json<Outcome>("up");
  t.is(code, 0);
  t.deepEqual(outcomes(said), ["nothing to do", "nothing to do", "nothing to do"]);
});

engineTest("a log tells what was done; no name is in it nor in anything else that was written", async (t) => {
  const logs = course("logs", names[0] ?? "");
  t.is((await logs.ended).code, 0);
  t.regex(logs.stdout, /up failed: .*\n(.*\n)*.* create aws:dynamodb\/table:Table .*\n(.*\n)*.* up done/);
  const written = readdirSync(state, { recursive: true, withFileTypes: true });
  for (const entry of written.filter((each) => each.isFile() && each.name !== "people.json")) {
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    t.notRegex(text, /Lovelace|Hopper|Franklin|id-90/, join(entry.parentPath, entry.name));
  }
});

engineTest("down leaves nothing, of somebody who has left the roster neither", async (t) => {
  const left = people.slice(1).map((name, index) => `id-90${index + 1},${name},a${index}@example.org,lab-1`);
  writeFileSync(join(directory, "roster.csv"), `id,name,email,section\n${left.join("\n")}\n`);
  // The command alone is killed: what it had started comes to its end, and the next command waits for that.
  const killed = course("down", "--only", names[2] ?? "");
  await killed.says(/going down/);
  const orphans = killed.descendants();
  killed.send("SIGKILL");
  await killed.ended;
  const { code, said } = await json<Outcome>("down");
  t.is(code, 0, JSON.stringify(said.results));
  t.deepEqual(outcomes(said), ["done", "done", "done"]);
  await untilGone(orphans);
  t.deepEqual([await tables(), await queues()], [[], []]);
});

engineTest("at Ctrl-C the account ends, and its files with it", async (t) => {
  const started = emulate.descendants();
  emulate.send("SIGINT");
  t.is((await emulate.ended).code, 0);
  await untilGone(started);
  t.false(readdirSync(directory).some((name) => name.startsWith("emulate.")));
  const refused = course("up");
  t.is((await refused.ended).code, 1);
  t.regex(refused.stderr, /there is no .*emulate\.json; start annofarm emulate/);
});
