// Constant memory and what outlives a killed worker: both need a process of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import test from "ava";
import { untilGone } from "../../support/command.ts";
import { runsSources } from "../../support/runs-sources.ts";
import { until } from "../../support/until.ts";

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function child(program: string, args: readonly string[], nodeArguments: readonly string[] = []) {
  const started = spawn(process.execPath, [...nodeArguments, ...runsSources, from(program), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { started, lines: createInterface({ input: started.stdout }) };
}

test("a file many times larger than the memory is annotated", async (t) => {
  const megabytes = 600;
  const { started, lines } = child("programs/annotate-much.ts", [String(megabytes)], ["--max-old-space-size=48"]);
  const [line] = (await once(lines, "line")) as [string];
  const [code] = (await once(started, "exit")) as [number];
  t.is(code, 0);
  const seen = JSON.parse(line) as {
    records: number;
    accounted: number;
    residentMib: number;
    residentMibBefore: number;
  };
  t.true(seen.records > 80_000);
  t.is(seen.accounted, seen.records);
  t.true(
    seen.residentMib - seen.residentMibBefore < megabytes / 4,
    `grew by ${seen.residentMib - seen.residentMibBefore} MiB`,
  );
});

test("an engine does not outlive a worker that was killed, and leaves no files", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-test-"));
  const { started, lines } = child("programs/run-engine.ts", [directory]);
  const [pid] = (await once(lines, "line")) as [string];
  t.true(Number(pid) > 1);
  started.kill("SIGKILL");
  await once(started, "exit");
  await untilGone([Number(pid)]);
  await until("its files are removed", () => readdirSync(directory).length === 0);
});
