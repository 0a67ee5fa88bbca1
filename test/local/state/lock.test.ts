import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lives } from "../../../local/process/lives.ts";
import { lockDirectory } from "../../../local/state/lock.ts";
import { until } from "../../support/until.ts";

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
  // What was the shell is a program that waits for no children.
  const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 3600"], { stdio: ["ignore", "pipe", "ignore"] });
  t.teardown(() => parent.kill("SIGKILL"));
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const zombie = Number(line.toString());
  await until("its end", () => !lives(zombie));
  t.true(process.kill(zombie, 0), "its entry is still there");
  writeFileSync(join(here, "runner.pid"), `${zombie}\n`);
  t.notThrows(() => lockDirectory(here).release());
});

test("an unreadable lock is taken over", (t) => {
  const here = directory();
  writeFileSync(join(here, "runner.pid"), "not a process");
  t.notThrows(() => lockDirectory(here).release());
});
