/** The two places that a Pulumi command line can be had from: Pulumi's own installer, and its Go modules. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { executableIn } from "./find.ts";
import { runVisibly } from "./visibly.ts";

export interface Obtaining {
  /** Folder to fill: `bin/pulumi` will lie in it. It appears whole or not at all. */
  readonly root: string;
  readonly version: string;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How long the installer's server may take to say anything at all. */
const answerMilliseconds = 8_000;
const downloadMilliseconds = 300_000;
const installer = "https://get.pulumi.com/install.sh";

/** Fills a folder beside `root` and then puts it in its place. */
async function whole({ root }: Pick<Obtaining, "root">, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(root), { recursive: true });
  const folder = await mkdtemp(`${root}-`);
  try {
    await fill(folder);
    await rm(root, { recursive: true, force: true });
    await rename(folder, root);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {Error} when get.pulumi.com cannot be reached, which it says within seconds. */
export async function install(obtaining: Obtaining): Promise<void> {
  const { version, onProgress, signal } = obtaining;
  onProgress(`asking ${installer}`);
  const limit = AbortSignal.timeout(answerMilliseconds);
  let script: string;
  try {
    const response = await fetch(installer, {
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    script = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    const { message, cause } = error as Error;
    throw new Error(
      `${new URL(installer).host} cannot be reached (${cause instanceof Error ? cause.message : message})`,
    );
  }
  await whole(obtaining, async (folder) => {
    const file = join(folder, "install.sh");
    await writeFile(file, script);
    const args = [file, "--no-edit-path", "--install-root", folder, "--version", version];
    await runVisibly("/bin/sh", args, { onLine: onProgress, signal, milliseconds: downloadMilliseconds });
    await rm(file);
  });
}

/** A program of a Go module of ours, which pins what it is made of: its hashes are in `go.sum`, so nobody need be asked for them. */
interface GoProgram {
  /** Folder of the module, beside this file. */
  readonly module: string;
  /** Package of the program. */
  readonly main: string;
  /** Variables of the program, as the linker sets them. */
  readonly variables?: Readonly<Record<string, string>>;
}

const goEnvironment = { GOFLAGS: "-mod=readonly -buildvcs=false", GONOSUMDB: "github.com/pulumi/*", GOWORK: "off" };

/** @throws {Error} when there is no Go, the modules cannot be downloaded, or the build fails. */
async function compile(
  program: GoProgram,
  into: string,
  { onProgress, signal }: Pick<Obtaining, "onProgress" | "signal">,
): Promise<void> {
  const { main, variables = {} } = program;
  const cwd = fileURLToPath(new URL(program.module, import.meta.url));
  const run = (args: readonly string[], onLine: (line: string) => void) =>
    runVisibly("go", args, { onLine, cwd, env: goEnvironment, signal });
  try {
    await run(["version"], onProgress);
  } catch {
    signal?.throwIfAborted();
    throw new Error("there is no Go to build it with (https://go.dev/dl)");
  }
  onProgress("finding out what it is made of");
  let packages = 0;
  await run(["list", "-deps", main], () => packages++);
  let compiled = 0;
  const set = Object.entries(variables).map(([name, value]) => ` -X ${name}=${value}`);
  await run(["build", "-v", "-ldflags", `-s -w${set.join("")}`, "-o", into, main], (line) => {
    if (line.startsWith("go: ")) onProgress(line.slice(4));
    else onProgress(`compiled ${++compiled} of at most ${packages} packages: ${line}`);
  });
}

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** @throws {Error} when there is no Go, the modules cannot be downloaded, or the build fails. */
export async function build(obtaining: Obtaining): Promise<void> {
  const main = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  const program = { module: "module", main, variables: { [versionVariable]: `v${obtaining.version}` } };
  await whole(obtaining, (folder) => compile(program, executableIn(folder), obtaining));
}

/** Builds programs by the names that they have in `bin`. @throws {Error} as `build` does. */
export async function buildPrograms(
  programs: Readonly<Record<string, GoProgram>>,
  obtaining: Omit<Obtaining, "version">,
): Promise<void> {
  await whole(obtaining, async (folder) => {
    for (const [name, program] of Object.entries(programs)) {
      await compile(program, join(folder, "bin", name), obtaining);
    }
  });
}
