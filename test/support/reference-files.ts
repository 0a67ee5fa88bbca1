/** Small files of genes, in the dialects in which Ensembl, GENCODE and NCBI publish them, for tests of references. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openReference } from "../../runtime/annotator/reference/index/open.ts";
import { makeReference, type ReferenceFiles } from "../../runtime/annotator/reference/make/make.ts";

export interface ToyTranscript {
  /** Number in the name `GENE-201`. */
  readonly number: number;
  readonly exons: readonly (readonly [first: number, last: number])[];
  /** First and last translated base, stop codon included. */
  readonly coding?: readonly [first: number, last: number];
  readonly nonsenseMediated?: boolean;
}

export interface ToyGene {
  readonly symbol: string;
  /** Number in its id. */
  readonly number: number;
  readonly strand: "+" | "-";
  /** The canonical one first. */
  readonly transcripts: readonly ToyTranscript[];
}

type Span = readonly [first: number, last: number];

const extentOf = (spans: readonly Span[]): Span => [
  Math.min(...spans.map(([first]) => first)),
  Math.max(...spans.map(([, last]) => last)),
];
const within = (spans: readonly Span[], [from, to]: Span): Span[] =>
  spans
    .map(([first, last]): Span => [Math.max(first, from), Math.min(last, to)])
    .filter(([first, last]) => first <= last);
const padded = (number: number) => String(number).padStart(11, "0");
const biotypeOf = ({ coding, nonsenseMediated }: ToyTranscript) =>
  nonsenseMediated ? "nonsense_mediated_decay" : coding === undefined ? "lncRNA" : "protein_coding";
const geneBiotype = ({ transcripts }: ToyGene) =>
  transcripts.some(({ coding }) => coding !== undefined) ? "protein_coding" : "lncRNA";

/** What is translated of it without its stop codon, and the stop codon: three bases of its exons. */
function withoutStop({ exons, coding }: ToyTranscript, strand: "+" | "-"): { translated: Span[]; stop: Span[] } {
  if (coding === undefined) return { translated: [], stop: [] };
  const bases = within(exons, coding).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
  const cut = strand === "+" ? bases.slice(-3) : bases.slice(0, 3);
  const rest = strand === "+" ? bases.slice(0, -3) : bases.slice(3);
  const spans = (positions: readonly number[]) => {
    const firsts = positions.filter((at) => !positions.includes(at - 1));
    const lasts = positions.filter((at) => !positions.includes(at + 1));
    return firsts.map((first, index): Span => [first, lasts[index] as number]);
  };
  return { translated: spans(rest), stop: spans(cut) };
}

export interface ToyContig {
  readonly name: string;
  readonly length: number;
  readonly genes: readonly ToyGene[];
}

export function ensemblGff3(assembly: string, contigs: readonly ToyContig[]): string {
  const lines = ["##gff-version 3", ...contigs.map(({ name, length }) => `##sequence-region   ${name} 1 ${length}`)];
  lines.push(`#!genome-build  ${assembly}`, "#!genebuild-last-updated 2024-01");
  for (const { name, length, genes } of contigs) {
    const row = (type: string, [start, end]: Span, strand: string, attributes: string) =>
      lines.push([name, "ensembl", type, start, end, ".", strand, ".", attributes].join("\t"));
    row("chromosome", [1, length], ".", `ID=chromosome:${name};Alias=CM99${name}.1,chr${name}`);
    for (const gene of genes) {
      const { symbol, strand, transcripts } = gene;
      const id = `ENSG${padded(gene.number)}`;
      const whole = extentOf(transcripts.flatMap(({ exons }) => exons));
      row("gene", whole, strand, `ID=gene:${id};Name=${symbol};biotype=${geneBiotype(gene)};gene_id=${id};version=3`);
      for (const [index, transcript] of transcripts.entries()) {
        const { exons, coding } = transcript;
        const own = `ENST${padded(gene.number * 100 + transcript.number)}`;
        const tag = index === 0 ? ";tag=basic,Ensembl_canonical" : "";
        const called = `ID=transcript:${own};Parent=gene:${id};Name=${symbol}-${transcript.number}`;
        row(
          "mRNA",
          extentOf(exons),
          strand,
          `${called};biotype=${biotypeOf(transcript)}${tag};transcript_id=${own};version=1`,
        );
        for (const exon of exons) row("exon", exon, strand, `Parent=transcript:${own};Name=ENSE1`);
        if (coding === undefined) continue;
        for (const part of within(exons, coding)) row("CDS", part, strand, `ID=CDS:P;Parent=transcript:${own}`);
        const [left, right] = strand === "+" ? ["five", "three"] : ["three", "five"];
        const untranslated = [
          ...within(exons, [1, coding[0] - 1]).map((part) => [left, part] as const),
          ...within(exons, [coding[1] + 1, length]).map((part) => [right, part] as const),
        ];
        for (const [end, part] of untranslated) row(`${end}_prime_UTR`, part, strand, `Parent=transcript:${own}`);
      }
      lines.push("###");
    }
  }
  return `${lines.join("\n")}\n`;
}

export function gencodeGtf(assembly: string, contigs: readonly ToyContig[]): string {
  const lines = [
    `##description: evidence-based annotation of a genome (${assembly}), version 44 (Ensembl 110)`,
    "##provider: GENCODE",
    "##format: gtf",
  ];
  for (const { name, genes } of contigs) {
    for (const gene of genes) {
      const { symbol, strand, transcripts } = gene;
      const row = (type: string, [start, end]: Span, attributes: string) =>
        lines.push([`chr${name}`, "HAVANA", type, start, end, ".", strand, ".", attributes].join("\t"));
      const own = `gene_id "ENSG${padded(gene.number)}.7"; gene_type "${geneBiotype(gene)}"; gene_name "${symbol}";`;
      row("gene", extentOf(transcripts.flatMap(({ exons }) => exons)), `${own} level 2;`);
      for (const [index, transcript] of transcripts.entries()) {
        const { exons, number } = transcript;
        const id = `transcript_id "ENST${padded(gene.number * 100 + number)}.1"; transcript_type "${biotypeOf(transcript)}"`;
        const tags = index === 0 ? ' tag "basic"; tag "Ensembl_canonical";' : ' tag "basic";';
        const all = `${own} ${id}; transcript_name "${symbol}-${number}"; level 2;${tags}`;
        row("transcript", extentOf(exons), all);
        const { translated, stop } = withoutStop(transcript, strand);
        for (const exon of exons) row("exon", exon, all);
        for (const part of translated) row("CDS", part, all);
        for (const part of stop) row("stop_codon", part, all);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** RefSeq's own names of sequences; the chromosome's stands in its region. */
const refSeqName = (name: string) => `NW_00${name}.1`;

export function ncbiGff3(assembly: string, contigs: readonly ToyContig[]): string {
  const lines = ["##gff-version 3", "#!gff-spec-version 1.21", `#!genome-build ${assembly}`];
  lines.push("#!annotation-source NCBI RefSeq GCF_000000001.1-RS_2024_08");
  for (const { name, length, genes } of contigs) {
    const sequence = refSeqName(name);
    lines.push(`##sequence-region ${sequence} 1 ${length}`);
    const row = (type: string, [start, end]: Span, strand: string, attributes: string) =>
      lines.push([sequence, "BestRefSeq", type, start, end, ".", strand, ".", attributes].join("\t"));
    row(
      "region",
      [1, length],
      "+",
      `ID=${sequence}:1..${length};Name=${name};chromosome=${name};gbkey=Src;genome=chromosome`,
    );
    for (const gene of genes) {
      const { symbol, strand, transcripts } = gene;
      const named = `ID=gene-${symbol};Dbxref=GeneID:${gene.number};Name=${symbol};gbkey=Gene;gene=${symbol}`;
      const whole = extentOf(transcripts.flatMap(({ exons }) => exons));
      row("gene", whole, strand, `${named};gene_biotype=${geneBiotype(gene)}`);
      for (const [index, transcript] of transcripts.entries()) {
        const { exons, coding } = transcript;
        const own = `${coding === undefined ? "NR" : "NM"}_${padded(gene.number * 1000 + transcript.number)}.2`;
        const tag = index === 0 ? ";tag=MANE Select" : "";
        const called = `ID=rna-${own};Parent=gene-${symbol};Dbxref=GeneID:${gene.number};Name=${own};gene=${symbol}`;
        row(coding === undefined ? "lnc_RNA" : "mRNA", extentOf(exons), strand, `${called}${tag};transcript_id=${own}`);
        // As NCBI writes them: in the direction of the transcript.
        const ordered = strand === "+" ? exons : [...exons].reverse();
        for (const exon of ordered) row("exon", exon, strand, `ID=exon-${own}-1;Parent=rna-${own};gene=${symbol}`);
        if (coding === undefined) continue;
        for (const part of within(ordered, coding))
          row("CDS", part, strand, `ID=cds-P;Parent=rna-${own};gene=${symbol}`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A file of one gene. */
export const toyGenes = ensemblGff3("Toy2", [
  {
    name: "1",
    length: 20_000,
    genes: [{ symbol: "G", number: 1, strand: "+", transcripts: [{ number: 201, exons: [[1001, 1100]] }] }],
  },
]);

/** Files in a new directory, and a reference made of them there. */
export function toyDirectory(files: Readonly<Record<string, string | Buffer>>) {
  const directory = mkdtempSync(join(tmpdir(), "annofarm-reference-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  const output = join(directory, "made");
  const path = (name: string) => join(directory, name);
  return {
    directory,
    output,
    path,
    async make(names: Omit<ReferenceFiles, "output">) {
      const { assembly, ...files } = names;
      const paths = Object.fromEntries(Object.entries(files).map(([key, name]) => [key, path(name)]));
      const given = { ...paths, genes: path(names.genes), ...(assembly === undefined ? {} : { assembly }) };
      const made = await makeReference({ ...given, output });
      return { ...made, reference: openReference(output) };
    },
  };
}
