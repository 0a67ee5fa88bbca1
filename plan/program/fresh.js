// Module hooks: what a program consists of is loaded anew for each of its runs in one process. Only its entry is imported by
// number; whatever that imports, and so on, gets the same number. JavaScript, since a thread of Node's own may load it.
import { fileURLToPath } from "node:url";

export const runKey = "annofarm-run";

/** Pulumi's packages stay loaded, with what they use: they are most of what a run would load, and keep a run's state in its store. */
export const isShared = (file) => /[\\/]node_modules[\\/]@pulumi[\\/]/.test(file);

function numbered(resolved, { parentURL }) {
  const run = parentURL?.startsWith("file:") ? new URL(parentURL).searchParams.get(runKey) : null;
  if (run === null || !resolved.url.startsWith("file:")) return resolved;
  const url = new URL(resolved.url);
  if (isShared(fileURLToPath(url))) return resolved;
  url.searchParams.set(runKey, run);
  return { ...resolved, url: url.href };
}

/** For `registerHooks`, in the thread that loads. */
export const resolveSync = (specifier, context, next) => numbered(next(specifier, context), context);

/** For `register`, in a thread of its own. */
export const resolve = async (specifier, context, next) => numbered(await next(specifier, context), context);
