/** Sequences of a result, by the bytes of their names. */
import { densityBases, type Summary } from "./summary.ts";

/** Sequences that are told apart. */
export const sequencesMax = 100_000;

type Sequence = Summary["sequences"][number];

export interface Sequences {
  readonly all: readonly Sequence[];
  /** Index of the sequence whose name stands from `start` to `end`; undefined: it would be one too many. */
  find(bytes: Buffer, start: number, end: number): number | undefined;
  /** A record of the sequence that covers these bases, 1-based. */
  count(index: number, first: number, last: number): void;
}

export function createSequences(): Sequences {
  const all: Sequence[] = [];
  const indexes = new Map<string, number>();
  /** Records of one sequence mostly follow each other. */
  let latest: { readonly name: Buffer; readonly index: number } | undefined;

  function indexOf(name: string): number | undefined {
    const known = indexes.get(name);
    if (known !== undefined || all.length >= sequencesMax) return known;
    indexes.set(name, all.length);
    all.push({ name, records: 0, end: 0, density: [] });
    return all.length - 1;
  }

  return {
    all,
    find(bytes, start, end) {
      if (latest?.name.length === end - start && latest.name.compare(bytes, start, end) === 0) return latest.index;
      const index = indexOf(bytes.toString("utf8", start, end));
      if (index !== undefined) latest = { name: Buffer.from(bytes.subarray(start, end)), index };
      return index;
    },
    count(index, first, last) {
      const sequence = all[index] as Sequence;
      sequence.records += 1;
      if (last > sequence.end) sequence.end = last;
      const bin = Math.floor(first / densityBases);
      while (sequence.density.length <= bin) sequence.density.push(0);
      sequence.density[bin] = (sequence.density[bin] as number) + 1;
    },
  };
}
