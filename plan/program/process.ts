/** The process that a program runs in: started, told to run, listened to, ended. */
import { type ChildProcess, fork, type StdioOptions, spawn } from "node:child_process";
import { dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { confinedEnvironment, confinement } from "./confinement.ts";
import { loadersFor } from "./loaders.ts";
import { endOfOutput, type FromProgram, type Start, type ToProgram } from "./messages.ts";

/** The program itself went wrong: bad configuration, a mistake in its code, a validation that failed. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  /** The error's stack inside the program, without the lines of Node and of installed packages. */
  readonly programStack: string;

  constructor(message: string, stack: string) {
    const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
    const own = lines.filter((line) => !/node_modules|node:|plan\/program\/host/.test(line));
    super(own.length === 0 ? message : `${message}\n${own.slice(0, 5).join("\n")}`);
    this.programStack = own.join("\n");
  }
}

/** Where a line that the program prints goes unless its caller wants it. */
export const toStandardError = (line: string): void => void process.stderr.write(`${line}\n`);

/** What a program asks for and tells while it runs. */
type Asked = Exclude<FromProgram, { kind: "done" | "failed" }>;

/** A run that has come to its end. */
interface Ended {
  /** The stack's. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Keys of the configuration that the program asked for: `project:key`. */
  readonly asked: readonly string[];
}

export interface Host {
  /**
   * Runs the program once. What `onMessage` throws ends the run.
   *
   * @throws {ProgramError} when the program fails.
   */
  run(start: Start, onMessage: (message: Asked) => Promise<void>): Promise<Ended>;
  send(message: ToProgram): void;
  /** From now on each line that the program prints goes there. */
  printTo(onOutput: (line: string) => void): void;
  /** Whether it can run the program once more. */
  waits(): boolean;
  stop(): void;
}

/** TypeScript in the repository, JavaScript once the package is built: like this module. */
const here = fileURLToPath(import.meta.url);
const hostModule = join(dirname(here), `host${extname(here)}`);

function startProcess(entry: string, directory: string): ChildProcess {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "ipc"];
  const own = { PULUMI_NODEJS_ROOT_DIRECTORY: dirname(entry) };
  const confined = confinement();
  if (confined === undefined) {
    return fork(hostModule, { cwd: directory, execArgv: loadersFor(entry), stdio, env: { ...process.env, ...own } });
  }
  const [command = "", ...before] = confined.command;
  return spawn(command, [...before, process.execPath, ...loadersFor(entry), hostModule], {
    cwd: directory,
    stdio,
    env: { ...confinedEnvironment(), ...own },
  });
}

/** Gives each line to `onLine`. @returns resolves when the next run's output has ended on both streams. */
function readLines(child: ChildProcess, onLine: (line: string) => void): () => Promise<void> {
  const streams = [child.stdout, child.stderr].flatMap((stream) => (stream === null ? [] : [stream]));
  const ends = streams.map((input) => {
    let ended = () => {};
    const lines = createInterface({ input });
    lines.on("close", () => ended());
    lines.on("line", (line) => {
      const end = line.endsWith(endOfOutput);
      const text = end ? line.slice(0, -endOfOutput.length) : line;
      if (!end || text !== "") onLine(text);
      if (end) ended();
    });
    return () =>
      new Promise<void>((resolve) => {
        ended = resolve;
      });
  });
  return async () => void (await Promise.all(ends.map((end) => end())));
}

/** What a program asks. Its own code can write to the channel as well: anything else is not for us. */
const questions: ReadonlySet<unknown> = new Set<Asked["kind"]>(["register", "outputs", "invoke"]);

/** @param entry the program's; its folder is Pulumi's root. @param directory where Pulumi.yaml is. */
export function startHost(entry: string, directory: string, onOutput: (line: string) => void): Host {
  const child = startProcess(entry, directory);
  let [print, waiting] = [onOutput, false];
  const outputEnds = readLines(child, (line) => print(line));

  function send(message: ToProgram): void {
    // A program that has failed is gone; what was being created for it when it failed has nobody to be told to.
    // It may go between the question and the sending: without a callback that would be an uncaught error.
    if (child.connected) child.send(message, () => {});
  }

  async function run(start: Start, onMessage: (message: Asked) => Promise<void>) {
    waiting = false;
    const printed = outputEnds();
    const running = new AbortController();
    return new Promise<Ended>((resolve, reject) => {
      function receive(message: FromProgram): void {
        // From here on it may end: how its run ended is known.
        if (message.kind === "done" || message.kind === "failed") child.off("exit", ended).off("disconnect", gone);
        if (message.kind === "done") {
          waiting = message.again;
          printed.then(() => resolve({ outputs: message.outputs, asked: message.asked }), reject);
        } else if (message.kind === "failed") {
          printed.then(() => reject(new ProgramError(message.message, message.stack)), reject);
        } else if (questions.has(message.kind)) onMessage(message).catch(reject);
      }
      function gone(): void {
        const how = child.signalCode ?? `exit code ${child.exitCode}`;
        reject(new ProgramError(`the program ended before its resources were known (${how})`, ""));
      }
      /** What it has said last may still be on its way; the end of the channel comes after it. */
      function ended(): void {
        waiting = false;
        if (child.connected) child.once("disconnect", gone);
        else gone();
      }
      child.on("message", receive).once("error", reject).once("exit", ended);
      running.signal.addEventListener("abort", () => {
        child.off("message", receive).off("error", reject).off("exit", ended).off("disconnect", gone);
      });
      // One that ended while nothing ran in it has told nobody.
      if (child.exitCode !== null || child.signalCode !== null) ended();
      send(start);
    }).finally(() => running.abort());
  }

  return {
    run,
    send,
    printTo: (to) => {
      print = to;
    },
    waits: () => waiting && child.connected,
    stop: () => void child.kill("SIGKILL"),
  };
}
