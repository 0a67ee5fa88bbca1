/**
 * Consequences of a changed base, and of other short changes beside which nothing begins or ends, for a file's records in the order
 * of their positions: what was found for one record holds for all up to the next place where a transcript's terms change.
 */

import { positionMax } from "../../vcf/record.ts";
import type { GeneSegment } from "../reference/genes.ts";
import type { ChromosomeReference } from "../reference/load.ts";
import type { NearbyGene, TranscriptIndex } from "../reference/transcript-index.ts";
import type { Change } from "./change.ts";
import { termsOf } from "./classify.ts";
import { type Consequences, consequencesOf, type Group, groupsOfGene, withoutTranscripts } from "./consequences.ts";
import { narrow, type Stretch } from "./stretch.ts";
import { termBit } from "./terms.ts";

export interface BaseConsequences extends Readonly<Stretch> {
  /** The same object as long as it says the same. */
  readonly consequences: Consequences;
  /** Whether the length of a change matters here: bases of a transcript are translated. */
  readonly coding: boolean;
}

/** A gene near the last position asked for, and where what is known of it holds. */
interface KnownGene extends Stretch {
  readonly gene: NearbyGene;
  groups: readonly Group[] | undefined;
  coding: boolean;
}

function widen(stretch: Stretch): void {
  stretch.first = 0;
  stretch.last = positionMax;
}

const { coding_sequence_variant: translated } = termBit;

const baseAt = (position: number): Change => ({
  first: position,
  last: position,
  whenCoding: translated,
  whenWhole: 0,
  partly: 0,
  inside: 0,
});

/** Terms of a chromosome's transcripts, each kept for as long as the positions asked for stay where they hold. */
function createTerms({ table }: TranscriptIndex) {
  const rows = table.first.length;
  const sets = new Int32Array(rows);
  // The empty stretch: nothing is known yet.
  const firsts = new Int32Array(rows).fill(1);
  const lasts = new Int32Array(rows);
  const own: Stretch = { first: 1, last: 0 };
  return {
    sets,
    /** Finds a row's terms for the change and narrows the stretch to where they hold. @returns whether they are others than before. */
    update(row: number, change: Change, stretch: Stretch): boolean {
      const { first: position } = change;
      let isOther = false;
      if (position < (firsts[row] as number) || position > (lasts[row] as number)) {
        widen(own);
        narrow(own, table, row, position);
        firsts[row] = own.first;
        lasts[row] = own.last;
        const set = termsOf(table, row, change);
        isOther = set !== sets[row];
        sets[row] = set;
      }
      if ((firsts[row] as number) > stretch.first) stretch.first = firsts[row] as number;
      if ((lasts[row] as number) < stretch.last) stretch.last = lasts[row] as number;
      return isOther;
    },
  };
}

/** @param genesMax genes near a place whose transcripts are all listed. */
export function createBaseConsequences({ transcripts: index }: ChromosomeReference, genesMax: number) {
  const { table } = index;
  const terms = createTerms(index);
  let near: GeneSegment<NearbyGene> = { genes: [], first: 1, last: 0 };
  let known: readonly KnownGene[] = [];
  let consequences: Consequences | undefined;

  function enter(position: number): void {
    near = index.near.around(position);
    const before = new Map(known.map((each) => [each.gene, each]));
    known = near.genes.map((gene) => before.get(gene) ?? { gene, groups: undefined, coding: false, first: 1, last: 0 });
    consequences = undefined;
  }

  /** Finds what is true of the gene at the change's position. @returns whether it is other than before. */
  function update(each: KnownGene, change: Change): boolean {
    const { from, to, coding } = each.gene;
    let isOther = each.groups === undefined;
    widen(each);
    for (let row = from; row < to; row += 1) if (terms.update(row, change, each)) isOther = true;
    if (!isOther) return false;
    const [sets, at] = from === to ? [Int32Array.of(withoutTranscripts(coding)), 0] : [terms.sets, from];
    each.groups = groupsOfGene(table, each.gene, sets, at);
    each.coding = false;
    for (let row = from; row < to; row += 1) if (((sets[row] as number) & translated) !== 0) each.coding = true;
    return true;
  }

  function allGroups(): Group[] {
    const all: Group[] = [];
    for (const { groups = [] } of known) for (const group of groups) all.push(group);
    return all;
  }

  return {
    /** @returns undefined where more genes than `genesMax` are near. */
    around(position: number): BaseConsequences | undefined {
      if (position < near.first || position > near.last) enter(position);
      if (known.length > genesMax) return undefined;
      let { first, last } = near;
      let coding = false;
      const change = baseAt(position);
      for (const each of known) {
        if ((position < each.first || position > each.last) && update(each, change)) consequences = undefined;
        if (each.first > first) first = each.first;
        if (each.last < last) last = each.last;
        coding ||= each.coding;
      }
      consequences ??= consequencesOf(allGroups());
      return { consequences, coding, first, last };
    },
  };
}
