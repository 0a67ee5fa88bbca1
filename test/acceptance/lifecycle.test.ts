// Starting and stopping the command: what a stop keeps, what a crash leaves behind (nothing), what the next start finds.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist, testCard } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { readyPeople } from "../../local/identity/people.ts";
import { nextFreePort } from "../../local/net/free-port.ts";
import { type RunningCommand, runCommand, untilFree, untilGone } from "../support/command.ts";

const state = await mkdtemp(join(tmpdir(), "annofarm-life-"));
const port = await nextFreePort(18_100);
const free = readyPeople.find(({ plan }) => plan === "free_user");
const running = new Set<RunningCommand>();

test.after.always(async () => {
  for (const command of running) {
    command.send("SIGKILL");
    await command.ended;
  }
  await rm(state, { recursive: true, force: true });
});

function start(...args: readonly string[]): RunningCommand {
  const command = runCommand(["local", "--state", state, "--port", String(port), ...args]);
  running.add(command);
  void command.ended.then(() => running.delete(command));
  return command;
}

interface Up {
  readonly command: RunningCommand;
  readonly url: string;
  /** Everything that the command has started, and its own ports. */
  readonly processes: readonly number[];
  readonly ports: readonly number[];
}

async function up(...args: readonly string[]): Promise<Up> {
  const command = start(...args);
  const [, url] = await command.says(/The service runs at\s+(\S+)[\s\S]*Ctrl-C stops/);
  const [, identity, payments] = await command.says(/sign-in at \S+:(\d+), payments at \S+:(\d+)/);
  const processes = command.descendants();
  return {
    command,
    url: url as string,
    processes,
    ports: [new URL(url as string).port, identity, payments].map(Number),
  };
}

async function isGone({ processes, ports }: Up) {
  await untilGone(processes);
  await untilFree(ports);
}

const archived = (who: Scientist, jobId: string) =>
  until("the result to be archived", async (seen) => {
    const { result } = await who.look(jobId);
    seen(result);
    return result === "The result is in the archive" ? true : undefined;
  });

test.serial("a stop keeps jobs, files, archives and sessions; the next start has them, in either store", async (t) => {
  const blocker = createServer((_request, response) => response.end()).listen(port);
  const refused = start();
  t.deepEqual(await refused.ended, { code: 1, signal: null });
  t.regex(refused.stderr, new RegExp(`^annofarm: .*port ${port} is taken; .* --port \\d+\n$`));
  blocker.close();
  const ada = new Scientist("");
  let jobId = "";
  let before: Buffer = Buffer.alloc(0);

  // 1: a vault
  const first = await up("--store", "vault", "-c", "retention=4 seconds");
  t.is(first.url, `http://localhost:${port}`);
  t.true(first.processes.length >= 9, `emulator, payments, seven services: ${first.processes.length}`);

  const second = start();
  t.deepEqual(await second.ended, { code: 1, signal: null });
  t.regex(
    second.stderr,
    /^annofarm: .*already runs.* at http:\/\/localhost:\d+ \(process \d+ holds .*--state DIRECTORY\n$/,
  );
  t.is(second.stdout, "");

  ada.visits(first.url);
  await ada.signIn(free?.sub ?? "");
  ({ jobId } = await ada.submit("kept.vcf", new Blob([sampleVcf()])));
  await until("the job to be done", async () => {
    if (!/ready/.test((await ada.look(jobId)).result)) return undefined;
    before = await ada.download(`/annotations/${jobId}/result/download`);
    return true;
  });
  await archived(ada, jobId);
  // Ctrl-C under npm: the terminal's signal and npm's own, at once
  first.command.send("SIGINT");
  first.command.send("SIGINT");
  t.deepEqual(await first.command.ended, { code: 0, signal: null });
  t.regex(first.command.stdout, /SIGINT: stopping …\n {2}everything has stopped\n$/);
  t.is(first.command.stderr, "");
  const logs = readdirSync(join(state, "logs"), { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.log$/.test(file),
  );
  t.true(logs.length >= 9, logs.join());
  for (const file of logs)
    t.notRegex(readFileSync(join(state, "logs", file), "utf8"), /NodeVersionSupport|DEP\d{4}/, file);
  await isGone(first);

  // 2: the other store
  const other = await up("--store", "s3", "-c", "retention=4 seconds");
  t.is(other.url, `http://localhost:${port}`);
  t.regex(other.command.stdout, /1 put back, as of [\d-]+T[\d:.]+Z; --fresh forgets them/);
  ada.visits(other.url);
  t.regex((await ada.open("/annotations")).text, /kept\.vcf/, "the session is still good, the job is there");
  await archived(ada, jobId);
  t.true((await ada.read(`/annotations/${jobId}/log`)).length > 0);
  // In the middle of things: a console that is being watched, a job that has just been asked for
  const watched = await fetch(`${other.url}/_local/events`);
  t.is(watched.status, 200);
  const { jobId: interrupted } = await ada.submit("interrupted.vcf", new Blob([sampleVcf()]));
  other.command.send("SIGTERM");
  t.deepEqual(await other.command.ended, { code: 0, signal: null });
  t.regex(other.command.stdout, /SIGTERM: stopping …\n {2}everything has stopped\n$/);
  await isGone(other);

  // 3: back in a vault, brought back, then cut off
  const third = await up("--store", "vault", "--speed", "600");
  ada.visits(third.url);
  const [, api] = /payments at (\S+)/.exec(third.command.stdout) ?? [];
  const page = await ada.open("/subscribe");
  const publishableKey = page.document.querySelector("form#subscribe")?.getAttribute("data-key") ?? "";
  await ada.subscribe({ apiUrl: api as string, publishableKey }, testCard);
  await until("the result to be back", async (seen) => {
    const { result } = await ada.look(jobId);
    seen(result);
    return result === "The result is ready" ? true : undefined;
  });
  const after = await ada.download(`/annotations/${jobId}/result/download`);
  t.true(after.equals(before), "saved from a vault, kept in S3, saved, restored from a vault: the same bytes");
  await until("the interrupted job to be done", async () =>
    /ready/.test((await ada.look(interrupted)).result) ? true : undefined,
  );
  third.command.send("SIGKILL");
  t.deepEqual(await third.command.ended, { code: null, signal: "SIGKILL" });
  await isGone(third);
});

test.serial("Ctrl-C during the start gives it up; --fresh has forgotten by then", async (t) => {
  t.true(existsSync(join(state, "saved")), "an earlier run has saved something, and its killed lock is no obstacle");
  const command = start("--fresh");
  await command.says(/AWS emulator, sign-in and payments ✔/);
  const processes = command.descendants();
  t.true(processes.length >= 3, "the emulator and payments run");
  command.send("SIGINT");
  t.deepEqual(await command.ended, { code: 130, signal: null });
  t.regex(command.stdout, /SIGINT: stopping what has been started …\n[\s\S]*everything has stopped\n$/);
  t.notRegex(command.stdout, /Instances in service/);
  t.is(command.stderr, "");
  await untilGone(processes);
  t.false(existsSync(join(state, "saved")));
  t.false(existsSync(join(state, "runner.pid")));
});

test.serial("a second Ctrl-C ends it at once, and what it started ends with it", async (t) => {
  const command = start();
  await command.says(/AWS emulator, sign-in and payments ✔/);
  const processes = command.descendants();
  // A service that does not want to end (stopped as by Ctrl-Z) would hold up an orderly stop for seconds.
  for (const pid of processes) if (isEmulator(pid)) process.kill(pid, "SIGSTOP");
  command.send("SIGTERM");
  await command.says(/SIGTERM: stopping/);
  const asked = performance.now();
  await until("another signal to count as a second one", () => (performance.now() - asked > 600 ? true : undefined));
  command.send("SIGINT");
  t.deepEqual(await command.ended, { code: 130, signal: null });
  await untilGone(processes);
});

const isEmulator = (pid: number) =>
  /moto_server/.test(spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout);
