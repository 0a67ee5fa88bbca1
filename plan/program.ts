/** Runs a Pulumi program under one stack's configuration, with drivers of the caller's choice in the engine's place. */
import { resolve } from "node:path";
import { inRegistrationOrder } from "./order.ts";
import type { FromProgram, Registration, Start } from "./program/messages.ts";
import { type Host, startHost, toStandardError } from "./program/process.ts";
import { readStackConfig, type StackConfig } from "./stack-config.ts";
import type { FunctionDriver, Plan, PlannedResource, ResourceDriver } from "./types.ts";
import { unaskedKeys } from "./unasked-keys.ts";

export interface RunOptions {
  /** Where Pulumi.yaml is. */
  readonly directory: string;
  readonly stack: string;
  /** Replaces what the stack's file says: `key` or `namespace:key` → value. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys of `config` that somebody has typed, and is told of when nothing reads them. Default: all. */
  readonly typed?: readonly string[];
  readonly resources: ResourceDriver;
  readonly functions: FunctionDriver;
  /** True: the program is told that this is a preview. Default: false. */
  readonly dryRun?: boolean;
  /** What the program prints, line by line. Default: to this process's standard error. */
  readonly onOutput?: (line: string) => void;
}

/** Explicit providers are configuration of the program, not something to bring into being. */
function isProvider(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

type Created = {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
};

async function create(registration: Registration, resources: ResourceDriver): Promise<Created> {
  const { urn, type, name, parent, custom, inputs, existing, ignoreChanges } = registration;
  if (!custom) return { id: "", outputs: {} };
  if (isProvider(type)) return { id: name, outputs: inputs };
  try {
    const request = { urn, type, name, parent, custom, inputs, ignoreChanges };
    return await resources(existing === undefined ? request : { ...request, existing });
  } catch (cause) {
    throw new Error(`cannot ${existing === undefined ? "create" : "read"} ${urn}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** What a plan says of a registration: what it leaves open is left out. */
function declaredOf({ existing: _, ignoreChanges, deleteBeforeReplace, ...declared }: Registration) {
  return {
    ...declared,
    ...(ignoreChanges.length === 0 ? {} : { ignoreChanges }),
    ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }),
  };
}

/** Answers what a program asks, and keeps what it registers. */
function answering({ resources, functions }: RunOptions, host: Host) {
  const planned = new Map<string, PlannedResource>();
  async function answer(message: Extract<FromProgram, { call: number }>): Promise<void> {
    if (message.kind === "invoke") {
      const outputs = await functions(message.token, message.args);
      host.send({ kind: "answer", call: message.call, outputs });
      return;
    }
    const { registration } = message;
    const { id, outputs, inputs = registration.inputs } = await create(registration, resources);
    // The stack itself is the program's root; a plan's resources are what stands under it.
    const root = registration.type === "pulumi:pulumi:Stack";
    if (!root) planned.set(registration.urn, { ...declaredOf(registration), inputs, id, outputs });
    host.send({ kind: "answer", call: message.call, id, outputs });
  }
  async function onMessage(message: Exclude<FromProgram, { kind: "done" | "failed" }>): Promise<void> {
    if (message.kind !== "outputs") return answer(message);
    const component = planned.get(message.urn);
    if (component !== undefined) planned.set(message.urn, { ...component, outputs: message.outputs });
  }
  return { planned, onMessage };
}

async function runOn(host: Host, config: StackConfig, options: RunOptions, again: boolean): Promise<Plan> {
  const { planned, onMessage } = answering(options, host);
  const start: Start = {
    kind: "start",
    entry: config.entry,
    project: config.project,
    stack: options.stack,
    config: config.values,
    preview: options.dryRun ?? false,
    again,
  };
  const { outputs, asked } = await host.run(start, onMessage);
  const typed = options.typed ?? Object.keys(options.config ?? {});
  unaskedKeys(typed, { project: config.project, asked, resources: planned.values() }).forEach(
    options.onOutput ?? toStandardError,
  );
  const shown = Object.entries(config.values).filter(([key]) => !config.encrypted.includes(key));
  return {
    project: config.project,
    stack: options.stack,
    config: Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1))),
    resources: inRegistrationOrder([...planned.values()]),
    outputs,
  };
}

/**
 * Runs the program to its end and returns everything that it registered.
 *
 * @throws {ProgramError} when the program fails.
 * @throws {Error} when a driver fails, with the resource's URN and the driver's error as `cause`; when configuration is missing.
 */
export async function runProgram(options: RunOptions): Promise<Plan> {
  const config = await readStackConfig(options.directory, options.stack, options.config);
  const host = startHost(config.entry, options.directory, options.onOutput ?? toStandardError);
  return runOn(host, config, options, false).finally(() => host.stop());
}

/** Runs of programs one after the other, each as if in a process of its own. */
export interface ProgramRuns {
  /** As `runProgram`; drivers may be asked twice for the same resource, so they must not bring anything into being. */
  run(options: RunOptions): Promise<Plan>;
  stop(): void;
}

/**
 * Loading Pulumi's packages is most of a run, so a process that has them runs the next program too, with fresh modules of its own
 * (program/again.ts). A run that fails there is done over in a new process: whatever fails does so by itself.
 */
export function openRuns(): ProgramRuns {
  let idle: { readonly directory: string; readonly host: Host } | undefined;

  async function again(config: StackConfig, options: RunOptions, host: Host): Promise<Plan | undefined> {
    const printed: string[] = [];
    host.printTo((line) => printed.push(line));
    const plan = await runOn(host, config, options, true).catch(() => undefined);
    if (plan !== undefined) printed.forEach(options.onOutput ?? toStandardError);
    return plan;
  }

  async function run(options: RunOptions): Promise<Plan> {
    const config = await readStackConfig(options.directory, options.stack, options.config);
    const directory = resolve(options.directory);
    const kept = idle?.directory === directory ? idle.host : undefined;
    if (kept === undefined) idle?.host.stop();
    idle = undefined;
    const plan = kept === undefined ? undefined : await again(config, options, kept);
    if (kept !== undefined && plan !== undefined) {
      keep(kept, directory);
      return plan;
    }
    kept?.stop();
    const host = startHost(config.entry, directory, options.onOutput ?? toStandardError);
    try {
      return await runOn(host, config, options, true);
    } finally {
      keep(host, directory);
    }
  }

  /** Two runs at once each have a process; one of them stays. */
  function keep(host: Host, directory: string): void {
    if (host.waits() && idle === undefined) idle = { directory, host };
    else host.stop();
  }

  return { run, stop: () => idle?.host.stop() };
}
