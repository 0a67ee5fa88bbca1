/**
 * A service's code as one compressed file under `.annofarm/bundles`. Building it takes a second for each service, so a bundle
 * is kept with a record of every file it was made of, and made again only when one of them has changed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { type BuildOptions, buildSync, version as esbuildVersion } from "esbuild";
import { deterministicTarGz, type TarEntry } from "./tar.ts";

/** Root of the program's project, where Pulumi starts it: paths of code and data are relative to it, as those of assets are. */
export const projectRoot = process.cwd();

/** Module with which a bundle starts that esbuild has made. */
export const bundleEntry = "main.mjs";

export interface BundleFile {
  readonly file: string;
  /** Of the compressed file, hex. */
  readonly sha256: string;
}

/** Data files: path inside the bundle → absolute path of a file or folder. */
export type BundleAssets = readonly (readonly [to: string, from: string])[];

/** What a bundle was made of. Paths are relative to the project's root. */
interface BundleRecord {
  readonly sources: readonly string[];
  /** Of recipe and sources together. */
  readonly digest: string;
  readonly sha256: string;
}

const folder = join(projectRoot, ".annofarm", "bundles");

/** Read beside the code: what an import finds, and what JSX becomes. Npm writes the first whenever it installs something. */
const surroundings = ["node_modules/.package-lock.json", "package.json", "tsconfig.json"];

/** The nearest of that name, in the project or above it. */
function findUp(name: string, from = projectRoot): string[] {
  const file = join(from, name);
  if (existsSync(file)) return [relative(projectRoot, file)];
  return dirname(from) === from ? [] : findUp(name, dirname(from));
}

const options = {
  outfile: bundleEntry,
  absWorkingDir: projectRoot,
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  target: "node20",
  format: "esm",
  // Of a package in both forms the ES modules, of which only what is used is taken: the CommonJS ones would double a service's start.
  mainFields: ["module", "main"],
  // Neither minified nor mapped: a stack trace points into code that can be read where it runs.
  legalComments: "none",
  logLevel: "silent",
  // Packages in CommonJS form call require for Node's own modules; an ES module has none unless it makes one.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

/** Digests of this turn of the event loop, in which a program declares all its bundles: they have most files in common. */
const digests = new Map<string, string>();

/** @throws {Error} ENOENT when the file is gone. */
function digestOf(source: string): string {
  const known = digests.get(source);
  if (known !== undefined) return known;
  if (digests.size === 0) setImmediate(() => digests.clear());
  const digest = sha256Of(readFileSync(resolve(projectRoot, source)));
  digests.set(source, digest);
  return digest;
}

const sha256Of = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/**
 * Builds, packs and keeps the bundle under `.annofarm/bundles`.
 *
 * @param entry absolute path of the module that the service starts with.
 * @throws {RunError} when the code does not build, and for a symbolic link among the assets, as `filesOf` says.
 */
export function packBundle(name: string, entry: string, assets: BundleAssets): BundleFile {
  const data = assets.flatMap(([to, from]) => filesOf(name, to, from));
  const recipe = JSON.stringify([esbuildVersion, options, entry, data]);
  const digest = (sources: readonly string[]) =>
    sha256Of([recipe, ...[...sources, ...data.map(({ from }) => from)].map(digestOf)].join("\n"));

  const recordFile = join(folder, `${name}.json`);
  const record = readRecord(recordFile);
  if (record !== undefined && isCurrent(record)) return { file: fileOf(name, record.sha256), sha256: record.sha256 };

  const begun = Date.now();
  const { code, sources } = compile(name, entry);
  const packed = deterministicTarGz([...code, ...data.map(entryOf)]);
  const sha256 = sha256Of(packed);
  const file = fileOf(name, sha256);
  mkdirSync(folder, { recursive: true });
  if (!holds(file, sha256)) writeWhole(file, packed);
  // What is being edited may differ by now from what was built: such a bundle is not kept for the next time.
  const edited = [...sources, ...data.map(({ from }) => from)].some(
    (source) => statSync(resolve(projectRoot, source)).mtimeMs >= begun,
  );
  if (!edited) {
    const made: BundleRecord = { sources, digest: digest(sources), sha256 };
    writeWhole(recordFile, JSON.stringify(made));
  }
  return { file, sha256 };

  function isCurrent({ sources, digest: before, sha256 }: BundleRecord): boolean {
    try {
      return digest(sources) === before && holds(fileOf(name, sha256), sha256);
    } catch {
      return false; // a file of the last time is gone
    }
  }
}

const fileOf = (name: string, sha256: string) => join(folder, `${name}-${sha256.slice(0, 16)}.tgz`);

const holds = (file: string, sha256: string) => existsSync(file) && sha256Of(readFileSync(file)) === sha256;

function readRecord(file: string): BundleRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as BundleRecord;
  } catch {
    return undefined;
  }
}

/** Written aside and moved: two programs may build the same bundle at once, and none may read half a file. */
function writeWhole(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/**
 * Packs a folder as it is and keeps it under `.annofarm/bundles`.
 *
 * @throws {RunError} for a symbolic link, as `filesOf` says.
 */
export function packFolder(name: string, from: string, assets: BundleAssets): BundleFile {
  const data = [["", from] as const, ...assets].flatMap(([to, each]) => filesOf(name, to, each));
  const packed = deterministicTarGz(data.map(entryOf));
  const sha256 = sha256Of(packed);
  const file = fileOf(name, sha256);
  mkdirSync(folder, { recursive: true });
  if (!holds(file, sha256)) writeWhole(file, packed);
  return { file, sha256 };
}

function compile(name: string, entry: string): { code: TarEntry[]; sources: string[] } {
  try {
    const { outputFiles, metafile } = buildSync({ ...options, entryPoints: [entry] });
    return {
      code: outputFiles.map(({ path, contents }) => ({ path: relative(projectRoot, path), content: contents })),
      sources: [...Object.keys(metafile.inputs), ...surroundings.flatMap((each) => findUp(each))],
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RunError(`service bundle ${name}: ${relative(projectRoot, entry)} does not build\n${reason}`);
  }
}

interface DataFile extends Pick<TarEntry, "path" | "executable"> {
  readonly from: string;
}

const entryOf = ({ from, ...entry }: DataFile): TarEntry => ({ ...entry, content: readFileSync(from) });

/**
 * A file, or everything below a folder, and where in the bundle each is to be.
 *
 * @throws {RunError} for a symbolic link, except those to programs of packages: what it leads to may not be there.
 */
function filesOf(name: string, to: string, from: string): DataFile[] {
  if (!statSync(from).isDirectory()) return [dataFile(to, from)];
  return readdirSync(from, { recursive: true, withFileTypes: true }).flatMap((found) => {
    const file = join(found.parentPath, found.name);
    const path = relative(from, file).split(sep).join("/");
    if (found.isSymbolicLink() && !path.split("/").includes(".bin")) {
      throw new RunError(`service bundle ${name}: ${path} is a link; let your build copy what it leads to`);
    }
    return found.isFile() ? [dataFile(to === "" ? path : `${to}/${path}`, file)] : [];
  });
}

/** A program is what its owner may execute. */
const dataFile = (path: string, from: string): DataFile => ({
  path,
  from,
  executable: (statSync(from).mode & 0o100) !== 0,
});
