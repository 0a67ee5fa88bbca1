/** One update of one stack by Pulumi's engine: a child process with a PULUMI_HOME and a workspace of its own. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { clearStaleLocks, type KeptStack, leftUnfinished, untilAlone } from "../../plan/engine/backend.ts";
import type { EngineStep, Start } from "../../plan/engine/host/messages.ts";
import { providerVariables, pruneJournal } from "../../plan/engine/journal.ts";
import { type Outcome, operate } from "../../plan/engine/operate.ts";
import { passphraseIn, writeWorkspace } from "../../plan/engine/workspace.ts";
import type { StackConfig } from "../../plan/stack-config.ts";
import type { TargetAccount } from "./account.ts";
import { linkPlugins } from "./plugins.ts";

export interface EngineOptions {
  readonly account: TargetAccount;
  /** Absolute path of Pulumi's command line. */
  readonly pulumi: string;
  /** Folder of the program. */
  readonly program: string;
  /** Keeps the course. */
  readonly stateDirectory: string;
  /** Absent: a folder of the state. */
  readonly backend?: string;
}

interface UpdateOptions {
  readonly operation: "up" | "destroy";
  readonly config: StackConfig;
  /** What stands is looked at first. */
  readonly refresh: boolean;
  /** A command that was cut off has left the stack in the middle of something. */
  readonly cutOff: boolean;
  readonly onOutput: (line: string) => void;
  readonly onStep: (step: EngineStep, done: boolean) => void;
  readonly onProcess: (pid: number) => void;
  readonly kill: AbortSignal;
}

export interface Engine {
  /** @throws {EngineError} with the engine's own words. */
  update(stack: string, options: UpdateOptions): Promise<Outcome>;
}

/** AWS may take so long for what an engine that was cut off has begun, such as a distribution or a database. */
const patienceMilliseconds = 30 * 60_000;

/** The folder that the state is in; undefined: it is elsewhere. */
function folderOf(backend: string): string | undefined {
  return backend.startsWith("file://") ? fileURLToPath(backend) : undefined;
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { account, pulumi, program, stateDirectory } = options;
  const backend = options.backend ?? pathToFileURL(join(stateDirectory, "pulumi")).href;
  const folder = folderOf(backend);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  // What a provider has written down is compared with the state, which only a folder lets us read.
  const pending = folder === undefined ? "cleared" : account.pending;
  const passphrase = await passphraseIn(join(stateDirectory, "passphrase"));

  /** What an engine that was cut off has left in files. */
  async function tidy(kept: KeptStack, journal: string): Promise<void> {
    await untilAlone(kept, journal, patienceMilliseconds);
    clearStaleLocks(kept);
    const left = leftUnfinished(kept, "bring back a copy, or remove both and what the stack has left in the account");
    if (pending === "adopted") pruneJournal(journal, left);
  }

  return {
    async update(stack, { operation, config, refresh, cutOff, ...listeners }) {
      const own = join(stateDirectory, "stacks", stack);
      const [workspace, home, journal] = [join(own, "workspace"), join(own, "home"), join(own, "journal.jsonl")];
      await writeWorkspace(workspace, stack, config);
      await linkPlugins(home, account.plugins);
      if (folder !== undefined) await tidy({ backend: folder, project: config.project, stack }, journal);
      const start: Start = {
        operation,
        pulumi,
        workspace,
        home,
        stack,
        project: config.project,
        entry: config.entry,
        config: config.values,
        refresh,
        pending,
        // Of locks in a folder it is known whose they are; of others only that our command has died with the stack in its hands.
        unlock: folder === undefined && cutOff,
        environment: {
          PULUMI_BACKEND_URL: backend,
          PULUMI_CONFIG_PASSPHRASE: passphrase,
          PULUMI_SKIP_UPDATE_CHECK: "true",
          ...account.environment,
          [providerVariables.directory]: program,
          ...(pending === "adopted" ? { [providerVariables.journal]: journal } : {}),
        },
      };
      return operate(start, { directory: dirname(config.entry), inherited: account.inherited, ...listeners });
    },
  };
}
