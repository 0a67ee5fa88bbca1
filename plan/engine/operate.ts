/** One operation of Pulumi's engine on one stack, in a process of its own (`host/host.ts`). */
import { type ChildProcess, fork } from "node:child_process";
import { dirname, extname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { killGroup } from "../process/alive.ts";
import { loadersFor } from "../program/loaders.ts";
import type { EngineStep, FromHost, Start } from "./host/messages.ts";
import type { Deployment } from "./state.ts";
import { wordsOf } from "./words.ts";

export interface OperateOptions {
  /** The program's working directory. */
  readonly directory: string;
  /** Environment of the process, under what `Start` adds to it. */
  readonly inherited: NodeJS.ProcessEnv;
  /** What the program prints, line by line. */
  readonly onOutput: (line: string) => void;
  /** Told of each step as it begins, and again when it is done. */
  readonly onStep?: ((step: EngineStep, done: boolean) => void) | undefined;
  /** Told of the process that does it. */
  readonly onProcess?: (pid: number) => void;
  /** The engine and the program are killed, without any good-bye. */
  readonly kill?: AbortSignal | undefined;
}

export interface Outcome {
  /** How many resources by what was done to them: `{ create: 3, same: 140 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** In the order in which they were done. */
  readonly steps: readonly EngineStep[];
  readonly warnings: readonly string[];
  readonly deployment: Deployment;
  /** Keys of the configuration that the program asked for: `project:key`. */
  readonly asked: readonly string[];
}

/** An operation that the engine could not bring to its end. */
class EngineError extends Error {
  override readonly name = "EngineError";
}

/** TypeScript in the repository, JavaScript once the package is built: like this module. */
const self = import.meta.url;
const host = fileURLToPath(new URL(`host/host${extname(self)}`, self));

function startHost(start: Start, { directory, inherited, onOutput }: OperateOptions): ChildProcess {
  const child = fork(host, {
    cwd: directory,
    detached: true,
    execArgv: loadersFor(start.entry),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...inherited, PULUMI_NODEJS_ROOT_DIRECTORY: dirname(start.entry) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", onOutput);
  }
  return child;
}

/** What the engine has said so far. */
function createRecord({ onStep }: OperateOptions) {
  const steps: EngineStep[] = [];
  const warnings: string[] = [];
  const errors: string[] = [];
  let changes: Readonly<Record<string, number>> = {};
  return {
    note(message: FromHost): void {
      if (message.kind === "summary") changes = message.changes;
      if (message.kind === "step") {
        if (message.done) steps.push(message.step);
        onStep?.(message.step, message.done);
      }
      if (message.kind === "diagnostic") {
        const text = message.urn ? `${message.urn}: ${message.message}` : message.message;
        if (message.severity === "warning") warnings.push(text);
        if (message.severity === "error") errors.push(text);
      }
    },
    outcome: ({ deployment, asked }: Extract<FromHost, { kind: "done" }>): Outcome => ({
      ...{ changes, steps, warnings, asked },
      deployment: deployment as Deployment,
    }),
    why: (otherwise: string) => (errors.length > 0 ? [...new Set(errors)].join("\n") : wordsOf(otherwise)),
  };
}

/**
 * Does what `start` says. When this process dies, the engine ends what is under way, writes its state and begins nothing more.
 *
 * @throws {EngineError} with the engine's own words. What `onStep` throws ends the operation.
 */
export function operate(start: Start, options: OperateOptions): Promise<Outcome> {
  const { kill, onProcess } = options;
  const child = startHost(start, options);
  const record = createRecord(options);
  const killed = () => killGroup(child.pid);
  kill?.addEventListener("abort", killed, { once: true });
  return new Promise<Outcome>((resolve, reject) => {
    child.on("message", (message: FromHost) => {
      try {
        record.note(message);
      } catch (error) {
        reject(error); // whoever is told may have given up
      }
      if (message.kind === "done") resolve(record.outcome(message));
      if (message.kind === "failed") {
        const why = record.why(message.message);
        reject(new EngineError(`pulumi ${start.operation} of stack ${start.stack} failed: ${why}`));
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new EngineError(`the engine ended in the middle of its work (${signal ?? `exit code ${code}`})`));
    });
    child.send(start, () => {});
    if (child.pid !== undefined) onProcess?.(child.pid);
  }).finally(() => {
    kill?.removeEventListener("abort", killed);
    killed();
  });
}
