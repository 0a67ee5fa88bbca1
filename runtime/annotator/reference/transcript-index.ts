/** Genes and their transcripts near a place, made of a chromosome's run when it is first asked for. */
import { createGeneIndex, type Gene, type GeneIndex } from "./genes.ts";
import type { ChromosomeTranscripts, KnownGene, TranscriptTable } from "./transcripts.ts";

/** Bases from a transcript in which a change is upstream or downstream of it. */
export const nearbyBases = 5_000;

/** A gene with the bases beside it in which something is near it. */
export interface NearbyGene {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly gene: Gene;
  /** Whether it has transcripts that code for a protein. */
  readonly coding: boolean;
  /** Rows of its transcripts; none when they are not known. */
  readonly from: number;
  readonly to: number;
}

export interface TranscriptIndex {
  readonly table: TranscriptTable;
  readonly near: GeneIndex<NearbyGene>;
}

function nearby(gene: Gene, known: KnownGene | undefined, { first, last }: TranscriptTable): NearbyGene {
  const { from, to } = known ?? { from: 0, to: 0 };
  let { start, end } = gene;
  for (let row = from; row < to; row += 1) {
    start = Math.min(start, (first[row] as number) - nearbyBases);
    end = Math.max(end, (last[row] as number) + nearbyBases);
  }
  return { id: gene.id, start, end, gene, coding: known?.coding ?? false, from, to };
}

/** @param genes in the order of their rows. */
export function createTranscriptIndex(
  genes: readonly Gene[],
  { table, genes: known }: ChromosomeTranscripts,
): TranscriptIndex {
  const byRow = new Map(known.map((each) => [each.gene, each]));
  return { table, near: createGeneIndex(genes.map((gene, row) => nearby(gene, byRow.get(row), table))) };
}
