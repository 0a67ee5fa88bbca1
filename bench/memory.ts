/**
 * How much memory does the whole stack take? The process tree of `npm start` (runner, emulators, instances, guardian), a minute
 * after everything is in service, with nothing to do. The peer is the runner's floor: a bare `node` process.
 *
 *     npm run bench -- memory
 *     node --import ./plan/program/source/register.js bench/memory.ts [idle seconds]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { projectRoot } from "../components/bundle/bundle-file.ts";
import { freePort } from "../local/net/free-port.ts";
import { writeReport } from "./support/report.ts";

const idleSeconds = Number(process.argv[2] ?? 60);

/** PSS counts a page that n processes share as 1/n of one in each, so that the sum is what the tree takes; RSS counts it n times. */
const measure = existsSync("/proc/self/smaps_rollup") ? "PSS" : "RSS";

interface Part {
  readonly pid: number;
  readonly name: string;
  readonly megabytes: number;
}

const read = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");

function kilobytes(pid: number): number {
  const [file, field] = measure === "PSS" ? ["smaps_rollup", "Pss"] : ["status", "VmRSS"];
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(read(pid, file as string))?.[1] ?? 0);
}

/** What a process is in the stack, by what it runs. */
function nameOf(pid: number): string {
  const command = read(pid, "cmdline").split("\0");
  const known: readonly (readonly [RegExp, string])[] = [
    [/guardian\.js/, "guardian"],
    [/program\/host/, "program"],
    [/esbuild/, "esbuild"],
    [/annofarm\.js/, "runner"],
    [/npm/, "npm"],
  ];
  // Services write to logs/<instance>/<service>.log, emulators to logs/<name>.log.
  const service = /\/logs\/(?:i-[0-9a-f]+\/)?([a-z]+)\.log$/.exec(readlinkSync(`/proc/${pid}/fd/1`))?.[1];
  if (service !== undefined) return service;
  const line = command.join(" ");
  return known.find(([pattern]) => pattern.test(line))?.[1] ?? command[0] ?? "?";
}

/** The process and all that descend from it. A process that ends meanwhile takes nothing. */
function treeOf(root: number): Part[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      parents.set(Number(name), Number(read(Number(name), "stat").split(") ").at(-1)?.split(" ")[1]));
    } catch {}
  }
  const belongs = (pid: number | undefined): boolean =>
    pid === root || (pid !== undefined && pid > 1 && belongs(parents.get(pid)));
  return [...parents.keys()].filter(belongs).flatMap((pid) => {
    try {
      return [{ pid, name: nameOf(pid), megabytes: kilobytes(pid) / 1024 }];
    } catch {
      return [];
    }
  });
}

/** Processes that are the same, as one line. */
function together(parts: readonly Part[]) {
  const names = [...new Set(parts.map(({ name }) => name))];
  return names
    .map((name) => parts.filter((part) => part.name === name))
    .map((same) => ({
      name: same[0]?.name ?? "",
      processes: same.length,
      megabytes: same.reduce((sum, { megabytes }) => sum + megabytes, 0),
    }))
    .sort((a, b) => b.megabytes - a.megabytes);
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the command has no output");
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (/^ +Ready after/.test(line)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with code ${code}`)));
  });
}

/** A process that has loaded nothing: what each of the stack's Node processes takes at least. */
async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "console.log(); setInterval(() => {}, 1e6)"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  try {
    return kilobytes(child.pid ?? 0) / 1024;
  } finally {
    child.kill();
  }
}

if (!existsSync("/proc/self/status")) throw new Error("this benchmark reads /proc, which only Linux has");
const child = spawn(process.execPath, ["bin/annofarm.js", "local", "--fresh", "--port", String(await freePort())], {
  cwd: projectRoot,
  detached: true,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await untilReady(child);
  await delay(idleSeconds * 1_000);
  const parts = treeOf(child.pid ?? 0).sort((a, b) => b.megabytes - a.megabytes);
  const total = parts.reduce((sum, { megabytes }) => sum + megabytes, 0);
  const floor = await bareNode();
  console.table(parts.map(({ name, megabytes }) => ({ name, MB: Math.round(megabytes) })));
  console.log(
    `${Math.round(total)} MB ${measure} in ${parts.length} processes; a bare Node process takes ${Math.round(floor)} MB`,
  );
  writeReport(
    "memory",
    { measure, idleSeconds, total, processes: parts.length, parts: together(parts), bareNode: floor },
    { parts },
  );
} finally {
  if (child.exitCode === null && child.pid !== undefined) {
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGINT");
    await ended;
  }
}
