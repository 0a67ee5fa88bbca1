/** The tabix index of records for as long as they come sorted; the first that does not ends it, with the reason. */
import { createTabixBuilder, tabixPositionMax } from "./tabix.ts";

/** Windows of the index, 8 bytes each: those of five human genomes. */
const windowsMax = 1_000_000;

interface IndexedRecord {
  readonly sequence: string;
  /** 1-based. */
  readonly first: number;
  readonly last: number;
  /** Where its line begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

export interface SortedIndex {
  /** @param number 1-based, for the reason. */
  add(record: IndexedRecord, number: number): void;
  /** There can be no index. */
  refuse(reason: string): void;
  /** Why there is no index, as a sentence. */
  readonly refusal: string | undefined;
  /** Undefined after a refusal. */
  encode(virtualOffset: (textOffset: number) => number): Buffer | undefined;
}

export function createSortedIndex(): SortedIndex {
  let tabix = createTabixBuilder();
  let refusal: string | undefined;
  let last: Pick<IndexedRecord, "sequence" | "first"> | undefined;
  const seen = new Set<string>();

  function refuse(reason: string): void {
    refusal ??= reason;
    tabix = createTabixBuilder();
    seen.clear();
  }

  function objection(record: IndexedRecord): string | undefined {
    const { sequence, first } = record;
    if (last?.sequence === sequence) {
      return first < last.first ? `is at ${sequence}:${first}, after one at ${sequence}:${last.first}` : undefined;
    }
    return seen.has(sequence) ? `goes back to ${sequence}, after records of ${last?.sequence}` : undefined;
  }

  return {
    get refusal() {
      return refusal;
    },
    refuse,
    add(record, number) {
      if (refusal !== undefined) return;
      const unsorted = objection(record);
      if (unsorted !== undefined) return refuse(`The records are not sorted: record ${number} ${unsorted}.`);
      if (record.last > tabixPositionMax) {
        return refuse(`Record ${number} reaches base ${record.last}; a tabix index ends at base ${tabixPositionMax}.`);
      }
      seen.add(record.sequence);
      last = { sequence: record.sequence, first: record.first };
      tabix.add(record.sequence, record.first - 1, record.last, record.start, record.end);
      if (tabix.windows > windowsMax) refuse("The records cover more sequence than a tabix index is made for here.");
    },
    encode: (virtualOffset) => (refusal === undefined ? tabix.encode(virtualOffset) : undefined),
  };
}
