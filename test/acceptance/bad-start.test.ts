// What a user may mistype: one clear message, exit code 1, nothing left behind.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { freePort } from "../../local/net/free-port.ts";
import { descendantsOf, runCommand, untilGone } from "../support/command.ts";

async function scratch(t: { teardown(fn: () => unknown): void }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-bad-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = runCommand(["local", ...args]);
  const { code } = await command.ended;
  return { code, stdout: command.stdout, stderr: command.stderr };
}

for (const [args, complaint] of [
  [["--port", "99999"], /--port <number>' argument '99999' is invalid\. Give a whole number from 1 to 65535/],
  [["--store", "tape"], /'tape' is invalid\. Allowed choices are vault, s3/],
  [["--speed", "0"], /--speed <factor>' argument '0' is invalid\. Give a number from 0\.1 to 10000/],
  [["--speeed", "2"], /unknown option '--speeed'[\s\S]*Did you mean --speed/],
  [["demo"], /too many arguments/],
] as const) {
  test(`${args.join(" ")}: refused with the bound, before anything begins`, async (t) => {
    const { code, stdout, stderr } = await run(args);
    t.is(code, 1);
    t.regex(stderr, complaint);
    t.is(stdout, "");
  });
}

test("a directory without Pulumi.yaml, and a stack that is not there, are named", async (t) => {
  const directory = await scratch(t);
  const missing = await run(["--cwd", directory]);
  t.is(missing.code, 1);
  t.is(
    missing.stderr,
    `annofarm: there is no ${join(directory, "Pulumi.yaml")}; give the directory of a Pulumi program (-C)\n`,
  );
  t.deepEqual(await readdir(directory), [], "nothing was made there");
  const state = await scratch(t);
  const nowhere = await run(["--stack", "nowhere", "--state", state]);
  t.is(nowhere.code, 1);
  t.regex(
    nowhere.stderr,
    /^annofarm: there is no stack nowhere in .*; there are dev, local \(Pulumi\.<stack>\.yaml\): give one of these.*\n$/,
  );
});

test("a malformed stack file is named with the place of the mistake", async (t) => {
  const directory = await scratch(t);
  await writeFile(join(directory, "Pulumi.yaml"), "name: broken\nmain: index.ts\n");
  await writeFile(join(directory, "Pulumi.local.yaml"), "config:\n  a: [1\n  b: 2\n");
  const { code, stderr } = await run(["--cwd", directory, "--state", await scratch(t)]);
  t.is(code, 1);
  t.regex(stderr, /^annofarm: .*Pulumi\.local\.yaml is not YAML: /);
  t.regex(stderr, /line \d/);
});

test("all mistakes of the configuration are told together; what was started has ended", async (t) => {
  const state = await scratch(t);
  const args = ["--state", state, "--port", String(await freePort())];
  const command = runCommand(["local", ...args, "-c", "retention=soon", "-c", "webMin=5", "-c", "webMax=2"]);
  const started = new Set<number>();
  const look = setInterval(() => {
    for (const pid of command.descendants()) started.add(pid);
  }, 50);
  t.deepEqual(await command.ended, { code: 1, signal: null });
  clearInterval(look);
  t.notRegex(command.stdout, /AWS emulator, sign-in and payments ✔/, "nothing was waited for");
  t.regex(command.stderr, /annofarm:retention/);
  t.regex(command.stderr, /"soon"/);
  t.regex(command.stderr, /annofarm:webMax/);
  t.notRegex(command.stderr, /node_modules|node:internal/, "frames of the program only");
  await untilGone([...started]);
  t.deepEqual(descendantsOf(command.pid), []);
  t.false((await readdir(state)).includes("runner.pid"), "the state directory is free again");
});

test("a state directory that cannot be made is an error, not a crash", async (t) => {
  const directory = await scratch(t);
  await mkdir(join(directory, "taken"));
  await writeFile(join(directory, "taken", "file"), "");
  const { code, stderr } = await run(["--state", join(directory, "taken", "file", "below")]);
  t.is(code, 1);
  t.regex(stderr, /^annofarm: --state .*below: a part of .* is a file, not a directory; name another place\n$/);
});
