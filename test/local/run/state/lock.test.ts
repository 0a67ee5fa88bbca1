import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lockDirectory } from "../../../../local/run/state/lock.ts";
import { isAlive } from "../../../../plan/process/alive.ts";
import { until } from "../../../support/until.ts";

const directory = () => mkdtempSync(join(tmpdir(), "annofarm-lock-"));

test("a second runner on one directory is refused and told what to do", (t) => {
  const here = directory();
  const lock = lockDirectory(here);
  t.regex(t.throws(() => lockDirectory(here)).message, /and is starting/);
  lock.answersAt("http://localhost:8080");
  const error = t.throws(() => lockDirectory(here));
  t.regex(error.message, new RegExp(`at http://localhost:8080 .*process ${process.pid} .*--state`));
  lock.release();
  lockDirectory(here).release();
  t.false(existsSync(join(here, "runner.pid")));
});

test("the lock of a runner that was killed is taken over", (t) => {
  const here = directory();
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(join(here, "runner.pid"), `${dead}\n`);
  const lock = lockDirectory(here);
  t.is(readFileSync(join(here, "runner.pid"), "utf8"), `${process.pid}\n`);
  lock.release();
});

test("so is the lock of one that has ended and whose parent never asks", async (t) => {
  const here = directory();
  // A shell may ask for its child before it becomes another program; this parent never does.
  const negligent = "import os, time; child = os.fork() or os._exit(0); print(child, flush=True); time.sleep(3600)";
  const parent = spawn("python3", ["-c", negligent], { stdio: ["ignore", "pipe", "ignore"] });
  t.teardown(() => parent.kill("SIGKILL"));
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const zombie = Number(line.toString());
  await until("its end", () => !isAlive(zombie));
  t.true(process.kill(zombie, 0), "its entry is still there");
  writeFileSync(join(here, "runner.pid"), `${zombie}\n`);
  t.notThrows(() => lockDirectory(here).release());
});

test("an unreadable lock is taken over", (t) => {
  const here = directory();
  writeFileSync(join(here, "runner.pid"), "not a process");
  t.notThrows(() => lockDirectory(here).release());
});
