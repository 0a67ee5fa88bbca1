/** Makes sure that this machine has Pulumi's command line. */
import { cacheRoot, executableIn, findPulumi } from "./find.ts";
import { makeOnce } from "./once.ts";
import { build, install, type Obtaining } from "./sources.ts";
import { type PulumiCli, versionOf, wantedVersion } from "./version.ts";

export interface ObtainOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told one line for each thing that happens; never called when there is one already. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where it may be had from, in order. Default: Pulumi's installer, then the Go modules. */
  readonly sources?: Readonly<Partial<Record<"installer" | "Go modules", (obtaining: Obtaining) => Promise<void>>>>;
}

/**
 * The Pulumi command line: one on PATH, else the one in the user's cache, else one that is put there. Processes that ask at
 * the same time obtain it once.
 *
 * @throws {Error} that tells of each place why it could not be had from there, and what to do.
 */
export async function obtainPulumi(options: ObtainOptions = {}): Promise<PulumiCli> {
  const { environment = process.env, onProgress = () => {}, signal } = options;
  const { sources = { installer: install, "Go modules": build } } = options;
  const found = await findPulumi(environment, onProgress);
  if (found !== undefined) return found;

  const root = await cacheRoot(environment);
  const version = await wantedVersion();
  const make = async (): Promise<PulumiCli> => {
    const reasons: string[] = [];
    for (const from of Object.keys(sources) as (keyof typeof sources)[]) {
      try {
        await sources[from]?.({ root, version, onProgress, signal });
        const is = await versionOf(executableIn(root));
        if (is === undefined) throw new Error(`what it has put into ${root} does not run`);
        return { command: executableIn(root), version: is, from };
      } catch (error) {
        signal?.throwIfAborted();
        reasons.push(`${from}: ${(error as Error).message}`);
        onProgress(`${from}: ${(error as Error).message.split("\n")[0]}`);
      }
    }
    throw new Error(
      `Pulumi's command line ${version} could not be had:\n  ${reasons.join("\n  ")}\n` +
        "Install it by hand (https://www.pulumi.com/docs/install) so that `pulumi` is on PATH.",
    );
  };
  return makeOnce(root, () => findPulumi(environment), make);
}
