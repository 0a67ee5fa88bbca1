/**
 * What this provider has created, written down before the engine hears of it. An engine that is killed in the middle of an
 * update never learns the ids of what was just being made; the next update finds them here instead of making them twice.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

export interface Created {
  readonly urn: string;
  readonly id: string;
  /** Without those that are secret: this is a file. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Journal {
  created(entry: Created): void;
  /** What an earlier engine did not live to be told of; asked for once, since it then is told. */
  leftBehind(urn: string): Created | undefined;
}

function entriesOf(file: string): Created[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Created];
    } catch {
      return []; // the last line of a provider that was killed, too
    }
  });
}

/** Keeps of the journal only what an engine that was cut off has left behind. */
export function pruneJournal(file: string, left: (urn: string) => boolean): void {
  const entries = entriesOf(file).filter(({ urn }) => left(urn));
  writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), { mode: 0o600 });
}

/** `undefined`: nothing is written down, and nothing was left behind. */
export function openJournal(file: string | undefined): Journal {
  if (file === undefined) return { created: () => {}, leftBehind: () => undefined };
  const told = new Set<string>();
  return {
    created: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 }),
    leftBehind(urn) {
      // Read only now: the provider of the engine that was cut off may have finished it a moment ago.
      const entry = told.has(urn) ? undefined : entriesOf(file).findLast((each) => each.urn === urn);
      told.add(urn);
      return entry;
    },
  };
}
