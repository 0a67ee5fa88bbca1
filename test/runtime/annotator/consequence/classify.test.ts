import test from "ava";
import { changeOf } from "../../../../runtime/annotator/consequence/change.ts";
import { termsOf } from "../../../../runtime/annotator/consequence/classify.ts";
import { namesOf } from "../../../../runtime/annotator/consequence/terms.ts";
import type { ChromosomeReference } from "../../../../runtime/annotator/reference/load.ts";
import { type TranscriptTable, transcriptFlags } from "../../../../runtime/annotator/reference/transcripts.ts";
import { reference } from "../../../support/vcf.ts";
import { intronsOf, type NaiveTranscript, naiveTerms } from "./naive.ts";

/** Numbers that look like chance, the same at every run. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function naiveOf(table: TranscriptTable, row: number): NaiveTranscript {
  const [from, to] = [table.exonsFrom[row] as number, table.exonsFrom[row + 1] as number];
  const coding = [table.codingFirst[row] as number, table.codingLast[row] as number] as const;
  const flags = table.flags[row] as number;
  const exons = Array.from(
    { length: to - from },
    (_, at) => [table.exonFirst[from + at] as number, table.exonLast[from + at] as number] as const,
  );
  return {
    exons,
    introns: intronsOf(exons),
    coding: coding[1] < coding[0] ? undefined : coding,
    reverse: (flags & transcriptFlags.reverse) !== 0,
    nonsenseMediated: (flags & transcriptFlags.nonsenseMediatedDecay) !== 0,
  };
}

/** A change near the edge of an exon, mostly: what it does, and as records write it. */
function drawnChange({ exonFirst, exonLast }: TranscriptTable, dice: (below: number) => number) {
  const edges = dice(2) === 0 ? exonFirst : exonLast;
  const edge = edges[dice(edges.length)] as number;
  const first = Math.max(2, edge + (dice(4) === 0 ? dice(12_000) - 6_000 : dice(30) - 15));
  const deleted = [0, 1, 1, 1, 2, 3, 4, 9, 20][dice(9)] as number;
  const inserted = deleted === 0 ? 1 + dice(6) : ([deleted, 0, 0, 1 + dice(6)][dice(4)] as number);
  const [ref, alt] = ["A".repeat(deleted), "C".repeat(inserted)];
  // An insertion or deletion stands with the base before it.
  const change = ref !== "" && alt !== "" ? changeOf(first, ref, alt) : changeOf(first - 1, `G${ref}`, `G${alt}`);
  return { change, naive: { first, deleted, inserted } };
}

/** All transcripts of a chromosome for so many changes: how many pairs were near each other, and the first that disagree. */
function compare(chromosome: string, changes: number): { pairs: number; differs: string[] } {
  const { table } = (reference().chromosome(chromosome) as ChromosomeReference).transcripts;
  const all = Array.from(table.first, (_, row) => naiveOf(table, row));
  const dice = createDice(changes);
  const differs: string[] = [];
  let pairs = 0;
  for (let n = 0; n < changes && differs.length < 3; n += 1) {
    const { change, naive } = drawnChange(table, dice);
    for (const [row, transcript] of all.entries()) {
      // Beyond this nothing is near; one in a hundred of those is looked at all the same.
      const isNear =
        Math.abs(change.first - (table.first[row] as number)) < 5_100 ||
        Math.abs(change.first - (table.last[row] as number)) < 5_100 ||
        (change.first > (table.first[row] as number) && change.first < (table.last[row] as number));
      if (!isNear && (n + row) % 100 !== 0) continue;
      const [ours, theirs] = [termsOf(table, row, change), naiveTerms(transcript, naive)];
      if (isNear) pairs += 1;
      if (ours === theirs) continue;
      differs.push(`${chromosome} row ${row}, ${JSON.stringify(naive)}: ${namesOf(ours)}, not ${namesOf(theirs)}`);
    }
  }
  return { pairs, differs };
}

test("a naive reading of the terms agrees on a million pairs of a change and a transcript near it", (t) => {
  const results = [compare("21", 20_000), compare("22", 45_000), compare("18", 20_000), compare("MT", 500)];
  t.deepEqual(
    results.flatMap(({ differs }) => differs),
    [],
  );
  const pairs = results.reduce((sum, result) => sum + result.pairs, 0);
  t.true(pairs >= 1_000_000, `${pairs} pairs`);
});
