/** Service bundles: fetched once from S3, checked, unpacked once for all instances of this machine, and read-only while one runs. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, type ReadEntry } from "tar";

export interface BundleSource {
  readonly bucket: string;
  readonly key: string;
  /** Hex; the bundle is refused when its bytes do not have it. */
  readonly sha256: string;
}

/** Opens the object; called only when the bundle is not at hand. */
export type FetchBundle = (source: BundleSource) => Promise<NodeJS.ReadableStream>;

/** A cache of unpacked bundles below `directory`, one folder per SHA-256. */
export function createBundles(directory: string) {
  const underWay = new Map<string, Promise<string>>();

  async function unpack(source: BundleSource, fetch: FetchBundle): Promise<string> {
    const home = join(directory, source.sha256);
    if (await exists(home)) return home;
    await mkdir(directory, { recursive: true });
    const work = await mkdtemp(join(directory, "unpacking-"));
    try {
      const file = join(work, "bundle.tgz");
      const found = await download(await fetch(source), file);
      if (found !== source.sha256) {
        throw new Error(
          `bundle s3://${source.bucket}/${source.key} has SHA-256 ${found}, the boot manifest says ${source.sha256}`,
        );
      }
      const content = join(work, "content");
      await mkdir(content);
      await pipeline(createReadStream(file), extract({ cwd: content, strict: true, onReadEntry: readOnly }));
      // In one step, so that a runner that ends in the middle leaves no half bundle under the name of a whole one.
      await rename(content, home).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error; // another runner was faster
      });
      return home;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  /**
   * Folder with the bundle's content.
   *
   * @throws {Error} when the bytes are not those the manifest names, or are no tar archive.
   */
  return async function bundleFolder(source: BundleSource, fetch: FetchBundle): Promise<string> {
    const running = underWay.get(source.sha256);
    if (running !== undefined) return running;
    const started = unpack(source, fetch)
      .then(async (folder) => {
        await setFolders(folder, folderModes.sealed);
        return folder;
      })
      .finally(() => underWay.delete(source.sha256));
    underWay.set(source.sha256, started);
    return started;
  };
}

/** As the unit's working directory on an instance, nothing of which its service may change. */
const folderModes = { sealed: 0o555, open: 0o755 };

function readOnly(entry: ReadEntry): void {
  if (entry.type === "File" && entry.mode !== undefined) entry.mode &= 0o555;
}

async function setFolders(folder: string, mode: number): Promise<void> {
  await chmod(folder, mode);
  const below = await readdir(folder, { withFileTypes: true });
  await Promise.all(below.map((each) => each.isDirectory() && setFolders(join(folder, each.name), mode)));
}

/** Nothing runs any more: the bundles below `directory` can be removed as any other files. */
export async function openBundles(directory: string): Promise<void> {
  if (await exists(directory)) await setFolders(directory, folderModes.open);
}

async function download(body: NodeJS.ReadableStream, file: string): Promise<string> {
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(body, hashing, createWriteStream(file));
  return hash.digest("hex");
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
