/** Files and streams of `annofarm annotate`. Every error names the file, what is wrong with it and what to do. */
import { createReadStream, createWriteStream } from "node:fs";
import { access, constants, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Paths, or `-` for standard input and standard output. */
export interface AnnotationFiles {
  readonly file: string;
  readonly output: string;
  readonly report?: string;
}

const found = (path: string) => stat(path).catch(() => undefined);

/** Pipes and devices are written to as they are: another file must not take their place. */
export const isStream = async (path: string): Promise<boolean> => {
  const about = await found(path);
  return about !== undefined && !about.isFile() && !about.isDirectory();
};

/** The same file, by whatever path and link. */
async function isSame(one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = await Promise.all([found(one), found(other)]);
  return a?.isFile() === true && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** @throws when a file cannot be put there. */
async function checkPlace(path: string): Promise<void> {
  const there = await found(path);
  if (there?.isDirectory()) throw new Error(`${path} is a directory; name a file`);
  if (there !== undefined) await access(path, constants.W_OK);
  if (await isStream(path)) return;
  const directory = dirname(resolve(path));
  if (!(await stat(directory)).isDirectory()) throw new Error(`${directory} is not a directory; name another place`);
  await access(directory, constants.W_OK);
}

/** Before anything is read. @throws when a file cannot be written, or would replace another of them. */
export async function checkPlaces({ file, output, report }: AnnotationFiles): Promise<void> {
  if (report === "-") {
    throw new Error("--report -: standard output is for the result; name a file");
  }
  for (const path of [output, report]) if (path !== undefined && path !== "-") await checkPlace(path);
  const clash = async (one: string, other: string) => one !== "-" && other !== "-" && (await isSame(one, other));
  if (await clash(output, file)) throw new Error(`the result would replace ${file}; give it another name with -o`);
  if (report === undefined || (await isStream(report))) return;
  if (await clash(report, file))
    throw new Error(`the report would replace ${file}; give it another name with --report`);
  if (await clash(report, output)) {
    throw new Error(`the report would replace the result ${output}; give it another name with --report`);
  }
}

/** The error with the file as its user named it: Node names none while it reads and writes. */
function named(error: unknown, path: string): unknown {
  if (error instanceof Error && "syscall" in error) Object.assign(error, { path, dest: undefined });
  return error;
}

const pathIn = (error: unknown): unknown => (error as { path?: unknown }).path;

/** The file's bytes. What it throws names the file. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* (path === "-" ? process.stdin : createReadStream(path)) as AsyncIterable<Buffer>;
  } catch (error) {
    throw named(error, path === "-" ? "/dev/stdin" : path);
  }
}

async function putInto(result: AsyncIterable<Buffer>, path: string): Promise<void> {
  await pipeline(Readable.from(result, { objectMode: false }), createWriteStream(path)).catch((error: unknown) => {
    // An error of the source names its file already.
    throw pathIn(error) === undefined ? named(error, path) : error;
  });
}

/** A result file appears only when it is whole: it is written beside its place first. */
export async function write(result: AsyncIterable<Buffer>, output: string): Promise<void> {
  if (output === "-") return pipeline(Readable.from(result, { objectMode: false }), process.stdout, { end: false });
  if (await isStream(output)) return putInto(result, output);
  const part = `${output}.${process.pid}.part`;
  try {
    await putInto(result, part);
    await rename(part, output);
  } catch (error) {
    await rm(part, { force: true });
    throw pathIn(error) === part ? named(error, output) : error;
  }
}

export async function writeText(text: string, path: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw named(error, path);
  });
}
