/** The schema of the components for other languages, made from their code by Pulumi's own analyzer. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { generateSchema, type PackageSpec } from "@pulumi/pulumi/provider/experimental/schema.js";
import * as components from "../../components/portable/index.ts";

const directory = fileURLToPath(new URL("../../components/portable", import.meta.url));

export const schemaFile = `${directory}/schema.json`;

interface About {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** @throws {Error} naming the argument whose type cannot cross to another language. */
export function portableSchema(): PackageSpec {
  const about = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as About;
  const { name, version, description } = about;
  const analyzer = new Analyzer(directory, name, {}, new Set(Object.keys(components)));
  const found = analyzer.analyze();
  return generateSchema(name, version, description, found.components, found.typeDefinitions, found.dependencies);
}

export const schemaText = (schema: PackageSpec): string => `${JSON.stringify(schema, undefined, 2)}\n`;
