/**
 * When what a class shares stood: events as those of the ledger, in a file of their own, since no operation on students' stacks is about
 * it. They stay once it has gone: what was spent stays spent.
 */
import { join } from "node:path";
import { causeOf } from "../cause.ts";
import { openEvents, readEvents } from "./event-file.ts";
import { histories, type StackEntry } from "./events.ts";

const fileOf = (stateDirectory: string) => join(stateDirectory, "shared-ledger.jsonl");

/**
 * What the shared stack was: as `readHistories` tells of students' stacks; empty where nothing was ever shared.
 *
 * @throws {Error} naming the line of the file that is no event.
 */
export function readSharedHistories(stateDirectory: string): Map<string, StackEntry[]> {
  return histories(readEvents(fileOf(stateDirectory)));
}

export interface SharedOperation {
  readonly stateDirectory: string;
  readonly stack: string;
  readonly operation: "up" | "down";
  readonly now: () => Date;
  readonly kill: AbortSignal;
}

/** Does `work`, written down from its beginning to its end; the course is this command's. One that is cut off has no end. */
export async function writtenDown<T>(
  { stateDirectory, stack, operation, now, kill }: SharedOperation,
  work: () => Promise<T>,
): Promise<T> {
  const ledger = openEvents(fileOf(stateDirectory));
  const begun = now();
  const of = () => ({ at: now().toISOString(), stack, operation });
  try {
    ledger.add({ kind: "begun", ...of(), pid: process.pid });
    const result = await work().catch((error: unknown) => {
      if (!kill.aborted) ledger.add({ kind: "failed", ...of(), cause: causeOf(error) });
      throw error;
    });
    ledger.add({ kind: "done", ...of(), seconds: (now().getTime() - begun.getTime()) / 1000 });
    return result;
  } finally {
    ledger.close();
  }
}
