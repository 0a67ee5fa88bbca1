/** The kept documents, read once, and what they are held against. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { CommandWorld } from "./commands.ts";
import { foldersOf, keptFiles, readKept, root } from "./kept-files.ts";
import type { LinkTargets } from "./links.ts";
import { type Document, readDocument } from "./markdown.ts";
import type { KeptPlaces } from "./paths.ts";

const files = keptFiles();
const places: ReadonlySet<string> = new Set([...files, ...foldersOf(files)]);

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}
const about = JSON.parse(readKept("package.json")) as Package;

export const documents: readonly Document[] = files
  .filter((file) => file.endsWith(".md"))
  .map((file) => readDocument(file, readKept(file)));

const byFile = new Map(documents.map((document) => [document.file, document]));

export const linkTargets: LinkTargets = { places, anchorsOf: (file) => byFile.get(file)?.anchors };

export const commandWorld: CommandWorld = {
  scripts: about.scripts,
  benchmarks: files
    .filter((file) => /^bench\/[^/]+\.ts$/.test(file) && file !== "bench/run.ts")
    .map((file) => basename(file, ".ts")),
  places,
  read: readKept,
  installed: (name) => existsSync(join(root, "node_modules", ".bin", name)),
};

export const keptPlaces: KeptPlaces = {
  places,
  made: readKept(".gitignore")
    .split("\n")
    .filter((line) => line !== "" && !line.includes("*"))
    .map((line) => line.replace(/\/$/, "")),
  exports: new Set(Object.keys(about.exports).map((name) => name.replace(/^\./, "annofarm"))),
};
