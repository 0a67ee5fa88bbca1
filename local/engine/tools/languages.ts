/**
 * What programs in other languages need beside Pulumi's command line: its language host for YAML, and its generator of SDKs for
 * Python. Pulumi's installer brings both; where it cannot be reached they are built from their Go modules.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "./find.ts";
import { makeOnce } from "./once.ts";
import { buildPrograms, type Obtaining } from "./sources.ts";

export interface LanguageTools {
  /** Folder for PATH: the engine finds hosts there. */
  readonly folder: string;
  /** Pulumi's language host for YAML. */
  readonly yaml: string;
  /** Generates an SDK for Python: `<command> <schema.json> <folder>`. */
  readonly pythonSdk: string;
}

interface ObtainLanguagesOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told one line for each thing that happens; never called when they are there already. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Fills `bin` of a folder with them. Default: from the Go modules. */
  readonly build?: (obtaining: Omit<Obtaining, "version">) => Promise<void>;
}

const suffix = process.platform === "win32" ? ".exe" : "";
const names = { yaml: `pulumi-language-yaml${suffix}`, pythonSdk: `pulumi-python-sdk${suffix}` };

/** The host is of the newest release that a module proxy serves; it asks for an older engine's packages than the generator. */
const programs = {
  [names.yaml]: { module: "yaml", main: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" },
  [names.pythonSdk]: { module: "module", main: "annofarm.local/pulumi/python-sdk" },
};

const rootFor = async (environment: ObtainLanguagesOptions["environment"]): Promise<string> =>
  `${await cacheRoot(environment)}-languages`;

/** `undefined` when they have not been built for this version of the command line. */
export async function findLanguages(environment = process.env as Readonly<Record<string, string | undefined>>) {
  const folder = join(await rootFor(environment), "bin");
  const tools: LanguageTools = { folder, yaml: join(folder, names.yaml), pythonSdk: join(folder, names.pythonSdk) };
  return existsSync(tools.yaml) && existsSync(tools.pythonSdk) ? tools : undefined;
}

/**
 * Those of the user's cache, which are built when they are missing: minutes, once. Processes that ask at the same time build once.
 *
 * @throws {Error} that says why they could not be built, and what to do.
 */
export async function obtainLanguages(options: ObtainLanguagesOptions = {}): Promise<LanguageTools> {
  const { environment = process.env, onProgress = () => {}, signal, build } = options;
  const found = await findLanguages(environment);
  if (found !== undefined) return found;
  const root = await rootFor(environment);
  const find = () => findLanguages(environment);
  return makeOnce(root, find, async () => {
    try {
      await (build ?? ((obtaining) => buildPrograms(programs, obtaining)))({ root, onProgress, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      const { message } = cause as Error;
      throw new Error(
        `what programs in YAML and Python need could not be built: ${message}\n` +
          "Install Pulumi by hand (https://www.pulumi.com/docs/install): it brings both.",
        { cause },
      );
    }
    const built = await find();
    if (built === undefined) throw new Error(`what was built into ${root} is not there; remove it, and try again`);
    return built;
  });
}
