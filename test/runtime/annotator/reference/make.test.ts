// References that are made of files of one's own: what they annotate, what they are called, and what is refused.
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { annotate } from "../../../../runtime/annotator/builtin/annotate.ts";
import { findingsOf } from "../../../../runtime/annotator/builtin/findings.ts";
import { namesOf } from "../../../../runtime/annotator/consequence/terms.ts";
import { openReference } from "../../../../runtime/annotator/reference/index/open.ts";
import type { Reference } from "../../../../runtime/annotator/reference/load.ts";
import {
  ensemblGff3,
  gencodeGtf,
  ncbiGff3,
  type ToyContig,
  type ToyGene,
  type ToyTranscript,
  toyDirectory,
  toyGenes,
} from "../../../support/reference-files.ts";
import { bgzip, chunked, columnLine, dataFile } from "../../../support/vcf.ts";
import { intronsOf, type NaiveChange, naiveTerms } from "../consequence/naive.ts";

async function annotated(vcf: string, reference: Reference) {
  const run = annotate(chunked(Buffer.from(vcf), [4096]), reference, { engineVersion: "test" });
  const parts: Buffer[] = [];
  for await (const part of run.output) parts.push(part);
  const lines = Buffer.concat(parts).toString().trimEnd().split("\n");
  const infos = lines
    .filter((line) => !line.startsWith("#"))
    .map(
      (line) => new Map((line.split("\t")[7] ?? "").split(";").map((field) => field.split("=") as [string, string])),
    );
  return { lines, infos, report: run.report };
}

function made(t: ExecutionContext, files: Readonly<Record<string, string | Buffer>>) {
  const toy = toyDirectory(files);
  t.teardown(() => rmSync(toy.directory, { recursive: true, force: true }));
  return toy;
}

const vcf = (...records: string[]) => ["##fileformat=VCFv4.2", columnLine, ...records, ""].join("\n");
const record = (contig: string, position: number, ref: string, alt: string, info = ".") =>
  [contig, position, ".", ref, alt, ".", ".", info].join("\t");

const tp: ToyGene = {
  symbol: "TP",
  number: 7157,
  strand: "-",
  transcripts: [
    {
      number: 202,
      exons: [
        [1001, 1100],
        [1301, 1500],
      ],
      coding: [1051, 1400],
    },
    {
      number: 201,
      exons: [
        [1001, 1100],
        [1401, 1500],
      ],
    },
  ],
};
const contigs: readonly ToyContig[] = [
  { name: "1", length: 20_000, genes: [tp] },
  { name: "2", length: 12_000, genes: [{ ...tp, symbol: "TQ", number: 8, strand: "+" }] },
];
const clinvar = vcf(
  record(
    "1",
    1060,
    "A",
    "T",
    "AF_EXAC=0.001;CLNDISDB=MONDO:MONDO:0000001,OMIM:1|MedGen:C1;CLNDN=One_disease|Another,_of_two;CLNREVSTAT=criteria_provided,_single_submitter;CLNSIG=Likely_benign;CLNVC=single_nucleotide_variant;MC=SO:0001583|missense_variant,SO:0001587|nonsense;ORIGIN=33;RS=99",
  ).replace("\t.\tA", "\t4711\tA"),
  record("1", 1070, "CA", "C", "CLNSIG=Pathogenic").replace("\t.\tCA", "\t4712\tCA"),
  record("MT", 5, "A", "G", "CLNSIG=Benign"),
).replace("VCFv4.2\n", "VCFv4.2\n##fileDate=2026-11-01\n##source=ClinVar\n");

const dialects = [
  {
    name: "genes.gff3",
    text: ensemblGff3,
    label: "202",
    other: "201",
    id: "ENSG00000007157",
    version: /^GFF3 [0-9a-f]{12}$/,
  },
  { name: "genes.gtf", text: gencodeGtf, label: "202", other: "201", id: "ENSG00000007157.7", version: /^GENCODE 44$/ },
  {
    name: "genomic.gff",
    text: ncbiGff3,
    label: "NM_00007157202.2",
    other: "NR_00007157201.2",
    id: "GeneID:7157",
    version: /^RefSeq GCF_000000001.1-RS_2024_08$/,
  },
] as const;

for (const { name, text, label, other, id, version } of dialects) {
  test(`${name}: genes, transcripts and ClinVar of one's own files`, async (t) => {
    const packed = name === "genes.gtf" ? bgzip(Buffer.from(text("Toy2", contigs))) : gzipSync(text("Toy2", contigs));
    const toy = made(t, { [name]: packed, "clinvar.vcf": clinvar });
    const { manifest, notes } = await toy.make({ genes: name, clinvar: "clinvar.vcf" });
    t.is(manifest.assembly, "Toy2");
    t.regex(manifest.sources.genes.version, version);
    t.deepEqual(manifest.counts, { genes: 2, transcripts: 4, alleles: 2 });
    t.true(notes.some((note) => note.startsWith("1 alleles of clinvar.vcf were left out")));
    t.deepEqual(readdirSync(toy.output).sort(), ["index.bin", "manifest.json"]);
    t.deepEqual(JSON.parse(readFileSync(join(toy.output, "manifest.json"), "utf8")), manifest);
    // Opened by name as another program does, and asked by every name of the sequence.
    const reference = openReference(toy.output);
    const { infos, lines } = await annotated(
      vcf(record("chr1", 1060, "A", "T"), record("1", 1350, "G", "C,T")),
      reference,
    );
    t.deepEqual(Object.fromEntries(infos[0] ?? []), {
      GAS_GENE: "TP",
      GAS_GENE_ID: id,
      GAS_CSQ: "coding_sequence_variant",
      GAS_CSQ_CANON: `coding_sequence_variant:TP:${label}`,
      GAS_CSQ_ALL: `coding_sequence_variant:TP:${label}|non_coding_transcript_exon_variant:TP:${other}`,
      GAS_CLNID: "4711",
      GAS_CLNSIG: "Likely_benign",
      GAS_CLNREVSTAT: "criteria_provided%2C_single_submitter",
      GAS_CLNDN: "One_disease|Another%2C_of_two",
      GAS_CLNMONDO: "MONDO:0000001|.",
      GAS_CLNMC: "missense_variant|nonsense",
      GAS_CLNVC: "single_nucleotide_variant",
      GAS_CLNORIGIN: "germline|de-novo",
      GAS_CLNRS: "rs99",
      GAS_CLNAF_EXAC: "0.001",
    });
    t.is(infos[1]?.get("GAS_CSQ"), "coding_sequence_variant,coding_sequence_variant");
    const source = lines.find((line) => line.startsWith("##GAS_source")) ?? "";
    t.is(manifest.sources.clinvar?.version, "ClinVar 2026-11-01");
    for (const file of [manifest.sources.genes, manifest.sources.clinvar]) {
      t.true(source.includes(`="${file?.version}"`) && source.includes(`SHA256="${file?.sha256}"`), file?.version);
    }
    t.true(source.includes('Assembly="Toy2"'));
  });
}

test("without ClinVar there are no ClinVar fields", async (t) => {
  const toy = made(t, { "genes.gff3": ensemblGff3("Toy2", contigs) });
  const { reference } = await toy.make({ genes: "genes.gff3" });
  const { lines } = await annotated(vcf(record("1", 1060, "A", "T")), reference);
  t.false(lines.some((line) => line.includes("GAS_CLN")));
  t.true(lines.some((line) => line.includes("GAS_CSQ=")));
});

test("a file of another assembly than the reference is told so, and nothing in it is annotated", async (t) => {
  const toy = made(t, { "genes.gff3": ensemblGff3("GRCh37.p13", contigs) });
  const { reference } = await toy.make({ genes: "genes.gff3" });
  const other = vcf(record("1", 1060, "A", "T")).replace(
    "VCFv4.2\n",
    "VCFv4.2\n##contig=<ID=chr1,length=248956422>\n##contig=<ID=chr2,length=242193529>\n",
  );
  const refused = await annotated(other, reference);
  t.is(refused.report.annotated, 0);
  t.regex(
    findingsOf(refused.report).notes.join("\n"),
    /the file is of GRCh38: lengths of chromosomes[\s\S]*Reference data are for GRCh37/,
  );
  // Lengths of the reference itself prove it, whatever they are.
  const same = other.replace("248956422", "20000").replace("242193529", "12000");
  const accepted = await annotated(same, reference);
  t.is(accepted.report.annotated, 1);
  t.deepEqual(accepted.report.notes, []);
  // A position that no sequence of the reference has.
  const beyond = await annotated(vcf(record("1", 20_002, "A", "T")), reference);
  t.regex(beyond.report.notes.join(), /position 20002 is beyond the end of the chromosome in GRCh37 \(20000\)/);
});

test("a species with more chromosomes than the human keeps its own: 23 is not X there", async (t) => {
  const fish = ["22", "23", "25", "X"].map((name, index) => ({
    name,
    length: 9_000,
    genes: [{ ...tp, symbol: `G${name}`, number: index + 1 }],
  }));
  const toy = made(t, { "genes.gff3": ensemblGff3("GRCz11", fish) });
  const { reference } = await toy.make({ genes: "genes.gff3" });
  const { infos } = await annotated(
    vcf(record("23", 1060, "A", "T"), record("chr25", 1060, "A", "T"), record("X", 1060, "A", "T")),
    reference,
  );
  t.deepEqual(
    infos.map((info) => info.get("GAS_GENE")),
    ["G23", "G25", "GX"],
  );
});

/** Transcripts of one to four exons within 4,000 bases. */
const transcriptAt = (number: number): fc.Arbitrary<ToyTranscript> =>
  fc
    .record({
      edges: fc.uniqueArray(fc.integer({ min: 0, max: 600 }), { minLength: 2, maxLength: 8 }),
      coding: fc.option(fc.tuple(fc.nat(), fc.nat()), { nil: undefined }),
      nonsenseMediated: fc.boolean(),
    })
    .map(({ edges, coding, nonsenseMediated }) => {
      const sorted = edges.slice(0, edges.length - (edges.length % 2)).sort((a, b) => a - b);
      const exons = sorted.flatMap((first, index) =>
        index % 2 === 0 ? [[6_000 + 5 * first, 6_000 + 5 * (sorted[index + 1] as number) - 2] as const] : [],
      );
      const bases = exons.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
      if (coding === undefined || bases.length < 8) return { number, exons };
      const [from = 0, to = 0] = coding.map((each) => each % bases.length).sort((a, b) => a - b);
      const end = Math.min(bases.length - 1, Math.max(to, from + 4));
      const begin = Math.min(from, end - 4);
      const translated = [bases[begin] as number, bases[end] as number] as const;
      return { number, exons, coding: translated, ...(nonsenseMediated ? { nonsenseMediated } : {}) };
    });

const geneAt = (number: number): fc.Arbitrary<ToyGene> =>
  fc
    .record({
      strand: fc.constantFrom("+" as const, "-" as const),
      first: transcriptAt(201),
      second: transcriptAt(202),
    })
    .map(({ strand, first, second }) => ({ symbol: `G${number}`, number, strand, transcripts: [first, second] }));

/** What the oracle says of a change, in the form of GAS_CSQ_ALL: each transcript by itself, in any order. */
function expected(genes: readonly ToyGene[], change: NaiveChange, name: string) {
  const labelOf = labels[name] as (typeof labels)[string];
  return genes
    .flatMap((gene) =>
      gene.transcripts.map((transcript) => {
        const { exons, coding } = transcript;
        // RefSeq does not say which transcripts decay.
        const nonsenseMediated = transcript.nonsenseMediated === true && name !== "genomic.gff";
        const terms = naiveTerms(
          { exons, introns: intronsOf(exons), coding, reverse: gene.strand === "-", nonsenseMediated },
          change,
        );
        return terms === 0 ? undefined : `${namesOf(terms)}:${gene.symbol}:${labelOf(gene, transcript)}`;
      }),
    )
    .filter((each) => each !== undefined)
    .sort();
}

const eachTranscript = (list = "") =>
  list === ""
    ? []
    : list
        .split("|")
        .flatMap((entry) => {
          const [terms, gene, labels = ""] = entry.split(":");
          return labels.split("/").map((label) => `${terms}:${gene}:${label}`);
        })
        .sort();

const labels: Readonly<Record<string, (gene: ToyGene, transcript: ToyTranscript) => string>> = {
  "genes.gff3": (_, { number }) => String(number),
  "genes.gtf": (_, { number }) => String(number),
  "genomic.gff": ({ number: gene }, { number, coding }) =>
    `${coding === undefined ? "NR" : "NM"}_${String(gene * 1000 + number).padStart(11, "0")}.2`,
};

test("a reference of made-up genes annotates as each base of them says, whatever the dialect", async (t) => {
  const change = fc.record({
    first: fc.integer({ min: 900, max: 14_500 }),
    deleted: fc.integer({ min: 0, max: 6 }),
    inserted: fc.integer({ min: 0, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...dialects),
      fc.tuple(geneAt(1), geneAt(2)),
      fc.array(
        change.filter(({ deleted, inserted }) => deleted + inserted > 0),
        { minLength: 20, maxLength: 40 },
      ),
      async ({ name, text }, genes, changes) => {
        const toy = toyDirectory({ [name]: text("Toy2", [{ name: "1", length: 20_000, genes }]) });
        try {
          const { reference } = await toy.make({ genes: name });
          // Bases that no trimming takes for one another; the one before an indel is kept.
          const records = changes.map(({ first, deleted, inserted }) =>
            deleted > 0 && inserted > 0
              ? record("1", first, "A".repeat(deleted), "C".repeat(inserted))
              : record("1", first - 1, `G${"A".repeat(deleted)}`, `G${"C".repeat(inserted)}`),
          );
          const { infos } = await annotated(vcf(...records), reference);
          for (const [index, each] of changes.entries()) {
            const told = expected(genes, each, name);
            t.deepEqual(eachTranscript(infos[index]?.get("GAS_CSQ_ALL")), told, `${name} ${JSON.stringify(each)}`);
          }
        } finally {
          rmSync(toy.directory, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 40 },
  );
});

const feature = (type: string, start: number, end: number, attributes: string, contig = "1") =>
  [contig, "x", type, start, end, ".", "+", ".", attributes].join("\t");
const gff = (...lines: string[]) =>
  `##gff-version 3\n#!genome-build Toy2\n${lines.map((line) => `${line}\n`).join("")}`;
const gene = feature("gene", 100, 900, "ID=gene:G;Name=G");
const transcript = feature("mRNA", 100, 900, "ID=transcript:T;Parent=gene:G");
const exon = feature("exon", 100, 900, "Parent=transcript:T");
const whole = gff("##sequence-region 1 1 1000", gene, transcript, exon);

const wrongGenes: readonly (readonly [what: string, content: string | Buffer, says: RegExp])[] = [
  ["VCF", clinvar, /genes, line 1: this is a VCF file; genes are given with --genes, variants with --clinvar/],
  ["FASTA", ">1\nACGT\n", /line 1: this is a FASTA file; give it with --fasta/],
  ["zip", Buffer.from("PK\u0003\u0004 and more"), /line 1: not a GFF3 or GTF file: this is a zip archive/],
  ["empty", "", /genes: the file is empty; GFF3 or GTF was expected/],
  ["no feature", gff(), /genes: no feature is an exon or CDS; a file with genes, transcripts and exons was expected/],
  ["no exon", gff(gene, transcript), /no feature is an exon or CDS/],
  [
    "BED",
    "chr1\t100\t200\n",
    /line 1: the line is "chr1·100·200", which has 3 tab-separated columns; a feature of GFF3 or GTF has 9/,
  ],
  [
    "end before start",
    gff(feature("gene", 9, 5, "ID=g")),
    /line 3: column 5 \(end\) is 5, before column 4 \(start\), 9/,
  ],
  [
    "no position",
    gff(gene.replace("\t100\t", "\tone\t")),
    /line 3: column 4 \(start\) is "one"; a position from 1 on was expected/,
  ],
  [
    "strand",
    gff(gene.replace("\t+\t", "\tforward\t")),
    /line 3: column 7 \(strand\) is "forward"; \+, -, \. or \? was expected/,
  ],
  [
    "attributes",
    gff(feature("gene", 1, 9, "TP53")),
    /line 3: column 9 \(attributes\) is "TP53"; GFF3 .* or GTF .* was expected/,
  ],
  [
    "beyond the end",
    gff("##sequence-region 1 1 500", gene),
    /line 4: position 900 is beyond the end of sequence 1, which has 500 bases in genes/,
  ],
  [
    "unsorted",
    gff(gene, transcript, exon, feature("gene", 1, 9, "ID=h", "2"), exon),
    /line 7: sequence 1 begins again; sort the file by sequence/,
  ],
  ["cut off in a line", whole.slice(0, -5), /line 6: the file ends within this line: it was cut off/],
  ["cut off gzip", gzipSync(whole).subarray(0, -12), /the compressed file ends too early/],
  [
    "cut off bgzip",
    bgzip(Buffer.from(whole)).subarray(0, -28),
    /the bgzip file is truncated: the end block is missing/,
  ],
  [
    "no assembly",
    whole.replace("#!genome-build Toy2\n", ""),
    /nothing in the file says which assembly it is of; name it with --assembly/,
  ],
];

for (const [what, content, says] of wrongGenes) {
  test(`genes: ${what}: file, line, value and what was expected`, async (t) => {
    const toy = made(t, { genes: content });
    const error = await t.throwsAsync(toy.make({ genes: "genes" }), { name: "SourceError" });
    t.regex(error?.message ?? "", says);
    t.deepEqual(readdirSync(toy.output), [], "nothing is left behind");
  });
}

const header = (...lines: string[]) => vcf().replace(columnLine, [...lines, columnLine].join("\n"));
const wrongClinvar: readonly (readonly [what: string, content: string | Buffer, says: RegExp])[] = [
  ["GFF3", whole, /clinvar, line 1: this is a GFF3 file; genes are given with --genes/],
  ["text", "hello\n", /line 1: the file begins with "hello"; ##fileformat=VCFv4.x was expected/],
  ["no columns", "##fileformat=VCFv4.2\n", /the file ends without a #CHROM column line/],
  [
    "other sequences",
    vcf(record("7", 5, "A", "T", "CLNSIG=x")),
    /no record is on a sequence of the genes: the first here is "7", the first there "1"/,
  ],
  [
    "not ClinVar",
    vcf(record("1", 5, "A", "T", "AF=0.1")),
    /no record has CLNSIG in INFO; the VCF file of ClinVar was expected/,
  ],
  [
    "beyond the end",
    vcf(record("1", 1001, "A", "T")),
    /line 3: position 1001 is beyond the end of sequence 1, which has 1000 bases in genes; the files are of different assemblies/,
  ],
  [
    "another length",
    header("##contig=<ID=chr1,length=999>"),
    /line 2: sequence 1 has 999 bases here and 1000 in genes; the files are of different assemblies/,
  ],
  [
    "another assembly",
    header("##reference=GRCh38"),
    /line 2: the file is of GRCh38 \("GRCh38"\), and the genes are of Toy2/,
  ],
  ["columns", vcf("1\t5\t.\tA"), /line 3: the record has 4 tab-separated columns, the column line has 8/],
  [
    "no position",
    vcf(record("1", 5, "A", "T").replace("\t5\t", "\tfive\t")),
    /line 3: POS "five" is not a whole number/,
  ],
  ["REF", vcf(record("1", 5, "A-", "T")), /line 3: REF "A-" is not a sequence of bases/],
  ["ALT", vcf(record("1", 5, "A", "T!")), /line 3: ALT "T!" is neither bases/],
  [
    "unsorted",
    vcf(record("1", 5, "A", "T"), record("2", 5, "A", "T"), record("1", 6, "A", "T")),
    /line 5: sequence 1 begins again; sort the file, for example with bcftools sort/,
  ],
];

for (const [what, content, says] of wrongClinvar) {
  test(`ClinVar: ${what}: file, line, value and what was expected`, async (t) => {
    const toy = made(t, { genes: whole, clinvar: content });
    const error = await t.throwsAsync(toy.make({ genes: "genes", clinvar: "clinvar" }), { name: "SourceError" });
    t.regex(error?.message ?? "", says);
    t.deepEqual(readdirSync(toy.output), []);
  });
}

test("an index that is cut off, of another version or none is refused, and says what to do", async (t) => {
  const toy = made(t, { genes: whole });
  const { manifest } = await toy.make({ genes: "genes" });
  const file = join(toy.output, "index.bin");
  truncateSync(file, manifest.index.bytes - 40);
  t.throws(() => openReference(toy.output), { message: /index\.bin is cut off: its end is missing/ });
  writeFileSync(file, "GASREF99 and so much more that it could be one");
  t.throws(() => openReference(toy.output), { message: /is a reference index of another version; make it again/ });
  writeFileSync(file, "something else, and long enough to be looked at");
  t.throws(() => openReference(toy.output), {
    message: /is no reference index; make it again with annofarm reference build/,
  });
  writeFileSync(file, "");
  t.throws(() => openReference(toy.output), { message: /is no reference index/ });
});

test("a mitochondrion's genes have no transcripts in RefSeq: their translated part is one", async (t) => {
  const mitochondrion = gff(
    feature("region", 1, 1_000, "ID=NC_1;Is_circular=true;gbkey=Src;genome=mitochondrion", "NC_1"),
    feature("gene", 100, 400, "ID=gene-ND1;Dbxref=GeneID:4535;Name=ND1;gene_biotype=protein_coding", "NC_1"),
    feature("CDS", 100, 400, "ID=cds-P;Parent=gene-ND1;protein_id=YP_003024026.1", "NC_1"),
    // Across the place where the circle is cut.
    feature("gene", 950, 1_050, "ID=gene-RNR;Name=RNR;gene_biotype=rRNA", "NC_1"),
    feature("exon", 950, 1_050, "ID=exon-1;Parent=gene-RNR", "NC_1"),
  );
  const toy = made(t, { genes: mitochondrion });
  const { reference } = await toy.make({ genes: "genes", assembly: "Toy3" });
  const { infos } = await annotated(vcf(record("chrM", 200, "A", "T"), record("MT", 990, "A", "T")), reference);
  t.is(infos[0]?.get("GAS_CSQ_CANON"), "coding_sequence_variant:ND1:YP_003024026.1|upstream_gene_variant:RNR:RNR");
  t.is(infos[0]?.get("GAS_GENE_ID"), "GeneID:4535");
  t.regex(infos[1]?.get("GAS_CSQ_CANON") ?? "", /^non_coding_transcript_exon_variant:RNR/);
});

test("a GTF with exons alone has its genes and transcripts in them; parts of a GFF3 may come before what they belong to", async (t) => {
  const attributes = 'gene_id "g1"; transcript_id "t1";';
  const gtf = [
    feature("exon", 101, 200, attributes),
    feature("CDS", 151, 200, attributes),
    feature("exon", 301, 400, attributes),
    "",
  ];
  const toy = made(t, { "genes.gtf": gtf.join("\n"), "late.gff3": gff(exon, transcript, gene) });
  const { reference } = await toy.make({ genes: "genes.gtf", assembly: "Toy" });
  const { infos } = await annotated(vcf(record("1", 160, "A", "T"), record("1", 250, "A", "T")), reference);
  t.deepEqual(
    infos.map((info) => info.get("GAS_CSQ_CANON")),
    ["coding_sequence_variant:g1:t1", "intron_variant:g1:t1"],
  );
  const late = await toy.make({ genes: "late.gff3" });
  t.deepEqual(late.manifest.counts, { genes: 1, transcripts: 1, alleles: 0 });
});

test("the reference that tests of settings deploy is what its genes make", async (t) => {
  const toy = made(t, { "genes.gff3": toyGenes });
  await toy.make({ genes: "genes.gff3" });
  for (const file of ["index.bin", "manifest.json"]) {
    t.deepEqual(readFileSync(join(toy.output, file)), dataFile(`test/data/reference/${file}`), file);
  }
});
