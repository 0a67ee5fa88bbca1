/** Node's hooks: TypeScript of this repository is loaded as the JavaScript that was made of it, and is what the package's name stands for. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compiledSource, root } from "./compile.js";

/** @returns what Node runs instead of the file; undefined where it is none of ours. */
function compiled(/** @type {string} */ url) {
  if (!url.startsWith("file:") || !/\.tsx?(?:$|[?#])/.test(url)) return undefined;
  const file = compiledSource(relative(root, fileURLToPath(url)));
  return file === undefined ? undefined : { format: "module", shortCircuit: true, source: readFileSync(file) };
}

/** `annofarm/plan` → the source of what package.json exports as `./plan`; undefined for any other name. */
function exported(/** @type {string} */ specifier) {
  if (!/^annofarm(?:\/|$)/.test(specifier)) return undefined;
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const built = exports[specifier.replace("annofarm", ".")]?.default;
  if (built === undefined) return undefined;
  const source = join(root, built.replace("./dist/", "").replace(/\.js$/, ".ts"));
  return { url: pathToFileURL(source).href, format: "module", shortCircuit: true };
}

/** The first two are for `registerHooks`, in the thread that loads; the others for `register`, in a thread of its own. */
export function loadSync(url, context, next) {
  return compiled(url) ?? next(url, context);
}
export function resolveSync(specifier, context, next) {
  return exported(specifier) ?? next(specifier, context);
}
export async function load(url, context, next) {
  return compiled(url) ?? next(url, context);
}
export async function resolve(specifier, context, next) {
  return exported(specifier) ?? next(specifier, context);
}
