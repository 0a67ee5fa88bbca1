/** Types of resources that programs declare, found without running them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Of all variants of the program, by their URNs; a type as often as it is declared. */
export function typesOfTheProgram(): string[] {
  const folder = `${root}test/plan/urns`;
  return readdirSync(folder).flatMap((file) =>
    readFileSync(`${folder}/${file}`, "utf8")
      .trim()
      .split("\n")
      .map((urn) => (urn.split("::")[0] ?? "").split("$").at(-1) ?? ""),
  );
}

/** `import * as sns from "@pulumi/aws/sns/index.js"` and `new sns.Topic(` → the class's type, as Pulumi's SDK has it. */
async function typesIn(source: string): Promise<string[]> {
  const packages = new Map(
    [...source.matchAll(/import \* as (\w+) from "(@pulumi\/aws\/[^"]+)"/g)].map((match) => [match[1], match[2]]),
  );
  const types: string[] = [];
  for (const [, name, className = ""] of source.matchAll(/new (\w+)\.(\w+)\(/g)) {
    const from = packages.get(name);
    if (from === undefined) continue;
    const { [className]: made } = (await import(from)) as Record<string, { __pulumiType?: string }>;
    if (made?.__pulumiType !== undefined) types.push(made.__pulumiType);
  }
  return types;
}

/** Of every source below a folder of this repository, whatever the settings. */
export async function typesUnder(folder: string): Promise<string[]> {
  const files = readdirSync(root + folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.includes("node_modules"),
  );
  return (await Promise.all(files.map((file) => typesIn(readFileSync(`${root}${folder}/${file}`, "utf8"))))).flat();
}
