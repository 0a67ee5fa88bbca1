/** Node's hook: what a test file imports as `ava` is titles.js, told which file asks. */
const titles = new URL("titles.js", import.meta.url);

function titled(/** @type {string} */ specifier, /** @type {string | undefined} */ parent) {
  if (specifier !== "ava" || parent === undefined || !/\.test\.tsx?$/.test(new URL(parent).pathname)) return undefined;
  const url = new URL(titles);
  url.searchParams.set("file", parent);
  return { url: url.href, format: "module", shortCircuit: true };
}

/** The first is for `registerHooks`, in the thread that loads; the second for `register`, in a thread of its own. */
export function resolveSync(specifier, context, next) {
  return titled(specifier, context.parentURL) ?? next(specifier, context);
}
export async function resolve(specifier, context, next) {
  return titled(specifier, context.parentURL) ?? next(specifier, context);
}
