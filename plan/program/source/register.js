/**
 * `node --import …/register.js file.ts` runs TypeScript of this repository, as `--import tsx` does, without a compiler in every process:
 * docs/decisions/0027. The package has no need of it: there everything is JavaScript.
 */
import module from "node:module";
import { loadSync, resolveSync } from "./hooks.js";

process.setSourceMapsEnabled(true);
// Since Node 22.15 hooks can run in the thread that loads, without a second one.
if (module.registerHooks !== undefined) module.registerHooks({ load: loadSync, resolve: resolveSync });
else module.register("./hooks.js", import.meta.url);
