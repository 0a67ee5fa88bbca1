/**
 * What outlives a run, on disk: one index that is replaced as a whole, and files that never change once it names them. Whenever
 * the machine, the runner or the emulator ends, the index names a state that was whole.
 *
 *     <directory>/state.json    items of both tables; which file holds which object and which archive
 *     <directory>/files/<id>    the content of an input, a result or an archive
 */
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../../../runtime/contract/job.ts";

export interface SavedObject {
  readonly file: string;
  readonly bucket: "inputs" | "results";
  readonly key: string;
  readonly contentType: string;
  /** Of the object in the run that saved it; the same content put back elsewhere may have another. */
  readonly etag: string;
}

export interface SavedState {
  readonly version: 2;
  /** ISO 8601, wall clock: everything that had happened by then is in it. */
  readonly time: string;
  readonly jobs: readonly Job[];
  readonly users: readonly Readonly<Record<string, unknown>>[];
  readonly objects: readonly SavedObject[];
  /** File of each archived result, by the archive's id in its store. */
  readonly archives: Readonly<Record<string, string>>;
}

export const fileIn = (directory: string, file: string): string => join(directory, "files", file);

/** @throws {Error} when another version of annofarm saved it. */
export async function readSaved(directory: string): Promise<SavedState | undefined> {
  const index = join(directory, "state.json");
  if (!existsSync(index)) {
    if (existsSync(join(directory, "tables.json"))) throw otherVersion(directory, 1);
    return undefined;
  }
  const state = JSON.parse(await readFile(index, "utf8")) as SavedState;
  if (state.version !== 2) throw otherVersion(directory, state.version);
  return state;
}

const otherVersion = (directory: string, version: unknown) =>
  new Error(`${directory} was saved by another version (${version}); start with --fresh to discard it`);

/** Puts `state` in the place of what was saved before, then removes the files that it does not name. */
export async function writeSaved(directory: string, state: SavedState): Promise<void> {
  await mkdir(join(directory, "files"), { recursive: true });
  const next = join(directory, "state.json.next");
  const handle = await open(next, "w");
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync(); // else a power cut could leave the new name with nothing in it
  } finally {
    await handle.close();
  }
  await rename(next, join(directory, "state.json"));
  const named = new Set([...state.objects.map(({ file }) => file), ...Object.values(state.archives)]);
  for (const file of await readdir(join(directory, "files"))) {
    if (!named.has(file)) await rm(fileIn(directory, file), { force: true });
  }
}
