/**
 * An AWS account on this machine that stays until it is stopped: the emulator, and the gateway that judges calls by the policies that
 * stand. Nobody runs instances in it. Whoever drives Pulumi's engine deploys into it by the plugins that are laid out for that.
 */
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulatedAccount } from "../aws/account.ts";
import { createAuthorizer, roleName } from "../aws/iam/authorizer.ts";
import { acceleratedClock } from "../clock.ts";
import { startEmulator } from "../emulator/moto.ts";
import { engineSettings } from "../engine/engine.ts";
import { environmentOfDestination } from "../engine/plugin/environment.ts";
import { installPlugins } from "../engine/plugin/install.ts";
import { nextFreePort, requireFree } from "../net/free-port.ts";
import { startChildren } from "../process/children.ts";
import { ensurePython } from "../process/python/environment.ts";
import type { Emulator, Gateway } from "../types.ts";
import { createClosers } from "./closers.ts";
import { fileLog } from "./log.ts";
import type { RunStep } from "./narrator.ts";
import { writeProfile } from "./profile.ts";
import { playScaling } from "./scaling.ts";
import { lockDirectory } from "./state/lock.ts";

export interface EmulationOptions {
  /** Holds the Python environment: a project's `.annofarm`. */
  readonly tools: string;
  /** Gets `emulate.json`, `emulate.env` and the folder `emulate`. One account at a time. */
  readonly stateDirectory: string;
  /** First port tried. */
  readonly port: number;
  /** Another port than that will not do. */
  readonly exactPort: boolean;
  readonly region: string;
  /** Groups, policies and alarms that are made by call act, on instances that run nothing. @default false */
  readonly scaling?: boolean;
  readonly step: RunStep;
  readonly signal?: AbortSignal;
  /** Told of each call that a policy refuses. */
  readonly onProblem: (problem: string) => void;
}

/** What `emulate.json` says. */
export interface Emulated {
  /** Of the gateway: where AWS's APIs answer. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Of this command. */
  readonly pid: number;
  /** What commands, SDKs and engines are given to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** A PULUMI_HOME whose plugins deploy into it. */
  readonly pulumiHome: string;
}

export interface Emulation extends Emulated {
  /** `emulate.json`; and the same for a shell to read; and for the AWS CLI. */
  readonly files: { readonly json: string; readonly shell: string; readonly profile: string };
  /** Rejects when the emulator ends by itself; else it never settles. */
  readonly failed: Promise<never>;
  /** Ends everything; what was in the account is gone. Safe to call twice. */
  stop(): Promise<void>;
}

function environmentTo(emulator: Emulator, { endpoint, administrator }: Gateway): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
    AWS_REGION: emulator.region,
    // Version 1 of the CLI reads this one.
    AWS_DEFAULT_REGION: emulator.region,
    ...environmentOfDestination({ emulator }),
    ...engineSettings,
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Both hold keys, which lead to nothing but this machine: for their owner's eyes all the same. */
function writeFiles(stateDirectory: string, emulated: Emulated) {
  const [json, shell] = [join(stateDirectory, "emulate.json"), join(stateDirectory, "emulate.env")];
  const exported = Object.entries({ ...emulated.environment, PULUMI_HOME: emulated.pulumiHome });
  const remove = () => {
    for (const file of [json, shell]) rmSync(file, { force: true });
  };
  remove();
  writeFileSync(json, `${JSON.stringify(emulated, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(shell, exported.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join(""), { mode: 0o600 });
  return { files: { json, shell }, remove };
}

/** Rejects when the emulator ends though nobody has asked it to. */
function deathOf({ revival }: Emulator, logFile: string): Promise<never> {
  const failed = (revival?.died() ?? new Promise<never>(() => {})).then((how) => {
    throw new Error(
      `the AWS emulator has ended (${how}), and with it all that was in it; see ${logFile} and start again`,
    );
  });
  failed.catch(() => {}); // whether or not anybody looks
  return failed;
}

async function start(options: EmulationOptions, closers: ReturnType<typeof createClosers>): Promise<Emulation> {
  const { tools, stateDirectory, region, step, signal, onProblem } = options;
  const own = join(stateDirectory, "emulate");
  const lock = lockDirectory(own);
  closers.add("lock", lock.release);
  if (options.exactPort) await requireFree(options.port);
  const logs = join(own, "logs");
  mkdirSync(logs, { recursive: true });
  const stream = createWriteStream(join(logs, "gateway.log"), { flags: "a" });
  stream.on("error", (error) => onProblem(`the gateway's log could not be written: ${error.message}`));
  closers.add("log", () => new Promise<void>((resolve) => stream.end(resolve)));
  const log = fileLog(stream);
  const children = startChildren();
  closers.add("child processes", () => children.stopAll());

  const python = await step("Python environment of the emulator", (_evidence, progress) =>
    ensurePython({ directory: tools, onProgress: progress, signal }),
  );
  const logFile = join(logs, "emulator.log");
  const emulator = await step("AWS emulator", () =>
    startEmulator({ python: python.bin("python"), children, region, logFile }),
  );
  closers.add("emulator", () => emulator.stop());
  const authorizer = createAuthorizer({
    emulator,
    onDenied: ({ caller, action, resource, why }) =>
      onProblem(`refused: ${roleName(caller)} may not ${action} on ${resource}, ${why}`),
  });
  closers.add("permission check", () => authorizer.stop());
  const port = await nextFreePort(options.port);
  const { authorize } = authorizer;
  const clock = acceleratedClock(1);
  const gateway = await startEmulatedAccount({ emulator, clock, log, authorize, port });
  closers.add("gateway", () => gateway.stop());
  if (options.scaling === true) {
    const problem = (text: string, error: unknown) => log.error({ error: String(error) }, text);
    await step("Scaling", () => playScaling({ emulator, gateway, clock, closers, onProblem: problem }));
  }
  lock.answersAt(gateway.endpoint);
  const pulumiHome = join(own, "pulumi");
  await step("Pulumi's plugins", () => installPlugins(pulumiHome));
  signal?.throwIfAborted();

  const { endpoint } = gateway;
  const { accountId } = emulator;
  const environment = environmentTo(emulator, gateway);
  const emulated = { endpoint, region, accountId, pid: process.pid, environment, pulumiHome };
  closers.add("AWS profile", writeProfile(own, region, gateway));
  const { files, remove } = writeFiles(stateDirectory, emulated);
  closers.add("files", remove);
  const profile = join(own, "aws.config");
  const failed = deathOf(emulator, logFile);
  return { ...emulated, files: { ...files, profile }, failed, stop: () => closers.close() };
}

/** @throws when a part cannot be started or `signal` is aborted; whatever was started has ended by then. */
export async function startEmulation(options: EmulationOptions): Promise<Emulation> {
  const closers = createClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}
