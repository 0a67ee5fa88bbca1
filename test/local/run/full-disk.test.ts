// A full disk ends a run with one line; what was saved before stays whole.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { createClosers } from "../../../local/run/closers.ts";
import { openRun } from "../../../local/run/context.ts";
import { readSaved, type SavedState, writeSaved } from "../../../local/run/state/saved.ts";

const directory = mkdtempSync(join(tmpdir(), "annofarm-full-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", directory]).status === 0;
test.after.always(() => {
  if (mounted) spawnSync("umount", [directory]);
  rmSync(directory, { recursive: true, force: true });
});

const state = (user: string): SavedState => ({
  version: 2,
  time: new Date(0).toISOString(),
  jobs: [],
  users: [{ user_id: user }],
  objects: [],
  archives: {},
});

test("a full disk is told in one line, and what was saved before is whole", async (t) => {
  if (!mounted) {
    t.log("skipped: no small disk can be mounted here (it takes root)");
    return t.pass();
  }
  const saved = join(directory, "saved");
  await writeSaved(saved, state("before"));
  const closers = createClosers();
  const run = openRun(
    {
      directory,
      stateDirectory: directory,
      stack: "local",
      config: {},
      speed: 60,
      port: 1,
      fresh: false,
      step: (_title, work) =>
        work(
          () => {},
          () => {},
        ),
    },
    closers,
  );
  t.throws(() => writeFileSync(join(directory, "filler"), Buffer.alloc(1_000_000)), { code: "ENOSPC" });
  run.log.info({ text: "x".repeat(100_000) }, "too much");
  const error = await t.throwsAsync(run.failed);
  t.is(error.message, `no space is left on the disk of ${directory}: free some and start again`);
  await t.throwsAsync(writeSaved(saved, state("x".repeat(100_000))), { code: "ENOSPC" });
  t.deepEqual((await readSaved(saved))?.users, [{ user_id: "before" }]);
  await closers.close().catch(() => {});
});
