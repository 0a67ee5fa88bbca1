/** What a stack of the course is deployed with. */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { readStackConfig, type StackConfig } from "../../plan/stack-config.ts";
import { courseNames } from "../plan/sharing.ts";

/** What of course.yaml its stacks need. */
export interface CourseSettings {
  readonly course: string;
  /** Absolute path of the folder of Pulumi.yaml. */
  readonly program: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly region: string;
  readonly domain?: string;
  readonly parallel: number;
  /** Pulumi's; absent: a folder of the course's state. */
  readonly backend?: string;
}

/**
 * The configuration of one stack: the template stack's file, the course's values over it, those of the command over them, and what no
 * two stacks may share.
 *
 * @param given over the course's values: `key` or `namespace:key` → value.
 * @param runs whether the program will run, and so need what is secret.
 * @throws {Error} when the file is missing or malformed, or keeps something encrypted that nothing replaces.
 */
export async function configOf(
  course: CourseSettings,
  stack: string,
  given: Readonly<Record<string, string>>,
  runs: boolean,
): Promise<StackConfig> {
  const config = await readStackConfig(course.program, course.stack, {
    ...course.config,
    ...given,
    ...(course.domain === undefined ? {} : { domain: course.domain }),
    "aws:region": course.region,
    owner: stack,
    ...courseNames,
  });
  const [first] = config.encrypted;
  if (first === undefined || !runs) return config;
  throw new Error(
    `Pulumi.${course.stack}.yaml keeps ${config.encrypted.join(", ")} encrypted, which only its own stack can read; give the value ` +
      `with -c ${first}=…, or under config of the course file`,
  );
}

/** Folders and files of which no deployment is made. */
const isBeside = (name: string) => name.startsWith(".") || name === "node_modules" || /\.(md|csv)$/.test(name);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !isBeside(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    });
}

/** Of the files that a program is made of, but those of `except` (the course file, the roster); in hexadecimal. */
export async function fingerprintOf(program: string, except: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  const beside = new Set(except.map((file) => resolve(file)));
  for (const file of filesBelow(program)) {
    if (beside.has(file)) continue;
    hash.update(`${file}\0`);
    await pipeline(createReadStream(file), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk);
    });
  }
  return hash.digest("hex");
}

/** Of a program under a configuration: what a later `up` compares. */
export function fingerprintUnder(program: string, { values }: StackConfig): string {
  return createHash("sha256")
    .update(program)
    .update(JSON.stringify(Object.entries(values).sort()))
    .digest("hex")
    .slice(0, 16);
}
