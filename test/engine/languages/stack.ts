/** An example in another language under the real engine: a copy of its folder, a state of its own, providers of the emulator. */
import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { engineSettings } from "../../../local/engine/engine.ts";
import { environmentOf } from "../../../local/engine/plugin/environment.ts";
import { installPlugins } from "../../../local/engine/plugin/install.ts";
import type { LanguageTools } from "../../../local/engine/tools/languages.ts";
import type { Emulator } from "../../../local/types.ts";
import type { StateResource } from "../../../plan/engine/state.ts";
import { environmentWithout } from "../../../plan/engine/workspace.ts";
import { schemaFile } from "../../support/portable-schema.ts";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const driver = fileURLToPath(new URL("run.py", import.meta.url));
const name = "dev";

/** `unchanged` is an `up` that fails when there is something to do. */
type Operation = "preview" | "up" | "unchanged" | "destroy";

export interface LanguageStack {
  /** @returns what the command has printed. @throws {Error} with that when it fails. */
  run(operation: Operation): Promise<string>;
  configure(key: string, value: string): Promise<void>;
  /** What the state holds. */
  resources(): Promise<readonly StateResource[]>;
}

interface LanguageOptions {
  /** Folder of the example. */
  readonly directory: string;
  readonly project: string;
  readonly emulator: Emulator;
  /** Path of Pulumi's command line. */
  readonly pulumi: string;
  readonly tools: LanguageTools;
  /** Python that has Pulumi's SDK; omitted: the command line runs the program by itself. */
  readonly python?: string;
}

/** As a plugin that has been installed: the language host of Node, which would start it from its folder, is not at hand here. */
async function installComponents(home: string): Promise<void> {
  const { version } = JSON.parse(await readFile(schemaFile, "utf8")) as { readonly version: string };
  const folder = join(home, "plugins", `resource-annofarm-v${version}`);
  await mkdir(folder, { recursive: true });
  const starter = require.resolve("@pulumi/pulumi/cmd/run-plugin/index.js");
  const file = join(folder, "pulumi-resource-annofarm");
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${starter}" "${root}" "$@"\n`);
  await chmod(file, 0o755);
}

function execute(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, all] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${command} ${args.join(" ")} failed (${code}):\n${all}`)),
    );
  });
}

export async function openLanguageStack(options: LanguageOptions): Promise<LanguageStack> {
  const { directory, project, emulator, pulumi, tools, python } = options;
  const places = await mkdtemp(join(tmpdir(), "annofarm-language-"));
  const [work, home, backend] = [join(places, "project"), join(places, "home"), join(places, "backend")];
  const [sdk, installed] = [join(places, "sdk"), join(places, "installed")];
  await cp(directory, work, { recursive: true });
  await symlink(join(root, "node_modules"), join(work, "node_modules"));
  for (const folder of [home, backend]) await mkdir(folder);
  await installPlugins(home);
  await installComponents(home);
  const env: NodeJS.ProcessEnv = {
    ...environmentWithout(["PULUMI", "AWS"]),
    PATH: [tools.folder, dirname(pulumi), process.env.PATH].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PYTHONPATH: installed,
    ...engineSettings,
    ...environmentOf({ emulator, projectDirectory: work }),
  };
  const cli = (...args: string[]) => execute(pulumi, [...args, "--non-interactive"], work, env);
  if (python !== undefined) {
    await execute(tools.pythonSdk, [schemaFile, sdk], work, env);
    const offline = ["--no-deps", "--no-index", "--no-build-isolation"];
    await execute(python, ["-m", "pip", "install", ...offline, "--target", installed, sdk], work, env);
  }
  await cli("stack", "init", name);

  return {
    async run(operation) {
      if (python !== undefined) return execute(python, [driver, operation, project, name], work, env);
      if (operation === "preview") return cli("preview");
      if (operation === "unchanged") return cli("up", "--yes", "--skip-preview", "--expect-no-changes");
      return cli(operation, "--yes", "--skip-preview");
    },
    async configure(key, value) {
      await cli("config", "set", key, value);
    },
    async resources() {
      const { deployment } = JSON.parse(await cli("stack", "export")) as {
        readonly deployment: { readonly resources?: readonly StateResource[] };
      };
      return deployment.resources ?? [];
    },
  };
}
