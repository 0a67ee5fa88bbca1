/**
 * `transcripts.bin.gz`: transcripts of all chromosomes, placed. A line of JSON, then for each chromosome a run of whole numbers
 * (see `varint.ts`); `../transcripts.ts` reads it. Numbers are differences wherever something before them is near.
 */
import { pushVarint } from "../varint.ts";
import type { SourceGene } from "./genes.ts";
import { type Placement, placeOf, readAnchors } from "./place.ts";
import { readTranscripts, type SourceTranscript, type SourceTranscripts, type Span } from "./transcripts.ts";

const biotypeCodes = {
  protein_coding: 0,
  nonsense_mediated_decay: 1,
  non_stop_decay: 2,
  protein_coding_LoF: 3,
} as const;

/** What the file's first line says of a chromosome. */
interface ChromosomeHead {
  readonly name: string;
  readonly bytes: number;
  transcripts: number;
  exons: number;
}

function pushTranscript(bytes: number[], transcript: SourceTranscript, exons: readonly Span[]): void {
  const { number, biotype, coding } = transcript;
  pushVarint(bytes, number);
  pushVarint(bytes, biotypeCodes[biotype]);
  pushVarint(bytes, transcript.exons.length);
  let before = -1;
  for (const [first, last] of transcript.exons) {
    const index = exons.findIndex((exon) => exon[0] === first && exon[1] === last);
    pushVarint(bytes, index - before - 1);
    before = index;
  }
  if (coding === undefined) return;
  const [first, last] = [transcript.exons[0]?.[0] as number, transcript.exons.at(-1)?.[1] as number];
  pushVarint(bytes, coding[0] - first);
  pushVarint(bytes, last - coding[1]);
}

/** Different exons of a gene, in the order in which transcripts may refer to them. */
function differentExons(transcripts: readonly SourceTranscript[]): Span[] {
  const different = new Map(transcripts.flatMap(({ exons }) => exons.map((exon) => [exon.join("-"), exon] as const)));
  return [...different.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** @param gene coding; without transcripts when they are not placed. */
function pushGene(bytes: number[], gene: SourceGene, own: SourceTranscripts, placement: Placement): void {
  if (placement.kind === "unplaced") {
    pushVarint(bytes, 0);
    return;
  }
  const exons = differentExons(own.transcripts);
  pushVarint(bytes, own.transcripts.length);
  pushVarint(bytes, own.strand === "+" ? 0 : 1);
  pushVarint(bytes, exons.length);
  let before = gene.start;
  for (const [first, last] of exons) {
    pushVarint(bytes, first + placement.shift - before);
    pushVarint(bytes, last - first);
    before = first + placement.shift;
  }
  for (const transcript of own.transcripts) pushTranscript(bytes, transcript, exons);
}

function groupedBy(genes: readonly SourceGene[], key: (gene: SourceGene) => string): Map<string, SourceGene[]> {
  const groups = new Map<string, SourceGene[]>();
  for (const gene of genes) {
    const group = groups.get(key(gene));
    if (group === undefined) groups.set(key(gene), [gene]);
    else group.push(gene);
  }
  return groups;
}

export interface TranscriptFile {
  /** Not yet compressed. */
  readonly data: Buffer;
  /** Genes by how their transcripts were placed, or why they were not. */
  readonly counts: ReadonlyMap<string, number>;
}

/** @param genes in the order of `genes.tsv.gz`; @param genesSha256 of that file: the two belong together. */
export function transcriptFile(genes: readonly SourceGene[], release: string, genesSha256: string): TranscriptFile {
  const bySymbol = readTranscripts();
  const anchors = readAnchors();
  const sameSymbol = groupedBy(genes, ({ symbol }) => symbol);
  const counts = new Map<string, number>();
  const heads: ChromosomeHead[] = [];
  const runs: Buffer[] = [];
  for (const [name, members] of groupedBy(genes, ({ chromosome }) => chromosome)) {
    const bytes: number[] = [];
    const head = { transcripts: 0, exons: 0 };
    let before = -1;
    for (const [index, gene] of members.entries()) {
      const own = bySymbol.get(gene.symbol);
      if (own === undefined) continue;
      const others = (sameSymbol.get(gene.symbol) ?? []).filter((other) => other !== gene);
      const placement = placeOf(gene, own, others, anchors);
      const how = placement.kind === "unplaced" ? placement.reason : placement.kind;
      counts.set(how, (counts.get(how) ?? 0) + 1);
      pushVarint(bytes, index - before - 1);
      before = index;
      pushGene(bytes, gene, own, placement);
      if (placement.kind === "unplaced") continue;
      head.transcripts += own.transcripts.length;
      head.exons += own.transcripts.reduce((sum, { exons }) => sum + exons.length, 0);
    }
    heads.push({ name, bytes: bytes.length, ...head });
    runs.push(Buffer.from(bytes));
  }
  const first = { version: `Ensembl ${release}`, assembly: "GRCh38", genesSha256, chromosomes: heads };
  return { data: Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`), ...runs]), counts };
}
