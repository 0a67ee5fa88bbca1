/** The command line as a user runs it: a process, its output as it comes, and everything that it has started. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createConnection } from "node:net";
import { fileURLToPath } from "node:url";
import { isAlive } from "../../plan/process/alive.ts";
import { quietSdk } from "../../plan/process/quiet-sdk.ts";

import { until } from "./until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningCommand {
  readonly pid: number;
  /** Both outputs so far. */
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  /** Resolves with the match once standard output has it. @throws when the command ends first. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Like Ctrl-C where it is SIGINT: sent to the command's own process only. */
  send(signal: NodeJS.Signals): void;
  /** Process ids of everything that it has started and that still lives, itself not among them. */
  descendants(): number[];
}

/** The environment of a user who has set nothing for AWS's SDK: what ava sets for the tests' own processes is left out. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = { ...process.env };
  for (const name of ["AWS_ENDPOINT_URL", "DEBUG", ...Object.keys(quietSdk)]) delete kept[name];
  return kept;
}

/** Runs `annofarm` with these arguments, without a terminal, from the project's directory. */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
  const child: ChildProcess = spawn(process.execPath, ["bin/annofarm.js", ...args], {
    cwd: root,
    env: { ...ownEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let over: Ended | undefined;
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => {
      over = { code, signal };
      resolve(over);
    });
  });
  const pid = child.pid as number;
  return {
    pid,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    async says(pattern) {
      return until(`the command says ${pattern}`, () => {
        const match = pattern.exec(stdout);
        if (match === null && over !== undefined) return { over };
        return match === null ? undefined : { match };
      }).then((found) => {
        if ("match" in found) return found.match;
        throw new Error(`the command ended with ${JSON.stringify(found.over)} instead:\n${stdout}\n${stderr}`);
      });
    },
    send: (signal) => void child.kill(signal),
    descendants: () => descendantsOf(pid),
  };
}

/** Children, their children and so on, by the system's process table. */
export function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const line of spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).stdout.split("\n")) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child !== undefined && parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), child]);
  }
  const below = (each: number): number[] => (parents.get(each) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid).filter((pid) => isAlive(pid));
}

/** Resolves once none of these processes lives. @throws naming those that do. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const left = () => pids.filter((pid) => isAlive(pid));
  try {
    await until("all processes have ended", () => left().length === 0);
  } catch (cause) {
    const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "-p", left().join(",")], { encoding: "utf8" });
    throw new Error(`still running:\n${stdout}`, { cause });
  }
}

/** Resolves once nothing listens at any of these ports. A process of several threads counts as ended before its last thread lets go of them. */
export async function untilFree(ports: Iterable<number>): Promise<void> {
  for (const port of ports) await until(`port ${port} is free`, async () => !(await listens(port)));
}

/** True when something listens at this port of this machine. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
