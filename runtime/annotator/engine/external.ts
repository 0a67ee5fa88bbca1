/**
 * Somebody's own annotator as an engine: a program with the paths of an input and an output file.
 *
 * It runs in a directory of its own that is removed afterwards, leads a process group of its own that is killed whole (when it
 * takes too much memory, when the job is cancelled or runs out of time, and when this process dies), sees no environment but
 * PATH, LANG, HOME and TMPDIR, and has nothing on its standard input. What it prints is kept for the job's log.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock, Log } from "../../jobs/ports.ts";
import { type Engine, EngineError } from "./engine.ts";
import { groupMemoryMib, killGroup } from "./process-group.ts";
import { createTail } from "./tail.ts";

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

/** Bytes of printed text kept for the log. */
const printedBytesMax = 64 * 1024;
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

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function createExternalEngine(options: ExternalEngineOptions): Engine {
  const { program, args, memoryMibMax, clock, log } = options;

  /** Runs the program to its end. @throws {EngineError} */
  async function execute(
    directory: string,
    paths: { input: string; output: string },
    signal: AbortSignal,
    state: State,
  ) {
    const child = spawn(
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
    const guardian = spawn(process.execPath, ["-e", guardianProgram, String(pid), directory], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: {},
    });
    guardian.on("error", (err) => log.warn({ err }, "engine runs without a guardian"));
    guardian.stdin.on("error", () => {}); // it was killed: the program is still ended in the ordinary way
    const over = new AbortController();
    const kill = () => killGroup(pid);
    signal.addEventListener("abort", kill, { once: true });
    if (signal.aborted) kill();
    const watching = watchMemory(pid, over.signal, state);
    try {
      const ending = await ended;
      kill(); // what the program may have left running, and with it the pipes' other ends
      await Promise.race([closed, clock.sleep(pipesMilliseconds, over.signal)]);
      signal.throwIfAborted();
      refuse(ending, state);
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

  async function watchMemory(group: number, over: AbortSignal, state: State): Promise<void> {
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

  function refuse({ code, signal }: Ending, state: State): void {
    state.ending = code === null ? `killed by ${signal}` : `exit status ${code}`;
    if (state.tooMuchMemory) {
      throw new EngineError(`the engine took more than ${memoryMibMax} MiB of memory and was stopped`);
    }
    if (code !== 0) throw new EngineError(`the engine ended with ${state.ending}; the log shows what it printed`);
  }

  return {
    name: `external: ${[program, ...args].join(" ")}`,
    start({ fileName, bytes, signal }) {
      const state: State = {
        printed: createTail(printedBytesMax),
        ending: "not run to its end",
        tooMuchMemory: false,
        memoryMibPeak: 0,
      };
      let records = 0;

      async function* output(): AsyncGenerator<Buffer> {
        const directory = await mkdtemp(join(options.directory ?? tmpdir(), "annofarm-job-"));
        try {
          const ending = /\.vcf(\.b?gz)?$/i.exec(fileName)?.[0].toLowerCase() ?? ".vcf";
          const paths = { input: join(directory, `input${ending}`), output: join(directory, "output.vcf") };
          await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(paths.input), { signal });
          await execute(directory, paths, signal, state);
          const written = await stat(paths.output).catch(() => undefined);
          if (written === undefined) throw new EngineError("the engine ended without writing its output file");
          if (!written.isFile() || written.size === 0) throw new EngineError("the engine's output file is empty");
          const counter = createRecordCounter();
          for await (const chunk of createReadStream(paths.output) as AsyncIterable<Buffer>) {
            records = counter(chunk);
            yield chunk;
          }
        } finally {
          await rm(directory, { recursive: true, force: true });
        }
      }

      return {
        output: output(),
        records: () => records,
        findings: () => undefined,
        account: () =>
          [
            `Engine      ${state.ending}, memory at its peak about ${Math.ceil(state.memoryMibPeak)} MiB (limit ${memoryMibMax})`,
            `Records     ${records} in the result`,
            "",
            "Printed by the engine",
            state.printed.text() || "(nothing)",
            "",
          ].join("\n"),
      };
    },
  };
}

interface State {
  readonly printed: ReturnType<typeof createTail>;
  ending: string;
  tooMuchMemory: boolean;
  memoryMibPeak: number;
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Counts lines that are neither header nor blank, chunk by chunk. */
function createRecordCounter(): (chunk: Buffer) => number {
  let records = 0;
  let atLineStart = true;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (atLineStart && chunk[at] !== 35 && chunk[at] !== 10 && chunk[at] !== 13) records += 1;
      const feed = chunk.indexOf(10, at);
      atLineStart = feed >= 0;
      if (feed < 0) break;
      at = feed + 1;
    }
    return records;
  };
}
