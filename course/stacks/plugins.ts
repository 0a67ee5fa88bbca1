/** Provider plugins of all stacks: one folder, linked into the home of each, so that a hundred homes do not hold a hundred copies. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

/** A package of Pulumi's says which plugin it speaks to. */
const packageFile = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  pulumi: z
    .object({ resource: z.boolean().optional(), name: z.string().optional(), version: z.string().optional() })
    .optional(),
});

interface Plugin {
  readonly name: string;
  readonly version: string;
}

async function readPackage(file: string) {
  const parsed = packageFile.safeParse(JSON.parse(await readFile(file, "utf8")));
  return parsed.success ? parsed.data : undefined;
}

/** The package.json of the program: in its folder or above it. */
function packageAbove(folder: string): string | undefined {
  for (let place = folder; ; place = dirname(place)) {
    const file = join(place, "package.json");
    if (existsSync(file)) return file;
    if (place === dirname(place)) return undefined;
  }
}

/** Plugins of the packages that a program names. One that cannot be found is left to the engine, which then says so. */
export async function pluginsOf(program: string): Promise<Plugin[]> {
  const own = packageAbove(program);
  if (own === undefined) return [];
  const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = (await readPackage(own)) ?? {};
  const require = createRequire(own);
  const found: Plugin[] = [];
  for (const name of Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })) {
    if (!name.startsWith("@pulumi/")) continue;
    try {
      const { version, pulumi } = (await readPackage(require.resolve(`${name}/package.json`))) ?? {};
      if (version === undefined || pulumi?.resource !== true) continue;
      found.push({ name: pulumi.name ?? name.slice("@pulumi/".length), version: pulumi.version ?? version });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return found;
}

/**
 * Fetches what is missing, before stacks that run side by side would fetch it many times.
 *
 * @param folder `plugins` of a PULUMI_HOME.
 */
export async function providePlugins(
  pulumi: string,
  folder: string,
  plugins: readonly Plugin[],
  onProgress: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, version } of plugins) {
    if (existsSync(join(folder, `resource-${name}-v${version}`))) continue;
    onProgress(`fetching Pulumi's plugin ${name} ${version}`);
    const env = { ...process.env, PULUMI_HOME: dirname(folder), PULUMI_SKIP_UPDATE_CHECK: "true" };
    try {
      await promisify(execFile)(pulumi, ["plugin", "install", "resource", name, version], { env });
    } catch (cause) {
      const why = ((cause as { stderr?: string }).stderr || (cause as Error).message).trim().split("\n").at(-1);
      throw new Error(`Pulumi's plugin ${name} ${version} cannot be fetched: ${why}; check the network and try again`, {
        cause,
      });
    }
  }
}

/** Makes `home` a PULUMI_HOME that uses the plugins of `folder`. */
export async function linkPlugins(home: string, folder: string): Promise<void> {
  await mkdir(home, { recursive: true });
  const link = join(home, "plugins");
  try {
    await symlink(folder, link, "junction");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !(await lstat(link)).isSymbolicLink()) throw error;
  }
}
