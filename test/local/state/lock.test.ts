import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lockDirectory } from "../../../local/state/lock.ts";

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

test("an unreadable lock is taken over", (t) => {
  const here = directory();
  writeFileSync(join(here, "runner.pid"), "not a process");
  t.notThrows(() => lockDirectory(here).release());
});
