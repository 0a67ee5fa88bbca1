/**
 * Pulumi's own engine on a stack of this machine: state in files, plugins of ours, no network. Each operation runs in a
 * process of its own (`host/host.ts`).
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { loadersFor } from "../../plan/program/loaders.ts";
import { toStandardError } from "../../plan/program/process.ts";
import { readStackConfig, type StackConfig } from "../../plan/stack-config.ts";
import { quietSdk } from "../process/quiet-sdk.ts";
import type { Emulator, Gateway } from "../types.ts";
import { clearStaleLocks, leftUnfinished, untilAlone } from "./backend.ts";
import type { FromHost, Operation, Start, Step } from "./host/messages.ts";
import { environmentOf } from "./plugin/environment.ts";
import { installPlugins } from "./plugin/install.ts";
import { pruneJournal } from "./plugin/journal.ts";
import type { Deployment } from "./state.ts";

export interface EngineOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  readonly stack: string;
  /** Replaces what the stack's file says: `key` or `namespace:key` → value. */
  readonly config?: Readonly<Record<string, string>>;
  readonly emulator: Pick<Emulator, "endpoint" | "region" | "accountId" | "keepsPolicies">;
  /** Answers what the emulator does not; omitted: instances do not run yet. */
  readonly gateway?: Pick<Gateway, "endpoint" | "administrator">;
  /** Keeps the stack's state, its passphrase and the plugins. */
  readonly stateDirectory: string;
  /** Absolute path of Pulumi's command line. */
  readonly pulumi: string;
  /** What the program prints, line by line. Default: to standard error. */
  readonly onOutput?: (line: string) => void;
}

export interface OperationOptions {
  /** `up` and `preview` only: what stands is looked at first. Default: false. */
  readonly refresh?: boolean;
  /** Told of each step as it begins, and again when it is done. */
  readonly onStep?: (step: Step, done: boolean) => void;
  /** Resources at a time; default: Pulumi's. */
  readonly parallel?: number;
  /** The engine and the program are killed, without any good-bye. */
  readonly kill?: AbortSignal;
}

export interface Outcome {
  /** How many resources by what was done to them: `{ create: 3, same: 140 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** In the order in which they were done. */
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
  readonly deployment: Deployment;
  /** Keys of the configuration that the program asked for: `project:key`. */
  readonly asked: readonly string[];
}

/** An operation that the engine could not bring to its end. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

export interface EngineStack {
  run(operation: Operation, options?: OperationOptions): Promise<Outcome>;
}

const host = fileURLToPath(new URL("host/host.ts", import.meta.url));

interface Places {
  readonly workspace: string;
  readonly home: string;
  readonly backend: string;
  readonly journal: string;
}

function placesIn(stateDirectory: string): Places {
  const root = join(stateDirectory, "engine");
  return {
    workspace: join(root, "workspace"),
    home: join(root, "home"),
    backend: join(root, "backend"),
    journal: join(root, "journal.jsonl"),
  };
}

/** Made once for a state directory: it lies beside the state that it locks, so that the state alone tells no secret. */
async function passphraseIn(stateDirectory: string): Promise<string> {
  const file = join(stateDirectory, "engine", "passphrase");
  if (existsSync(file)) return (await readFile(file, "utf8")).trim();
  const made = randomBytes(32).toString("base64");
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** The files that Pulumi's command line reads: of the configuration only what providers are told. */
async function writeWorkspace(folder: string, stack: string, config: StackConfig): Promise<void> {
  const project = { name: config.project, runtime: "nodejs", main: dirname(config.entry) };
  await writeFile(join(folder, "Pulumi.yaml"), stringify(project));
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const kept = existsSync(file) ? (parse(await readFile(file, "utf8")) as { encryptionsalt?: string }) : {};
  const ofProviders = Object.entries(config.values).filter(([key]) => !key.startsWith(`${config.project}:`));
  await writeFile(file, stringify({ ...kept, config: Object.fromEntries(ofProviders) }));
}

/** Without what a user's own Pulumi and AWS settings would change. */
function inherited(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|AWS_)/.test(name));
  return Object.fromEntries(kept);
}

function killTree(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // ESRCH: gone. EPERM: macOS says so of a group of which only zombies are left.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function operate(start: Start, directory: string, options: EngineOptions & OperationOptions): Promise<Outcome> {
  const { onOutput = toStandardError, onStep, kill } = options;
  const child = fork(host, {
    cwd: directory,
    detached: true,
    execArgv: loadersFor(start.entry),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...inherited(), PULUMI_NODEJS_ROOT_DIRECTORY: dirname(start.entry) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", onOutput);
  }
  const steps: Step[] = [];
  const warnings: string[] = [];
  const errors: string[] = [];
  let changes: Readonly<Record<string, number>> = {};
  const killed = () => killTree(child);
  kill?.addEventListener("abort", killed, { once: true });
  return new Promise<Outcome>((resolve, reject) => {
    child.on("message", (message: FromHost) => {
      switch (message.kind) {
        case "step":
          if (message.done) steps.push(message.step);
          try {
            onStep?.(message.step, message.done);
          } catch (error) {
            reject(error); // whoever is told may have given up
          }
          break;
        case "diagnostic":
          if (message.severity === "warning") warnings.push(message.message);
          if (message.severity === "error")
            errors.push(message.urn ? `${message.urn}: ${message.message}` : message.message);
          break;
        case "summary":
          changes = message.changes;
          break;
        case "failed": {
          const why = errors.length > 0 ? [...new Set(errors)].join("\n") : message.message;
          reject(new EngineError(`pulumi ${start.operation} of stack ${start.stack} failed: ${why}`));
          break;
        }
        case "done":
          resolve({
            changes,
            steps,
            warnings,
            deployment: message.deployment as Deployment,
            asked: message.asked,
          });
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(new EngineError(`the engine ended in the middle of its work (${signal ?? `exit code ${code}`})`));
    });
    child.send(start, () => {});
  }).finally(() => {
    kill?.removeEventListener("abort", killed);
    killTree(child);
  });
}

/**
 * Opens a stack; it is made with its first operation.
 *
 * @throws {Error} when configuration is missing, malformed or encrypted.
 */
export async function openEngine(options: EngineOptions): Promise<EngineStack> {
  const { directory, stack, stateDirectory, emulator, gateway, pulumi } = options;
  const config = await readStackConfig(directory, stack, options.config);
  const places = placesIn(stateDirectory);
  for (const folder of [places.workspace, places.home, places.backend]) await mkdir(folder, { recursive: true });
  const passphrase = await passphraseIn(stateDirectory);
  await installPlugins(places.home);
  await writeWorkspace(places.workspace, stack, config);
  const environment = {
    PULUMI_BACKEND_URL: pathToFileURL(places.backend).href,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...quietSdk,
    ...environmentOf({
      emulator,
      projectDirectory: directory,
      journal: places.journal,
      ...(gateway === undefined ? {} : { gateway }),
    }),
  };

  return {
    async run(operation, given = {}) {
      const { refresh = false, parallel } = given;
      const start: Start = {
        operation,
        pulumi,
        workspace: places.workspace,
        home: places.home,
        stack,
        project: config.project,
        entry: config.entry,
        config: config.values,
        environment,
        refresh,
        ...(parallel === undefined ? {} : { parallel }),
      };
      await untilAlone(places);
      clearStaleLocks(places.backend);
      pruneJournal(places.journal, leftUnfinished(places.backend, config.project, stack));
      return operate(start, directory, { ...options, ...given });
    },
  };
}
