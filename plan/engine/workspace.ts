/** The files that an engine is given beside the program. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import type { StackConfig } from "../stack-config.ts";

/** Made once, readable by its owner only: what it locks tells no secret without it. */
export async function passphraseIn(file: string): Promise<string> {
  if (existsSync(file)) return (await readFile(file, "utf8")).trim();
  await mkdir(dirname(file), { recursive: true });
  const made = randomBytes(32).toString("base64");
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** The files that Pulumi's command line reads: of the configuration only what providers are told. */
export async function writeWorkspace(folder: string, stack: string, config: StackConfig): Promise<void> {
  await mkdir(folder, { recursive: true });
  const project = { name: config.project, runtime: "nodejs", main: dirname(config.entry) };
  await writeFile(join(folder, "Pulumi.yaml"), stringify(project));
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const kept = existsSync(file) ? (parse(await readFile(file, "utf8")) as { encryptionsalt?: string } | null) : {};
  const ofProviders = Object.entries(config.values).filter(([key]) => !key.startsWith(`${config.project}:`));
  await writeFile(file, stringify({ ...kept, config: Object.fromEntries(ofProviders) }));
}

/** This process's environment without what a user's own settings of these kinds (`PULUMI`, `AWS`) would change. */
export function environmentWithout(kinds: readonly string[]): NodeJS.ProcessEnv {
  const names = new RegExp(`^(${kinds.join("|")})_`);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}
