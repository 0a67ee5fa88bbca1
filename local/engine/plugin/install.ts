/** Lays out the provider where Pulumi's engine looks for plugins: a folder per package and version, with an executable in it. */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundleProvider } from "./bundle.ts";

/** The program asks for a plugin of its package's own version. */
const packages = ["aws", "awsx", "tls"] as const;

const require = createRequire(import.meta.url);

async function versionOf(name: string): Promise<string> {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  return (JSON.parse(await readFile(file, "utf8")) as { readonly version: string }).version;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes `home` (a PULUMI_HOME of our own) hold the provider under the versions that are installed here. */
export async function installPlugins(home: string): Promise<void> {
  const main = await bundleProvider();
  for (const name of packages) {
    const version = await versionOf(name);
    const folder = join(home, "plugins", `resource-${name}-v${version}`);
    await mkdir(folder, { recursive: true });
    const executable = join(folder, `pulumi-resource-${name}`);
    const command = [process.execPath, main, version].map(quoted).join(" ");
    await writeFile(executable, `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(executable, 0o755);
  }
}
