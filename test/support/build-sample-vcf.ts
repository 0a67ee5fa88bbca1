/**
 * Makes the sample VCF files from the reference data (real ClinVar alleles of GRCh38):
 *
 *     node --import ./plan/program/source/register.js test/support/build-sample-vcf.ts
 *
 * `local/demo/data/clinvar-sample.vcf` is what the demo uploads; `test/data/` holds the same file compressed, and a file of edge
 * cases. Reproducible: nothing is drawn at random.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { bgzip } from "./vcf.ts";

const root = new URL("../../", import.meta.url);
const alleles = gunzipSync(readFileSync(new URL("runtime/annotator/reference/data/clinvar.tsv.gz", root)))
  .toString("utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [chromosome = "", position = "", ref = "", alt = ""] = line.split("\t");
    return { chromosome, position: Number(position), ref, alt };
  });

const chromosomes = [...new Set(alleles.map((allele) => allele.chromosome))];
/** Sites taken of each chromosome, evenly spread. */
const sitesOfEach = 32;

interface Site {
  readonly position: number;
  readonly ref: string;
  readonly alts: string[];
}

/** Alleles of one position and one REF become one multi-allelic record. */
function sitesOf(chromosome: string): Site[] {
  const sites: Site[] = [];
  for (const { position, ref, alt } of alleles.filter((allele) => allele.chromosome === chromosome)) {
    const last = sites.at(-1);
    if (last?.position === position && last.ref === ref) last.alts.push(alt);
    else sites.push({ position, ref, alts: [alt] });
  }
  const short = sites.filter(({ ref, alts }) => ref.length < 12 && alts.every((alt) => alt.length < 12));
  const step = Math.max(1, Math.floor(short.length / sitesOfEach));
  return short.filter((_, index) => index % step === 0).slice(0, sitesOfEach);
}

const otherBase = (ref: string, alts: readonly string[]) =>
  ["A", "C", "G", "T"].find((base) => base !== ref && !alts.includes(base)) as string;

/** Columns after ALT, made up but well-formed: quality, depth and genotype as a caller writes them. */
function call(index: number, alts: number): string {
  const depth = 18 + ((index * 7) % 41);
  const genotype = alts > 1 ? "1/2" : index % 5 === 0 ? "1/1" : "0/1";
  return `${(40 + ((index * 13) % 60)).toFixed(1)}\tPASS\tDP=${depth}\tGT:DP\t${genotype}:${depth}`;
}

const lengths: Record<string, number> = { "1": 248956422, "17": 83257441, X: 156040895, MT: 16569 };
const contigs = chromosomes.map((name) => {
  const length = lengths[name] === undefined ? "" : `,length=${lengths[name]}`;
  return `##contig=<ID=chr${name === "MT" ? "M" : name}${length},assembly=GRCh38>`;
});
const header = [
  "##fileformat=VCFv4.2",
  "##source=annofarm sample: real ClinVar alleles (2024-12-15), made-up calls",
  "##reference=GRCh38",
  ...contigs,
  '##ALT=<ID=DEL,Description="Deletion">',
  '##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">',
  '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">',
  '##INFO=<ID=END,Number=1,Type=Integer,Description="Last position">',
  '##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Difference in length">',
  '##FILTER=<ID=PASS,Description="All filters passed">',
  '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
  '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tROSALIND",
];

let index = 0;
const records: string[] = ["chr1\t10001\t.\tT\tC\t31.0\tPASS\tDP=20\tGT:DP\t0/1:20"]; // the telomere: no gene, no entry
for (const chromosome of chromosomes) {
  for (const { position, ref, alts } of sitesOf(chromosome)) {
    index += 1;
    const name = chromosome === "MT" ? "chrM" : `chr${chromosome}`;
    // Every eighth site has an allele that ClinVar does not know, as real callsets mostly have.
    const shown = index % 8 === 0 && ref.length === 1 ? [otherBase(ref, alts)] : alts;
    records.push(`${name}\t${position}\t.\t${ref}\t${shown.join(",")}\t${call(index, shown.length)}`);
  }
  if (chromosome === "17") {
    records.push("chr17\t83000000\t.\tN\t<DEL>\t60.0\tPASS\tDP=30;SVTYPE=DEL;END=83001000;SVLEN=-1000\tGT:DP\t0/1:30");
  }
}

const sample = `${[...header, ...records].join("\n")}\n`;
const write = (path: string, data: string | Uint8Array) => {
  const url = new URL(path, root);
  mkdirSync(new URL(".", url), { recursive: true });
  writeFileSync(url, data);
  console.log(`${path}: ${data.length} bytes`);
};
write("local/demo/data/clinvar-sample.vcf", sample);
write("test/data/clinvar-sample.vcf.gz", gzipSync(sample, { level: 9 }));
write("test/data/clinvar-sample.bgzip.vcf.gz", bgzip(Buffer.from(sample), 16 * 1024));

const edges = [
  "##fileformat=VCFv4.3",
  '##INFO=<ID=GAS_GENE,Number=1,Type=String,Description="of an earlier run">',
  "##contig=<ID=1>",
  "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
  "1\t1040717\tstale\tG\tGGGGCC\t.\t.\tDP=3;GAS_GENE=OLD;GAS_CLNSIG=Benign;DB",
  "1\t1040717\tpadded\tGA\tGGGGCCA,TA\t.\t.\t.",
  "1\t1806513\tmulti\tC\tT,A,G,*,<DEL>\t.\t.\t.",
  "1\t1806513\tlower\tc\tt\t.\t.\t.",
  "1\t1806513\tsymbolic\tC\t<DUP>\t.\t.\tEND=1806600;SVLEN=87",
  "1\t1806513\tbreakend\tC\tC[2:321682[\t.\t.\tSVTYPE=BND",
  "1\t1806513\tnothing\tC\t.\t.\t.\t.",
  "GL000009.2\t5\telsewhere\tC\tG\t.\t.\t.",
  "1\tten\tposition\tC\tG\t.\t.\t.",
  "1\t10\tref\tC-\tG\t.\t.\t.",
  "1\t10\talt\tC\tG;T\t.\t.\t.",
  "MT\t3243\tmito\tA\tG\t.\t.\tDP=9",
];
write("test/data/edge-cases.vcf", `${edges.join("\n")}\n`);
