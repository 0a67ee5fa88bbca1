/** A reference's index from storage to this machine's disk, once for all starts of the service. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { indexFile, referenceKey } from "../../contract/reference.ts";
import type { ObjectStore } from "../../jobs/ports.ts";

export interface FetchOptions {
  readonly objects: Pick<ObjectStore, "read">;
  readonly bucket: string;
  /** Of the index, hexadecimal. */
  readonly sha256: string;
  /** Where references are kept; made if it is not there. */
  readonly directory: string;
}

/** Writes what is read; resolves to its SHA-256. */
async function written(source: Readable, file: string): Promise<string> {
  const hash = createHash("sha256");
  async function* hashed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(source, hashed, createWriteStream(file));
  return hash.digest("hex");
}

/** Whether the file is there and what it should be: it may be damaged, or somebody else's. */
async function isThere(file: string, sha256: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex") === sha256;
}

/**
 * @returns the directory with the index, whose bytes have been compared with the digest.
 * @throws when storage has other bytes, and what storage throws.
 */
export async function fetchReference({ objects, bucket, sha256, directory }: FetchOptions): Promise<string> {
  const home = join(directory, sha256);
  const file = join(home, indexFile);
  if (await isThere(file, sha256)) return home;
  await mkdir(home, { recursive: true });
  // Several processes of one machine may fetch it at once.
  const part = `${file}.${process.pid}.part`;
  const key = referenceKey(sha256);
  try {
    const found = await written(await objects.read({ bucket, key }), part);
    if (found !== sha256) {
      throw new Error(
        `reference s3://${bucket}/${key} has SHA-256 ${found}; deploy the program again, which uploads it`,
      );
    }
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
  return home;
}
