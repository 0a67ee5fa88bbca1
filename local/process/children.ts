/**
 * Child processes of the local runner. Each leads a process group of its own, so that what it starts ends with it; a guardian
 * process ends all groups when the runner dies without saying good-bye.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export interface ChildOptions {
  /** For messages: `moto`, `i-0abc/web`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Output and errors are appended here. */
  readonly logFile: string;
  /** Milliseconds between SIGTERM and SIGKILL; default 5,000. */
  readonly stopMilliseconds?: number;
  /** SIGTERM goes to the process and not to what it has started, as with systemd's `KillMode=mixed`. @default to all of them */
  readonly stopsAlone?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  /** `undefined` when the program could not be started at all; `exited` then rejects. */
  readonly pid: number | undefined;
  /** Resolves when the process has ended; rejects when it could not be started. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, then SIGKILL after `stopMilliseconds`; resolves when the process has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL to the whole group, at once. */
  kill(): void;
}

export interface Children {
  start(options: ChildOptions): Child;
  /** Stops every child still alive, then the guardian; from then on `start` throws. Safe to call twice. */
  stopAll(): Promise<void>;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: gone. EPERM: macOS says so of a group of which only zombies are left.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function startGuardian(): ChildProcess {
  const guardian = spawn(process.execPath, [fileURLToPath(new URL("guardian.js", import.meta.url))], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  guardian.unref();
  (guardian.stdin as Socket | null)?.unref();
  guardian.stdin?.on("error", () => {}); // it has ended: its successor is told all that it knew
  return guardian;
}

export function startChildren(): Children {
  const alive = new Map<Child, number>();
  let stopping: Promise<void> | undefined;
  let guardian = watched();

  function watched(): ChildProcess {
    const started = startGuardian();
    started.once("exit", () => {
      if (stopping !== undefined) return;
      guardian = watched();
      for (const pid of alive.values()) tell(`+${pid}`);
    });
    return started;
  }

  function tell(line: string): void {
    guardian.stdin?.write(`${line}\n`);
  }

  function start(options: ChildOptions): Child {
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, "a");
    let process_: ChildProcess;
    try {
      process_ = spawn(options.command, [...options.args], {
        env: { ...options.env },
        stdio: ["ignore", log, log],
        detached: true,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      });
    } finally {
      closeSync(log);
    }
    const { pid } = process_;
    if (pid !== undefined) tell(`+${pid}`);
    const exited = new Promise<Exit>((resolve, reject) => {
      process_.once("error", (cause) => {
        if (pid === undefined) reject(new Error(`cannot start ${options.name} (${options.command})`, { cause }));
      });
      process_.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const child: Child = {
      name: options.name,
      pid,
      exited,
      async stop() {
        if (pid === undefined || process_.exitCode !== null || process_.signalCode !== null) return;
        if (options.stopsAlone) process_.kill("SIGTERM");
        else signalGroup(pid, "SIGTERM");
        const late = setTimeout(() => signalGroup(pid, "SIGKILL"), options.stopMilliseconds ?? 5_000);
        try {
          await exited;
        } finally {
          clearTimeout(late);
        }
      },
      kill() {
        if (pid !== undefined) signalGroup(pid, "SIGKILL");
      },
    };
    if (pid !== undefined) alive.set(child, pid);
    const ended = () => {
      alive.delete(child);
      if (pid === undefined) return;
      signalGroup(pid, "SIGKILL"); // what the process may have started itself
      tell(`-${pid}`);
    };
    exited.then(ended, ended);
    return child;
  }

  async function endAll(): Promise<void> {
    await Promise.all([...alive.keys()].map((child) => child.stop()));
    if (guardian.exitCode !== null || guardian.signalCode !== null) return;
    guardian.ref(); // else a program that has nothing left to do would end here, before the guardian does
    const over = new Promise((resolve) => guardian.once("exit", resolve));
    guardian.stdin?.end();
    await over;
  }

  return {
    start(options) {
      if (stopping !== undefined) throw new Error(`cannot start ${options.name}: the runner is stopping`);
      return start(options);
    },
    stopAll: () => (stopping ??= endAll()),
  };
}
