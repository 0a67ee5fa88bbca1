/** What Node is told to load before a host of ours, so that it can load the host and then the program. */
import { extname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** In the repository this module is TypeScript; in the package it is JavaScript, and there is nothing of ours to compile. */
const inRepository = extname(fileURLToPath(import.meta.url)) === ".ts";
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Arguments with which Node loads modules of ours in another process or thread. */
export const ownLoaders: readonly string[] = inRepository
  ? ["--import", new URL("source/register.js", import.meta.url).href]
  : [];

/** The repository's own program and those of its tests; any other is run as its author runs it, the examples among them. */
function isOurs(entry: string): boolean {
  return inRepository && ["index.ts", "test"].includes(relative(root, entry).split(sep)[0] ?? "");
}

/** @param entry absolute path of the module that is the program. @returns arguments for Node. */
export function loadersFor(entry: string): string[] {
  const program = isOurs(entry) ? [] : [import.meta.resolve("tsx")];
  // The last of them is asked first: what is ours never reaches tsx.
  return [
    ...[new URL("packages.js", import.meta.url).href, ...program].flatMap((url) => ["--import", url]),
    ...ownLoaders,
  ];
}
