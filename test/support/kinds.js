/**
 * Which test files are fast: those that reach none of the modules below, through whatever they import, and so start no emulator, browser,
 * engine or command. Plain JavaScript: ava.config.js imports it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What makes a test slow, the slowest first. */
const slowParts = [
  "test/support/local-service.ts", // the whole service
  "test/engine/support.ts", // Pulumi's engine
  "test/support/command.ts",
  "test/support/emulator.ts",
  "test/support/k6.ts",
  "test/support/browser.ts",
  "test/library/installed.ts", // the package as npm makes it
  "test/support/plugin.ts",
];

/** Modules of the tests that a module imports, by their paths. */
function importsOf(file) {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s+"(\.[^"]+)"/g)]
    .map(([, specifier]) => normalize(join(dirname(file), specifier)))
    .filter((found) => found.startsWith("test/") && existsSync(join(root, found)));
}

function reached(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const each of importsOf(file)) reached(each, seen);
  return seen;
}

const testFiles = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.test\.tsx?$/.test(file))
  .map((file) => join("test", file));

/** Place of the slowest part that a file reaches; as many as there are parts when it reaches none. */
function rankOf(file) {
  const parts = reached(file);
  const found = slowParts.findIndex((part) => parts.has(part));
  return found === -1 ? slowParts.length : found;
}
const ranks = new Map(testFiles.map((file) => [file, rankOf(file)]));

export const fastFiles = testFiles.filter((file) => ranks.get(file) === slowParts.length);

/** The slowest files first, so that none of them is what all others wait for at the end. */
export function slowestFirst(a, b) {
  const rank = (file) => ranks.get(file.slice(root.length)) ?? slowParts.length;
  return rank(a) - rank(b) || a.localeCompare(b);
}
