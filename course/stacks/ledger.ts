/** The ledger on disk: events are only ever added, each as a line that is either whole or not there. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { takeLock } from "../../plan/process/lock.ts";
import { absent, after, eventSchema, fold, histories, type LedgerEvent, type StackEntry } from "./events.ts";

export const ledgerFile = (stateDirectory: string): string => join(stateDirectory, "ledger.jsonl");

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

/** @throws {Error} naming the line of the file that is no event. */
function readEvents(stateDirectory: string): LedgerEvent[] {
  const file = ledgerFile(stateDirectory);
  const lines = wholePart(file).split("\n").slice(0, -1);
  return lines.map((line, index) => eventIn(line, `${file}, line ${index + 1}`));
}

/**
 * What every stack is, for a command that only looks.
 *
 * @throws {Error} naming the line of the file that is no event.
 */
export function readLedger(stateDirectory: string): Map<string, StackEntry> {
  return fold(readEvents(stateDirectory));
}

/**
 * What every stack was: an entry for each state that it came into, oldest first, the last one as it is now.
 *
 * @throws {Error} naming the line of the file that is no event.
 */
export function readHistories(stateDirectory: string): Map<string, StackEntry[]> {
  return histories(readEvents(stateDirectory));
}

export interface Ledger {
  /** What a stack is now. */
  of(stack: string): StackEntry;
  readonly entries: ReadonlyMap<string, StackEntry>;
  /** Adds an event; it is on the disk when this returns. @throws {Error} when there is no room for it. */
  add(event: LedgerEvent): void;
  close(): void;
}

/**
 * Opens the ledger to add to it. One command at a time; that of a process that has died is taken over.
 *
 * @param command as its user calls it, for whoever finds the course taken.
 * @throws {Error} when another command holds the course.
 */
export function openLedger(stateDirectory: string, command: string, now: () => Date): Ledger {
  const lock = takeLock(join(stateDirectory, "lock"), (pid, note) => {
    const what = note === "" ? "another command" : note;
    return `${stateDirectory} is in use by ${what} (process ${pid}); wait for its end, or stop it with Ctrl-C`;
  });
  lock.note(`${command}, since ${now().toISOString()}`);
  try {
    return openFile(stateDirectory, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openFile(stateDirectory: string, release: () => void): Ledger {
  const file = ledgerFile(stateDirectory);
  mkdirSync(dirname(file), { recursive: true });
  const entries = readLedger(stateDirectory);
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
    close() {
      closeSync(descriptor);
      release();
    },
  };
}
