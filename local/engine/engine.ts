/**
 * Pulumi's own engine on a stack of this machine: state in files, plugins of ours, no network. Each operation runs in a
 * process of its own (`plan/engine/`).
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { clearStaleLocks, leftUnfinished, untilAlone } from "../../plan/engine/backend.ts";
import type { EngineStep, Operation, Start } from "../../plan/engine/host/messages.ts";
import { pruneJournal } from "../../plan/engine/journal.ts";
import { type Outcome, operate } from "../../plan/engine/operate.ts";
import { environmentWithout, passphraseIn, writeWorkspace } from "../../plan/engine/workspace.ts";
import { quietSdk } from "../../plan/process/quiet-sdk.ts";
import { readStackConfig } from "../../plan/stack-config.ts";
import type { Emulator, Gateway } from "../types.ts";
import { environmentOf } from "./plugin/environment.ts";
import { installPlugins } from "./plugin/install.ts";

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

interface OperationOptions {
  /** `up` and `preview` only: what stands is looked at first. Default: false. */
  readonly refresh?: boolean;
  /** Told of each step as it begins, and again when it is done. */
  readonly onStep?: (step: EngineStep, done: boolean) => void;
  /** Resources at a time; default: Pulumi's. */
  readonly parallel?: number;
  /** The engine and the program are killed, without any good-bye. */
  readonly kill?: AbortSignal;
}

export interface EngineStack {
  run(operation: Operation, options?: OperationOptions): Promise<Outcome>;
}

interface EnginePlaces {
  readonly workspace: string;
  readonly home: string;
  readonly backend: string;
  readonly journal: string;
  readonly passphrase: string;
}

function placesIn(stateDirectory: string): EnginePlaces {
  const root = join(stateDirectory, "engine");
  return {
    workspace: join(root, "workspace"),
    home: join(root, "home"),
    backend: join(root, "backend"),
    journal: join(root, "journal.jsonl"),
    passphrase: join(root, "passphrase"),
  };
}

/** What an engine is told that drives the provider of `installPlugins`, wherever its state is. */
export const engineSettings: Readonly<Record<string, string>> = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  ...quietSdk,
};

/**
 * Opens a stack; it is made with its first operation.
 *
 * @throws {Error} when configuration is missing, malformed or encrypted.
 */
export async function openEngine(options: EngineOptions): Promise<EngineStack> {
  const { directory, stack, stateDirectory, emulator, gateway, pulumi } = options;
  const { onOutput = (line: string) => process.stderr.write(`${line}\n`) } = options;
  const config = await readStackConfig(directory, stack, options.config);
  const places = placesIn(stateDirectory);
  for (const folder of [places.home, places.backend]) await mkdir(folder, { recursive: true });
  const passphrase = await passphraseIn(places.passphrase);
  await installPlugins(places.home);
  await writeWorkspace(places.workspace, stack, config);
  const kept = { backend: places.backend, project: config.project, stack };
  const environment = {
    PULUMI_BACKEND_URL: pathToFileURL(places.backend).href,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    ...engineSettings,
    ...environmentOf({
      emulator,
      projectDirectory: directory,
      journal: places.journal,
      ...(gateway === undefined ? {} : { gateway }),
    }),
  };

  return {
    async run(operation, given = {}) {
      const { refresh = false, parallel, onStep, kill } = given;
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
        pending: "adopted",
        ...(parallel === undefined ? {} : { parallel }),
      };
      await untilAlone(kept, places.journal);
      clearStaleLocks(kept);
      pruneJournal(places.journal, leftUnfinished(kept, "--fresh begins anew"));
      return operate(start, { directory, inherited: environmentWithout(["PULUMI", "AWS"]), onOutput, onStep, kill });
    },
  };
}
