import test from "ava";
import { assembliesOfLength, lengthOf } from "../../../runtime/vcf/assembly/known.ts";
import { assembliesNamed } from "../../../runtime/vcf/assembly/names.ts";
import { annotated, columnLine } from "../../support/vcf.ts";

const record = "17\t7674220\t.\tC\tT\t.\tPASS\t.";
const withHeader = (...lines: string[]) => `${["##fileformat=VCFv4.2", ...lines, columnLine, record].join("\n")}\n`;

async function judged(...lines: string[]) {
  const { report } = await annotated(withHeader(...lines));
  return { assembly: report.assembly.assembly, annotated: report.annotated, notes: report.notes.join("\n") };
}

test("lengths: every chromosome of every assembly tells it, and no two of ours are alike", (t) => {
  const names = [...Array.from({ length: 22 }, (_, index) => String(index + 1)), "X", "Y"];
  for (const name of names) {
    t.deepEqual(assembliesOfLength(name, lengthOf(name) ?? 0), ["GRCh38"], name);
  }
  t.deepEqual(assembliesOfLength("MT", 16_569), ["GRCh38", "GRCh37", "T2T-CHM13"]);
  t.deepEqual(assembliesOfLength("MT", 16_571), ["GRCh37", "NCBI36"]);
});

const cases: readonly (readonly [header: readonly string[], assembly: string | undefined, note: RegExp])[] = [
  [["##contig=<ID=20,length=63025520>"], "GRCh37", /line 2: "chromosome 20 with 63025520 bases"/],
  [["##contig=<ID=chrX,length=156040895>"], "GRCh38", /^$/],
  [['##contig=<ID=chr20,length=62435964,assembly=B36,species="Homo sapiens">'], "NCBI36", /lengths of chromosomes/],
  [["##contig=<ID=chr9,length=150617247>"], "T2T-CHM13", /lengths/],
  [["##contig=<ID=chrM,length=16571>"], "GRCh37", /lengths/],
  [["##contig=<ID=chrM,length=16569>"], undefined, /nothing in the header says which assembly/],
  [["##contig=<ID=chrM,length=16569>", "##reference=hg19.fa"], "GRCh37", /names \(line 3/],
  [["##contig=<ID=1,length=195471971>"], "GRCm38 (mouse)", /mouse/],
  [["##contig=<ID=1,length=122678785>"], "an assembly that is not known here", /chromosome 1 with 122678785 bases/],
  [["##contig=<ID=23,length=155270560>"], "GRCh37", /lengths/],
  [["##contig=<ID=25,length=16571>"], "GRCh37", /lengths/],
  [["##contig=<ID=25,length=156040895>"], "GRCh38", /^$/],
  [["##contig=<ID=NC_000017.10>"], "GRCh37", /accessions \(line 2: "NC_000017.10"\)/],
  [["##contig=<ID=NC_000017.11>", "##reference=hg19.fa"], "GRCh38", /line 3: "reference=hg19.fa" does not fit GRCh38/],
  [["##reference=GCF_000001405.25_GRCh37.p13_genomic.fna"], "GRCh37", /accessions/],
  [["##reference=GCA_000001405.15_GRCh38_no_alt_analysis_set.fna"], "GRCh38", /^$/],
  [["##assembly=GCF_009914755.1"], "T2T-CHM13", /accessions/],
  [["##contig=<ID=NC_000067.6>"], "GRCm38 (mouse)", /mouse/],
  [['##contig=<ID=1,species="Mus musculus">'], "Mus musculus", /species=Mus musculus/],
  [["##reference=/data/hg19/GRCh38/genome.fa"], "GRCh38", /^$/],
  [["##reference=file:///x/hg19_to_hg38/out.fa"], "GRCh38", /^$/],
  [["##contig=<ID=17,length=83257441>", "##reference=/x/hg19_to_hg38.fa"], "GRCh38", /^$/],
  [
    ["##contig=<ID=17,length=83257441>", "##reference=/x/hg19.fa"],
    "GRCh38",
    /line 3: .* does not fit GRCh38 \(GRCh37\)/,
  ],
  [
    ["##reference=hg19", "##assembly=GRCh38"],
    "an assembly that cannot be told, since the header contradicts itself",
    /line 2.*line 3/,
  ],
  [["##contig=<ID=17,length=0>", "##source=hg19ish"], undefined, /nothing in the header/],
  [['##contig=<ID=1,Description="a, length=249250621">'], undefined, /nothing in the header/],
];
for (const [header, assembly, note] of cases) {
  test(`${header.join(" and ")} is of ${assembly}`, async (t) => {
    const found = await judged(...header);
    t.is(found.assembly, assembly);
    t.regex(found.notes, note);
    t.is(found.annotated, assembly === undefined || assembly === "GRCh38" ? 1 : 0);
  });
}

test("names of assemblies, as people write them", (t) => {
  const names: Record<string, string> = {
    "human_g1k_v37.fasta": "GRCh37",
    "hs37d5.fa.gz": "GRCh37",
    "Homo_sapiens_assembly19.fasta": "GRCh37",
    "Homo_sapiens_assembly38.fasta": "GRCh38",
    "Homo_sapiens.GRCh37.75.dna.fa": "GRCh37",
    "../../ref/build37.crr": "GRCh37",
    "1000GenomesPilot-NCBI36": "NCBI36",
    human_b36_both: "NCBI36",
    hs38DH: "GRCh38",
    "hg38.p13": "GRCh38",
    hg18: "NCBI36",
    "chm13v2.0.fa": "T2T-CHM13",
    "C:\\ref\\hg19\\hg38.fa": "GRCh38",
    hg19ToHg38: "GRCh38",
    mm10: "GRCm38 (mouse)",
    canFam3: "canFam3",
  };
  for (const [name, assembly] of Object.entries(names)) t.deepEqual(assembliesNamed(name), [assembly], name);
  for (const none of ["ref.fa", "sample37", "gencode.v37", "b380", "cells", "thg19x"])
    t.deepEqual(assembliesNamed(none), []);
});

test("a sequence named by an accession of another assembly is not annotated", async (t) => {
  const lines = ["NC_000017.10\t7577538\t.\tC\tT\t.\t.\t.", "NC_000017.11\t7674220\t.\tC\tT\t.\t.\t."];
  const { report, records } = await annotated(`##fileformat=VCFv4.2\n${columnLine}\n${lines.join("\n")}\n`);
  t.is(report.annotated, 1);
  t.is(records[0]?.[7], ".");
  t.regex(report.notes.join(), /line 3: NC_000017.10 is a sequence of GRCh37/);
  t.notRegex(report.notes.join(), /was assumed/);
});

test("a position beyond the end of its chromosome is told", async (t) => {
  const { report } = await annotated(withHeader().replace("17\t7674220", "17\t83257443"));
  t.is(report.annotated, 0);
  t.regex(report.notes.join(), /line 3: position 83257443 is beyond the end of the chromosome in GRCh38 \(83257441\)/);
});

test("25 is MT or X, by its position", async (t) => {
  const lines = ["25\t3243\t.\tA\tG\t.\t.\t.", "25\t154400000\t.\tA\tG\t.\t.\t.", "24\t2787000\t.\tA\tG\t.\t.\t."];
  const { records, report } = await annotated(`##fileformat=VCFv4.2\n${columnLine}\n${lines.join("\n")}\n`);
  t.regex(records[0]?.[7] ?? "", /GAS_GENE=MT-TL1/);
  t.notRegex(records[1]?.[7] ?? "", /MT-/);
  t.regex(records[2]?.[7] ?? "", /GAS_GENE=[^;]*SRY/);
  t.regex(report.notes.join(), /chromosome 25 was taken for MT up to position 16569, and for X beyond it/);
});

test("the header of the result says what the assembly was taken from", async (t) => {
  const source = async (...lines: string[]) =>
    (await annotated(withHeader(...lines))).lines.find((line) => line.startsWith("##GAS_source="));
  t.regex((await source()) ?? "", /InputAssembly="GRCh38, assumed",InputAssemblyFrom="nothing in the header"/);
  t.regex(
    (await source("##reference=hg19")) ?? "",
    /InputAssembly="GRCh37",InputAssemblyFrom="names \(.*reference=hg19/,
  );
});
