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

/** Transcripts of a gene that have the same terms, in words. */
export interface Group {
  /** Of the most severe term. */
  readonly rank: number;
  /** `term&term:gene:201/203`. */
  readonly all: string;
  /** The same of the canonical transcript alone; empty: it is none of them. */
  readonly canonical: string;
}

/** What has been found for the change before. */
interface Memory {
  readonly genes: readonly NearbyGene[];
  /** Of the genes' transcripts, in their order. */
  readonly sets: Int32Array;
  readonly consequences: Consequences;
}

/** Genes near a change, by position. */
export const genesNear = ({ near }: TranscriptIndex, { first, last }: Change): readonly NearbyGene[] =>
  near.overlapping(Math.min(first, last), Math.max(first, last));

/** The last result is remembered: that of the next change is mostly the same. */
export function createConsequences() {
  let memory: Memory | undefined;
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
      if (memory?.genes === genes && isBegin(memory.sets, sets)) return memory.consequences;
      const consequences = consequencesOf(groupsOf(index, genes, sets));
      memory = { genes, sets: sets.slice(0, count), consequences };
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

/** Terms of a gene whose transcripts are not known. */
export const withoutTranscripts = (coding: boolean): TermSet =>
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
    groups.push(...groupsOfGene(table, gene, sets, at));
    at += Math.max(1, gene.to - gene.from);
  }
  return groups;
}

/**
 * A gene's transcripts by their terms, in the order of the table.
 *
 * @param sets from `at` on: terms of each transcript, or of a gene without any.
 */
export function groupsOfGene(table: TranscriptTable, gene: NearbyGene, sets: Int32Array, at: number): Group[] {
  const { from, to } = gene;
  const { symbol } = gene.gene;
  const found: { readonly set: TermSet; readonly labels: string[]; canonical: string }[] = [];
  if (from === to) return [inWords(symbol, sets[at] as number, [], "")];
  for (let row = from; row < to; row += 1) {
    const set = sets[at + row - from] as number;
    if (set === 0) continue;
    let group = found.find((each) => each.set === set);
    if (group === undefined) {
      group = { set, labels: [], canonical: "" };
      found.push(group);
    }
    const label = labelOf(table, row);
    group.labels.push(label);
    if (((table.flags[row] as number) & transcriptFlags.canonical) !== 0) group.canonical = label;
  }
  return found.map(({ set, labels, canonical }) => inWords(symbol, set, labels, canonical));
}

/** @param canonical label of the canonical transcript; empty: it is none of these. */
function inWords(symbol: string, set: TermSet, labels: readonly string[], canonical: string): Group {
  const head = `${namesOf(set)}:${symbol}`;
  if (labels.length === 0) return { rank: rankOf(set), all: head, canonical: head };
  return {
    rank: rankOf(set),
    all: `${head}:${labels.join("/")}`,
    canonical: canonical === "" ? "" : `${head}:${canonical}`,
  };
}

/** @param groups of all genes near the place, by gene; sorted here, the most severe first. */
export function consequencesOf(groups: Group[]): Consequences {
  // Stable: genes of one rank stay by position.
  const [first, ...others] = groups.sort((a, b) => a.rank - b.rank);
  if (first === undefined) return intergenic;
  let { all, canonical } = first;
  for (const other of others) {
    all += `|${other.all}`;
    if (other.canonical !== "") canonical += `${canonical === "" ? "" : "|"}${other.canonical}`;
  }
  return { worst: terms[first.rank] as string, canonical, all };
}
