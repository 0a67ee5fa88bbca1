#!/usr/bin/env node
// The launcher: everything else is TypeScript, which tsx loads as it is.
import { register } from "tsx/esm/api";

// Says on every start that SDK versions of 2027 will need Node 22; the lock file keeps the ones that do not.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
register();
const { main } = await import("./annofarm.ts");
await main(process.argv);
