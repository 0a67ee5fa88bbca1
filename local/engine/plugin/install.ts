/** Lays out the provider where Pulumi's engine looks for plugins: a folder per package and version, with an executable in it. */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program asks for a plugin of its package's own version. */
export const packages = ["aws", "awsx", "tls"] as const;

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const require = createRequire(import.meta.url);

async function versionOf(name: string): Promise<string> {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(await readFile(file, "utf8")) as { readonly version: string }).version;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes `home` (a PULUMI_HOME of our own) hold the provider under the versions that are installed here. */
export async function installPlugins(home: string): Promise<void> {
  const loader = import.meta.resolve("tsx");
  for (const name of packages) {
    const version = await versionOf(name);
    const folder = join(home, "plugins", `resource-${name}-v${version}`);
    await mkdir(folder, { recursive: true });
    const command = [process.execPath, "--import", loader, main, version].map(quoted).join(" ");
    const executable = join(folder, `pulumi-resource-${name}`);
    await writeFile(executable, `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(executable, 0o755);
  }
}
