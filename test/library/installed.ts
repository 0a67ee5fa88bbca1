/**
 * The package as somebody has installed it: packed, unpacked into an empty project, with what package.json names as its
 * dependencies and nothing else beside it. They are links to this checkout's, so no registry is asked.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { extract } from "tar";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export interface Installed {
  /** The project that uses it. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Files of the tarball, by path, with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
  /** Bytes of the tarball. */
  readonly packedBytes: number;
  remove(): Promise<void>;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in a directory. */
export function run(directory: string, command: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const [file = "", ...args] = command;
  const options = { cwd: directory, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr });
    });
  });
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** @throws {Error} with npm's own words when it does not pack. */
export async function install(): Promise<Installed> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-consumer-"));
  const packing = await run(root, ["npm", "pack", "--json", "--pack-destination", directory]);
  if (packing.code !== 0) throw new Error(`npm pack: ${packing.stderr}`);
  // Older versions of npm let the scripts' output stand before the JSON.
  const [packed] = JSON.parse(packing.stdout.slice(packing.stdout.indexOf("[\n"))) as Packed[];
  if (packed === undefined) throw new Error("npm pack has packed nothing");

  const modules = join(directory, "node_modules");
  const home = join(modules, "annofarm");
  await mkdir(home, { recursive: true });
  await extract({ file: join(directory, packed.filename), cwd: home, strip: 1 });
  const manifest = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, "@types/node": "" })) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  await mkdir(join(modules, ".bin"));
  await symlink("../annofarm/bin/annofarm.js", join(modules, ".bin", "annofarm"));
  await cp(fileURLToPath(new URL("consumer", import.meta.url)), directory, { recursive: true });
  const project = {
    "package.json": JSON.stringify({ private: true, type: "module" }),
    "Pulumi.yaml": "name: lab\nruntime: nodejs\nmain: index.ts\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n",
    "server.js":
      'import { createServer } from "node:http";\ncreateServer((_, r) => r.end("hi")).listen(Number(process.env.PORT));\n',
  };
  for (const [name, text] of Object.entries(project)) await writeFile(join(directory, name), text);
  return {
    directory,
    manifest,
    files: new Map(packed.files.map(({ path, size }) => [path, size])),
    packedBytes: packed.size,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
