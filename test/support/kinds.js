/**
 * Which test files are fast: those that reach none of the modules below, through whatever they import of the tests, and so start no
 * emulator, browser, engine, command or program of a user. Plain JavaScript: ava.config.js imports it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What makes a test slow, the slowest first. */
const slowParts = [
  "test/support/local-service.ts", // the whole service
  "test/engine/support.ts", // Pulumi's engine
  "test/support/boot/instance.ts", // a machine with an operating system
  "test/support/command.ts",
  "test/support/emulator.ts",
  "course/check/run/supervise.ts", // submissions, each with a service of its own
  "test/support/runs-sources.ts", // processes that a test starts
  "test/support/k6.ts",
  "test/support/browser.ts",
  "test/library/installed.ts", // the package as npm makes it
  "test/support/plugin.ts",
  "local/payments/payments.ts", // an emulator too
  "local/process/python/environment.ts", // packages come over the network
  "plan/plan.ts",
  "plan/program.ts", // a whole program, in a process of its own
  "course/plan/plan.ts", // several of them
  "course/plan/declaration.ts",
];

/** One sets its process's environment, which others must not see, and one looks at what its process has loaded. Long by what they are about: whole evenings simulated, a file larger than memory, 100,000 files, the command line itself. */
const longFiles =
  /^test\/(?:bin|scaling\/program|scaling\/simulate\/(?:course|recommended)\.|runtime\/(?:annotator\/(?:memory|fuzz)|aws\/role|telemetry\/off)\.)/;

/** Our modules that a module imports, by their paths. */
function importsOf(file) {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s+"(\.[^"]+)"/g)]
    .map(([, specifier]) => normalize(join(dirname(file), specifier)))
    .filter((found) => existsSync(join(root, found)));
}

/** What a test imports, and what the modules of the tests import in turn. */
function reached(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (file.startsWith("test/")) for (const each of importsOf(file)) reached(each, seen);
  return seen;
}

export const testFiles = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.test\.tsx?$/.test(file))
  .map((file) => join("test", file));

/** Place of the slowest part that a file reaches; as many as there are parts when it reaches none. */
function rankOf(file) {
  const parts = reached(file);
  const found = slowParts.findIndex((part) => parts.has(part));
  if (found !== -1) return found;
  return longFiles.test(file) ? slowParts.length : slowParts.length + 1;
}
const ranks = new Map(testFiles.map((file) => [file, rankOf(file)]));

export const fastFiles = testFiles.filter((file) => ranks.get(file) > slowParts.length);

/** Place of a test file among all kinds, by its path relative to the repository: the slower, the smaller. */
export const placeOf = (/** @type {string} */ file) => ranks.get(file) ?? slowParts.length + 1;
