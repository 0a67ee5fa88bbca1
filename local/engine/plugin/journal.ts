/** The provider's side of the journal; see `plan/engine/journal.ts`. */
import { appendFileSync } from "node:fs";
import { type Created, entriesOf } from "../../../plan/engine/journal.ts";

export interface Journal {
  created(entry: Created): void;
  /** What an earlier engine did not live to be told of; asked for once, since it then is told. */
  leftBehind(urn: string): Created | undefined;
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
