/** Reads what the Pulumi CLI reads before it starts a program: Pulumi.yaml and Pulumi.<stack>.yaml. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

export interface StackConfig {
  readonly project: string;
  /** Absolute path of the module that is the program. */
  readonly entry: string;
  /** `project:key` → value as the program reads it: text, or JSON text for lists and maps. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose values only `pulumi` can decrypt; they stand in `values` as `[encrypted]`. */
  readonly encrypted: readonly string[];
}

const projectSchema = z.object({
  name: z.string(),
  main: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
});
const stackSchema = z.object({ config: z.record(z.string(), z.unknown()).nullish() });

/** @param absent what to say when there is no such file. */
async function readYaml<T>(file: string, schema: z.ZodType<T>, absent: () => Promise<string> | string): Promise<T> {
  let document: unknown;
  try {
    document = parse(await readFile(file, "utf8"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Error(await absent(), { cause });
    if (code !== undefined && (cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    throw new Error(`${file} is not YAML: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(document ?? {});
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Names of the stacks that have a file in the directory. */
async function stacksIn(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

async function withoutStack(directory: string, stack: string): Promise<string> {
  const found = await stacksIn(directory);
  const there = found.length === 0 ? "there is none" : `there ${found.length === 1 ? "is" : "are"} ${found.join(", ")}`;
  return `there is no stack ${stack} in ${directory}; ${there} (Pulumi.<stack>.yaml): give one of these, or write its file`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEncrypted(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isEncrypted);
  if (!isMap(value)) return false;
  const keys = Object.keys(value);
  return (keys.length === 1 && keys[0] === "secure") || Object.values(value).some(isEncrypted);
}

/** Pulumi hands every value to the program as text. */
function asText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** Pulumi.yaml gives a key's value plainly, as `value`, or as `default` of a declared key. */
function projectDefault(declared: unknown): unknown {
  if (!isMap(declared)) return declared;
  return declared.value ?? declared.default;
}

/** A key as the program knows it: without a namespace it is the project's own. */
export const withNamespace = (project: string, key: string) => (key.includes(":") ? key : `${project}:${key}`);

async function findEntry(directory: string, main: string | undefined): Promise<string> {
  const named = resolve(directory, main ?? "index.ts");
  const found = await stat(named).catch(() => undefined);
  if (found === undefined) throw new Error(`there is no ${named}, which Pulumi.yaml's "main" names as the program`);
  return found.isDirectory() ? join(named, "index.ts") : named;
}

/**
 * The configuration of one stack. `overrides` (`key` or `namespace:key` → value) replace what the files say.
 *
 * @throws {Error} that names the file when one is missing or malformed.
 */
export async function readStackConfig(
  directory: string,
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
): Promise<StackConfig> {
  const projectFile = await readYaml(
    join(directory, "Pulumi.yaml"),
    projectSchema,
    () => `there is no ${join(directory, "Pulumi.yaml")}; give the directory of a Pulumi program (-C)`,
  );
  const stackFile = await readYaml(join(directory, `Pulumi.${stack}.yaml`), stackSchema, () =>
    withoutStack(directory, stack),
  );
  const project = projectFile.name;
  const values: Record<string, string> = {};
  const encrypted = new Set<string>();
  for (const [key, declared] of Object.entries(projectFile.config ?? {})) {
    const value = projectDefault(declared);
    if (value !== undefined) values[withNamespace(project, key)] = asText(value);
  }
  for (const [key, value] of Object.entries(stackFile.config ?? {})) {
    const name = withNamespace(project, key);
    if (isEncrypted(value)) encrypted.add(name);
    values[name] = isEncrypted(value) ? "[encrypted]" : asText(value);
  }
  for (const [key, value] of Object.entries(overrides)) {
    values[withNamespace(project, key)] = value;
    encrypted.delete(withNamespace(project, key));
  }
  return { project, entry: await findEntry(directory, projectFile.main), values, encrypted: [...encrypted] };
}
