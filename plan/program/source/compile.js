/**
 * The repository's TypeScript as JavaScript, below `.annofarm/compiled/`: each source is compiled once, not in every process that loads
 * it. A compiled file has its source's time of change; another time means that it is stale. Plain JavaScript, since it loads the rest.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
/** What is compiled together when one of it is stale: running the product never compiles its tests. */
const areas = [
  ["bin", "components", "course", "index.ts", "loadtest", "local", "operate", "plan", "runtime", "scaling"],
  ["bench", "test"],
];
const require = createRequire(import.meta.url);
const options = {
  bundle: false,
  write: false,
  format: "esm",
  target: "node20",
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: "external",
  sourcesContent: false,
  logLevel: "silent",
};
/** Another compiler, or other settings, make another folder. */
const settings = createHash("sha256")
  .update(JSON.stringify([options, require("esbuild/package.json").version]))
  .digest("hex")
  .slice(0, 12);
const output = join(root, ".annofarm", "compiled", settings);
const isSource = (/** @type {string} */ name) => /(?<!\.d)\.tsx?$/.test(name);

const timeOf = (/** @type {string} */ file) => statSync(file, { throwIfNoEntry: false })?.mtime.getTime();

/** Where the JavaScript of a source stands, by its path relative to the repository. */
function compiledFile(/** @type {string} */ source) {
  return join(output, `${source}.js`);
}

function isStale(/** @type {string} */ source) {
  return timeOf(join(root, source)) !== timeOf(compiledFile(source));
}

/** Sources of an area, relative to the repository. */
function sourcesOf(/** @type {readonly string[]} */ area) {
  return area.flatMap((place) => {
    const about = statSync(join(root, place), { throwIfNoEntry: false });
    if (about?.isDirectory() !== true) return about === undefined ? [] : [place];
    const names = readdirSync(join(root, place), { recursive: true, encoding: "utf8" });
    return names.filter((name) => isSource(name) && !name.includes("node_modules")).map((name) => join(place, name));
  });
}

/** The map names its source as the module's address does, which is the source's, not that of the compiled file. */
function withMap(/** @type {string} */ code, /** @type {string} */ map, /** @type {string} */ source) {
  const named = JSON.stringify({ ...JSON.parse(map), sources: [basename(source)] });
  return `${code}//# sourceMappingURL=data:application/json;base64,${Buffer.from(named).toString("base64")}\n`;
}

/** Several processes may do this at once: each file appears whole, and the last of them writes the same again. */
function compile(/** @type {readonly string[]} */ sources) {
  const times = new Map(sources.map((source) => [source, statSync(join(root, source)).mtime]));
  // Entry points are named one by one, so that `a.ts` and `a.tsx` stay two files.
  const entryPoints = sources.map((source) => ({ in: join(root, source), out: source }));
  const { outputFiles } = require("esbuild").buildSync({
    ...options,
    entryPoints,
    outdir: output,
    absWorkingDir: root,
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  for (const [source, time] of times) {
    const file = compiledFile(source);
    const making = `${file}.${process.pid}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(making, withMap(texts.get(file) ?? "", texts.get(`${file}.map`) ?? "", source));
    utimesSync(making, time, time);
    renameSync(making, file);
  }
}

/** A mistake in another file is that file's: it must not keep this one from being loaded. */
function compileArea(/** @type {readonly string[]} */ area, /** @type {string} */ needed) {
  try {
    compile(sourcesOf(area).filter(isStale));
  } catch {
    compile([needed]);
  }
}

/**
 * The file that holds a source's JavaScript, made anew if need be; undefined for what is none of the repository's sources.
 *
 * @param {string} source its path relative to the repository
 * @throws {Error} what esbuild says of a file that is not TypeScript
 */
export function compiledSource(source) {
  const area = areas.find((each) => each.some((place) => source === place || source.startsWith(`${place}/`)));
  if (area === undefined || !isSource(source)) return undefined;
  if (isStale(source)) compileArea(area, source);
  return compiledFile(source);
}
