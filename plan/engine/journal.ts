/**
 * What a provider has created, written down before the engine hears of it. An engine that is killed in the middle of an update never
 * learns the ids of what was just being made; the next update finds them here instead of making them twice.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Environment of a provider that keeps a journal: the file; and the folder that relative paths of assets are relative to. */
export const providerVariables = {
  journal: "ANNOFARM_ENGINE_JOURNAL",
  directory: "ANNOFARM_ENGINE_DIRECTORY",
} as const;

export interface Created {
  readonly urn: string;
  readonly id: string;
  /** Without those that are secret: this is a file. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export function entriesOf(file: string): Created[] {
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
