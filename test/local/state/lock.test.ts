import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lockDirectory } from "../../../local/state/lock.ts";

const directory = () => mkdtempSync(join(tmpdir(), "annofarm-lock-"));

test("a second runner on one directory is refused and told what to do", (t) => {
  const here = directory();
  const release = lockDirectory(here);
  const error = t.throws(() => lockDirectory(here));
  t.regex(error.message, new RegExp(`process ${process.pid} .*--state`));
  release();
  lockDirectory(here)();
  t.false(existsSync(join(here, "runner.pid")));
});

test("the lock of a runner that was killed is taken over", (t) => {
  const here = directory();
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(join(here, "runner.pid"), `${dead}\n`);
  const release = lockDirectory(here);
  t.is(readFileSync(join(here, "runner.pid"), "utf8"), `${process.pid}\n`);
  release();
});

test("an unreadable lock is taken over", (t) => {
  const here = directory();
  writeFileSync(join(here, "runner.pid"), "not a process");
  t.notThrows(() => lockDirectory(here)());
});
