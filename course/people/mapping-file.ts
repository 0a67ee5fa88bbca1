/**
 * The mapping on disk: for its owner's eyes from the first byte, written whole or not at all, by one command at a time. The file that a
 * writer prepares is also the lock that keeps others out.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { emptyMapping, type Mapping, mappingSchema } from "./mapping.ts";

const ownerOnly = 0o600;
const others = 0o077;
const ownerOnlyDirectory = 0o700;

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Windows has no such bits. */
function requirePrivate(descriptor: number, file: string): void {
  const mode = fstatSync(descriptor).mode & 0o777;
  if (process.platform === "win32" || (mode & others) === 0) return;
  throw new Error(
    `${file} has mode ${mode.toString(8).padStart(4, "0")} and holds names: others than its owner may use it, at most 0600 is ` +
      `allowed; run chmod 600 ${file}`,
  );
}

function parseMapping(text: string, file: string, course: string): Mapping {
  const advice = "bring back a copy; a new one gives everybody a new pseudonym, and so a new stack";
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON; ${advice}`, { cause });
  }
  const parsed = mappingSchema.safeParse(document);
  if (!parsed.success) {
    // Paths and kinds only: an issue's text may have values, and those are names.
    const places = [...new Set(parsed.error.issues.map(({ path }) => z.core.toDotPath(path) || "the whole"))].join(
      ", ",
    );
    throw new Error(`${file} is no mapping of a course (wrong: ${places}); ${advice}`);
  }
  if (parsed.data.course === course) return parsed.data;
  throw new Error(`${file} is of course ${parsed.data.course}, not of ${course}; name the state of ${course}`);
}

/**
 * @returns an empty mapping when there is no file.
 * @throws {Error} when others may read the file, or it is no mapping of this course.
 */
export function readMapping(file: string, course: string): Mapping {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return emptyMapping(course);
    throw error;
  }
  try {
    requirePrivate(descriptor, file);
    return parseMapping(readFileSync(descriptor, "utf8"), file, course);
  } finally {
    closeSync(descriptor);
  }
}

/** A writer needs milliseconds; one that has held the file for longer than this was killed. */
const abandonedAfter = 10_000;

/** Opens the file that is being prepared, once nobody else does. */
async function prepare(next: string, now: () => Date): Promise<number> {
  for (;;) {
    try {
      return openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, ownerOnly);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const since = statSync(next, { throwIfNoEntry: false })?.mtime.getTime();
    if (since !== undefined && now().getTime() - since > abandonedAfter) rmSync(next, { force: true });
    else await delay(20);
  }
}

function writeWhole(descriptor: number, mapping: Mapping): void {
  const bytes = Buffer.from(`${JSON.stringify(mapping, null, 2)}\n`);
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  fsyncSync(descriptor);
}

/**
 * Changes the mapping. Commands that change it at the same time follow each other. An error of `change` leaves the file as it was.
 *
 * @param change gives the new mapping; the same object, when there is nothing to write.
 * @returns what the file holds now.
 */
export async function updateMapping(
  file: string,
  course: string,
  change: (before: Mapping) => Mapping,
  now: () => Date = () => new Date(),
): Promise<Mapping> {
  mkdirSync(dirname(file), { recursive: true, mode: ownerOnlyDirectory });
  const next = `${file}.new`;
  const descriptor = await prepare(next, now);
  let kept = false;
  try {
    const before = readMapping(file, course);
    const mapping = change(before);
    if (mapping === before) return before;
    writeWhole(descriptor, mapping);
    renameSync(next, file);
    kept = true;
    return mapping;
  } finally {
    closeSync(descriptor);
    if (!kept) rmSync(next, { force: true });
  }
}
