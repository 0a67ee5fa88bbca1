/** The projects of examples/ that Node runs, and what each can do. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));

export interface Example {
  readonly name: string;
  /** Where its Pulumi.yaml is. */
  readonly directory: string;
  /** Stack whose file it brings for AWS, and for the local run where there can be one. */
  readonly stacks: readonly string[];
}

/** Those in other languages are `test/engine/languages.test.ts`'s. */
function isOfNode(name: string): boolean {
  const { runtime } = parse(readFileSync(`${folder}${name}/Pulumi.yaml`, "utf8")) as {
    readonly runtime: string | { readonly name: string };
  };
  return (typeof runtime === "string" ? runtime : runtime.name) === "nodejs";
}

export const examples: readonly Example[] = readdirSync(folder, { withFileTypes: true })
  .filter((found) => found.isDirectory() && isOfNode(found.name))
  .map(({ name }) => name)
  .sort()
  .map((name) => ({
    name,
    directory: folder + name,
    stacks: readdirSync(folder + name).flatMap((file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? []),
  }));
