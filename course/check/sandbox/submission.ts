/** A submission's folder as it is graded: a copy, so that nothing that it does changes what was handed in. */
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** Made anew here, or staff's. */
const leftOut = new Set(["node_modules", ".annofarm", ".git", "dist"]);

const filesMax = 20_000;
const bytesMax = 200 * 1024 * 1024;

/** @throws {Error} naming a file that leads out of the folder, or a folder that is too large. */
function inspect(root: string): void {
  let [files, bytes] = [0, 0];
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const shown = relative(root, path);
      if (folder === root && leftOut.has(entry.name)) continue;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isSymbolicLink()) {
        const to = resolve(dirname(path), readlinkSync(path));
        if (to !== root && !to.startsWith(root + sep)) {
          throw new Error(`${shown} is a link that leads out of the submission; replace it by what it leads to`);
        }
      } else if (!entry.isFile()) throw new Error(`${shown} is neither a file nor a folder; remove it`);
      else bytes += lstatSync(path).size;
      files += 1;
      if (files > filesMax)
        throw new Error(`the submission has more than ${filesMax} files; leave out what is installed or built`);
      if (bytes > bytesMax)
        throw new Error(
          `the submission has more than ${bytesMax / 1024 / 1024} MiB; leave out what is installed or built`,
        );
    }
  }
}

/** The submission's user reads what was handed in, whoever it belonged to and whatever its modes were. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, 0o644 | (lstatSync(path).mode & 0o111));
  }
}

/**
 * Copies a submission and lays what it runs with beside it: staff's packages and emulators.
 *
 * @param uid whom the folder of its bundles belongs to; undefined: this user.
 * @throws {Error} saying what is wrong with the folder.
 */
export function copySubmission(from: string, to: string, installation: string, uid: number | undefined): void {
  const root = resolve(from);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`${from} is no folder; name the submission's`);
  if (statSync(join(root, "Pulumi.yaml"), { throwIfNoEntry: false }) === undefined) {
    throw new Error(`${from} has no Pulumi.yaml; name the folder of the submission's program`);
  }
  inspect(root);
  const isTaken = (path: string) => !leftOut.has(relative(root, path).split(sep)[0] ?? "");
  cpSync(root, to, { recursive: true, filter: isTaken, verbatimSymlinks: true });
  openToAll(to);
  symlinkSync(join(installation, "node_modules"), join(to, "node_modules"));
  const bundles = join(to, ".annofarm", "bundles");
  mkdirSync(bundles, { recursive: true });
  if (uid !== undefined) chownSync(bundles, uid, uid);
  chmodSync(bundles, 0o755);
  const emulators = join(installation, ".annofarm", "venv");
  if (statSync(emulators, { throwIfNoEntry: false }) !== undefined)
    symlinkSync(emulators, join(to, ".annofarm", "venv"));
}
