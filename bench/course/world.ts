/** What the benchmark of a course works with: an account that keeps running, a roster, and the commands that staff use. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { treesInUse } from "../../course/stacks/memory.ts";
import type { Emulated } from "../../local/run/emulate.ts";
import type { FaultProxy } from "./fault-proxy.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
export const smallProgram = fileURLToPath(new URL("../../test/course/stacks/program", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly seconds: number;
  /** The most that the command and all its descendants held together; bytes. */
  readonly peak: number;
  readonly stdout: string;
}

/** Kills a command with everything that it has started. */
async function killAll(child: ChildProcess): Promise<void> {
  const { descendantsOf } = await import("../../test/support/command.ts");
  const all = [child.pid as number, ...descendantsOf(child.pid as number)];
  for (const pid of all) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

/**
 * Runs `annofarm` with these words.
 *
 * @param killWhen told of each line that it prints; once it says so, everything is killed.
 */
export async function annofarm(
  words: readonly string[],
  killWhen: (line: string) => boolean = () => false,
): Promise<Ran> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["bin/annofarm.js", ...words], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let [peak, stdout] = [0, ""];
  const sampler = setInterval(async () => {
    const held = (await treesInUse([child.pid as number])).get(child.pid as number) ?? 0;
    peak = Math.max(peak, held);
  }, 500);
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout += `${line}\n`;
    if (killWhen(line)) void killAll(child);
  });
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(sampler);
  return { code, seconds: (performance.now() - begun) / 1000, peak, stdout };
}

/** Starts `annofarm emulate` and resolves when it runs. */
export async function startEmulate(home: string): Promise<{ emulated: Emulated; child: ChildProcess }> {
  const child = spawn(process.execPath, ["bin/annofarm.js", "emulate", "--state", home], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (/An AWS account runs at/.test(line)) break;
  child.stdout.resume();
  return { emulated: JSON.parse(readFileSync(join(home, "emulate.json"), "utf8")) as Emulated, child };
}

/** The account as its providers see it through the proxy. @returns the file that `--local` names. */
export function throughProxy(home: string, emulated: Emulated, proxy: FaultProxy): string {
  const file = join(home, "refusing.json");
  const settings = JSON.parse(emulated.environment.ANNOFARM_ENGINE ?? "") as { emulator: { endpoint: string } };
  settings.emulator.endpoint = proxy.endpoint;
  const environment = { ...emulated.environment, ANNOFARM_ENGINE: JSON.stringify(settings) };
  writeFileSync(file, JSON.stringify({ ...emulated, environment }));
  return file;
}

export interface CourseFiles {
  readonly file: string;
  readonly state: string;
}

/** A roster of so many, and a course of a small program. */
export function writeCourse(home: string, people: number, parallel: number): CourseFiles {
  const folder = join(home, "course");
  mkdirSync(folder);
  const rows = Array.from(
    { length: people },
    (_, index) => `id${index},Person ${index},p${index}@example.org,lab-${index % 5}`,
  );
  writeFileSync(join(folder, "roster.csv"), `id,name,email,section\n${rows.join("\n")}\n`);
  const settings = [
    "course: bench",
    "roster: roster.csv",
    `program: ${smallProgram}`,
    "region: us-east-1",
    `parallel: ${parallel}`,
  ];
  writeFileSync(join(folder, "course.yaml"), `${settings.join("\n")}\n`);
  return { file: join(folder, "course.yaml"), state: join(folder, "state") };
}
