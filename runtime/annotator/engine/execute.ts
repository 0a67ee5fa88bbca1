/** A program that annotates, from its start to its end: in a group of its own, guarded, its memory watched. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Clock, Log } from "../../jobs/ports.ts";
import { EngineError } from "./engine.ts";
import { groupMemoryMib, killGroup } from "./process-group.ts";
import type { createTail } from "./tail.ts";

export interface ExternalEngineOptions {
  readonly program: string;
  /** `{input}` and `{output}` inside an argument are replaced by paths. */
  readonly args: readonly string[];
  /** Resident memory of the whole process group, MiB; beyond it the group is killed. */
  readonly memoryMibMax: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Where job directories are made; omitted: the system's directory for temporary files. */
  readonly directory?: string;
}

const memoryCheckMilliseconds = 500;
/** How long the last printed bytes are waited for once the program has ended. */
const pipesMilliseconds = 2_000;

/** Ends the group and removes the directory when its standard input ends, that is, when this process is gone. */
const guardianProgram = `
const [group, directory] = process.argv.slice(1);
process.stdin.resume().on("end", () => {
  try { process.kill(-Number(group), "SIGKILL"); } catch {}
  require("node:fs").rmSync(directory, { recursive: true, force: true });
});`;

export interface ProgramState {
  readonly printed: ReturnType<typeof createTail>;
  ending: string;
  tooMuchMemory: boolean;
  memoryMibPeak: number;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function startProgram(
  { program, args }: ExternalEngineOptions,
  directory: string,
  paths: { input: string; output: string },
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(
    program,
    args.map((arg) => arg.replaceAll("{input}", paths.input).replaceAll("{output}", paths.output)),
    {
      cwd: directory,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
        LANG: "C.UTF-8",
        HOME: directory,
        TMPDIR: directory,
      },
    },
  );
}

function startGuardian(group: number, directory: string, log: Log): ChildProcessByStdio<Writable, null, null> {
  const guardian = spawn(process.execPath, ["-e", guardianProgram, String(group), directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
  });
  guardian.on("error", (err) => log.warn({ err }, "engine runs without a guardian"));
  guardian.stdin.on("error", () => {}); // it was killed: the program is still ended in the ordinary way
  return guardian;
}

/** Runs the program to its end. @throws {EngineError} */
export async function execute(
  options: ExternalEngineOptions,
  directory: string,
  paths: { input: string; output: string },
  signal: AbortSignal,
  state: ProgramState,
) {
  const { program, clock } = options;
  const child = startProgram(options, directory, paths);
  child.stdout.on("data", state.printed.add);
  child.stderr.on("data", state.printed.add);
  const { pid } = child;
  const ended = endingOf(child);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  if (pid === undefined) {
    const cause = await ended.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    throw new EngineError(`the engine ${program} cannot be started (${cause?.code ?? "unknown error"})`, { cause });
  }
  const guardian = startGuardian(pid, directory, options.log);
  const over = new AbortController();
  const kill = () => killGroup(pid);
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  const watching = watchMemory(options, pid, over.signal, state);
  try {
    const ending = await ended;
    kill(); // what the program may have left running, and with it the pipes' other ends
    await Promise.race([closed, clock.sleep(pipesMilliseconds, over.signal)]);
    signal.throwIfAborted();
    refuse(ending, state, options.memoryMibMax);
  } finally {
    signal.removeEventListener("abort", kill);
    over.abort();
    kill();
    child.stdout.destroy();
    child.stderr.destroy();
    guardian.kill("SIGKILL");
    await watching;
  }
}

async function watchMemory(
  { memoryMibMax, clock, log }: ExternalEngineOptions,
  group: number,
  over: AbortSignal,
  state: ProgramState,
): Promise<void> {
  while (!over.aborted) {
    try {
      const used = await groupMemoryMib(group);
      state.memoryMibPeak = Math.max(state.memoryMibPeak, used);
      if (used > memoryMibMax && !over.aborted) {
        state.tooMuchMemory = true;
        killGroup(group);
      }
    } catch (err) {
      log.warn({ err }, "engine's memory could not be measured");
    }
    await clock.sleep(memoryCheckMilliseconds, over);
  }
}

function refuse({ code, signal }: Ending, state: ProgramState, memoryMibMax: number): void {
  state.ending = code === null ? `killed by ${signal}` : `exit status ${code}`;
  if (state.tooMuchMemory) {
    throw new EngineError(`the engine took more than ${memoryMibMax} MiB of memory and was stopped`);
  }
  if (code !== 0) throw new EngineError(`the engine ended with ${state.ending}; the log shows what it printed`);
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
