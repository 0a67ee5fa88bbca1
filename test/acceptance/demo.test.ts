// `npm start -- --demo` as a newcomer runs it: both archive stores, each step with its evidence, nothing left behind, and
// nothing said that should be kept.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeParametersCommand, GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import test from "ava";
import type { ExercisedPermission } from "../../local/aws/iam/authorizer.ts";
import { nextFreePort } from "../../local/net/free-port.ts";
import { type RunningCommand, runCommand, untilFree, untilGone } from "../support/command.ts";
import { judge, together } from "../support/permission-record.ts";
import { unexercised } from "./unexercised-permissions.ts";

const steps = [
  "Ada Lindqvist signs in",
  "A file beyond the free limit is refused",
  "A ClinVar sample is uploaded",
  "It is annotated",
  "A mail tells so",
  "The result is viewed and downloaded",
  "A worker dies in mid-job, the job finishes",
  "The free period passes, the result is archived",
  "She subscribes with Stripe's test card",
  "The result is restored",
  "The download is the same, byte for byte",
  "She deletes the job, nothing of it is left",
];

async function temporary(t: { teardown(fn: () => unknown): void }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-demo-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Every text file below a directory, except the cached bundles: code, which names no secret of a run. */
async function textsBelow(directory: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !file.includes("/cache/")) texts.set(file, await readFile(file, "latin1"));
  }
  return texts;
}

test.serial("the demo passes with each store, shows its evidence, leaves nothing and tells no secret", async (t) => {
  const directory = await temporary(t);
  const port = await nextFreePort(18_400);
  const command = runCommand(["local", "--demo", "--state", join(directory, "local"), "--port", String(port)]);
  t.teardown(() => command.send("SIGKILL"));
  const started = new Set<number>();
  const ports = new Set<number>([port]);
  const look = setInterval(() => {
    for (const pid of command.descendants()) started.add(pid);
  }, 1_000);
  // While it runs: what the run keeps secret, and its ports.
  const secrets = new Set<string>();
  for (const store of ["With S3 Glacier", "With a Glacier vault"]) {
    await command.says(new RegExp(`${store}[\\s\\S]*signs in ✔`));
    for (const secret of await secretsOf(command)) secrets.add(secret);
  }
  for (const [, each] of command.stdout.matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/g)) ports.add(Number(each));
  const ended = await command.ended;
  clearInterval(look);

  t.deepEqual(ended, { code: 0, signal: null }, `${command.stdout}\n${command.stderr}`);
  t.is(command.stderr, "", "no warnings");
  const lines = command.stdout.split("\n");
  for (const line of lines) t.true(line.length <= 80, `${line.length} columns: ${line}`);
  t.notRegex(command.stdout, /warn|deprecat|✘|^ {2}!/im);
  for (const [number, title] of steps.entries()) {
    const heads = lines.flatMap((line, at) =>
      line.startsWith(`${String(number + 1).padStart(2)}  ${title} ✔`) ? [at] : [],
    );
    t.is(heads.length, 2, `step ${number + 1}, "${title}", once with each store:\n${command.stdout}`);
    for (const at of heads) {
      t.regex(lines[at] ?? "", / \d+\.\d s$/, "with its time");
      t.regex(lines[at + 1] ?? "", /^ {6}\S/, `"${title}" with its evidence`);
    }
  }
  t.regex(command.stdout, /24 steps done in \d+ s, nothing is left running/);
  t.is(command.stdout.match(/before, a mail: "Your result will be archived soon"/g)?.length, 2);
  const sums = [...command.stdout.matchAll(/bytes, SHA-256 ([0-9a-f]{16})/g)].map(([, sum]) => sum);
  t.is(sums.length, 4, "viewed and restored, with each store");
  t.is(sums[0], sums[1]);
  t.is(sums[2], sums[3]);

  t.true(started.size > 10, `${started.size} processes were seen`);
  await untilGone([...started]);
  await untilFree(ports);

  // What every role may do was needed; nothing was tried that it may not.
  const records = await Promise.all(["s3", "vault"].map((store) => permissionsOf(directory, store)));
  const { surplus, used, unknown } = judge(together(records), unexercised);
  t.deepEqual(surplus, [], "allowed and never needed: remove it, or say why in unexercised-permissions.ts");
  t.deepEqual(used, [], "needed after all: remove it from unexercised-permissions.ts");
  t.deepEqual(unknown, [], "not allowed at all: remove it from unexercised-permissions.ts");

  t.true(secrets.size >= 6, `${secrets.size} secrets are looked for`);
  const texts = await textsBelow(join(directory, "local", "demo", "logs"));
  t.true([...texts.keys()].some((file) => file.endsWith("web.log")));
  texts.set("standard output", command.stdout);
  for (const [file, text] of texts) {
    t.notRegex(text, /a call was refused/, `${file}: a role lacks a permission`);
    for (const secret of secrets) t.false(text.includes(secret), `a secret stands in ${file}`);
    t.notRegex(text, /gas_[\w.-]+_[0-9a-f]{64}|sk_test_\w|whsec_\w|Bearer (?!\[)\S{20}/, file);
    t.notRegex(text, /4242 ?4242 ?4242 ?4242/, `a card number in ${file}`);
  }
});

async function permissionsOf(directory: string, store: string): Promise<ExercisedPermission[]> {
  const text = await readFile(join(directory, "local", "demo", "permissions", `${store}.json`), "utf8");
  return JSON.parse(text) as ExercisedPermission[];
}

const argumentsOf = (pid: number) => spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout;

function emulatorOf(command: RunningCommand): { pid: number; port: number } {
  for (const pid of command.descendants()) {
    const [, port] = /moto_server.* -p (\d+)/.exec(argumentsOf(pid)) ?? [];
    if (port !== undefined) return { pid, port: Number(port) };
  }
  throw new Error("no emulator runs");
}

/** What the run's services are given as secrets, as the emulator keeps it. */
async function secretsOf(command: RunningCommand): Promise<string[]> {
  const ssm = new SSMClient({
    endpoint: `http://127.0.0.1:${emulatorOf(command).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "administrator", secretAccessKey: "administrator" },
  });
  const described = await ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: "Type", Values: ["SecureString"] }] }),
  );
  const Names = (described.Parameters ?? []).map(({ Name }) => Name ?? "");
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
  ssm.destroy();
  return Parameters.map(({ Value }) => Value ?? "");
}

// An emulator that dies once is brought back, and survival.test.ts holds that. One that dies again and again cannot be.
test.serial("a demo whose emulator keeps dying says so, and takes everything down", async (t) => {
  const directory = await temporary(t);
  const args = ["--store", "s3", "--state", join(directory, "local"), "--port", String(await nextFreePort(18_500))];
  const command = runCommand(["local", "--demo", ...args]);
  t.teardown(() => command.send("SIGKILL"));
  await command.says(/A file beyond the free limit is refused ✔/);
  const started = new Set(command.descendants());
  const kill = setInterval(() => {
    for (const pid of command.descendants()) {
      started.add(pid);
      if (/moto_server/.test(argumentsOf(pid))) process.kill(pid, "SIGKILL");
    }
  }, 200);
  const ended = await command.ended;
  clearInterval(kill);
  t.deepEqual(ended, { code: 1, signal: null });
  t.regex(
    command.stderr,
    /^annofarm: the AWS emulator has ended and cannot be brought back: .*\n$|^annofarm: step \d+, "/,
  );
  // A step that asks at that instant fails before the end is heard of.
  if (!/^annofarm: step/.test(command.stderr)) t.regex(command.stdout, /! the AWS emulator has ended \(SIGKILL\)/);
  t.notRegex(command.stdout, /steps done/);
  await untilGone([...started]);
});
