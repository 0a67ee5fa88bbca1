/** Runs a Pulumi program under one stack's configuration, with drivers of the caller's choice in the engine's place. */
import { type ChildProcess, fork } from "node:child_process";
import { dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inRegistrationOrder } from "./order.ts";
import { loadersFor } from "./program/loaders.ts";
import type { FromProgram, Registration, ToProgram } from "./program/messages.ts";
import { readStackConfig, type StackConfig } from "./stack-config.ts";
import type { FunctionDriver, Plan, PlannedResource, ResourceDriver } from "./types.ts";

export interface RunOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  readonly stack: string;
  /** Replaces what the stack's file says: `key` or `namespace:key` → value. */
  readonly config?: Readonly<Record<string, string>>;
  readonly resources: ResourceDriver;
  readonly functions: FunctionDriver;
  /** True: the program is told that this is a preview. Default: false. */
  readonly dryRun?: boolean;
  /** What the program prints, line by line. Default: to this process's standard error. */
  readonly onOutput?: (line: string) => void;
}

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

/** TypeScript in the repository, JavaScript once the package is built: like this module. */
const here = fileURLToPath(import.meta.url);
const host = join(dirname(here), `program/host${extname(here)}`);

function startHost(config: StackConfig, options: RunOptions): ChildProcess {
  const { onOutput = (line: string) => process.stderr.write(`${line}\n`) } = options;
  const child = fork(host, {
    cwd: options.directory,
    execArgv: loadersFor(config.entry),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, PULUMI_NODEJS_ROOT_DIRECTORY: dirname(config.entry) },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", onOutput);
  }
  return child;
}

/** Explicit providers are configuration of the program, not something to bring into being. */
function isProvider(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

type Created = { readonly id: string; readonly outputs: Readonly<Record<string, unknown>> };

async function create(registration: Registration, resources: ResourceDriver): Promise<Created> {
  const { urn, type, name, parent, custom, inputs, existing } = registration;
  if (!custom) return { id: "", outputs: {} };
  if (isProvider(type)) return { id: name, outputs: inputs };
  try {
    const request = { urn, type, name, parent, custom, inputs, ...(existing === undefined ? {} : { existing }) };
    return await resources(request);
  } catch (cause) {
    throw new Error(`cannot ${existing === undefined ? "create" : "read"} ${urn}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * Runs the program to its end and returns everything that it registered.
 *
 * @throws {ProgramError} when the program fails.
 * @throws {Error} when a driver fails, with the resource's URN and the driver's error as `cause`; when configuration is missing.
 */
export async function runProgram(options: RunOptions): Promise<Plan> {
  const { stack, resources, functions } = options;
  const config = await readStackConfig(options.directory, stack, options.config);
  const planned = new Map<string, PlannedResource>();
  const child = startHost(config, options);
  const reply = (message: ToProgram) => {
    // A program that has failed is gone; what was being created for it when it failed has nobody to be told to.
    // It may go between the question and the sending: without a callback that would be an uncaught error.
    if (child.connected) child.send(message, () => {});
  };

  async function answer(message: Extract<FromProgram, { call: number }>): Promise<void> {
    if (message.kind === "invoke") {
      const outputs = await functions(message.token, message.args);
      reply({ kind: "answer", call: message.call, outputs });
      return;
    }
    const { registration } = message;
    const { id, outputs } = await create(registration, resources);
    const { existing: _, ...declared } = registration;
    // The stack itself is the program's root; a plan's resources are what stands under it.
    const root = registration.type === "pulumi:pulumi:Stack";
    if (!root) planned.set(registration.urn, { ...declared, id, outputs });
    reply({ kind: "answer", call: message.call, id, outputs });
  }

  const outputs = await new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    child.on("message", (message: FromProgram) => {
      if (message.kind === "done") resolve(message.outputs);
      else if (message.kind === "failed") reject(new ProgramError(message.message, message.stack));
      else if (message.kind === "outputs") {
        const component = planned.get(message.urn);
        if (component !== undefined) planned.set(message.urn, { ...component, outputs: message.outputs });
      } else answer(message).catch(reject);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      reject(
        new ProgramError(`the program ended before its resources were known (${signal ?? `exit code ${code}`})`, ""),
      );
    });
    reply({
      kind: "start",
      entry: config.entry,
      project: config.project,
      stack,
      config: config.values,
      preview: options.dryRun ?? false,
    });
  }).finally(() => child.kill("SIGKILL"));

  const shown = Object.entries(config.values).filter(([key]) => !config.encrypted.includes(key));
  return {
    project: config.project,
    stack,
    config: Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: inRegistrationOrder([...planned.values()]),
    outputs,
  };
}
