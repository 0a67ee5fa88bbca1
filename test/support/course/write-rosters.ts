/** Writes test/course/rosters anew: `node --import ./plan/program/source/register.js test/support/course/write-rosters.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { flawedRosters } from "./flawed-rosters.ts";

const folder = new URL("../../course/rosters/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file, bytes } of flawedRosters) writeFileSync(new URL(file, folder), bytes);
