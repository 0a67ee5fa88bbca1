/** The project's own Python environment, made on first use: the emulators' exact versions, checked by hash. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type FoundPython, findPython } from "./find-python.ts";
import { withFileLock } from "./lock.ts";

type PythonProgram = "localstripe" | "python";

export interface PythonEnvironment {
  /** Absolute path of a program of the environment. */
  bin(name: PythonProgram): string;
}

export interface EnsurePythonOptions {
  /** Where `venv/` lives: the project's `.annofarm`. */
  readonly directory: string;
  /** Told one line for each step of the making; never called when the environment is ready. */
  readonly onProgress?: (line: string) => void;
  /** Pinned requirements with hashes; default: this folder's requirements.txt. */
  readonly requirements?: string;
  /** Gives up the making; the next call begins it anew. */
  readonly signal?: AbortSignal | undefined;
}

/** Written last: an environment without it is half made. */
interface Stamp {
  readonly requirements: string;
}

const pinned = fileURLToPath(new URL("requirements.txt", import.meta.url));
const windows = process.platform === "win32";

function programsOf(venv: string): PythonEnvironment {
  return {
    bin: (name) => (windows ? join(venv, "Scripts", `${name}.exe`) : join(venv, "bin", name)),
  };
}

async function isReady(venv: string, stamp: Stamp): Promise<boolean> {
  try {
    const written = JSON.parse(await readFile(join(venv, "annofarm.json"), "utf8")) as Partial<Stamp>;
    if (written.requirements !== stamp.requirements) return false;
    // The interpreter that the environment was made from may have been removed since.
    await promisify(execFile)(programsOf(venv).bin("python"), ["-c", ""], { timeout: 120_000 });
    return true;
  } catch {
    return false;
  }
}

/** Whether the next `ensurePython` makes an environment, as far as can be told without starting Python. */
export const isMade = (directory: string) => existsSync(join(directory, "venv", "annofarm.json"));

/**
 * pip's words with how far it is: `fetching 12 of 52: botocore`.
 *
 * @param listed packages of the list; pip leaves out those for other versions of Python and says so first.
 */
export function counted(listed: number, onProgress: (line: string) => void): (line: string) => void {
  let [all, fetched] = [listed, 0];
  return (line) => {
    const [, verb, name] = /^(Ignoring|Collecting|Installing collected packages)[ :]+([\w.-]+)/.exec(line) ?? [];
    if (verb === "Ignoring") all--;
    else if (verb === "Collecting") onProgress(`fetching ${++fetched} of ${all}: ${name}`);
    else if (verb !== undefined) onProgress(`installing ${fetched} packages`);
    else if (!/^ /.test(line)) onProgress(line);
  };
}

interface Visibly {
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function runVisibly(command: string, args: readonly string[], { onProgress, signal }: Visibly): Promise<void> {
  const child = spawn(command, [...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      tail.push(line);
      if (tail.length > 15) tail.shift();
      onProgress(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")} failed (exit code ${code}):\n${tail.join("\n")}`);
}

async function make(
  venv: string,
  python: FoundPython,
  requirements: string,
  stamp: Stamp,
  visibly: Visibly,
): Promise<void> {
  const { onProgress } = visibly;
  const listed = (await readFile(requirements, "utf8")).match(/^[a-z][^#]*==/gim)?.length ?? 0;
  onProgress(`Python ${python.version} (${python.executable})`);
  onProgress(`making ${venv}`);
  await rm(venv, { recursive: true, force: true });
  await runVisibly(python.executable, ["-m", "venv", venv], visibly);
  try {
    await runVisibly(
      programsOf(venv).bin("python"),
      [
        ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"],
        // The list is complete, so nothing is resolved; what is run is compiled when it first runs, the rest never.
        ...["--no-deps", "--no-compile", "--require-hashes", "-r", requirements],
      ],
      { ...visibly, onProgress: counted(listed, onProgress) },
    );
  } catch (cause) {
    visibly.signal?.throwIfAborted();
    throw new Error(
      `the emulators could not be installed from the Python package index; check the network (or PIP_INDEX_URL and the ` +
        `proxy settings) and try again\n${(cause as Error).message}`,
      { cause },
    );
  }
  await writeFile(join(venv, "annofarm.json"), `${JSON.stringify(stamp, undefined, 2)}\n`);
  onProgress("ready");
}

/**
 * Makes sure that `<directory>/venv` holds the pinned emulators, and makes it when it does not: half made, made from other
 * requirements, or left without its interpreter. Processes that ask at the same time make it once.
 *
 * @throws {Error} when no suitable Python is found or the packages cannot be installed; the message says what to do.
 */
export async function ensurePython(options: EnsurePythonOptions): Promise<PythonEnvironment> {
  const { directory, onProgress = () => {}, requirements = pinned, signal } = options;
  const venv = join(directory, "venv");
  const stamp = {
    requirements: createHash("sha256")
      .update(await readFile(requirements))
      .digest("hex"),
  };
  if (await isReady(venv, stamp)) return programsOf(venv);
  const python = await findPython();
  await mkdir(directory, { recursive: true });
  await withFileLock(python.executable, join(directory, "venv.lock"), async () => {
    if (!(await isReady(venv, stamp))) await make(venv, python, requirements, stamp, { onProgress, signal });
  });
  return programsOf(venv);
}
