/** The projects of examples/, and what each can do. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));

export interface Example {
  readonly name: string;
  /** Where its Pulumi.yaml is. */
  readonly directory: string;
  /** Stack whose file it brings for AWS, and for the local run where there can be one. */
  readonly stacks: readonly string[];
}

export const examples: readonly Example[] = readdirSync(folder, { withFileTypes: true })
  .filter((found) => found.isDirectory())
  .map(({ name }) => name)
  .sort()
  .map((name) => ({
    name,
    directory: folder + name,
    stacks: readdirSync(folder + name).flatMap((file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? []),
  }));
