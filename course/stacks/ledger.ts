/** The ledger on disk: what has happened to each stack of a course, and who may add to it. */
import { join } from "node:path";
import { takeLock } from "../../plan/process/lock.ts";
import { type EventFile, openEvents, readEvents } from "./event-file.ts";
import { fold, histories, type StackEntry } from "./events.ts";

export const ledgerFile = (stateDirectory: string): string => join(stateDirectory, "ledger.jsonl");

/**
 * What every stack is, for a command that only looks.
 *
 * @throws {Error} naming the line of the file that is no event.
 */
export function readLedger(stateDirectory: string): Map<string, StackEntry> {
  return fold(readEvents(ledgerFile(stateDirectory)));
}

/**
 * What every stack was: an entry for each state that it came into, oldest first, the last one as it is now.
 *
 * @throws {Error} naming the line of the file that is no event.
 */
export function readHistories(stateDirectory: string): Map<string, StackEntry[]> {
  return histories(readEvents(ledgerFile(stateDirectory)));
}

export type Ledger = EventFile;

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
    const events = openEvents(ledgerFile(stateDirectory));
    return {
      ...events,
      close() {
        events.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
