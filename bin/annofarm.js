#!/usr/bin/env node
// The launcher. In the repository everything else is TypeScript, compiled when it is first loaded; the package has it built.
import { existsSync, readFileSync } from "node:fs";

// Says on every start that SDK versions of 2027 will need Node 22; the lock file keeps the ones that do not.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
const source = new URL("annofarm.ts", import.meta.url);
const inRepository = existsSync(source);
if (inRepository) await import("../plan/program/source/register.js");
const { main } = await import(inRepository ? source.href : "../dist/bin/annofarm.js");
const about = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
await main(process.argv, about);
