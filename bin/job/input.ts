/** The file that a job is made of. */
import { createWriteStream, type Stats } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isVcfName } from "../../runtime/contract/file-name.ts";
import { JobFailure } from "./failure.ts";

/** Open: what is sent again is what was sent before, even if its name leads elsewhere by then. */
export interface Input {
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly name: string;
}

/**
 * @param file path, or `-` for standard input, which is kept in a file without a name: the service wants to know its length, and
 * what broke off is sent again.
 * @param name of the file for the service; omitted: its own.
 */
export async function openInput(file: string, stdin: Readable, name?: string): Promise<Input> {
  if (file === "-" && name === undefined) {
    throw new JobFailure("use", "-: standard input has no name; give it one such as --file-name sample.vcf");
  }
  const called = name ?? basename(file);
  const handle = file === "-" ? await kept(stdin) : await open(file);
  const about = await handle.stat();
  const trouble = troubleWith(file, called, about);
  if (trouble === undefined) return { handle, bytes: about.size, name: called };
  await handle.close();
  throw new JobFailure("use", trouble);
}

function troubleWith(file: string, name: string, about: Stats): string | undefined {
  if (about.isDirectory()) return `${file} is a directory; name a file`;
  if (!about.isFile()) return `${file} is no file; send it as -`;
  if (!isVcfName(name)) return `"${name}" does not end in .vcf, .vcf.gz or .vcf.bgz; --file-name names it otherwise`;
  return about.size === 0 ? `${file} is empty; there is nothing to annotate` : undefined;
}

async function kept(stdin: Readable): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "annofarm-"));
  try {
    const file = join(directory, "input");
    await pipeline(stdin, createWriteStream(file, { mode: 0o600 }));
    // Once it has no name it goes with this process, however that ends.
    return await open(file);
  } finally {
    await rm(directory, { recursive: true });
  }
}
