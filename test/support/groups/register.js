/** `--import` of AVA's workers when files share them: each title begins with the file that it is in, as AVA's own report has it. */
import module from "node:module";
import { resolveSync } from "./hooks.js";

// Since Node 22.15 hooks can run in the thread that loads, without a second one.
if (module.registerHooks !== undefined) module.registerHooks({ resolve: resolveSync });
else module.register("./hooks.js", import.meta.url);
