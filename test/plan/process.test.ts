// Whether a process lives, and who holds a lock: ids are given out again.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { isAlive, killGroup } from "../../plan/process/alive.ts";
import { takeLock } from "../../plan/process/lock.ts";

const refusal = (pid: number, note: string) => `${pid} holds it: ${note}`;
const onLinux = process.platform === "linux" ? test : test.skip;

test("a process lives until it has ended", async (t) => {
  t.true(isAlive(process.pid));
  t.true(isAlive(process.pid, Date.now()));
  const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
  t.false(isAlive(gone));
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1_000_000)"], { detached: true });
  t.true(isAlive(child.pid as number));
  killGroup(child.pid);
  await once(child, "exit");
  t.false(isAlive(child.pid as number));
  killGroup(child.pid); // once more is no mistake
});

onLinux("one that began after its id was written down is another", (t) => {
  t.false(isAlive(process.pid, Date.now() - 3_600_000));
});

onLinux("a lock older than the process that its id belongs to now is nobody's", (t) => {
  const file = join(mkdtempSync(join(tmpdir(), "annofarm-lock-")), "lock");
  const lock = takeLock(file, refusal);
  lock.note("the first");
  t.throws(() => takeLock(file, refusal), { message: `${process.pid} holds it: the first` });
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(file, hourAgo, hourAgo);
  const next = takeLock(file, refusal);
  t.is(readFileSync(file, "utf8"), `${process.pid}\n`);
  next.release();
  t.false(existsSync(file));
  writeFileSync(file, "");
  takeLock(file, refusal).release();
});
