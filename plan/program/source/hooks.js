/** Node's hooks: TypeScript of this repository is loaded as the JavaScript that was made of it. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compiledSource, root } from "./compile.js";

/** @returns what Node runs instead of the file; undefined where it is none of ours. */
function compiled(/** @type {string} */ url) {
  if (!url.startsWith("file:") || !/\.tsx?(?:$|[?#])/.test(url)) return undefined;
  const file = compiledSource(relative(root, fileURLToPath(url)));
  return file === undefined ? undefined : { format: "module", shortCircuit: true, source: readFileSync(file) };
}

/** For `registerHooks`, in the thread that loads. */
export function loadSync(url, context, next) {
  return compiled(url) ?? next(url, context);
}

/** For `register`, in a thread of its own. */
export async function load(url, context, next) {
  return compiled(url) ?? next(url, context);
}
