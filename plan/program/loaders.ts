/** What Node is told to load before a host of ours, so that it can load the host and then the program. */
import { extname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** In the repository this module is TypeScript; in the package it is JavaScript, and there is nothing of ours to compile. */
const inRepository = extname(fileURLToPath(import.meta.url)) === ".ts";
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The examples are other people's projects, as far as the repository can show one: they are run as their users run them. */
function isOurs(entry: string): boolean {
  const path = relative(root, entry);
  return inRepository && !isAbsolute(path) && !["..", "examples", "node_modules"].includes(path.split(sep)[0] ?? "");
}

/** @param entry absolute path of the module that is the program. @returns arguments for Node. */
export function loadersFor(entry: string): string[] {
  const program = isOurs(entry) ? [] : [import.meta.resolve("tsx")];
  const host = inRepository ? [new URL("source/register.js", import.meta.url).href] : [];
  // The last of them is asked first: what is ours never reaches tsx.
  return [new URL("packages.js", import.meta.url).href, ...program, ...host].flatMap((url) => ["--import", url]);
}
