/** Consequences of a change for all transcripts near it, as texts. */
import type { NearbyGene, TranscriptIndex } from "../reference/transcript-index.ts";
import { type TranscriptTable, transcriptFlags } from "../reference/transcripts.ts";
import type { Change } from "./change.ts";
import { termsOf } from "./classify.ts";
import { namesOf, rankOf, type TermSet, termBit, terms } from "./terms.ts";

export interface Consequences {
  /** The most severe term. */
  readonly worst: string;
  /**
   * Of canonical transcripts, the most severe first: `term&term:gene:201|…`; empty for none. A gene whose transcripts are not
   * known has no number.
   */
  readonly canonical: string;
  /** Of all transcripts, those of a gene with the same terms together: `term:gene:201/203|…`. */
  readonly all: string;
}

const intergenic: Consequences = { worst: "intergenic_variant", canonical: "", all: "" };

/** Transcripts of a gene that have the same terms. */
interface Group {
  readonly set: TermSet;
  readonly gene: NearbyGene;
  readonly labels: string[];
  /** Label of the canonical one; empty: it is none of them. */
  canonical: string;
}

/** What has been found for the change before. */
interface Memory {
  readonly sets: Int32Array;
  consequences: Consequences;
}

/** Genes near a change, by position. */
export const genesNear = ({ near }: TranscriptIndex, { first, last }: Change): readonly NearbyGene[] =>
  near.overlapping(Math.min(first, last), Math.max(first, last));

/** Results for one set of genes are remembered: those of the next change there are mostly the same. */
export function createConsequences() {
  const memories = new WeakMap<readonly NearbyGene[], Memory>();
  let sets = new Int32Array(256);

  /** Fills `sets` with the terms of each transcript, and of each gene without any; returns how many those are. */
  function classify({ table }: TranscriptIndex, genes: readonly NearbyGene[], change: Change): number {
    let count = 0;
    for (const { from, to, coding } of genes) {
      const rows = Math.max(1, to - from);
      if (count + rows > sets.length) sets = grown(sets, count + rows);
      if (to === from) sets[count] = withoutTranscripts(coding);
      for (let row = from; row < to; row += 1) sets[count + row - from] = termsOf(table, row, change);
      count += rows;
    }
    return count;
  }

  return {
    /** @param genes as `genesNear` finds them: the same array for changes between the same genes. */
    find(index: TranscriptIndex, genes: readonly NearbyGene[], change: Change): Consequences {
      if (genes.length === 0) return intergenic;
      const count = classify(index, genes, change);
      const memory = memories.get(genes);
      if (memory !== undefined && isBegin(memory.sets, sets)) return memory.consequences;
      const consequences = inWords(groupsOf(index, genes, sets));
      if (memory === undefined) memories.set(genes, { sets: sets.slice(0, count), consequences });
      else {
        memory.sets.set(sets.subarray(0, count));
        memory.consequences = consequences;
      }
      return consequences;
    },
    /** The most severe term alone. */
    worst(index: TranscriptIndex, genes: readonly NearbyGene[], change: Change): Consequences {
      const count = classify(index, genes, change);
      let all: TermSet = 0;
      for (let at = 0; at < count; at += 1) all |= sets[at] as number;
      return all === 0 ? intergenic : { worst: terms[rankOf(all)] as string, canonical: "", all: "" };
    },
  };
}

function isBegin(begin: Int32Array, sets: Int32Array): boolean {
  for (let at = 0; at < begin.length; at += 1) if (begin[at] !== sets[at]) return false;
  return true;
}

const withoutTranscripts = (coding: boolean): TermSet =>
  coding ? termBit.coding_transcript_variant : termBit.non_coding_transcript_variant;

function grown(before: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const after = new Int32Array(2 * length);
  after.set(before);
  return after;
}

const labelOf = ({ labels, number }: TranscriptTable, row: number): string =>
  labels === undefined ? String(number[row]) : (labels[row] as string);

function groupsOf({ table }: TranscriptIndex, genes: readonly NearbyGene[], sets: Int32Array): Group[] {
  const groups: Group[] = [];
  let at = 0;
  for (const gene of genes) {
    const ofGene = groups.length;
    const rows = Math.max(1, gene.to - gene.from);
    for (let row = gene.from; row < gene.from + rows; row += 1) {
      const set = sets[at] as number;
      at += 1;
      if (set === 0) continue;
      let group = groups.findLast((each, index) => index >= ofGene && each.set === set);
      if (group === undefined) {
        group = { set, gene, labels: [], canonical: "" };
        groups.push(group);
      }
      if (gene.to === gene.from) continue;
      const label = labelOf(table, row);
      group.labels.push(label);
      if (((table.flags[row] as number) & transcriptFlags.canonical) !== 0) group.canonical = label;
    }
  }
  // Stable: genes of one rank stay by position.
  return groups.sort((a, b) => rankOf(a.set) - rankOf(b.set));
}

function inWords(groups: readonly Group[]): Consequences {
  const [first] = groups;
  if (first === undefined) return intergenic;
  let all = "";
  let canonical = "";
  for (const { set, gene, labels, canonical: label } of groups) {
    const head = `${namesOf(set)}:${gene.gene.symbol}`;
    all += `${all === "" ? "" : "|"}${head}${labels.length === 0 ? "" : `:${labels.join("/")}`}`;
    if (label === "" && labels.length > 0) continue;
    canonical += `${canonical === "" ? "" : "|"}${head}${label === "" ? "" : `:${label}`}`;
  }
  return { worst: terms[rankOf(first.set)] as string, canonical, all };
}
