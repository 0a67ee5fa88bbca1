/** The files of the npm package `ideogram`, and the form in which our own are written. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const require = createRequire(import.meta.url);
// The package exports no path to its manifest; its main module stands in dist/ of the root.
const root = require.resolve("ideogram").replace(/(node_modules\/ideogram)\/.*/, "$1");
const cache = join(root, "dist/data/cache");
const target = fileURLToPath(new URL("../data/", import.meta.url));

/** Lines of a gzip file of the package, comments among them. */
export const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(join(cache, path)))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Order of chromosomes and alleles in our files. */
export const collator = new Intl.Collator("en", { numeric: true });

/** `#key=JSON` lines, as the tables begin with. */
export const headLines = (header: Record<string, unknown>): string[] =>
  Object.entries(header).map(([key, value]) => `#${key}=${JSON.stringify(value)}`);

export function writeData(name: string, data: Uint8Array, what: string): void {
  writeFileSync(join(target, name), data);
  console.log(`${name}: ${what}, ${data.length} bytes`);
}
