// What dies by itself comes back by itself: an emulator that is killed is started again, declared anew and filled with what was
// saved as the run went; a runner that is killed has saved as it went, too.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { sampleVcf } from "../../local/demo/sample-vcf.ts";
import { Scientist } from "../../local/demo/scientist.ts";
import { until } from "../../local/demo/until.ts";
import { readyPeople } from "../../local/identity/people.ts";
import { nextFreePort } from "../../local/net/free-port.ts";
import { readSaved } from "../../local/run/state/saved.ts";
import { type RunningCommand, runCommand, untilGone } from "../support/command.ts";

const state = await mkdtemp(join(tmpdir(), "annofarm-survival-"));
const port = await nextFreePort(19_000);
const free = readyPeople.find(({ plan }) => plan === "free_user");
const ada = new Scientist("");
const running = new Set<RunningCommand>();

test.after.always(async () => {
  for (const command of running) {
    command.send("SIGKILL");
    await command.ended;
  }
  await rm(state, { recursive: true, force: true });
});

async function up(): Promise<RunningCommand> {
  const command = runCommand(["local", "--state", state, "--port", String(port)]);
  running.add(command);
  void command.ended.then(() => running.delete(command));
  const [, url = ""] = await command.says(/The service runs at\s+(\S+)[\s\S]*Ctrl-C stops/);
  ada.visits(url);
  return command;
}

/** Asks for the service and its console all the time. Resolves with the status codes that it got, once it is told to stop. */
async function impatient(stopped: AbortSignal): Promise<Set<number>> {
  const seen = new Set<number>();
  while (!stopped.aborted) {
    for (const path of ["/", "/_local", "/_local/view.json"]) {
      const answer = await fetch(`http://localhost:${port}${path}`, { redirect: "manual" }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer !== undefined) seen.add(answer.status);
    }
    await delay(50);
  }
  return seen;
}

function emulatorOf(command: RunningCommand): number {
  const found = command.descendants().find((pid) => {
    const { stdout } = spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
    return /moto_server/.test(stdout);
  });
  if (found === undefined) throw new Error("no emulator runs");
  return found;
}

async function annotated(name: string): Promise<string> {
  const { jobId } = await ada.submit(name, new Blob([sampleVcf()]));
  await until(`${name} to be done`, async (seen) => {
    const { result } = await ada.look(jobId);
    seen(result);
    return /ready/.test(result) ? true : undefined;
  });
  return jobId;
}

/** Once the change that a caller has seen is saved. */
const saved = (jobId: string) =>
  until("the finished job to be saved", async () => {
    const found = (await readSaved(join(state, "saved")))?.jobs.find(({ job_id }) => job_id === jobId);
    return found?.job_status === "COMPLETED" ? true : undefined;
  });

test.serial("a killed emulator is started again, the run goes on, no job is lost", async (t) => {
  const command = await up();
  await ada.signIn(free?.sub ?? "");
  const before = await annotated("before.vcf");
  const bytes = await ada.download(`/annotations/${before}/result/download`);
  await saved(before);

  process.kill(emulatorOf(command), "SIGKILL");
  await command.says(/! the AWS emulator has ended \(SIGKILL\)/);
  await command.says(/! the AWS emulator runs again: 1 job is back, as of \d{4}-/);
  const page = await ada.open("/annotations");
  t.regex(page.text, /before\.vcf/, "still signed in, and the job is there");
  t.true(bytes.equals(await ada.download(`/annotations/${before}/result/download`)), "its result is the same");
  const after = await annotated("after.vcf");
  await saved(after);

  const left = command.descendants();
  command.send("SIGKILL");
  await command.ended;
  await untilGone(left);
});

test.serial("a runner that was killed has lost nothing that it had saved; who asks too early is told so", async (t) => {
  const ready = new AbortController();
  const asking = impatient(ready.signal);
  const command = await up().finally(() => ready.abort());
  const statuses = await asking;
  t.true(statuses.has(503), "asked before there was anything to answer");
  t.deepEqual(
    [...statuses].filter((status) => status !== 200 && status !== 503),
    [],
  );
  await command.says(/2 put back, as of/);
  const page = await ada.open("/annotations");
  t.regex(page.text, /before\.vcf/);
  t.regex(page.text, /after\.vcf/);
  const left = command.descendants();
  command.send("SIGINT");
  t.deepEqual(await command.ended, { code: 0, signal: null });
  await untilGone(left);
});
