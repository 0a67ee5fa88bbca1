// The command as staff run it, against the emulator: what it prints, asks, removes, and how it ends.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import test from "ava";
import { confirmed } from "../../../course/emptiness/confirm.ts";
import type { Emulator } from "../../../local/types.ts";
import { clientsOf } from "../../support/clients.ts";
import { runCommand } from "../../support/command.ts";
import { testEmulator } from "../../support/emulator.ts";

let emulator: Emulator;
test.before(async () => {
  emulator = await testEmulator();
});
test.after.always(() => emulator?.stop());

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function empty(...args: readonly string[]): Promise<Result> {
  const command = runCommand(["course", "empty", ...args], {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
  });
  const { code } = await command.ended;
  return { code, stdout: command.stdout, stderr: command.stderr };
}

const queue = (region: string, QueueName: string) =>
  clientsOf(emulator, region).of(SQSClient).send(new CreateQueueCommand({ QueueName }));
const queuesIn = async (region: string) =>
  ((await clientsOf(emulator, region).of(SQSClient).send(new ListQueuesCommand({}))).QueueUrls ?? []).map((url) =>
    url.split("/").at(-1),
  );
const where = ["--regions", "us-east-1,eu-west-1"];

test.serial("from something left, named and asked for, to nothing left", async (t) => {
  await queue("us-east-1", "gas-job-requests");
  await queue("eu-west-1", "gas-job-requests");
  await queue("eu-west-1", "gasket-job-requests");

  const found = await empty("--owner", "gas", ...where);
  t.is(found.code, 1);
  t.regex(
    found.stdout,
    /^gas: 2 resources left\n {2}eu-west-1 {2}SQS queue gas-job-requests .*, by its name\n {4}→ aws sqs delete-queue/,
  );
  t.false(found.stdout.includes("gasket"));

  const unasked = await empty("--owner", "gas", "--sweep", ...where);
  t.is(unasked.code, 1);
  t.regex(unasked.stderr, /--sweep would remove 2 and asks first, but standard input is no terminal; add --yes/);
  t.deepEqual(await queuesIn("us-east-1"), ["gas-job-requests"]);

  const swept = await empty("--owner", "gas", "--sweep", "--yes", ...where);
  t.is(swept.code, 0, swept.stderr);
  t.regex(swept.stderr, /2 of 2 removed: SQS queue gas-job-requests in /);
  t.regex(swept.stdout, /Nothing of stack gas is left in account 123456789012, 2 regions only/);
  t.deepEqual(await queuesIn("us-east-1"), []);
  t.deepEqual(await queuesIn("eu-west-1"), ["gasket-job-requests"]);

  const json = await empty("--owner", "gas", "--json", ...where);
  t.is(json.code, 0);
  const data = JSON.parse(json.stdout);
  t.like(data, { empty: true, leftovers: [], failures: [], regions: ["us-east-1", "eu-west-1"] });
});

test.serial("a course's stacks, by its file", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "annofarm-empty-"));
  const file = join(folder, "course.yaml");
  await writeFile(file, "course: bio26\nroster: roster.csv\nregion: us-east-1\n");
  await queue("us-east-1", "bio26-sk7m2qa-job-requests");
  await queue("us-east-1", "bio26-sk7m2qb-job-requests");

  const all = await empty("--course", file, "--json", ...where);
  t.is(all.code, 1, all.stderr);
  const owners = JSON.parse(all.stdout).leftovers.map(({ owner }: { owner: string }) => owner);
  t.deepEqual(owners, ["bio26-sk7m2qa", "bio26-sk7m2qb"]);
  const one = await empty("--course", file, "--only", "sk7m2qb", "--sweep", "--yes", "--json", ...where);
  t.is(one.code, 0, one.stderr);
  t.like(JSON.parse(one.stdout), { empty: true, removed: 1, kept: [] });
  t.deepEqual(await queuesIn("us-east-1"), ["bio26-sk7m2qa-job-requests"]);

  const unknown = await empty("--course", file, "--only", "ada", ...where);
  t.is(unknown.code, 1);
  t.regex(unknown.stderr, /--only ada: no stack of course bio26 can have this name; annofarm course roster shows them/);
});

test.serial("wrong options are refused before anything is asked of AWS", async (t) => {
  t.regex((await empty("--owner", "gas", "--regions", "everywhere")).stderr, /"everywhere" is not a valid region/);
  t.regex((await empty("--owner", "gas", "--only", "x")).stderr, /cannot be used with option/);
  t.regex((await empty("--owner", "gas", "--regions", "mars-north-1")).stderr, /may not use mars-north-1/);
});

test("the end of the input is no agreement", async (t) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const asked = confirmed(23, { input, output: new PassThrough() });
  input.end();
  t.false(await asked);
});

for (const [answer, agreed] of [
  ["23", true],
  [" 23 ", true],
  ["2", false],
  ["y", false],
  ["", false],
] as const) {
  test(`asked to remove 23, "${answer}" ${agreed ? "does" : "does not"}`, async (t) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    const asked = confirmed(23, { input, output });
    input.write(`${answer}\n`);
    t.is(await asked, agreed);
    t.regex(String(output.read()), /Type 23 to remove all 23 for good/);
  });
}
