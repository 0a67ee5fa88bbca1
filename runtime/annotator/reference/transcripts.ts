/** Transcripts of a chromosome in columns: one row for each transcript, those of a gene one after the other, its canonical first. */
import { createVarintReader } from "./varint.ts";

/** Positions are 1-based and inclusive. */
export interface TranscriptTable {
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** What is translated lies within; last before first: nothing is. */
  readonly codingFirst: Int32Array;
  readonly codingLast: Int32Array;
  /** Sum of `transcriptFlags`. */
  readonly flags: Uint8Array;
  /** `201` of `TP53-201`, where `labels` are absent. */
  readonly number: Uint16Array;
  /** By row, what a transcript is called beside its gene: `201`, `NM_000546.6`. */
  readonly labels?: readonly string[];
  /** Exons of row n are those from `exonsFrom[n]` to `exonsFrom[n + 1]`, by position. */
  readonly exonsFrom: Int32Array;
  readonly exonFirst: Int32Array;
  readonly exonLast: Int32Array;
}

export const transcriptFlags = { reverse: 1, canonical: 2, nonsenseMediatedDecay: 4 } as const;

/** What is known of a gene's transcripts. */
export interface KnownGene {
  /** Row of the gene in the table of genes of its chromosome. */
  readonly gene: number;
  /** Whether some of them code for a protein. */
  readonly coding: boolean;
  /** Rows of its transcripts; none when their place is not known. */
  readonly from: number;
  readonly to: number;
}

export interface ChromosomeTranscripts {
  readonly table: TranscriptTable;
  /** By row of the gene. */
  readonly genes: readonly KnownGene[];
}

const notTranslated = 3;
const nonsenseMediatedDecay = 1;

function createTable(transcripts: number, exons: number): TranscriptTable {
  const column = () => new Int32Array(transcripts);
  return {
    first: column(),
    last: column(),
    codingFirst: column(),
    codingLast: column(),
    flags: new Uint8Array(transcripts),
    number: new Uint16Array(transcripts),
    exonsFrom: new Int32Array(transcripts + 1),
    exonFirst: new Int32Array(exons),
    exonLast: new Int32Array(exons),
  };
}

/** Transcripts of one chromosome as the file has them. */
export interface ChromosomeRun {
  readonly bytes: Uint8Array;
  readonly transcripts: number;
  readonly exons: number;
}

/**
 * Reads a chromosome's run of `transcripts.bin.gz`, as `build/transcript-file.ts` writes it.
 *
 * @param known genes of the chromosome, in the order of their rows.
 */
export function readChromosome(
  { bytes, transcripts, exons }: ChromosomeRun,
  known: readonly { readonly start: number }[],
): ChromosomeTranscripts {
  const { next, atEnd } = createVarintReader(bytes);
  const table = createTable(transcripts, exons);
  const genes: KnownGene[] = [];
  let row = 0;
  let gene = -1;

  function readExons(start: number): { firsts: number[]; lasts: number[] } {
    const [firsts, lasts]: [number[], number[]] = [[], []];
    let before = start;
    for (let left = next(); left > 0; left -= 1) {
      const first = before + next();
      firsts.push(first);
      lasts.push(first + next());
      before = first;
    }
    return { firsts, lasts };
  }

  function readTranscript({ firsts, lasts }: { firsts: number[]; lasts: number[] }, flags: number): void {
    table.number[row] = next();
    const biotype = next();
    const from = table.exonsFrom[row] as number;
    const to = from + next();
    let exon = -1;
    for (let at = from; at < to; at += 1) {
      exon += next() + 1;
      table.exonFirst[at] = firsts[exon] as number;
      table.exonLast[at] = lasts[exon] as number;
    }
    const first = table.exonFirst[from] as number;
    const last = table.exonLast[to - 1] as number;
    table.first[row] = first;
    table.last[row] = last;
    table.codingFirst[row] = biotype === notTranslated ? 0 : first + next();
    table.codingLast[row] = biotype === notTranslated ? -1 : last - next();
    table.flags[row] = flags | (biotype === nonsenseMediatedDecay ? transcriptFlags.nonsenseMediatedDecay : 0);
    row += 1;
    table.exonsFrom[row] = to;
  }

  while (!atEnd()) {
    gene += next() + 1;
    const from = row;
    const count = next();
    if (count > 0) {
      const strand = next() === 1 ? transcriptFlags.reverse : 0;
      const different = readExons(known[gene]?.start as number);
      for (let index = 0; index < count; index += 1) {
        readTranscript(different, strand | (index === 0 ? transcriptFlags.canonical : 0));
      }
    }
    genes.push({ gene, coding: true, from, to: row });
  }
  return { table, genes };
}
