/** Events on disk: they are only ever added, each as a line that is either whole or not there. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { absent, after, eventSchema, fold, type LedgerEvent, type StackEntry } from "./events.ts";

function eventIn(line: string, where: string): LedgerEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`${where} is not JSON; bring back a copy of the file, or remove the line`, { cause });
  }
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(({ path }) => z.core.toDotPath(path) || "the whole").join(", ");
  throw new Error(
    `${where} is no event of a ledger (wrong: ${paths}); bring back a copy of the file, or remove the line`,
  );
}

/** A last line without its end was cut off in the middle of its writing: it has not happened. */
function wholePart(file: string): string {
  if (!existsSync(file)) return "";
  const bytes = readFileSync(file);
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString("utf8");
}

/** All of a file that may not be there yet. @throws {Error} naming the line of the file that is no event. */
export function readEvents(file: string): LedgerEvent[] {
  const lines = wholePart(file).split("\n").slice(0, -1);
  return lines.map((line, index) => eventIn(line, `${file}, line ${index + 1}`));
}

export interface EventFile {
  /** What a stack is now. */
  of(stack: string): StackEntry;
  readonly entries: ReadonlyMap<string, StackEntry>;
  /** Adds an event; it is on the disk when this returns. @throws {Error} when there is no room for it. */
  add(event: LedgerEvent): void;
  close(): void;
}

/** Opens a file to add to it, for one command at a time. @throws {Error} naming the line of the file that is no event. */
export function openEvents(file: string): EventFile {
  mkdirSync(dirname(file), { recursive: true });
  const entries = fold(readEvents(file));
  let length = Buffer.byteLength(wholePart(file));
  const descriptor = openSync(file, "a", 0o600);
  truncateSync(file, length);

  function write(line: Buffer): void {
    try {
      for (let written = 0; written < line.length; ) written += writeSync(descriptor, line, written);
      fsyncSync(descriptor);
      length += line.length;
    } catch (cause) {
      truncateSync(file, length); // half a line would swallow the next
      const { code } = cause as NodeJS.ErrnoException;
      const full = code === "ENOSPC" || code === "EDQUOT";
      const why = full ? "no space is left" : `it cannot be written (${code})`;
      throw new Error(`${file}: ${why}; make room and run the same command again`, { cause });
    }
  }

  return {
    of: (stack) => entries.get(stack) ?? absent(stack),
    entries,
    add(event) {
      write(Buffer.from(`${JSON.stringify(event)}\n`));
      entries.set(event.stack, after(entries.get(event.stack) ?? absent(event.stack), event));
    },
    close: () => closeSync(descriptor),
  };
}
