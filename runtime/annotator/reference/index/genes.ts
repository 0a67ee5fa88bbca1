/** Genes of a sequence and their transcripts, in columns. */
import type { Gene } from "../genes.ts";
import type { ChromosomeTranscripts, KnownGene, TranscriptTable } from "../transcripts.ts";
import { type ColumnReader, joined } from "./columns.ts";
import type { GeneColumns } from "./format.ts";

/** Genes by start; the transcripts of one follow those of the one before. */
export interface GeneTable {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Rows of gene n's transcripts are those from `rowsFrom[n]` to `rowsFrom[n + 1]`. */
  readonly rowsFrom: Int32Array;
  /** 1: codes for a protein. */
  readonly coding: Uint8Array;
  readonly transcripts: Omit<TranscriptTable, "number" | "labels">;
  /** Lines: symbol and id of each gene, tab-separated, then the label of each transcript. */
  readonly names: Buffer;
}

export function geneBytes({ start, end, rowsFrom, coding, transcripts, names }: GeneTable): Buffer {
  const { first, last, codingFirst, codingLast, flags, exonsFrom, exonFirst, exonLast } = transcripts;
  const ofTranscripts = [first, last, codingFirst, codingLast, flags, exonsFrom, exonFirst, exonLast];
  return Buffer.concat([joined([start, end, rowsFrom, coding, ...ofTranscripts]), names]);
}

/** A sequence's genes, and their transcripts. */
export interface SequenceGenes {
  readonly genes: readonly Gene[];
  readonly transcripts: ChromosomeTranscripts;
}

export function readGenes(columns: ColumnReader, counts: GeneColumns): SequenceGenes {
  const start = columns.int32(counts.genes);
  const end = columns.int32(counts.genes);
  const rowsFrom = columns.int32(counts.genes + 1);
  const coding = columns.uint8(counts.genes);
  const table = {
    first: columns.int32(counts.transcripts),
    last: columns.int32(counts.transcripts),
    codingFirst: columns.int32(counts.transcripts),
    codingLast: columns.int32(counts.transcripts),
    flags: columns.uint8(counts.transcripts),
    exonsFrom: columns.int32(counts.transcripts + 1),
    exonFirst: columns.int32(counts.exons),
    exonLast: columns.int32(counts.exons),
    number: new Uint16Array(0),
  };
  const lines = columns.rest().toString("latin1").split("\n");
  const genes: Gene[] = [];
  const known: KnownGene[] = [];
  for (let gene = 0; gene < counts.genes; gene += 1) {
    const [symbol = "", id = ""] = (lines[gene] ?? "").split("\t");
    genes.push({ symbol, id, start: start[gene] as number, end: end[gene] as number });
    const [from, to] = [rowsFrom[gene] as number, rowsFrom[gene + 1] as number];
    known.push({ gene, coding: coding[gene] === 1, from, to });
  }
  const labels = lines.slice(counts.genes, counts.genes + counts.transcripts);
  return { genes, transcripts: { table: { ...table, labels }, genes: known } };
}
