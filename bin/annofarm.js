#!/usr/bin/env node
// The launcher. In the repository everything else is TypeScript, compiled when it is first loaded; the package has it built.
import { existsSync, readFileSync } from "node:fs";

const source = new URL("annofarm.ts", import.meta.url);
const inRepository = existsSync(source);
if (inRepository) await import("../plan/program/source/register.js");
const { main } = await import(inRepository ? source.href : "../dist/bin/annofarm.js");
const about = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
await main(process.argv, about);
